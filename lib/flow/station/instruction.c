/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * instruction.c - further instructions of the client: recorded, and proven each
 * time that a station is opened
 */
#include <fcntl.h>
#include <string.h>

#include "instruction.h"
#include "../../base/clock.h"
#include "../../base/crypto.h"
#include "../../trust/keys.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

#define KIND "policy.instructed"
#define SETTINGS "settings.conf"
#define SETTINGS_MAX (64 * KiB)

/* ---- the one in force ------------------------------------------------------------------- */

static int gone(struct wv_ctx *ctx, int r, const char *path)
{
	return r == -ENOENT ? wv__fail(ctx, -EBADMSG, "%s or its signature is gone, and the ledger names it", path) : r;
}

static int load_roster(struct wv_ctx *ctx, const char *dir, const char *digest, struct wv__roster **ret)
{
	cleanup_free char *path = wv__path_join(dir, "roster");
	cleanup_roster struct wv__roster *roster = NULL;
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__roster_load(ctx, path, &roster);
	if (r < 0)
		return gone(ctx, r, path);
	if (strcmp(roster->digest, digest) != 0)
		return wv__fail(ctx, -EBADMSG, "%s is not the roster that the ledger names", path);
	*ret = take_ptr(roster);
	return 0;
}

struct named {
	const char *digest, *roster, *approver;
	uint64_t time;
};

static int read_record(struct wv_ctx *ctx, struct wv_doc *record, struct named *ret)
{
	static const char what[] = "the record of an instruction";
	struct wv_doc *body = wv_doc_get(record, "body");

	if (wv__doc_need_str(ctx, body, what, "instruction", &ret->digest) < 0 ||
	    wv__doc_need_str(ctx, body, what, "roster", &ret->roster) < 0 ||
	    wv__doc_need_str(ctx, body, what, "approver", &ret->approver) < 0)
		return -EBADMSG;
	if (!wv__is_hex64(ret->digest) || wv__time_parse(wv_doc_str(record, "time"), &ret->time) < 0)
		return wv__fail(ctx, -EBADMSG, "%s has no digest or no time", what);
	return 0;
}

static int prove(struct wv_station *st, const struct named *named, const char *dir, const char *path)
{
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	char digest[WV_SHA256_HEX];
	int r;

	r = load_roster(st->ctx, dir, named->roster, &roster);
	if (r < 0)
		return r;
	r = wv__verify_bytes(st->ctx, roster, named->approver, WV_NS_INSTRUCTION, path, named->time, &bytes, NULL);
	if (r < 0)
		return gone(st->ctx, r, path);
	if (wv__sha256_hex(bytes.data, bytes.len, digest) < 0)
		return wv__fail_memory(st->ctx);
	if (strcmp(digest, named->digest) != 0)
		return wv__fail(st->ctx, -EBADMSG, "%s is not the instruction that the ledger names", path);
	return 0;
}

static char *dir_of(struct wv_station *st, const char *digest)
{
	cleanup_free char *name = wv__printf(WV__INSTRUCTIONS "/%.12s", digest);

	return name ? wv__station_path(st, name) : NULL;
}

int wv__instruction_load(struct wv_station *st)
{
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_free char *dir = NULL, *path = NULL;
	struct named named;
	int r;

	r = wv__ledger_last(st->ctx, st->ledger, KIND, NULL, &record);
	if (r < 0 || !record)
		return r;
	r = read_record(st->ctx, record, &named);
	if (r < 0)
		return r;
	dir = dir_of(st, named.digest);
	path = dir ? wv__path_join(dir, SETTINGS) : NULL;
	if (!path)
		return wv__fail_memory(st->ctx);
	r = prove(st, &named, dir, path);
	if (r == 0)
		r = wv__policy_instruct(st->ctx, st->policy, path, false);
	if (r < 0)
		return r;
	memcpy(st->instruction, named.digest, sizeof(st->instruction));
	return 0;
}

/* ---- a new one --------------------------------------------------------------------------- */

struct instructing {
	struct wv_station *st;
	const char *file, *key;
	struct wv__roster *roster;
	struct wv_buf bytes;
	struct wv__signed_by by;
	char digest[WV_SHA256_HEX];
};

static void instructing_clear(struct instructing *in)
{
	wv__roster_free(in->roster);
	wv__buf_free(&in->bytes);
	wv__signed_by_free(&in->by);
}

static int sign(struct instructing *in)
{
	struct wv_ctx *ctx = in->st->ctx;
	cleanup_free char *public = NULL, *fingerprint = NULL;
	const struct wv__signer *signer;
	int r;

	r = wv__key_public(ctx, in->key, &public);
	if (r == 0)
		r = wv__key_fingerprint(ctx, public, &fingerprint);
	if (r < 0)
		return r;
	signer = wv__roster_has_key(in->roster, fingerprint);
	if (!signer || !wv__signer_may(signer, WV_NS_INSTRUCTION))
		return wv__fail(ctx, -EPERM, "the key %s is no approver's: the roster does not let it sign %s", in->key,
				WV_NS_INSTRUCTION);
	return wv__sign_file(ctx, in->key, WV_NS_INSTRUCTION, in->file, NULL);
}

