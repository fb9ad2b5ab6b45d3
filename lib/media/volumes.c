/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * volumes.c - every LUKS2 volume on a medium
 */
#include <string.h>

#include "inside.h"
#include "volumes.h"
#include "../base/buf.h"

struct search {
	wv__volume_fn fn;
	void *data;
	const char *where;
};

static int found_inside(void *data, const struct wv__volume_sig *sig)
{
	const struct search *search = data;

	return search->fn(search->data, sig, search->where);
}

static char *name_region(const struct wv_device *dev, const struct wv__region *region)
{
	return region->number ? wv__printf("partition %u of %s", region->number, dev->path) :
				strdup(dev->path);
}

static int look_in_region(struct wv_ctx *ctx, const struct wv_device *dev, int fd,
			  const struct wv__region *region, const struct search *search)
{
	cleanup_free char *where = name_region(dev, region);
	cleanup_free char *file = wv__printf("a file on %s", where ? where : "");
	struct search inside = { search->fn, search->data, file };
	struct wv__volume_sig sig;
	int r;

	if (!where || !file)
		return wv__fail_memory(ctx);
	r = wv__volume_sig_read(fd, region->offset, region->size, &sig);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot read %s", where);
	if (r > 0) {
		r = search->fn(search->data, &sig, where);
		if (r)
			return r;
	}
	if (!wv__inside_knows(region->type))
		return 0;
	return wv__inside_each(ctx, dev, region, where, found_inside, &inside);
}

int wv__volumes_each(struct wv_ctx *ctx, const struct wv_device *dev, wv__volume_fn fn, void *data)
{
	const struct search search = { .fn = fn, .data = data };
	cleanup_free struct wv__region *regions = NULL;
	cleanup_close int fd = wv__device_reopen(ctx, dev);
	size_t i, count;
	int r;

	if (fd < 0)
		return fd;
	r = wv__probe(ctx, dev, &regions, &count);
	for (i = 0; r == 0 && i < count; i++)
		r = look_in_region(ctx, dev, fd, &regions[i], &search);
	return r;
}
