/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remains.c - what a provisioning that did not end has left, and its removal
 */
#include <string.h>

#include "remains.h"
#include "../../base/crypto.h"
#include "../../media/device.h"
#include "../../media/sig.h"
#include "../../volume/destroy.h"

#define DATA_OFFSET (16 * MiB) /* of every LUKS2 volume made here: libcryptsetup's default */

char *wv__part_path(const char *path, const char *uuid)
{
	return wv__printf("%s.%s.part", path, uuid);
}

/*
 * Nothing usable stays at that path if it carries this volume: the header is
 * overwritten with a key that nobody has; a container file is removed after that.
 */
static int remove_volume(struct wv_ctx *ctx, const char *path, const char *uuid, bool part)
{
	cleanup_device struct wv_device *dev = NULL;
	cleanup_doc struct wv_doc *proof = NULL;
	struct wv__volume_sig sig;
	unsigned char random[32];
	bool ours, file;
	int r;

	if (access(path, F_OK) < 0)
		return 0;
	r = wv__device_open(ctx, path, 0, &dev);
	if (r < 0)
		return r;
	r = wv__volume_sig_read(wv__device_fd(dev), 0, dev->size, &sig);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot read %s", path);
	ours = r > 0 && strcmp(sig.uuid, uuid) == 0;
	file = dev->kind == WV__FILE && (ours || part);
	if (ours) {
		r = wv__random(random, sizeof(random));
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot draw a key");
		r = wv__destroy_keys(ctx, dev, uuid, random, MIN(dev->size, DATA_OFFSET), &proof);
		if (r < 0)
			return r;
	}
	if (!file)
		return 0;
	r = wv__device_recheck(ctx, dev); /* the name is still that file's */
	if (r < 0)
		return r;
	return unlink(path) < 0 ? wv__fail_sys(ctx, -errno, "cannot remove %s", path) : 0;
}

static int remove_remains(struct wv__takeout *t, struct wv_doc *target, const char *uuid)
{
	const char *path = wv_doc_str(target, "path");
	cleanup_free char *part = path ? wv__part_path(path, uuid) : NULL;
	int r;

	if (!path)
		return 0;
	if (!part)
		return wv__fail_memory(t->st->ctx);
	r = remove_volume(t->st->ctx, part, uuid, true);
	return r < 0 ? r : remove_volume(t->st->ctx, path, uuid, false);
}

int wv__remains_remove(struct wv__takeout *t)
{
	cleanup_doc struct wv_doc *begun = wv__doc_ref(t->body[WV__STEP_PROVISIONING]);
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	if (!begun)
		return 0;
	r = remove_remains(t, wv_doc_get(begun, "target"), wv_doc_str(begun, "volume"));
	if (r < 0)
		return r;
	r = wv__doc_build(t->st->ctx, &body, M_STR("volume", wv_doc_str(begun, "volume")));
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_ABANDONED, body);
}

int wv__remains_failed(struct wv__takeout *t, const char *target, int r)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *why = strdup(wv_ctx_error(ctx));
	cleanup_takeout struct wv__takeout *fresh = NULL;

	/* a commit that failed may have put PREPARED into the ledger all the same */
	if (wv__takeout_load(t->st, t->id, &fresh) < 0 ||
	    (wv__takeout_may(fresh, WV__STEP_ABANDONED) && wv__remains_remove(t) < 0))
		wv__log(ctx, WV_LOG_ERROR, "what was begun on %s could not be removed: %s", target,
			wv_ctx_error(ctx));
	return wv__fail(ctx, r, "%s", why ? why : "out of memory");
}
