/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sanitizing.c - workvol wipe --method sanitize
 */
#include <string.h>

#include "sanitizing.h"

#define REACHED                                                                                    \
	"remapped and over-provisioned areas" /* what an overwrite leaves, and a purge does not */

int wv__sanitizing_check(struct wv_ctx *ctx, const struct wv__sanitize_method *method,
			 const struct wv__wipe_opts *opts)
{
	struct wv__wipe_opts host = *opts;

	if (opts->offset || opts->length)
		return wv__fail(ctx, -EINVAL, "a device erases itself as a whole: no range of it");
	if (opts->flags & WV_WIPE_RESUME)
		return wv__fail(ctx, -EINVAL,
				"a sanitize cannot be resumed: it goes on in the device by itself");
	host.method = method->then ? method->then : "zero";
	return wv__wipe_check(ctx, &host);
}

static bool has(struct wv_doc *list, const char *text)
{
	for (size_t i = 0; i < wv_doc_count(list); i++)
		if (!strcmp(wv_doc_str_at(list, i), text))
			return true;
	return false;
}

/* Both lists, each sentence once; what a purge reaches is not open any more. */
static int join(struct wv_ctx *ctx, struct wv_doc *own, struct wv_doc *host, bool purged,
		struct wv_doc **ret)
{
	struct wv_doc *const lists[] = { own, host };
	cleanup_doc struct wv_doc *all = NULL;
	int r = wv__doc_array(ctx, &all);

	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		for (size_t i = 0; r >= 0 && i < wv_doc_count(lists[k]); i++) {
			const char *text = wv_doc_str_at(lists[k], i);

			if (!has(all, text) && !(purged && !strcmp(text, REACHED)))
				r = wv__doc_append_str(ctx, all, text);
		}
	}
	if (r >= 0)
		*ret = take_ptr(all);
	return r;
}

int wv__sanitizing_merge(struct wv_ctx *ctx, struct wv_doc *own, struct wv_doc *host)
{
	const char *category = wv_doc_str(own, "category");
	const bool cleared = !strcmp(wv_doc_str(host, "category"), "clear");
	const bool purged = cleared && !strcmp(category, "purge");
	cleanup_free char *method =
		wv__printf("%s+%s", wv_doc_str(own, "method"), wv_doc_str(host, "method"));
	cleanup_doc struct wv_doc *open = NULL;
	int r;

	if (!method)
		return wv__fail_memory(ctx);
	r = join(ctx, wv_doc_get(own, "not_proven"), wv_doc_get(host, "not_proven"), purged, &open);
	if (r < 0)
		return r;
	return wv__doc_set(
		ctx, host, M_STR("method", method), M_STR("category", cleared ? category : "none"),
		M_OPT_STR("began", wv_doc_str(own, "began")),
		M_DOC("sanitize", wv_doc_get(own, "sanitize")), M_DOC("not_proven", open));
}

/* A job without a result was not even begun. */
static bool is_erased(const struct wv__wipe_job *job)
{
	return job->result && !job->error;
}

/* Only what erased itself, and was found erased, is overwritten then. */
static int overwrite(struct wv_ctx *ctx, struct wv__wipe_job *jobs, size_t n,
		     const struct wv__sanitize_method *method, const struct wv__wipe_opts *opts)
{
	cleanup_free struct wv__wipe_job *host = calloc(n, sizeof(*host));
	struct wv__wipe_opts host_opts = *opts;
	size_t count = 0, k = 0;
	int r, worst;

	if (!host)
		return wv__fail_memory(ctx);
	for (size_t i = 0; i < n; i++)
		if (is_erased(&jobs[i]))
			host[count++].dev = jobs[i].dev;
	if (!count)
		return 0;
	host_opts.method = method->then;
	host_opts.checkpoint_dir = NULL; /* a resumed wipe would not know of the sanitize */
	worst = r = wv__wipe_run(ctx, host, count, &host_opts);
	for (size_t i = 0; i < n && k < count; i++) {
		if (!is_erased(&jobs[i]))
			continue;
		r = host[k].result ? wv__sanitizing_merge(ctx, jobs[i].result, host[k].result)
				   : worst;
		if (host[k].result) {
			wv_doc_free(jobs[i].result);
			wv_doc_free(jobs[i].pattern);
			jobs[i] = host[k];
		}
		k++;
		if (r < 0 && !worst)
			worst = r;
	}
	return worst;
}

int wv__sanitizing(struct wv_ctx *ctx, struct wv__wipe_job *jobs, size_t n,
		   const struct wv__sanitize_method *method, const struct wv__wipe_opts *opts)
{
	const struct wv__sanitize_opts own_opts = {
		.kind = method->kind,
		/* before the host's passes the marks are enough */
		.verify = method->then ? "sample:1" : opts->verify,
		.flags = opts->flags,
		.then = method->then,
	};
	cleanup_free struct wv__sanitize_job *own = calloc(n, sizeof(*own));
	int r, host = 0;

	if (!own)
		return wv__fail_memory(ctx);
	for (size_t i = 0; i < n; i++)
		own[i].dev = jobs[i].dev;
	r = wv__sanitize_run(ctx, own, n, &own_opts);
	for (size_t i = 0; i < n; i++) {
		jobs[i].result = own[i].result;
		jobs[i].pattern = own[i].pattern;
		jobs[i].error = own[i].error;
	}
	if (method->then)
		host = overwrite(ctx, jobs, n, method, opts);
	return r < 0 ? r : host;
}

int wv__sanitizing_hidden(struct wv_ctx *ctx, struct wv__wipe_job *job)
{
	static const struct {
		const char *member;
		const char *what;
	} rows[] = {
		{ "hpa", "what a host protected area (HPA) hides" },
		{ "dco", "what a device configuration overlay (DCO) hides" },
	};
	cleanup_doc struct wv_doc *offers = NULL, *hidden = NULL;
	int r = wv__sanitize_describe(ctx, job->dev, &offers, &hidden);

	if (r < 0 || !hidden)
		return r == -ENOMEM ? r : 0; /* a disk that cannot be asked tells nothing */
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(rows); i++)
		if (wv_doc_u64(hidden, rows[i].member))
			r = wv__doc_append_str(ctx, wv_doc_get(job->result, "not_proven"),
					       rows[i].what);
	return r < 0 ? r : wv__doc_set(ctx, job->result, M_DOC("hidden", hidden));
}
