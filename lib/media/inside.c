/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inside.c - the LUKS2 volumes that lie as files on a file system nobody has
 * mounted
 */
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "child.h"
#include "inside.h"
#include "loops.h"

#define ENTRIES_MAX 200000
#define FILE_MIN MiB /* a work volume is larger than its headers */
#define SECONDS_MAX 60

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

enum outcome { LOOKED, NOT_MOUNTED, NOT_FINISHED };

/* What mounts it without playing back its journal. */
static const struct kind {
	const char *type;
	const char *driver;
	const char *flags[2];
	const char *key, *value;
} kinds[] = {
	{ .type = "ext2", .driver = "ext4", .flags = { "noload" } },
	{ .type = "ext3", .driver = "ext4", .flags = { "noload" } },
	{ .type = "ext4", .driver = "ext4", .flags = { "noload" } },
	/* nouuid: a copy of a mounted file system is looked through too */
	{ .type = "xfs", .driver = "xfs", .flags = { "norecovery", "nouuid" } },
	{ .type = "vfat", .driver = "vfat" },
	{ .type = "exfat", .driver = "exfat" },
	{ .type = "btrfs", .driver = "btrfs", .key = "rescue", .value = "nologreplay" },
};

static const struct kind *find_kind(const char *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].type, type))
			return &kinds[i];
	return NULL;
}

bool wv__inside_knows(const char *type)
{
	return find_kind(type);
}

/* ---- the child ------------------------------------------------------------ */

/* A mount that is in no directory: it ends with its descriptor. */
static int mount_detached(const char *source, const struct kind *kind)
{
	cleanup_close int fs = fsopen(kind->driver, FSOPEN_CLOEXEC);
	size_t i;

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "source", source, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(kind->flags) && kind->flags[i]; i++)
		if (fsconfig(fs, FSCONFIG_SET_FLAG, kind->flags[i], NULL, 0) < 0)
			return -errno;
	if (kind->key && fsconfig(fs, FSCONFIG_SET_STRING, kind->key, kind->value, 0) < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	return fsmount(fs, FSMOUNT_CLOEXEC,
		       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
			       MOUNT_ATTR_NOSYMFOLLOW);
}

/* false: this file could not be looked at. */
static bool look_at_file(const char *path, int out)
{
	cleanup_close int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct wv__volume_sig sig;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	if (!S_ISREG(st.st_mode))
		return true;
	memset(&sig, 0, sizeof(sig)); /* all its bytes go through the pipe */
	r = wv__volume_sig_read(fd, 0, st.st_size, &sig);
	if (r <= 0)
		return r == 0;
	return write(out, &sig, sizeof(sig)) == sizeof(sig);
}

static enum outcome walk(FTS *fts, int out)
{
	bool whole = true;
	unsigned int n = 0;
	FTSENT *e;

	for (errno = 0; (e = fts_read(fts)); errno = 0) {
		if (++n > ENTRIES_MAX)
			return NOT_FINISHED;
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS)
			whole = false;
		if (e->fts_info == FTS_F && e->fts_statp->st_size >= (off_t)FILE_MIN)
			whole &= look_at_file(e->fts_accpath, out);
	}
	return whole && errno == 0 ? LOOKED : NOT_FINISHED;
}

static enum outcome look(const char *source, const struct kind *kind, int out)
{
	char *const roots[] = { (char[]){ "." }, NULL };
	cleanup_close int root = mount_detached(source, kind);
	enum outcome outcome;
	FTS *fts;

	if (root < 0 || fchdir(root) < 0)
		return NOT_MOUNTED;
	fts = fts_open(roots, FTS_PHYSICAL | FTS_XDEV, NULL);
	if (!fts)
		return NOT_FINISHED;
	outcome = walk(fts, out);
	fts_close(fts);
	return outcome;
}

/* ---- the parent ------------------------------------------------------------- */

struct search {
	const char *source;
	const struct kind *kind;
	int (*fn)(void *data, const struct wv__volume_sig *sig);
	void *data;
};

static int look_for(void *data, int out)
{
	const struct search *search = data;

	return look(search->source, search->kind, out);
}

static int pass_on(void *data, const void *message)
{
	const struct search *search = data;
	struct wv__volume_sig sig;

	memcpy(&sig, message, sizeof(sig));
	return search->fn(search->data, &sig);
}

int wv__inside_each(struct wv_ctx *ctx, const struct wv_device *dev,
		    const struct wv__region *region, const char *where,
		    int (*fn)(void *data, const struct wv__volume_sig *sig), void *data)
{
	const struct wv__loop_opts opts = { .offset = region->offset,
					    .size = region->size,
					    .read_only = true,
					    .autoclear = true };
	cleanup_close int backing = wv__device_reopen(ctx, dev), loop = -1;
	cleanup_free char *source = NULL;
	struct search search = { .kind = find_kind(region->type), .fn = fn, .data = data };
	const struct wv__child child = { .work = look_for,
					 .hear = pass_on,
					 .data = &search,
					 .size = sizeof(struct wv__volume_sig),
					 .seconds = SECONDS_MAX };
	int r, outcome = LOOKED;

	if (backing < 0)
		return backing;
	r = wv__loop_attach(ctx, backing, dev->path, &opts, &source, &loop);
	if (r == -ENOENT || r == -ENODEV || r == -EIO) { /* a machine without loop devices, or rights */
		wv__log(ctx, WV_LOG_WARNING, "%s was not looked through for work volumes: %s", where,
			wv_ctx_error(ctx));
		return 0;
	}
	if (r < 0)
		return r;
	search.source = source;
	r = wv__child_run(ctx, &child, &outcome);
	if (r == 0 && outcome == NOT_MOUNTED)
		wv__log(ctx, WV_LOG_WARNING, "%s (%s) was not looked through for work volumes: it cannot be mounted",
			where, region->type);
	else if (r == 0 && outcome != LOOKED)
		wv__log(ctx, WV_LOG_WARNING, "%s (%s) was not fully looked through for work volumes: it is damaged, or too large, or too slow",
			where, region->type);
	return r;
}
