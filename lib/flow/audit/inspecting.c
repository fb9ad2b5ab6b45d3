/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspecting.c - workvol inspect: the ledger, and every paper that it names, as
 * a bundle that an inspector checks without workvol
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../takeout/request.h"
#include "../takeout/takeout_record.h"
#include "../../base/clock.h"
#include "../../evidence/bundle.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

#define LEDGER "ledger.jsonl"
#define CHECKPOINT "checkpoint.json"

/* Which papers a record names: lib/evidence/bundle/check.py asks for the same. */
static const struct paper {
	const char *kind;
	const char *name;   /* NULL: the record says */
	const char *member; /* its digest; NULL: of another file of that name */
	bool may_miss;      /* not signed yet, or a page about another; of one that the record names its signature */
} papers[] = {
	{ "takeout.declared", "declaration", "declaration", false },
	{ "takeout.declared", WV__REQUEST, "request", false },
	{ "takeout.declared", WV__REQUEST ".sig", NULL, true },
	{ "takeout.prepared", WV__RECORD, "record", false },
	{ "takeout.prepared", WV__RECORD ".sig", NULL, false },
	{ "takeout.prepared", "roster", NULL, false },
	{ "takeout.carried", "declaration", "declaration", false },
	{ "takeout.carried", WV__RECORD, "record", false },
	{ "takeout.carried", WV__RECORD ".sig", NULL, false },
	{ "takeout.carried", "roster", NULL, false },
	{ "takeout.out", "handover.json", "handover", false },
	{ "takeout.out", "handover.json.sig", NULL, false },
	{ "takeout.amended", NULL, "amendment", false },
	{ "takeout.synced", NULL, "receipt", false },
	{ "takeout.renewed", NULL, "receipt", false },
	{ "sync.end", NULL, "receipt", false }, /* in the field; one that failed has none */
	{ "takeout.return-requested", NULL, "request", true },
	{ "takeout.unrecoverable-requested", NULL, "request", true },
	{ "takeout.certified", "certificate.json", "certificate", false },
	{ "takeout.certified", "certificate.json.sig", NULL, false },
	{ "takeout.certified", "certificate.txt", "page", true }, /* older records name none */
	{ "wipe.certified", NULL, "certificate", false },
	{ "policy.instructed", "settings.conf", "instruction", false },
	{ "policy.instructed", "settings.conf.sig", NULL, false },
	{ "policy.instructed", "roster", "roster", false },
};

struct inspection {
	struct wv_station *st;
	struct wv__bundle b;
	uint64_t last; /* record; what comes later is not in the bundle */
	uint64_t takeouts;
};

static void inspection_clear(struct inspection *in)
{
	wv__bundle_clear(&in->b);
}

static bool is_id(const char *id)
{
	return id && strlen(id) == 36 && strspn(id, "0123456789abcdef-") == 36;
}

/* @dir: of the station, and of the bundle: takeouts/ID, or wipes */
static int copy(struct inspection *in, const char *dir, const char *name, const char *digest,
		bool may_miss)
{
	cleanup_free char *relative = wv__printf("%s/%s", dir, name);
	cleanup_free char *from = relative ? wv__station_path(in->st, relative) : NULL;
	int r;

	if (!from)
		return wv__fail_memory(in->st->ctx);
	r = wv__bundle_copy(&in->b, from, relative, digest);
	if (r == -ENOENT && may_miss)
		return 0;
	return r == -ENOENT ? wv__fail(in->st->ctx, -EBADMSG, "%s is gone, and the ledger names it", from) : r;
}

/* One that the record names, and its signature. */
static int copy_named(struct inspection *in, const char *dir, struct wv_doc *body, const char *member,
		      bool may_be_unsigned)
{
	const char *name = wv_doc_str(body, "paper");
	cleanup_free char *sig = name ? wv__printf("%s.sig", name) : NULL;
	int r;

	if (!name || strchr(name, '/'))
		return wv__fail(in->st->ctx, -EBADMSG, "a record of %s names no paper", dir);
	if (!sig)
		return wv__fail_memory(in->st->ctx);
	r = copy(in, dir, name, wv_doc_str(body, member), false);
	return r < 0 ? r : copy(in, dir, sig, NULL, may_be_unsigned);
}

