/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wipe_paper.c - the certificate of a wipe that belongs to no take-out
 */
#include <fcntl.h>

#include "wipe_paper.h"
#include "../medium/subject.h"
#include "../../base/buf.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

#define PAPER_MAX (16 * MiB)

static int build(struct wv_station *st, const struct wv_device *dev, const struct wv__wipe_job *job,
		 const struct wv__certificate_said *said, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *medium = NULL;
	cleanup_doc struct wv_doc *statement = NULL;
	cleanup_doc struct wv_doc *checkpoint = NULL;
	char operator_name[64];
	int r;

	wv__operator(operator_name, sizeof(operator_name));
	r = wv__identity(st->ctx, dev, &medium);
	if (r == 0)
		r = wv__wipe_statement(st->ctx, job->result, &statement);
	if (r == 0)
		r = wv__station_checkpoint(st, &checkpoint);
	if (r < 0)
		return r;
	return wv__certificate_build(st->ctx,
				     &(struct wv__certificate_parts){
					     .policy = st->policy,
					     .operator_name = operator_name,
					     .medium = medium,
					     .vendor = dev->vendor,
					     .said = *said,
					     .wipe = statement,
					     .pattern = job->pattern,
					     .checkpoint = checkpoint,
				     },
				     ret);
}

/* In the station's own directory, by its digest; then the ledger names it. */
static int keep(struct wv_station *st, struct wv_doc *certificate, char **ret_path)
{
	cleanup_free char *dir = wv__station_path(st, WV__WIPES);
	cleanup_free char *name = NULL, *path = NULL, *page = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65], page_digest[65];
	int r;

	r = wv__doc_digest(st->ctx, certificate, digest);
	if (r < 0)
		return r;
	name = wv__printf("certificate-%.12s.json", digest);
	path = dir && name ? wv__path_join(dir, name) : NULL;
	page = path ? wv__printf("%s.txt", path) : NULL;
	if (!page)
		return wv__fail_memory(st->ctx);
	r = wv__mkdirs(st->ctx, dir, 0700);
	if (r == 0)
		r = wv__sign_doc(st->ctx, st->policy->station_key, WV_NS_CERTIFICATE, certificate, path);
	if (r == 0)
		r = wv__certificate_page(st->ctx, certificate, page, page_digest);
	if (r == 0)
		r = wv__doc_build(st->ctx, &body, M_STR("certificate", digest), M_STR("paper", name),
				  M_STR("page", page_digest));
	if (r == 0)
		r = wv__ledger_append(st->ctx, st->ledger, "wipe.certified", NULL, body, NULL);
	if (r < 0)
		return r;
	*ret_path = take_ptr(path);
	return 0;
}

static int copy(struct wv_ctx *ctx, const char *from, const char *to, const char *suffix)
{
	cleanup_free char *source = wv__printf("%s%s", from, suffix);
	cleanup_free char *target = wv__printf("%s%s", to, suffix);
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	int r;

	if (!source || !target)
		return wv__fail_memory(ctx);
	r = wv__read_file(ctx, AT_FDCWD, source, PAPER_MAX, &bytes);
	return r < 0 ? r : wv__write_file(ctx, AT_FDCWD, target, bytes.data, bytes.len, 0644);
}

int wv__wipe_paper(struct wv_station *st, const struct wv_device *dev, const struct wv__wipe_job *job,
		   const struct wv__certificate_said *said, const char *path)
{
	/* the signature first: a certificate that is there has always its own beside it */
	static const char *const suffixes[] = { ".sig", "", ".txt" };
	cleanup_doc struct wv_doc *certificate = NULL;
	cleanup_free char *kept = NULL;
	int r;

	r = build(st, dev, job, said, &certificate);
	if (r == 0)
		r = keep(st, certificate, &kept);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(suffixes); i++)
		r = copy(st->ctx, kept, path, suffixes[i]);
	return r;
}
