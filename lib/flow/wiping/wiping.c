/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wiping.c - workvol wipe and verify: media that are no take-out's
 */
#include <fcntl.h>
#include <string.h>

#include "../medium/guarding.h"
#include "../station/leaving.h"
#include "sanitizing.h"
#include "wipe_paper.h"
#include "../medium/subject.h"
#include "../../evidence/certificate.h"
#include "../../evidence/strip.h"
#include "../../media/guard.h"
#include "../../wipe/wipe.h"

struct target {
	struct wv_device *dev;
	struct wv_doc *result; /* of one that was refused; the others' are the engine's */
	int error;
	size_t job;
	char *certificate, *map; /* files; NULL: not asked for */
};

struct wiping {
	struct wv_station *st;
	const struct wv_wipe_opts *opts;
	struct target *targets;
	struct wv__wipe_job *jobs;
	size_t n, job_count;
	bool sanitize; /* the devices erase themselves */
	struct wv__sanitize_method own;
};

static void clear(struct wiping *w)
{
	for (size_t i = 0; w->targets && i < w->n; i++) {
		wv__device_free(w->targets[i].dev);
		wv_doc_free(w->targets[i].result);
		free(w->targets[i].certificate);
		free(w->targets[i].map);
	}
	for (size_t i = 0; w->jobs && i < w->job_count; i++) {
		wv_doc_free(w->jobs[i].result);
		wv_doc_free(w->jobs[i].pattern);
	}
	free(w->targets);
	free(w->jobs);
}

static bool wants_map(const struct wiping *w)
{
	/* A caller of before there were maps has a shorter struct. */
	return w->opts->struct_size > offsetof(struct wv_wipe_opts, map) && w->opts->map;
}

/* One of before there was this too. */
static struct wv__certificate_said said_of(const struct wv_wipe_opts *opts)
{
	struct wv__certificate_said said = { 0 };

	if (opts->struct_size > offsetof(struct wv_wipe_opts, destination)) {
		said.property = opts->property;
		said.destination = opts->destination;
	}
	return said;
}

static int check_said(struct wv_ctx *ctx, const struct wiping *w)
{
	const struct wv__certificate_said said = said_of(w->opts);

	if (!w->opts->certificate && (said.property || said.destination))
		return wv__fail(ctx, -EINVAL, "property number and destination are for a certificate, and none is asked for");
	if (said.property && w->n > 1)
		return wv__fail(ctx, -EINVAL, "a property number is of one device, not of %zu", w->n);
	return wv__certificate_said_check(ctx, &said);
}

static bool was_named(const struct wv_wipe_opts *opts, const char *serial)
{
	for (const char *const *yes = opts->yes; yes && *yes; yes++)
		if (serial && strcmp(*yes, serial) == 0)
			return true;
	return false;
}

/* Held, named by a person, used by nobody, and no volume on it that is still needed. */
static int take_once(struct wiping *w, const char *path, struct target *t)
{
	struct wv_ctx *ctx = w->st->ctx;
	const struct wv__guard_opts guard = { .volume_allowed = wv__volume_may_go, .data = w->st };
	int r;

	r = wv__sanitize_idle(ctx, path); /* else all that follows would wait for it */
	if (r < 0)
		return r;
	r = wv__device_open(ctx, path, WV__DEV_DIRECT, &t->dev);
	if (r < 0)
		return r;
	if (w->opts->flags & WV_WIPE_DRY_RUN)
		return wv__guard(ctx, t->dev, &guard);
	if (!was_named(w->opts, t->dev->serial))
		return wv__fail(ctx, -EPERM, "%s is not wiped unless its serial is given: --yes=%s", path,
				t->dev->serial ? t->dev->serial : "(it has none)");
	r = wv__device_hold(ctx, t->dev); /* first: nobody shall begin with it while the guard looks */
	if (r < 0)
		return r;
	r = wv__guard(ctx, t->dev, &guard);
	if (r < 0)
		return r;
	return wv__device_recheck(ctx, t->dev);
}

/* What is opened to the host makes it another size: it is taken anew, and all is asked again. */
static int take(struct wiping *w, const char *path, struct target *t)
{
	int r = take_once(w, path, t);

	if (r < 0 || !(w->opts->flags & WV_WIPE_LIFT_HIDDEN) || w->opts->flags & WV_WIPE_DRY_RUN)
		return r;
	r = wv__sanitize_lift(w->st->ctx, t->dev);
	if (r <= 0)
		return r;
	wv__device_free(t->dev);
	t->dev = NULL;
	return take_once(w, path, t);
}

static int refuse(struct wiping *w, const char *path, struct target *t, int error)
{
	t->error = error;
	return wv__doc_build(w->st->ctx, &t->result, M_PATH("device", path),
			     M_STR("serial", t->dev ? t->dev->serial : NULL),
			     M_STR("error", wv_ctx_error(w->st->ctx)),
			     M_STR("status", error == -EPERM || error == -EBUSY || error == -EROFS ||
							     error == -EAGAIN ?
						     "refused" : "failed"));
}

