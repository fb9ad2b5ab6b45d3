/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * carry_records.c - what was done at one station, given to the holder, and
 * taken into the ledger of another
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../takeout/amendment.h"
#include "carry.h"
#include "../../base/crypto.h"

/* ---- taking ---------------------------------------------------------------------- */

struct told {
	struct wv__carry *carry;
	size_t count;     /* amendments that are there */
	size_t seen;      /* amendments that the records tell of, so far */
	char station[65]; /* whose records they are */
	char head[WV_SHA256_HEX];
};

static int see_amendment(struct told *told, struct wv_doc *body)
{
	struct wv_doc *expected = told->seen < told->count ?
					  wv_doc_at(told->carry->amended, told->seen) : NULL;
	const char *a = expected ? wv_doc_str(expected, "amendment") : NULL;
	const char *b = wv_doc_str(body, "amendment");

	told->seen++;
	if (!a || !b || strcmp(a, b) != 0)
		return wv__fail(told->carry->t->st->ctx, -EBADMSG, "the records tell of an amendment that is not beside them");
	return 0;
}

static int see_line(struct told *told, const char *line, size_t len)
{
	struct wv_ctx *ctx = told->carry->t->st->ctx;
	cleanup_doc struct wv_doc *record = NULL;
	struct wv_doc *body, *before;
	const char *kind, *name;
	int r;

	r = wv__doc_parse(ctx, line, len, "a record", &record);
	if (r < 0)
		return r;
	r = wv__sha256_hex(line, len, told->head);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot hash a record");
	kind = wv_doc_str(record, "kind");
	body = wv_doc_get(record, "body");
	if (kind && strcmp(kind, "takeout.amended") == 0)
		return see_amendment(told, body);
	if (!kind || strcmp(kind, "takeout.carried") != 0)
		return 0;
	name = wv_doc_str(body, "station");
	if (name && strlen(name) < sizeof(told->station))
		memcpy(told->station, name, strlen(name) + 1);
	before = wv_doc_get(body, "amendments");
	for (size_t i = 0; r == 0 && i < wv_doc_count(before); i++)
		r = see_amendment(told, wv_doc_at(before, i));
	return r;
}

static int see_lines(struct told *told, const struct wv_buf *lines)
{
	const char *at = lines->data;
	const char *const end = at + lines->len;
	int r = 0;

	while (r == 0 && at < end) {
		const char *newline = memchr(at, '\n', end - at);

		if (!newline) /* the import says so */
			return 0;
		r = see_line(told, at, newline - at);
		at = newline + 1;
	}
	if (r == 0 && told->seen != told->count)
		return wv__fail(told->carry->t->st->ctx, -EBADMSG, "an amendment is there that the records do not tell of");
	return r;
}

static int is_known(struct wv__takeout *t, const char *head)
{
	cleanup_doc struct wv_doc *last = NULL;
	const char *known;
	int r;

	r = wv__ledger_last(t->st->ctx, t->st->ledger, "chain.import", t->id, &last);
	if (r < 0 || !last)
		return r;
	known = wv_doc_str(wv_doc_get(last, "body"), "head");
	return known && strcmp(known, head) == 0;
}

int wv__carry_records(struct wv__carry *carry, const char *dir, size_t count)
{
	struct wv__takeout *t = carry->t;
	struct wv_ctx *ctx = t->st->ctx;
	struct told told = { .carry = carry, .count = count, .station = "field" };
	cleanup_free char *path = wv__path_join(dir, WV__CARRY_RECORDS);
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	if (access(path, F_OK) < 0)
		return count ? wv__fail(ctx, -EBADMSG, "%s is not there", path) : 0;
	r = wv__read_file(ctx, AT_FDCWD, path, WV_DOC_MAX, &lines);
	if (r < 0)
		return r;
	r = see_lines(&told, &lines);
	if (r < 0) {
		wv__fail_prefix(ctx, "%s", path);
		return r;
	}
	r = is_known(t, told.head);
	if (r != 0)
		return r < 0 ? r : 0;
	return wv__ledger_import(ctx, t->st->ledger, told.station, t->id, wv__buf_str(&lines),
				 lines.len, NULL);
}

/* ---- giving ------------------------------------------------------------------------ */

static int give_paper(struct wv__takeout *t, const char *name, int dir)
{
	cleanup_free char *path = wv__paper_path(t, name);
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	if (!path)
		return wv__fail_memory(t->st->ctx);
	r = wv__read_file(t->st->ctx, AT_FDCWD, path, WV_DOC_MAX, &text);
	return r < 0 ? r : wv__write_file(t->st->ctx, dir, name, text.data, text.len, 0600);
}

static int give_amendments(struct wv__takeout *t, int dir)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(t->amended); i++) {
		const char *name = wv_doc_str(wv_doc_at(t->amended, i), "paper");
		cleanup_free char *sig = name ? wv__printf("%s.sig", name) : NULL;

		if (!sig)
			return wv__fail_memory(t->st->ctx);
		r = give_paper(t, sig, dir);
		if (r == 0)
			r = give_paper(t, name, dir);
	}
	return r;
}

static int give_records(struct wv__takeout *t, int dir)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_close int fd = memfd_create("workvol records", MFD_CLOEXEC);
	cleanup_free char *text = NULL;
	struct stat st;
	int r;

	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot gather the records of take-out %s", t->id);
	r = wv__ledger_export_lines(ctx, t->st->ledger, t->id, fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot gather the records of take-out %s", t->id);
	text = malloc(st.st_size + 1);
	if (!text)
		return wv__fail_memory(ctx);
	r = wv__pread_all(fd, text, st.st_size, 0);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot gather the records of take-out %s", t->id);
	return wv__write_file(ctx, dir, WV__CARRY_RECORDS, text, st.st_size, 0600);
}

int wv__carry_give(struct wv__takeout *t, const char *carry_dir)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_close int carry = open(carry_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_close int dir = -1;
	int r;

	if (carry < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", carry_dir);
	if (mkdirat(carry, WV__CARRY_FIELD, 0700) < 0 && errno != EEXIST)
		return wv__fail_sys(ctx, -errno, "cannot make %s/%s", carry_dir, WV__CARRY_FIELD);
	dir = wv__open_beneath(carry, WV__CARRY_FIELD, O_RDONLY | O_DIRECTORY, 0);
	if (dir < 0)
		return wv__fail_sys(ctx, dir, "cannot open %s/%s", carry_dir, WV__CARRY_FIELD);
	r = give_amendments(t, dir);
	return r < 0 ? r : give_records(t, dir);
}