static int add_key(struct wv_ctx *ctx, struct wv_buf *lines, const char *who, const char *namespace,
		   const char *key)
{
	const char *const namespaces[] = { namespace, NULL };

	return key ? wv__roster_line(ctx, who, key, namespaces, 0, UINT64_MAX, lines) : 0;
}

/* The keys that the take-out record names, as ssh-keygen reads them. */
static int put_keys(struct inspection *in, const char *dir)
{
	struct wv_ctx *ctx = in->st->ctx;
	cleanup_free char *name = wv__printf("%s/allowed_signers", dir);
	cleanup_free char *relative = wv__printf("%s/" WV__RECORD, dir);
	cleanup_free char *path = relative ? wv__station_path(in->st, relative) : NULL;
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;
	int r;

	if (!name || !path)
		return wv__fail_memory(ctx);
	r = wv__doc_load(ctx, path, &record);
	if (r == 0)
		r = add_key(ctx, &lines, "holder", WV_NS_HOLDER,
			    wv_doc_str(wv_doc_get(record, "holder"), "key"));
	if (r == 0)
		r = add_key(ctx, &lines, "station", WV_NS_HOLDER,
			    wv_doc_str(wv_doc_get(record, "station"), "key"));
	if (r == 0)
		r = add_key(ctx, &lines, "server", WV_NS_RECEIPT,
			    wv_doc_str(wv_doc_get(record, "server"), "receipt_key"));
	return r < 0 ? r : wv__bundle_put(&in->b, name, lines.data, lines.len, 0600);
}

/* The directory of a take-out, an instruction or the wipes, when it is met first. */
static int begin_dir(struct inspection *in, const char *dir)
{
	if (wv__bundle_has(&in->b, dir))
		return 0;
	in->takeouts += strncmp(dir, "takeouts/", 9) == 0;
	return wv__bundle_mkdir(&in->b, dir);
}

static int carried(struct inspection *in, const char *dir, struct wv_doc *body)
{
	struct wv_doc *amended = wv_doc_get(body, "amendments");
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(amended); i++)
		r = copy_named(in, dir, wv_doc_at(amended, i), "amendment", false);
	return r;
}

static int copy_paper(struct inspection *in, const struct paper *p, const char *dir, struct wv_doc *body)
{
	int r;

	r = begin_dir(in, dir);
	if (r < 0)
		return r;
	if (!p->name)
		return copy_named(in, dir, body, p->member, p->may_miss);
	r = copy(in, dir, p->name, p->member ? wv_doc_str(body, p->member) : NULL, p->may_miss);
	return r == 0 && strcmp(p->name, WV__RECORD) == 0 ? put_keys(in, dir) : r;
}

/* A page about a certificate, where there is one. */
static int copy_page(struct inspection *in, const char *dir, struct wv_doc *body)
{
	cleanup_free char *page = wv__printf("%s.txt", wv_doc_str(body, "paper"));

	return page ? copy(in, dir, page, wv_doc_str(body, "page"), true) : wv__fail_memory(in->st->ctx);
}

static int copy_papers(struct inspection *in, const char *kind, const char *dir, struct wv_doc *body)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(papers); i++)
		if (strcmp(kind, papers[i].kind) == 0)
			r = copy_paper(in, &papers[i], dir, body);
	if (r == 0 && strcmp(kind, "takeout.carried") == 0)
		r = carried(in, dir, body);
	if (r == 0 && strcmp(dir, WV__WIPES) == 0)
		r = copy_page(in, dir, body);
	return r;
}

/* Where the papers of a record lie, here and there; 0: it is of none. */
static int dir_of(struct inspection *in, struct wv_doc *record, char ret[64])
{
	const char *kind = wv_doc_str(record, "kind"), *id = wv_doc_str(record, "takeout");
	const char *digest = wv_doc_str(wv_doc_get(record, "body"), "instruction");
	const char *receipt = wv_doc_str(wv_doc_get(record, "body"), "receipt");

	if (kind && strcmp(kind, "wipe.certified") == 0)
		snprintf(ret, 64, WV__WIPES);
	else if (kind && strcmp(kind, "policy.instructed") == 0 && wv__is_hex64(digest))
		snprintf(ret, 64, WV__INSTRUCTIONS "/%.12s", digest);
	else if (!kind || (strncmp(kind, "takeout.", 8) != 0 && !(strcmp(kind, "sync.end") == 0 && receipt)))
		return 0;
	else if (!is_id(id))
		return wv__fail(in->st->ctx, -EBADMSG, "record %" PRIu64 " is of no take-out",
				wv_doc_u64(record, "seq"));
	else
		snprintf(ret, 64, "takeouts/%s", id);
	return 1;
}

