/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * approval.c - has the responsible person said yes to exactly this request?
 */
#include "approval.h"

#include <string.h>
#include <sys/stat.h>

static int require_signature(struct wv_ctx *ctx, const char *path)
{
	cleanup_free char *sig = wv__printf("%s.sig", path);
	struct stat st;

	if (!sig)
		return wv__fail_memory(ctx);
	if (lstat(sig, &st) == 0)
		return 0;
	if (errno == ENOENT)
		return wv__fail(ctx, -EAGAIN, "%s is not approved yet", path);
	return wv__fail_sys(ctx, -errno, "cannot look for %s", sig);
}

bool wv__approval_is_holders(const struct wv__approval *terms, const struct wv__signed_by *by)
{
	const struct wv__signer *owner;

	if (terms->holder && !strcasecmp(by->principal, terms->holder))
		return true;
	if (!terms->holder_fingerprint)
		return false;
	if (!strcmp(by->fingerprint, terms->holder_fingerprint))
		return true;
	owner = wv__roster_has_key(terms->roster, terms->holder_fingerprint);
	return owner && !strcasecmp(owner->principal, by->principal);
}

static int check_issued(struct wv_ctx *ctx, const char *digest, struct wv_doc *request,
			const char *path)
{
	char found[65];
	int r;

	if (!digest)
		return 0;
	r = wv__doc_digest(ctx, request, found);
	if (r < 0)
		return r;
	if (strcmp(found, digest) != 0)
		return wv__fail(ctx, -EBADMSG, "%s is not the request that was issued", path);
	return 0;
}

int wv__approval_check(struct wv_ctx *ctx, const struct wv__approval *terms, const char *path,
		       struct wv_doc **ret_request, struct wv__signed_by *ret_by)
{
	cleanup_signed_by struct wv__signed_by by = { 0 };
	cleanup_doc struct wv_doc *request = NULL;
	int r;

	r = require_signature(ctx, path);
	if (r < 0)
		return r;
	r = wv__verify_file(ctx, terms->roster, NULL, terms->namespace, path, terms->time, &request,
			    &by);
	if (r < 0)
		return r;
	r = check_issued(ctx, terms->request_digest, request, path);
	if (r < 0)
		return r;
	if (!terms->self_approval && wv__approval_is_holders(terms, &by))
		return wv__fail(ctx, -EPERM, "%s is signed by %s, who is its holder: another approver has to",
				path, by.principal);

	if (ret_request)
		*ret_request = take_ptr(request);
	if (ret_by) {
		*ret_by = by;
		by = (struct wv__signed_by){ 0 };
	}
	return 0;
}
