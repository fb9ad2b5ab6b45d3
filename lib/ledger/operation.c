/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operation.c - what was begun, and how it ended
 */
#include "ledger.h"

#include <string.h>

#define BEGIN ".begin"
#define END ".end"

static bool ends_with(const char *text, const char *end)
{
	const size_t len = strlen(text), n = strlen(end);

	return len > n && !strcmp(text + len - n, end);
}

int wv__ledger_begin(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *operation,
		     const char *takeout, struct wv_doc *body, uint64_t *ret_op)
{
	cleanup_free char *kind = wv__printf("%s" BEGIN, operation);

	if (!kind)
		return wv__fail_memory(ctx);
	return wv__ledger_append(ctx, ledger, kind, takeout, body, ret_op);
}

static bool is_outcome(const char *text)
{
	static const char *const outcomes[] = { "done",	   "failed",  "refused",
						"waiting", "interrupted", "proof-failed" };

	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (!strcmp(text, outcomes[i]))
			return true;
	return false;
}

static int end_body(struct wv_ctx *ctx, struct wv_doc *body, uint64_t op, const char *outcome,
		    struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *full = NULL;
	int r;

	r = body ? wv__doc_copy(ctx, body, &full) : wv__doc_build(ctx, &full, { .kind = WV__SKIP });
	if (r < 0)
		return r;
	r = wv__doc_set(ctx, full, M_U64("begin", op), M_STR("outcome", outcome));
	if (r < 0)
		return r;
	*ret = take_ptr(full);
	return 0;
}

int wv__ledger_end(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t op, const char *outcome,
		   struct wv_doc *body)
{
	cleanup_doc struct wv_doc *begin = NULL, *full = NULL;
	cleanup_free char *kind = NULL;
	const char *begun;
	int r;

	if (!is_outcome(outcome))
		return wv__fail(ctx, -EINVAL, "%s is not an outcome", outcome);
	r = wv__ledger_record(ctx, ledger, op, &begin);
	if (r < 0)
		return r;
	begun = wv_doc_str(begin, "kind");
	if (!ends_with(begun, BEGIN))
		return wv__fail(ctx, -EINVAL, "ledger record %" PRIu64 " begins nothing", op);
	kind = wv__printf("%.*s" END, (int)(strlen(begun) - strlen(BEGIN)), begun);
	if (!kind)
		return wv__fail_memory(ctx);
	r = end_body(ctx, body, op, outcome, &full);
	if (r < 0)
		return r;
	return wv__ledger_append(ctx, ledger, kind, wv_doc_str(begin, "takeout"), full, NULL);
}

/* ---- what did not end --------------------------------------------------- */

struct begun {
	struct wv_ctx *ctx;
	struct wv_doc **records; /* owned, oldest first */
	size_t count;
};

static void begun_free(struct begun *begun)
{
	for (size_t i = 0; i < begun->count; i++)
		wv_doc_free(begun->records[i]);
	free(begun->records);
}

static int add(struct begun *begun, struct wv_doc *record)
{
	struct wv_doc **more = reallocarray(begun->records, begun->count + 1, sizeof(*more));

	if (!more)
		return wv__fail_memory(begun->ctx);
	begun->records = more;
	more[begun->count++] = wv__doc_ref(record);
	return 0;
}

static void drop(struct begun *begun, uint64_t seq)
{
	/* from the end: the one that ends is mostly the one that began last */
	for (size_t i = begun->count; i-- > 0;) {
		if (wv_doc_u64(begun->records[i], "seq") != seq)
			continue;
		wv_doc_free(begun->records[i]);
		begun->count--;
		memmove(begun->records + i, begun->records + i + 1,
			(begun->count - i) * sizeof(*begun->records));
		return;
	}
}

static int follow(void *data, struct wv_doc *record)
{
	struct begun *begun = data;
	const char *kind = wv_doc_str(record, "kind");

	if (ends_with(kind, BEGIN))
		return add(begun, record);
	if (ends_with(kind, END))
		drop(begun, wv_doc_u64(wv_doc_get(record, "body"), "begin"));
	return 0;
}

int wv__ledger_unfinished(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout,
			  struct wv_doc **ret_begins)
{
	cleanup(begun_free) struct begun begun = { .ctx = ctx };
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__ledger_each(ctx, ledger, takeout, 0, follow, &begun);
	if (r == 0)
		r = wv__doc_array(ctx, &array);
	for (size_t i = 0; r == 0 && i < begun.count; i++)
		r = wv__doc_append(ctx, array, begun.records[i]);
	if (r < 0)
		return r;
	*ret_begins = take_ptr(array);
	return 0;
}
