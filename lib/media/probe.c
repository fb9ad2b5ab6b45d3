/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.c - what lies on a medium, by its bytes alone
 *
 * The bytes are a stranger's and libblkid has a parser for each of a hundred
 * formats: it runs in a child that has nothing but the medium and a pipe.
 */
#include <blkid/blkid.h>
#include <stdio.h>
#include <string.h>

#include "child.h"
#include "jail.h"
#include "probe.h"

#define SECTOR 512 /* libblkid's unit, whatever the device's */
#define REGIONS_MAX 1024
#define SECONDS_MAX 60 /* a disk that answers slower than this is not looked at */

/* ---- the child ------------------------------------------------------------------ */

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
static void look_into(blkid_probe probe, struct wv__region *region)
{
	int r;

	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
							 BLKID_SUBLKS_UUID);
	r = blkid_do_safeprobe(probe);
	if (r == -2)
		strcpy(region->type, "ambiguous");
	if (r != 0)
		return;
	copy_value(probe, "TYPE", region->type, sizeof(region->type));
	copy_value(probe, "LABEL", region->label, sizeof(region->label));
	copy_value(probe, "UUID", region->uuid, sizeof(region->uuid));
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
static void look_for_table(blkid_probe probe, struct wv__region *regions, size_t *count)
{
	struct wv__region *whole = &regions[0];
	blkid_partlist list;
	blkid_parttable table;
	int i, n;

	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	table = list ? blkid_partlist_get_table(list) : NULL;
	if (!table)
		return;
	if (!*whole->type)
		snprintf(whole->type, sizeof(whole->type), "%s", blkid_parttable_get_type(table));
	n = blkid_partlist_numof_partitions(list);
	for (i = 0; i < n && *count < REGIONS_MAX; i++)
		if (place_partition(blkid_partlist_get_partition(list, i), whole->size,
				    &regions[*count]))
			(*count)++;
}

/*
 * Whether it is a whole disk (RAID of a BIOS lies on such only) is in sysfs,
 * which cannot be reached from the jail: it is asked before, and remembered.
 */
static int enter_jail(const struct wv__region *whole, int out, int fd, blkid_probe *ret)
{
	int r = wv__jail_descriptors(fd, out);

	if (r < 0)
		return r;
	if (whole->size) { /* libblkid takes 0 for "to the end" */
		r = new_probe(WV__JAIL_IN, whole, ret);
		if (r < 0)
			return r;
		blkid_probe_is_wholedisk(*ret);
	}
	return wv__jail();
}

static int look_into_partition(struct wv__region *region)
{
	cleanup(free_probe) blkid_probe probe = NULL;
	int r = new_probe(WV__JAIL_IN, region, &probe);

	if (r == 0)
		look_into(probe, region);
	return r;
}

struct probing {
	struct wv_ctx *ctx;
	const struct wv_device *dev;
	int fd;
	struct wv__region *regions; /* REGIONS_MAX, zeroed: all bytes go through the pipe */
	size_t count;
};

static int look_at_medium(struct probing *p, int out)
{
	blkid_probe probe = NULL; /* freed with the process */
	size_t i, count = 1;
	int r;

	errno = 0;
	r = enter_jail(&p->regions[0], out, p->fd, &probe);
	if (r < 0)
		return r;
	if (probe) {
		look_into(probe, &p->regions[0]);
		look_for_table(probe, p->regions, &count);
	}
	for (i = 1; r == 0 && i < count; i++)
		r = look_into_partition(&p->regions[i]);
	for (i = 0; r == 0 && i < count; i++)
		if (write(WV__JAIL_OUT, &p->regions[i], sizeof(p->regions[i])) !=
		    sizeof(p->regions[i]))
			return -EPIPE;
	return r;
}

static int work(void *data, int out)
{
	return -look_at_medium(data, out); /* an errno is below 256 */
}

/* ---- the parent, which believes the child nothing ------------------------------- */

static void end_texts(struct wv__region *region)
{
	region->type[sizeof(region->type) - 1] = '\0';
	region->label[sizeof(region->label) - 1] = '\0';
	region->uuid[sizeof(region->uuid) - 1] = '\0';
}

static bool is_word(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool makes_sense(const struct probing *p, const struct wv__region *region)
{
	const uint64_t size = p->dev->size;

	if (!is_word(region->type))
		return false;
	if (p->count == 0)
		return region->number == 0 && region->offset == 0 && region->size == size;
	return p->count < REGIONS_MAX && region->number > 0 && region->offset <= size &&
	       region->size <= size - region->offset;
}

static int hear(void *data, const void *message)
{
	struct probing *p = data;
	struct wv__region region;

	memcpy(&region, message, sizeof(region));
	end_texts(&region);
	if (!makes_sense(p, &region))
		return wv__fail(p->ctx, -EIO, "the search for signatures on %s was led astray by what is there",
				p->dev->path);
	p->regions[p->count++] = region;
	return 0;
}

static int run(struct probing *p)
{
	const struct wv__child child = { .work = work,
					 .hear = hear,
					 .data = p,
					 .size = sizeof(struct wv__region),
					 .seconds = SECONDS_MAX };
	int status, r;

	r = wv__child_run(p->ctx, &child, &status);
	if (r < 0)
		return r;
	if (status > 0)
		return wv__fail_sys(p->ctx, -status, "cannot look at what is on %s", p->dev->path);
	if (status < 0 || p->count == 0)
		return wv__fail(p->ctx, -EIO, "the search for signatures on %s broke off, or took more than %d s",
				p->dev->path, SECONDS_MAX);
	return 0;
}

int wv__probe(struct wv_ctx *ctx, const struct wv_device *dev, struct wv__region **ret_regions,
	      size_t *ret_count)
{
	cleanup_free struct wv__region *regions = calloc(REGIONS_MAX, sizeof(*regions));
	cleanup_close int fd = wv__device_reopen(ctx, dev);
	struct probing p = { .ctx = ctx, .dev = dev, .fd = fd, .regions = regions };
	int r;

	if (fd < 0)
		return fd;
	if (!regions)
		return wv__fail_memory(ctx);
	regions[0].size = dev->size;
	r = run(&p);
	if (r < 0)
		return r;
	*ret_regions = take_ptr(regions);
	*ret_count = p.count;
	return 0;
}