static int take_all(struct wiping *w, const char *const *devices)
{
	for (size_t i = 0; i < w->n; i++) {
		struct target *t = &w->targets[i];
		int r = take(w, devices[i], t);

		if (r < 0) {
			r = refuse(w, devices[i], t, r);
			if (r < 0)
				return r;
			continue;
		}
		t->job = w->job_count;
		w->jobs[w->job_count++] = (struct wv__wipe_job){ .dev = t->dev };
	}
	return 0;
}

static int certify_all(struct wiping *w)
{
	const struct wv__certificate_said said = said_of(w->opts);
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n; i++) {
		const struct target *t = &w->targets[i];

		/* What was not begun gets no paper, nor a device that said what was not so. */
		if (!t->certificate || !w->jobs[t->job].result || (w->sanitize && w->jobs[t->job].error))
			continue;
		r = wv__wipe_paper(w->st, t->dev, &w->jobs[t->job], &said, t->certificate);
	}
	return r;
}

/* ---- the files beside it, known to be writable before the first byte is overwritten ---- */

static bool is_taken(const struct wiping *w, const char *path)
{
	unsigned int n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += (w->targets[i].certificate && strcmp(w->targets[i].certificate, path) == 0) +
		     (w->targets[i].map && strcmp(w->targets[i].map, path) == 0);
	return n > 1;
}

static int check_file(struct wiping *w, const char *path, const char *suffix)
{
	cleanup_free char *name = wv__printf("%s%s", path, suffix);

	if (!name)
		return wv__fail_memory(w->st->ctx);
	if (is_taken(w, name))
		return wv__fail(w->st->ctx, -EINVAL, "%s would be written twice", name);
	return wv__leaving_check(w->st->ctx, name);
}

static int check_files(struct wiping *w, const struct target *t)
{
	static const char *const suffixes[] = { "", ".sig", ".txt" };
	int r = t->map ? check_file(w, t->map, "") : 0;

	for (size_t i = 0; r == 0 && t->certificate && i < ARRAY_SIZE(suffixes); i++)
		r = check_file(w, t->certificate, suffixes[i]);
	return r;
}

static int name_files(struct wiping *w)
{
	const struct wv_wipe_opts *o = w->opts;
	int r = 0;

	if (o->flags & WV_WIPE_DRY_RUN)
		return 0;
	for (size_t i = 0; r == 0 && i < w->n; i++) {
		struct target *t = &w->targets[i];
		const char *serial = w->n > 1 && t->dev ? t->dev->serial : NULL;

		if (t->result)
			continue;
		if (o->certificate)
			r = wv__leaving_name(w->st->ctx, o->certificate, serial, &t->certificate);
		if (r == 0 && wants_map(w))
			r = wv__leaving_name(w->st->ctx, o->map, serial, &t->map);
	}
	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = check_files(w, &w->targets[i]);
	return r;
}

static int draw_all(struct wiping *w)
{
	struct wv_ctx *ctx = w->st->ctx;
	int r = 0;

	for (size_t i = 0; (r == 0 || r == -ENODATA) && i < w->n; i++) {
		const struct target *t = &w->targets[i];
		cleanup_free char *svg = NULL;

		if (!t->map || !w->jobs[t->job].result)
			continue;
		r = wv__strip_svg(ctx, w->jobs[t->job].result, &svg);
		if (r == -ENODATA)
			wv__log(ctx, WV_LOG_WARNING, "no map of %s: %s", t->dev->path, wv_ctx_error(ctx));
		else if (r == 0)
			r = wv__write_file(ctx, AT_FDCWD, t->map, svg, strlen(svg), 0644);
	}
	return r == -ENODATA ? 0 : r; /* the wipe itself is none the worse */
}

static int gather(struct wiping *w, struct wv_doc **ret_results, struct wv_doc **ret_statements)
{
	struct wv_ctx *ctx = w->st->ctx;
	cleanup_doc struct wv_doc *results = NULL;
	cleanup_doc struct wv_doc *statements = NULL;
	int r;

	r = wv__doc_array(ctx, &results);
	if (r == 0)
		r = wv__doc_array(ctx, &statements);
	for (size_t i = 0; r == 0 && i < w->n; i++) {
		struct wv_doc *result = w->targets[i].result ? w->targets[i].result :
							       w->jobs[w->targets[i].job].result;
		cleanup_doc struct wv_doc *statement = NULL;

		if (!result) /* the engine had no memory for it */
			continue;
		r = wv__doc_append(ctx, results, result);
		if (r == 0)
			r = wv__wipe_statement(ctx, result, &statement);
		if (r == 0)
			r = wv__doc_append(ctx, statements, statement);
	}
	if (r == 0)
		r = wv__doc_build(ctx, ret_statements, M_DOC("devices", statements));
	if (r < 0)
		return r;
	*ret_results = take_ptr(results);
	return 0;
}

static int worst(const struct wiping *w, int engine)
{
	int r = engine;

	for (size_t i = 0; i < w->n; i++)
		r = wv__worse(r, w->targets[i].error);
	return r;
}

