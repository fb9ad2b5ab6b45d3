/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.c - what lies on a medium, by its bytes alone
 */
#include <blkid/blkid.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

#define SECTOR 512 /* libblkid's unit, whatever the device's */
#define PARTITIONS_MAX 1024

static void free_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

static void copy_value(blkid_probe probe, const char *name, char *ret, size_t size)
{
	const char *value;

	if (blkid_probe_lookup_value(probe, name, &value, NULL) == 0)
		snprintf(ret, size, "%s", value);
}

static int new_probe(int fd, const struct wv__region *region, blkid_probe *ret)
{
	cleanup(free_probe) blkid_probe probe = blkid_new_probe();

	if (!probe)
		return -ENOMEM;
	if (blkid_probe_set_device(probe, fd, region->offset, region->size))
		return errno ? -errno : -EIO;
	*ret = take_ptr(probe);
	return 0;
}

/* What a region holds, partition tables aside. Bytes that cannot be read are nothing known. */
static int probe_contents(int fd, struct wv__region *region)
{
	cleanup(free_probe) blkid_probe probe = NULL;
	int r;

	if (region->size == 0) /* libblkid takes it for "to the end" */
		return 0;
	errno = 0;
	r = new_probe(fd, region, &probe);
	if (r < 0)
		return r;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
							 BLKID_SUBLKS_UUID);
	r = blkid_do_safeprobe(probe);
	if (r == -2)
		strcpy(region->type, "ambiguous");
	if (r != 0)
		return 0;
	copy_value(probe, "TYPE", region->type, sizeof(region->type));
	copy_value(probe, "LABEL", region->label, sizeof(region->label));
	copy_value(probe, "UUID", region->uuid, sizeof(region->uuid));
	return 0;
}

/* One partition of the table; extended ones only hold others. */
static bool place_partition(blkid_partition part, uint64_t medium, struct wv__region *ret)
{
	const uint64_t start = blkid_partition_get_start(part);
	uint64_t sectors = blkid_partition_get_size(part);

	if (blkid_partition_is_extended(part) || start >= medium / SECTOR)
		return false;
	sectors = MIN(sectors, medium / SECTOR - start);
	*ret = (struct wv__region){ .number = blkid_partition_get_partno(part),
				    .offset = start * SECTOR,
				    .size = sectors * SECTOR };
	return sectors > 0;
}

/* The partition table, if there is one: its type becomes the medium's, its partitions more regions. */
static int probe_table(int fd, struct wv__region *regions, size_t *count)
{
	cleanup(free_probe) blkid_probe probe = NULL;
	struct wv__region *whole = &regions[0];
	blkid_partlist list;
	blkid_parttable table;
	int i, n, r;

	errno = 0;
	r = new_probe(fd, whole, &probe);
	if (r < 0)
		return r;
	blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	table = list ? blkid_partlist_get_table(list) : NULL;
	if (!table)
		return 0;
	if (!*whole->type)
		snprintf(whole->type, sizeof(whole->type), "%s", blkid_parttable_get_type(table));
	n = blkid_partlist_numof_partitions(list);
	for (i = 0; i < n && *count < PARTITIONS_MAX; i++)
		if (place_partition(blkid_partlist_get_partition(list, i), whole->size,
				    &regions[*count]))
			(*count)++;
	return 0;
}

int wv__probe(struct wv_ctx *ctx, const struct wv_device *dev, struct wv__region **ret_regions,
	      size_t *ret_count)
{
	cleanup_free struct wv__region *regions = calloc(PARTITIONS_MAX, sizeof(*regions));
	cleanup_close int fd = wv__device_reopen(ctx, dev);
	size_t i, count = 1;
	int r;

	if (fd < 0)
		return fd;
	if (!regions)
		return wv__fail_memory(ctx);
	regions[0].size = dev->size;
	r = probe_contents(fd, &regions[0]);
	if (r >= 0 && dev->size)
		r = probe_table(fd, regions, &count);
	for (i = 1; r >= 0 && i < count; i++)
		r = probe_contents(fd, &regions[i]);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot look at what is on %s", dev->path);
	*ret_regions = take_ptr(regions);
	*ret_count = count;
	return 0;
}
