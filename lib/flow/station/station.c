/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * station.c - a station opened for work, and the door that every operation uses
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "instruction.h"
#include "station.h"
#include "../../base/secret.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

WV_API void wv_station_free(struct wv_station *st)
{
	if (!st)
		return;
	wv__ledger_close(st->ledger);
	wv__policy_free(st->policy);
	free(st->policy_file);
	free(st);
}

int wv__station_checkpoint(struct wv_station *st, struct wv_doc **ret)
{
	const int r = wv__ledger_checkpoint(st->ctx, st->ledger, st->policy->station, ret);

	return r == -EBADMSG ? 0 : r;
}

void wv__operator(char *ret, size_t size)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw = sudo ? NULL : getpwuid(getuid());

	snprintf(ret, size, "%s", sudo ? sudo : pw ? pw->pw_name : "unknown");
}

static void station_freep(struct wv_station **st)
{
	wv_station_free(*st);
}

/* A policy cannot become a lab's, or stop being one, after init (protocol, "Trials"). */
static int check_lab(struct wv_station *st)
{
	cleanup_doc struct wv_doc *first = NULL;
	int r;

	r = wv__ledger_record(st->ctx, st->ledger, 1, &first);
	if (r == -ENOENT)
		return wv__fail(st->ctx, -EBADMSG, "the ledger %s is broken: its first record is gone",
				st->policy->ledger);
	if (r < 0)
		return r;
	if (wv_doc_bool(wv_doc_get(first, "body"), "lab") != st->policy->lab)
		return wv__fail(st->ctx, -EPERM, "the setting lab is not what it was when this station was made");
	return 0;
}

WV_API int wv_station_open(struct wv_ctx *ctx, const char *policy, struct wv_station **ret)
{
	cleanup(station_freep) struct wv_station *st = calloc(1, sizeof(*st));
	int r;

	if (!st)
		return wv__fail_memory(ctx);
	st->ctx = ctx;
	if (policy) {
		st->policy_file = strdup(policy);
		if (!st->policy_file)
			return wv__fail_memory(ctx);
	}
	r = wv__policy_load(ctx, policy, &st->policy);
	if (r < 0)
		return r;
	r = wv__ledger_open(ctx, st->policy->ledger, st->policy->station, false,
			    &st->ledger);
	if (r < 0)
		return r;
	r = check_lab(st);
	if (r == 0)
		r = wv__instruction_load(st);
	if (r == 0)
		r = wv__policy_digest(ctx, st->policy, st->policy_digest);
	if (r < 0)
		return r;
	*ret = take_ptr(st);
	return 0;
}

WV_API int wv_station_policy(struct wv_station *st, struct wv_doc **ret_settings)
{
	return wv__policy_list(st->ctx, st->policy, ret_settings);
}

char *wv__station_path(struct wv_station *st, const char *name)
{
	return wv__path_join(st->policy->state_dir, name);
}

int wv__station_roster(struct wv_station *st, struct wv__roster **ret)
{
	return wv__roster_load(st->ctx, st->policy->roster, ret);
}

int wv__station_sign_checkpoint(struct wv_station *st, struct wv_doc *checkpoint, struct wv_doc **ret)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	int r;

	r = wv__doc_canonical(st->ctx, checkpoint, &text);
	if (r == 0)
		r = wv__sign(st->ctx, st->policy->station_key, WV_NS_CHECKPOINT, text.data, text.len, &sig);
	return r < 0 ? r : wv__doc_build(st->ctx, ret, M_DOC("checkpoint", checkpoint),
					 M_STR("signature", wv__buf_str(&sig)));
}

int wv__door_enter(struct wv__door *door, struct wv_station *st, const char *op,
		   const char *takeout, struct wv_doc *body)
{
	*door = (struct wv__door){ .st = st, .op = op, .takeout = takeout };
	wv__process_guard(st->ctx);
	return wv__ledger_begin(st->ctx, st->ledger, op, takeout, body, &door->begin);
}

static const char *outcome_of(int r)
{
	switch (r) {
	case -ECANCELED:
		return "interrupted";
	case -EAGAIN:
		return "waiting";
	case -EPERM:
	case -EBUSY:
	case -EROFS:
		return "refused";
	case -EBADMSG:
	case -EKEYREJECTED:
	case -EKEYEXPIRED:
		return "proof-failed";
	default:
		return r < 0 ? "failed" : "done";
	}
}

int wv__door_leave(struct wv__door *door, int r, struct wv_doc *body)
{
	struct wv_ctx *ctx = door->st->ctx;
	cleanup_free char *why = NULL;
	cleanup_doc struct wv_doc *said = NULL;
	int end;

	if (!door->begin)
		return r;
	if (r < 0 && !body) { /* the sentence goes into the record */
		why = strdup(wv_ctx_error(ctx));
		end = why ? wv__doc_build(ctx, &said, M_STR("why", why)) : -ENOMEM;
		if (end < 0)
			return r;
	}
	end = wv__ledger_end(ctx, door->st->ledger, door->begin, outcome_of(r),
			     body ? body : said);
	if (end < 0 && r >= 0)
		return end;
	if (why && end < 0) /* the first failure is the one to tell */
		wv__fail(ctx, r, "%s", why);
	return r;
}
