/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * auditing.c - what an inspector asks for: the ledger's proof, its export, a
 * signed checkpoint, a certificate's proof
 */
#include <fcntl.h>
#include <string.h>

#include "../station/chains.h"
#include "../../base/clock.h"
#include "../../evidence/certificate.h"
#include "../../evidence/render.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

static int time_of(struct wv_ctx *ctx, struct wv_doc *doc, const char *key, const char *path,
		   uint64_t *ret)
{
	const char *text = wv_doc_str(doc, key);

	if (!text || wv__time_parse(text, ret) < 0)
		return wv__fail(ctx, -EBADMSG, "%s does not say when it was made", path);
	return 0;
}

/* A document that the station signed: its own time is bounded by the roster's dates. */
static int load_signed(struct wv_ctx *ctx, const struct wv__roster *roster, const char *namespace,
		       const char *time_key, const char *path, struct wv_doc **ret,
		       struct wv__signed_by *ret_by)
{
	cleanup_free char *sig = wv__printf("%s.sig", path);
	cleanup_doc struct wv_doc *doc = NULL;
	uint64_t when;
	int r;

	if (!sig)
		return wv__fail_memory(ctx);
	r = wv__doc_load(ctx, path, &doc);
	if (r < 0)
		return r;
	if (access(sig, F_OK) < 0 && errno == ENOENT)
		return wv__fail(ctx, -EBADMSG, "%s has no signature: there is no %s", path, sig);
	r = time_of(ctx, doc, time_key, path, &when);
	if (r < 0)
		return r;
	return wv__verify_file(ctx, roster, NULL, namespace, path, when, ret, ret_by);
}

static bool is_intact(struct wv_doc *result)
{
	const char *status = wv_doc_str(result, "status");

	return status && strcmp(status, "intact") == 0;
}

WV_API int wv_ledger_verify(struct wv_station *st, const char *checkpoint, struct wv_doc **ret_result)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *point = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	if (checkpoint) {
		r = wv__station_roster(st, &roster);
		if (r < 0)
			return r;
		r = load_signed(ctx, roster, WV_NS_CHECKPOINT, "time", checkpoint, &point, NULL);
		if (r < 0)
			return r;
	}
	r = wv__ledger_check(ctx, st->ledger, point, &result);
	if (r < 0)
		return r;
	*ret_result = wv__doc_ref(result);
	if (is_intact(result))
		return 0;
	return wv__fail(ctx, -EBADMSG, "the ledger is broken: %s",
			wv_doc_str(result, "detail") ? wv_doc_str(result, "detail") : "");
}

/* ---- of other stations, in a ledger that they share ------------------------------ */

struct verifying {
	struct wv_ctx *ctx;
	struct wv_doc *results;
	struct wv_doc *bad; /* the first that is broken */
};

static void verifying_clear(struct verifying *v)
{
	wv_doc_free(v->results);
	wv_doc_free(v->bad);
}

static int verify_chain(void *data, const char *name, struct wv__ledger *ledger)
{
	cleanup_doc struct wv_doc *result = NULL;
	struct verifying *v = data;
	int r;

	r = wv__ledger_check(v->ctx, ledger, NULL, &result);
	if (r == 0)
		r = wv__doc_set(v->ctx, result, M_STR("station", name));
	if (r == 0)
		r = wv__doc_append(v->ctx, v->results, result);
	if (r == 0 && !v->bad && !is_intact(result))
		v->bad = take_ptr(result);
	return r;
}

WV_API int wv_ledger_verify_stations(struct wv_station *st, const char *name, struct wv_doc **ret_results)
{
	cleanup(verifying_clear) struct verifying v = { .ctx = st->ctx };
	const char *detail;
	int r;

	r = wv__doc_array(st->ctx, &v.results);
	if (r == 0)
		r = wv__chains(st, name, verify_chain, &v);
	if (r < 0)
		return r;
	*ret_results = take_ptr(v.results);
	if (!v.bad)
		return 0;
	detail = wv_doc_str(v.bad, "detail");
	return wv__fail(st->ctx, -EBADMSG, "the records of station %s are broken: %s",
			wv_doc_str(v.bad, "station"), detail ? detail : "");
}

