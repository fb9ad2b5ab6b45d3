/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listing.c - the disks of this machine, and what a person must see of each
 */
#include <libudev.h>
#include <string.h>

#include "guard.h"
#include "listing.h"
#include "probe.h"

static void free_udev(struct udev **udev)
{
	udev_unref(*udev);
}

static void free_enumerate(struct udev_enumerate **enumerate)
{
	udev_enumerate_unref(*enumerate);
}

static void free_udev_device(struct udev_device **device)
{
	udev_device_unref(*device);
}

/* ---- one device ----------------------------------------------------------------- */

static const char *or_null(const char *text)
{
	return *text && wv__is_utf8(text, strlen(text)) ? text : NULL;
}

static int add_region(struct wv_ctx *ctx, struct wv_doc *contents, const struct wv__region *region)
{
	cleanup_free char *where = region->number ? wv__printf("partition %u", region->number) :
						    strdup("whole");
	cleanup_doc struct wv_doc *item = NULL;
	int r;

	if (!where)
		return wv__fail_memory(ctx);
	r = wv__doc_build(ctx, &item, M_STR("where", where), M_STR("type", or_null(region->type)),
			  M_STR("label", or_null(region->label)), M_STR("uuid", or_null(region->uuid)));
	return r < 0 ? r : wv__doc_append(ctx, contents, item);
}

/* What is known by its bytes; a partition that holds nothing known is named all the same. */
static int describe_contents(struct wv_ctx *ctx, const struct wv_device *dev, struct wv_doc **ret)
{
	cleanup_free struct wv__region *regions = NULL;
	cleanup_doc struct wv_doc *contents = NULL;
	size_t i, count;
	int r = wv__probe(ctx, dev, &regions, &count);

	if (r < 0)
		return r;
	r = wv__doc_array(ctx, &contents);
	for (i = 0; r >= 0 && i < count; i++)
		if (regions[i].number || *regions[i].type)
			r = add_region(ctx, contents, &regions[i]);
	if (r < 0)
		return r;
	*ret = take_ptr(contents);
	return 0;
}

/* The guard's sentence; other failures of the guard are failures. */
static int find_refusal(struct wv_ctx *ctx, const struct wv_device *dev, const char **ret)
{
	const struct wv__guard_opts opts = { .look_only = true };
	const int r = wv__guard(ctx, dev, &opts);

	if (r == -EBUSY || r == -EROFS || r == -EPERM)
		*ret = wv_ctx_error(ctx);
	return *ret ? 0 : r;
}

/* Not even opened, for a reason that the guard knows: that is all there is to say. */
static int describe_refused(struct wv_ctx *ctx, const char *path, struct wv_doc **ret)
{
	return wv__doc_build(ctx, ret, M_PATH("path", path), M_STR("refused", wv_ctx_error(ctx)));
}

int wv__device_describe(struct wv_ctx *ctx, const char *path, wv__may_read_fn *may_read,
			struct wv_doc **ret_device)
{
	cleanup_device struct wv_device *dev = NULL;
	cleanup_doc struct wv_doc *contents = NULL;
	const char *refused = NULL;
	int r = may_read(ctx, path);

	if (r == 0)
		r = wv__device_open(ctx, path, WV__DEV_RDONLY, &dev);
	if (r == -EBUSY)
		return describe_refused(ctx, path, ret_device);
	if (r < 0)
		return r;
	r = describe_contents(ctx, dev, &contents);
	if (r < 0)
		return r;
	r = find_refusal(ctx, dev, &refused);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret_device, M_PATH("path", dev->path),
			     M_STR("kind", wv__device_kind_name(dev)), M_STR("model", dev->model),
			     M_PATH("serial", dev->serial), M_STR("serial_origin", dev->serial_origin),
			     M_U64("size", dev->size), M_STR("media", dev->media),
			     M_DOC("contents", contents), M_STR("refused", refused));
}

/* ---- all ---------------------------------------------------------------------------- */

/* Whole disks. Optical, floppy and memory disks are none of ours. */
static bool is_disk(struct udev_device *device)
{
	static const char *const others[] = { "sr", "fd", "ram", "zram" };
	const char *type = udev_device_get_devtype(device);
	const char *name = udev_device_get_sysname(device);
	size_t i;

	if (!type || strcmp(type, "disk") || !udev_device_get_devnode(device))
		return false;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (!strncmp(name, others[i], strlen(others[i])))
			return false;
	return true;
}

/* Without a medium; or its size was asked while it erased itself, and then the kernel takes it for 0. */
static bool is_empty(struct udev_device *device)
{
	const char *size = udev_device_get_sysattr_value(device, "size");

	return !size || !strcmp(size, "0");
}

/* One that cannot be asked is listed with that as its reason. */
static int list_one(struct wv_ctx *ctx, const char *path, wv__may_read_fn *may_read,
		    struct wv_doc *list)
{
	cleanup_doc struct wv_doc *device = NULL;
	int r = wv__device_describe(ctx, path, may_read, &device);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		r = describe_refused(ctx, path, &device);
	return r < 0 ? r : wv__doc_append(ctx, list, device);
}

static int list_all(struct wv_ctx *ctx, struct udev *udev, struct udev_enumerate *enumerate,
		    wv__may_read_fn *may_read, struct wv_doc *list)
{
	struct udev_list_entry *entry;
	int r = 0;

	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(enumerate))
	{
		cleanup(free_udev_device) struct udev_device *device =
			udev_device_new_from_syspath(udev, udev_list_entry_get_name(entry));

		if (!device || !is_disk(device))
			continue;
		if (is_empty(device) && may_read(ctx, udev_device_get_devnode(device)) != -EBUSY)
			continue;
		r = list_one(ctx, udev_device_get_devnode(device), may_read, list);
		if (r < 0)
			return r;
	}
	return 0;
}

int wv__device_list(struct wv_ctx *ctx, wv__may_read_fn *may_read, struct wv_doc **ret_devices)
{
	cleanup(free_udev) struct udev *udev = udev_new();
	cleanup(free_enumerate) struct udev_enumerate *enumerate = NULL;
	cleanup_doc struct wv_doc *list = NULL;
	int r;

	enumerate = udev ? udev_enumerate_new(udev) : NULL;
	if (!enumerate)
		return wv__fail_memory(ctx);
	r = udev_enumerate_add_match_subsystem(enumerate, "block");
	if (r >= 0)
		r = udev_enumerate_scan_devices(enumerate);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot enumerate the disks");
	r = wv__doc_array(ctx, &list);
	if (r >= 0)
		r = list_all(ctx, udev, enumerate, may_read, list);
	if (r < 0)
		return r;
	*ret_devices = take_ptr(list);
	return 0;
}
