/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guard.c - why a medium may not be touched
 */
#include <string.h>

#include "guard.h"
#include "volumes.h"

struct judge {
	struct wv_ctx *ctx;
	const struct wv_device *dev;
	const struct wv__guard_opts *opts;
};

static int check_identity(struct wv_ctx *ctx, const struct wv_device *dev,
			  const struct wv__guard_opts *opts)
{
	if (opts->serial && strcmp(opts->serial, dev->serial))
		return wv__fail(ctx, -EPERM, "the serial of %s is %s, not %s", dev->path, dev->serial,
				opts->serial);
	if (opts->size && opts->size != dev->size)
		return wv__fail(ctx, -EPERM, "%s has %" PRIu64 " bytes, not %" PRIu64, dev->path,
				dev->size, opts->size);
	return 0;
}

/* protocol.md, rule 7: known here or not. */
static int judge_volume(void *data, const struct wv__volume_sig *sig, const char *where)
{
	const struct judge *judge = data;
	const int r = judge->opts->volume_allowed(judge->opts->data, sig->uuid);

	if (r < 0 && r != -ENOENT)
		return r;
	/* One that is known is a work volume whatever its header says today; a stranger's LUKS is not. */
	if (r > 0 || (r == -ENOENT && !wv__volume_sig_is_work(sig)))
		return 0;
	return wv__fail(judge->ctx, -EPERM,
			"%s carries the work volume %s, whose keys are not known to be destroyed",
			where, sig->uuid);
}

int wv__guard(struct wv_ctx *ctx, const struct wv_device *dev, const struct wv__guard_opts *opts)
{
	static const struct wv__guard_opts any = { 0 };
	struct judge judge = { ctx, dev, opts ? opts : &any };
	int r = check_identity(ctx, dev, judge.opts);

	if (r < 0)
		return r;
	if (dev->read_only)
		return wv__fail(ctx, -EROFS, "%s is read-only", dev->path);
	r = wv__guard_in_use(ctx, dev);
	if (r == 0 && !judge.opts->look_only)
		r = wv__guard_claim(ctx, dev);
	if (r < 0 || !judge.opts->volume_allowed)
		return r;
	return wv__volumes_each(ctx, dev, judge_volume, &judge);
}