static int check(struct wiping *w, const struct wv__wipe_opts *opts)
{
	const int r = wv__sanitize_method(w->st->ctx, opts->method, &w->own);

	w->sanitize = r > 0;
	if (r < 0)
		return r;
	return w->sanitize ? wv__sanitizing_check(w->st->ctx, &w->own, opts) :
			     wv__wipe_check(w->st->ctx, opts);
}

/* What a disk hides was not reached, and is said. */
static int wipe(struct wiping *w, const struct wv__wipe_opts *opts)
{
	const int engine = wv__wipe_run(w->st->ctx, w->jobs, w->job_count, opts);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < w->job_count; i++)
		if (w->jobs[i].result)
			r = wv__sanitizing_hidden(w->st->ctx, &w->jobs[i]);
	return r < 0 ? r : engine;
}

static int run(struct wiping *w, const char *const *devices, struct wv_doc **ret_results,
	       struct wv_doc **ret_statements)
{
	struct wv_ctx *ctx = w->st->ctx;
	cleanup_free char *checkpoints = wv__station_path(w->st, "checkpoints");
	const struct wv__wipe_opts opts = {
		.method = w->opts->method ? w->opts->method : w->st->policy->method,
		.verify = w->opts->verify,
		.offset = w->opts->offset,
		.length = w->opts->length,
		.flags = w->opts->flags | (wants_map(w) ? WV_WIPE_MAP : 0),
		.checkpoint_dir = checkpoints,
	};
	int engine = 0;
	int r;

	if (!checkpoints)
		return wv__fail_memory(ctx);
	r = wv__mkdirs(ctx, checkpoints, 0700);
	if (r < 0)
		return r;
	r = check(w, &opts);
	if (r < 0)
		return r;
	r = take_all(w, devices);
	if (r == 0)
		r = name_files(w);
	if (r < 0)
		return r;
	if (w->job_count && w->sanitize)
		engine = wv__sanitizing(ctx, w->jobs, w->job_count, &w->own, &opts);
	else if (w->job_count)
		engine = wipe(w, &opts);
	r = gather(w, ret_results, ret_statements);
	if (r < 0)
		return r;
	r = certify_all(w);
	if (r == 0)
		r = draw_all(w);
	return worst(w, wv__worse(engine, r));
}

static int devices_doc(struct wv_ctx *ctx, const char *const *devices, const char *method,
		       struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__doc_array(ctx, &array);
	for (size_t i = 0; r == 0 && devices[i]; i++)
		r = wv__doc_append_row(ctx, array, M_PATH("device", devices[i]));
	return r < 0 ? r : wv__doc_build(ctx, ret, M_DOC("devices", array), M_STR("method", method));
}

WV_API int wv_flow_wipe(struct wv_station *st, const char *const *devices,
			const struct wv_wipe_opts *opts, struct wv_doc **ret_result)
{
	cleanup(clear) struct wiping w = { .st = st, .opts = opts };
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_doc struct wv_doc *statements = NULL;
	struct wv__door door;
	int r;

	while (devices[w.n])
		w.n++;
	if (!w.n)
		return wv__fail(st->ctx, -EINVAL, "no device was given");
	w.targets = calloc(w.n, sizeof(*w.targets));
	w.jobs = calloc(w.n, sizeof(*w.jobs));
	if (!w.targets || !w.jobs)
		return wv__fail_memory(st->ctx);
	r = check_said(st->ctx, &w);
	if (r == 0)
		r = devices_doc(st->ctx, devices, opts->method, &body);
	if (r < 0)
		return r;
	r = wv__door_enter(&door, st, "wipe", NULL, body);
	if (r < 0)
		return r;
	r = run(&w, devices, ret_result, &statements);
	return wv__door_leave(&door, r, statements);
}

/* The pattern of a certificate, or one that was named. */
static int pattern_of(struct wv_ctx *ctx, const char *certificate, const char *pattern,
		      struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *doc = NULL;
	struct wv_doc *found;
	int r;

	if (pattern)
		return wv__wipe_pattern_parse(ctx, pattern, ret);
	if (!certificate)
		return wv__fail(ctx, -EINVAL, "give --certificate FILE or --pattern zero|HEX");
	r = wv__doc_load(ctx, certificate, &doc);
	if (r < 0)
		return r;
	found = wv_doc_get(doc, "pattern");
	if (!found)
		return wv__fail(ctx, -EBADMSG, "%s names no pattern", certificate);
	*ret = wv__doc_ref(found);
	return 0;
}

WV_API int wv_flow_verify(struct wv_ctx *ctx, const char *device, const char *certificate,
			  const char *pattern, struct wv_doc **ret_result)
{
	cleanup_device struct wv_device *dev = NULL;
	cleanup_doc struct wv_doc *want = NULL;
	int r;

	r = pattern_of(ctx, certificate, pattern, &want);
	if (r < 0)
		return r;
	r = wv__sanitize_idle(ctx, device);
	if (r < 0)
		return r;
	r = wv__device_open(ctx, device, WV__DEV_RDONLY | WV__DEV_DIRECT, &dev);
	if (r < 0)
		return r;
	return wv__wipe_verify(ctx, dev, want, ret_result);
}