static int take_signed(struct instructing *in)
{
	struct wv_ctx *ctx = in->st->ctx;
	cleanup_free char *sig = wv__printf("%s.sig", in->file);
	int r;

	if (!sig)
		return wv__fail_memory(ctx);
	r = wv__station_roster(in->st, &in->roster);
	if (r == 0 && in->key)
		r = sign(in);
	if (r < 0)
		return r;
	if (access(in->file, F_OK) == 0 && access(sig, F_OK) < 0 && errno == ENOENT)
		return wv__fail(ctx, -EAGAIN, "%s is not signed yet: ssh-keygen -Y sign -n %s -f KEY %s",
				in->file, WV_NS_INSTRUCTION, in->file);
	r = wv__verify_bytes(ctx, in->roster, NULL, WV_NS_INSTRUCTION, in->file, wv__now(), &in->bytes, &in->by);
	if (r == 0 && wv__sha256_hex(in->bytes.data, in->bytes.len, in->digest) < 0)
		r = wv__fail_memory(ctx);
	return r;
}

/* Who has an older one could put it back in the place of a stricter one: each counts once. */
static int is_new(void *data, struct wv_doc *record)
{
	struct instructing *in = data;
	const char *digest = wv_doc_str(wv_doc_get(record, "body"), "instruction");

	if (!digest || strcmp(digest, in->digest) != 0)
		return 0;
	return wv__fail(in->st->ctx, -EPERM, "%s is on record already, %" PRIu64 ": sign another one, if only with a new date in a comment",
			in->file, wv_doc_u64(record, "seq"));
}

static int put(struct wv_ctx *ctx, const char *dir, const char *name, const void *data, size_t len)
{
	cleanup_free char *path = wv__path_join(dir, name);

	return path ? wv__write_file(ctx, AT_FDCWD, path, data, len, 0600) : wv__fail_memory(ctx);
}

static int keep(struct instructing *in)
{
	struct wv_ctx *ctx = in->st->ctx;
	cleanup_free char *sig_path = wv__printf("%s.sig", in->file);
	cleanup_free char *dir = dir_of(in->st, in->digest);
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	int r;

	if (!sig_path || !dir)
		return wv__fail_memory(ctx);
	r = wv__read_file(ctx, AT_FDCWD, sig_path, SETTINGS_MAX, &sig);
	if (r == 0)
		r = wv__mkdirs(ctx, dir, 0700);
	if (r == 0)
		r = put(ctx, dir, "roster", in->roster->text, in->roster->text_len);
	if (r == 0)
		r = put(ctx, dir, SETTINGS ".sig", sig.data, sig.len);
	if (r == 0)
		r = put(ctx, dir, SETTINGS, in->bytes.data, in->bytes.len);
	return r;
}

/* Held against the station's own settings, not those of the instruction before: that one ends. */
static int check(struct instructing *in, struct wv_doc **ret_settings)
{
	struct wv_ctx *ctx = in->st->ctx;
	cleanup(wv__policy_freep) struct wv__policy *own = NULL;
	cleanup_doc struct wv_doc *all = NULL, *settings = NULL;
	struct wv_doc *row;
	int r;

	r = wv__policy_load(ctx, in->st->policy_file, &own);
	if (r == 0)
		r = wv__policy_instruct(ctx, own, in->file, true);
	if (r == 0)
		r = wv__policy_list(ctx, own, &all);
	if (r == 0)
		r = wv__doc_build(ctx, &settings, { .kind = WV__SKIP });
	for (size_t i = 0; r == 0 && i < wv_doc_count(all); i++) {
		row = wv_doc_at(all, i);
		if (wv_doc_str(row, "file") && strcmp(wv_doc_str(row, "file"), in->file) == 0)
			r = wv__doc_set(ctx, settings, M_STR(wv_doc_str(row, "key"), wv_doc_str(row, "value")));
	}
	if (r < 0)
		return r;
	*ret_settings = take_ptr(settings);
	return 0;
}

static int instruct(struct instructing *in, struct wv_doc **ret)
{
	struct wv_ctx *ctx = in->st->ctx;
	cleanup_doc struct wv_doc *settings = NULL, *body = NULL;
	int r;

	r = take_signed(in);
	if (r == 0)
		r = wv__ledger_each_kind(ctx, in->st->ledger, KIND, is_new, in);
	if (r == 0)
		r = check(in, &settings);
	if (r == 0)
		r = keep(in);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("instruction", in->digest), M_STR("roster", in->roster->digest), M_STR("approver", in->by.principal),
			  M_DOC("settings", settings), M_STR("instead_of", *in->st->instruction ? in->st->instruction : NULL));
	if (r == 0)
		r = wv__ledger_append(ctx, in->st->ledger, KIND, NULL, body, NULL);
	if (r < 0)
		return r;
	*ret = take_ptr(body);
	return 0;
}

WV_API int wv_flow_instruct(struct wv_station *st, const char *file, const char *key, struct wv_doc **ret_result)
{
	cleanup(instructing_clear) struct instructing in = { .st = st, .file = file, .key = key, .bytes = WV_BUF_INIT };
	cleanup_doc struct wv_doc *result = NULL;
	struct wv__door door;
	int r;

	r = wv__door_enter(&door, st, "instruct", NULL, NULL);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, instruct(&in, &result), NULL);
	if (r < 0)
		return r;
	*ret_result = take_ptr(result);
	return 0;
}
