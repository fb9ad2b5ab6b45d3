/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * extents.c - where on the disk a file lies (FIEMAP)
 */
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "extents.h"
#include "mounts.h"
#include "../base/fs.h"

#define BATCH 256

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

/* Without a place of its own on the disk that an overwrite would reach. UNWRITTEN has one. */
#define PLACELESS (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED | \
		   FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_DATA_TAIL | FIEMAP_EXTENT_NOT_ALIGNED)

struct run { /* neighbours, joined so far */
	uint64_t physical;
	uint64_t length;
};

void wv__extents_clear(struct wv__extents *extents)
{
	wv_doc_free(extents->ranges);
	memset(extents, 0, sizeof(*extents));
}

static void name_fs(const struct statfs *fs, char *ret, size_t size)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} known[] = {
		{ EXT4_SUPER_MAGIC, "ext4" },   { XFS_SUPER_MAGIC, "xfs" },
		{ TMPFS_MAGIC, "tmpfs" },       { BTRFS_SUPER_MAGIC, "btrfs" },
		{ OVERLAYFS_SUPER_MAGIC, "overlay" }, { FUSE_SUPER_MAGIC, "fuse" },
		{ NFS_SUPER_MAGIC, "nfs" },     { MSDOS_SUPER_MAGIC, "vfat" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].magic == (uint32_t)fs->f_type) {
			snprintf(ret, size, "%s", known[i].name);
			return;
		}
	snprintf(ret, size, "0x%x", (unsigned int)fs->f_type);
}

/* data=journal as a mount option or a default of the file system, or the file's own flag. */
static int find_journalled(struct wv_ctx *ctx, int fd, const struct stat *st, bool *ret)
{
	cleanup_mount_info struct wv__mount_info info = { 0 };
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	cleanup_free char *path = NULL;
	int attributes = 0, r;

	if (ioctl(fd, FS_IOC_GETFLAGS, &attributes) < 0)
		return wv__fail_sys(ctx, -errno, "cannot read the attributes of an ext4 file");
	if (attributes & FS_JOURNAL_DATA_FL) {
		*ret = true;
		return 0;
	}
	r = wv__mount_by_dev(ctx, st->st_dev, false, &info);
	if (r <= 0)
		return r;
	*ret = strstr(info.options, "data=journal");
	if (*ret)
		return 0;
	/* The options in force, defaults of the superblock included. */
	path = wv__printf("/proc/fs/ext4/%s/options",
			  strrchr(info.source, '/') ? strrchr(info.source, '/') + 1 : info.source);
	if (!path)
		return wv__fail_memory(ctx);
	if (access(path, R_OK) < 0)
		return 0;
	r = wv__read_file(ctx, -1, path, 64 * KiB, &text);
	if (r >= 0)
		*ret = strstr(wv__buf_str(&text), "data=journal");
	return r;
}

static int append_run(struct wv_ctx *ctx, struct wv_doc *ranges, const struct run *run)
{
	cleanup_doc struct wv_doc *item = NULL;
	int r;

	if (run->length == 0)
		return 0;
	r = wv__doc_build(ctx, &item, M_U64("physical", run->physical), M_U64("length", run->length));
	return r < 0 ? r : wv__doc_append(ctx, ranges, item);
}

/*
 * One more extent, joined to the run before it when it goes on there. The flags
 * and the borders between extents change without a block moving.
 */
static int add_extent(struct wv_ctx *ctx, struct wv__extents *extents, struct run *run,
		      const struct fiemap_extent *extent)
{
	int r;

	extents->shared |= !!(extent->fe_flags & FIEMAP_EXTENT_SHARED);
	extents->holes |= !!(extent->fe_flags & PLACELESS);
	if (run->length && extent->fe_physical == run->physical + run->length) {
		run->length += extent->fe_length;
		return 0;
	}
	r = append_run(ctx, extents->ranges, run);
	*run = (struct run){ extent->fe_physical, extent->fe_length };
	return r;
}

/* All extents from the file's begin. -EOPNOTSUPP without a sentence: no FIEMAP here. */
static int read_all(struct wv_ctx *ctx, int fd, const char *name, struct wv__extents *extents,
		    struct fiemap *map, uint64_t *ret_end)
{
	struct run run = { 0 };
	uint64_t at = 0;
	bool last = false;
	unsigned int i;
	int r;

	while (!last) {
		memset(map, 0, sizeof(*map));
		map->fm_start = at;
		map->fm_length = FIEMAP_MAX_OFFSET - at;
		map->fm_flags = FIEMAP_FLAG_SYNC;
		map->fm_extent_count = BATCH;
		if (ioctl(fd, FS_IOC_FIEMAP, map) < 0)
			return errno == EOPNOTSUPP || errno == ENOTTY ?
				       -EOPNOTSUPP :
				       wv__fail_sys(ctx, -errno, "cannot read where %s lies", name);
		last = map->fm_mapped_extents == 0;
		for (i = 0; i < map->fm_mapped_extents; i++) {
			const struct fiemap_extent *extent = &map->fm_extents[i];

			extents->holes |= extent->fe_logical != at;
			at = extent->fe_logical + extent->fe_length;
			last |= !!(extent->fe_flags & FIEMAP_EXTENT_LAST);
			r = add_extent(ctx, extents, &run, extent);
			if (r < 0)
				return r;
		}
	}
	*ret_end = at;
	return append_run(ctx, extents->ranges, &run);
}

static int read_ranges(struct wv_ctx *ctx, int fd, const char *name, uint64_t size,
		       struct wv__extents *extents)
{
	cleanup_free struct fiemap *map =
		malloc(sizeof(*map) + BATCH * sizeof(struct fiemap_extent));
	uint64_t end = 0;
	int r;

	if (!map)
		return wv__fail_memory(ctx);
	r = wv__doc_array(ctx, &extents->ranges);
	if (r < 0)
		return r;
	r = read_all(ctx, fd, name, extents, map, &end);
	if (r == -EOPNOTSUPP) {
		wv__doc_freep(&extents->ranges);
		extents->ranges = NULL;
		return 0;
	}
	if (r >= 0)
		extents->holes |= end < size;
	return r;
}

int wv__extents_read(struct wv_ctx *ctx, int fd, const char *name, struct wv__extents *ret)
{
	cleanup_extents struct wv__extents extents = { 0 };
	struct statfs fs;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return wv__fail_sys(ctx, -errno, "cannot stat %s", name);
	if (!S_ISREG(st.st_mode))
		return wv__fail(ctx, -EINVAL, "%s is not a regular file", name);
	name_fs(&fs, extents.fs, sizeof(extents.fs));
	r = read_ranges(ctx, fd, name, st.st_size, &extents);
	if (r >= 0 && !strcmp(extents.fs, "ext4"))
		r = find_journalled(ctx, fd, &st, &extents.journalled);
	if (r < 0)
		return r;
	*ret = extents;
	memset(&extents, 0, sizeof(extents)); /* handed over */
	return 0;
}

const char *wv__extents_objection(const struct wv__extents *extents)
{
	if (strcmp(extents->fs, "ext4") && strcmp(extents->fs, "xfs"))
		return !strcmp(extents->fs, "tmpfs") ? "is on tmpfs" :
						       "is on neither ext4 nor xfs";
	if (extents->journalled)
		return C_("it", "is written through the journal too (data=journal)");
	if (!extents->ranges)
		return C_("it", "has no known place on its disk");
	if (extents->shared)
		return C_("it", "shares blocks with another file");
	if (extents->holes)
		return C_("it", "is not fully written");
	return NULL;
}