static int see(void *data, struct wv_doc *record)
{
	struct inspection *in = data;
	char dir[64];
	int r;

	if (wv_doc_u64(record, "seq") > in->last)
		return 1;
	r = dir_of(in, record, dir);
	return r <= 0 ? r : copy_papers(in, wv_doc_str(record, "kind"), dir, wv_doc_get(record, "body"));
}

/* Signed in the bundle, of the ledger as far as it is exported. */
static int put_checkpoint(struct inspection *in, struct wv_doc **ret)
{
	struct wv_station *st = in->st;
	cleanup_free char *path = wv__path_join(in->b.part, CHECKPOINT);
	cleanup_doc struct wv_doc *point = NULL;
	int r;

	if (!path)
		return wv__fail_memory(st->ctx);
	r = wv__ledger_checkpoint(st->ctx, st->ledger, st->policy->station, &point);
	if (r < 0)
		return r;
	r = wv__sign_doc(st->ctx, st->policy->station_key, WV_NS_CHECKPOINT, point, path);
	if (r == 0)
		r = wv__bundle_add(&in->b, CHECKPOINT);
	if (r == 0)
		r = wv__bundle_add(&in->b, CHECKPOINT ".sig");
	if (r < 0)
		return r;
	in->last = wv_doc_u64(point, "size");
	*ret = take_ptr(point);
	return 0;
}

static int put_ledger(struct inspection *in)
{
	cleanup_close int fd = wv__bundle_create(&in->b, LEDGER);
	int r;

	if (fd < 0)
		return fd;
	r = wv__ledger_export_upto(in->st->ctx, in->st->ledger, in->last, fd);
	return r < 0 ? r : wv__bundle_add(&in->b, LEDGER);
}

static int end(struct inspection *in, struct wv_doc *point)
{
	const struct wv__policy *policy = in->st->policy;
	cleanup_free char *about = wv__printf(
		"%sInspector's bundle of the station %s\n\n"
		"client     %s\nmade       %s, by workvol %s\nrecords    %" PRIu64 "\nhead       %s\n"
		"take-outs  %" PRIu64 "\n",
		policy->lab ? "LAB, NOT EVIDENCE\n\n" : "", policy->station,
		policy->client ? policy->client : "-", wv_doc_str(point, "time"), wv_version(),
		in->last, wv_doc_str(point, "head"), in->takeouts);

	return about ? wv__bundle_end(&in->b, about) : wv__fail_memory(in->st->ctx);
}

static int inspect(struct inspection *in, const char *dir, struct wv_doc **ret)
{
	struct wv_station *st = in->st;
	cleanup_doc struct wv_doc *point = NULL;
	int r;

	r = put_checkpoint(in, &point);
	if (r == 0)
		r = put_ledger(in);
	if (r == 0)
		r = wv__bundle_copy(&in->b, st->policy->roster, "roster", NULL);
	if (r == 0)
		r = wv__bundle_mkdir(&in->b, "takeouts");
	if (r == 0)
		r = wv__bundle_mkdir(&in->b, WV__INSTRUCTIONS);
	if (r == 0)
		r = wv__ledger_each(st->ctx, st->ledger, NULL, 1, see, in);
	if (r >= 0)
		r = end(in, point);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret, M_PATH("dir", dir), M_U64("records", in->last),
			     M_STR("head", wv_doc_str(point, "head")),
			     M_U64("takeouts", in->takeouts), M_U64("files", in->b.files));
}

WV_API int wv_flow_inspect(struct wv_station *st, const char *dir, struct wv_doc **ret_result)
{
	cleanup(inspection_clear) struct inspection in = { .st = st, .b = WV_BUNDLE_INIT };
	cleanup_doc struct wv_doc *result = NULL;
	struct wv__door door;
	int r;

	r = wv__bundle_begin(st->ctx, dir, &in.b);
	if (r < 0)
		return r;
	r = wv__door_enter(&door, st, "inspect", NULL, NULL);
	if (r < 0)
		return r;
	r = inspect(&in, dir, &result);
	r = wv__door_leave(&door, r, r < 0 ? NULL : result);
	if (r < 0)
		return r;
	*ret_result = take_ptr(result);
	return 0;
}