struct exporting {
	struct wv_ctx *ctx;
	int fd;
};

static int export_chain(void *data, const char *name, struct wv__ledger *ledger)
{
	struct exporting *e = data;

	(void)name;
	return wv__ledger_export_lines(e->ctx, ledger, NULL, e->fd);
}

WV_API int wv_ledger_export_stations(struct wv_station *st, const char *name, int fd)
{
	struct exporting e = { st->ctx, fd };

	return wv__chains(st, name, export_chain, &e);
}

WV_API int wv_ledger_export(struct wv_station *st, int fd)
{
	return wv__ledger_export_lines(st->ctx, st->ledger, NULL, fd);
}

WV_API int wv_ledger_checkpoint(struct wv_station *st, const char *file, struct wv_doc **ret_result)
{
	cleanup_doc struct wv_doc *point = NULL;
	int r;

	r = wv__ledger_checkpoint(st->ctx, st->ledger, st->policy->station, &point);
	if (r < 0)
		return r;
	r = wv__sign_doc(st->ctx, st->policy->station_key, WV_NS_CHECKPOINT, point, file);
	if (r < 0)
		return r;
	*ret_result = take_ptr(point);
	return 0;
}

WV_API int wv_ledger_prove(struct wv_station *st, uint64_t record, struct wv_doc **ret_proof)
{
	cleanup_doc struct wv_doc *proof = NULL;
	cleanup_doc struct wv_doc *point = NULL;
	int r;

	r = wv__ledger_prove(st->ctx, st->ledger, st->policy->station, record, &proof);
	if (r == 0)
		r = wv__station_sign_checkpoint(st, wv_doc_get(proof, "checkpoint"), &point);
	if (r == 0)
		r = wv__doc_set(st->ctx, proof, M_DOC("checkpoint", point));
	if (r < 0)
		return r;
	*ret_proof = take_ptr(proof);
	return 0;
}

static int load_certificate(struct wv_station *st, const char *file, const char *roster_path,
			    struct wv_doc **ret, struct wv__signed_by *ret_by)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	const char *type;
	int r;

	r = roster_path ? wv__roster_load(ctx, roster_path, &roster) : wv__station_roster(st, &roster);
	if (r < 0)
		return r;
	r = load_signed(ctx, roster, WV_NS_CERTIFICATE, "created", file, &doc, ret_by);
	if (r < 0)
		return r;
	type = wv_doc_str(doc, "type");
	if (!type || strcmp(type, "certificate") != 0)
		return wv__fail(ctx, -EBADMSG, "%s is no certificate", file);
	*ret = take_ptr(doc);
	return 0;
}

WV_API int wv_certificate_verify(struct wv_station *st, const char *file, const char *roster_path,
				 struct wv_doc **ret_result)
{
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_signed_by struct wv__signed_by by = { 0 };
	const int r = load_certificate(st, file, roster_path, &doc, &by);

	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret_result, M_PATH("certificate", file),
			     M_STR("signed_by", by.principal), M_STR("fingerprint", by.fingerprint),
			     M_STR("created", wv_doc_str(doc, "created")),
			     M_STR("verdict", wv_doc_str(doc, "verdict")),
			     M_BOOL("lab", wv_doc_bool(doc, "lab")));
}

WV_API int wv_certificate_pdf(struct wv_station *st, const char *file, const char *roster_path, const char *lang,
			      char **ret_pdf, size_t *ret_size)
{
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_buf struct wv_buf pdf = WV_BUF_INIT;
	int r;

	r = load_certificate(st, file, roster_path, &doc, NULL);
	if (r == 0)
		r = wv__render_pdf(st->ctx, doc, lang, &pdf);
	if (r < 0)
		return r;
	*ret_size = pdf.len;
	*ret_pdf = wv__buf_take(&pdf);
	return 0;
}

WV_API int wv_certificate_text(struct wv_ctx *ctx, const char *file, const char *lang, char **ret_text)
{
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = wv__doc_load(ctx, file, &doc);
	return r < 0 ? r : wv__certificate_text(ctx, doc, lang && strcmp(lang, "ja") == 0, ret_text);
}
