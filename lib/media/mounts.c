/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mounts.c - the mount table, mounting and unmounting
 */
#include <ctype.h>
#include <dirent.h>
#include <libmount.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mounts.h"
#include "../base/fs.h"

#ifndef MS_NOSYMFOLLOW /* Linux 5.10 */
#define MS_NOSYMFOLLOW 256
#endif

#define SAFE_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW)

static void free_table(struct libmnt_table **table)
{
	mnt_unref_table(*table);
}

static void free_iter(struct libmnt_iter **iter)
{
	mnt_free_iter(*iter);
}

static void free_context(struct libmnt_context **context)
{
	mnt_free_context(*context);
}

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

void wv__mount_info_clear(struct wv__mount_info *info)
{
	free(info->dir);
	free(info->source);
	free(info->fstype);
	free(info->options);
	memset(info, 0, sizeof(*info));
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

static int keep(struct wv_ctx *ctx, struct libmnt_fs *fs, struct wv__mount_info *ret)
{
	struct wv__mount_info info = {
		.dir = copy(mnt_fs_get_target(fs)),
		.source = copy(mnt_fs_get_source(fs)),
		.fstype = copy(mnt_fs_get_fstype(fs)),
		.options = copy(mnt_fs_get_fs_options(fs)),
		.dev = mnt_fs_get_devno(fs),
	};

	if (!info.dir || !info.source || !info.fstype || !info.options) {
		wv__mount_info_clear(&info);
		return wv__fail_memory(ctx);
	}
	*ret = info;
	return 1;
}

/* btrfs and the like show a made-up device number: then the source is asked. */
static bool mounts_dev(struct libmnt_fs *fs, dev_t rdev)
{
	const char *source = mnt_fs_get_source(fs);
	struct stat st;

	if (mnt_fs_get_devno(fs) == rdev)
		return true;
	return source && !strncmp(source, "/dev/", 5) && stat(source, &st) == 0 &&
	       S_ISBLK(st.st_mode) && st.st_rdev == rdev;
}

static int load_table(struct wv_ctx *ctx, const char *path, struct libmnt_table **ret)
{
	cleanup(free_table) struct libmnt_table *table = mnt_new_table();
	int r;

	if (!table)
		return wv__fail_memory(ctx);
	r = mnt_table_parse_file(table, path);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot read %s", path);
	*ret = take_ptr(table);
	return 0;
}

/* The last entry (the topmost mount) that fits: 1 and *ret, or 0. */
static int find_entry(struct wv_ctx *ctx, struct libmnt_table *table, const char *dir, dev_t rdev,
		      struct wv__mount_info *ret)
{
	cleanup(free_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *fs;

	if (!iter)
		return wv__fail_memory(ctx);
	while (mnt_table_next_fs(table, iter, &fs) == 0) {
		const char *target = mnt_fs_get_target(fs);

		if (dir ? !target || strcmp(target, dir) : !mounts_dev(fs, rdev))
			continue;
		return ret ? keep(ctx, fs, ret) : 1;
	}
	return 0;
}

static int find_in_file(struct wv_ctx *ctx, const char *path, const char *dir, dev_t rdev,
			struct wv__mount_info *ret)
{
	cleanup(free_table) struct libmnt_table *table = NULL;
	const int r = load_table(ctx, path, &table);

	return r < 0 ? r : find_entry(ctx, table, dir, rdev, ret);
}

int wv__mount_by_dir(struct wv_ctx *ctx, const char *dir, struct wv__mount_info *ret)
{
	cleanup_free char *real = NULL;
	const int r = wv__real_path(ctx, dir, &real);

	return r < 0 ? r : find_in_file(ctx, "/proc/self/mountinfo", real, 0, ret);
}

struct namespaces {
	ino_t *seen;
	size_t count;
};

/* Is this mount namespace new to us: 1, 0, or -ENOMEM. */
static int is_new(struct namespaces *ns, ino_t ino)
{
	ino_t *more;
	size_t i;

	for (i = 0; i < ns->count; i++)
		if (ns->seen[i] == ino)
			return 0;
	more = reallocarray(ns->seen, ns->count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	ns->seen = more;
	more[ns->count++] = ino;
	return 1;
}

/* A process may end at any moment, and a stranger's may be closed to us: then it shows nothing. */
static int find_in_process(struct wv_ctx *ctx, struct namespaces *ns, const char *pid, dev_t rdev,
			   struct wv__mount_info *ret)
{
	char path[64];
	struct stat st;
	int r;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/mnt", pid);
	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ESRCH || errno == EACCES || errno == EPERM ?
			       0 :
			       wv__fail_sys(ctx, -errno, "cannot stat %s", path);
	r = is_new(ns, st.st_ino);
	if (r <= 0)
		return r < 0 ? wv__fail_memory(ctx) : 0;
	snprintf(path, sizeof(path), "/proc/%.20s/mountinfo", pid);
	r = find_in_file(ctx, path, NULL, rdev, ret);
	return r == -ENOMEM ? r : MAX(r, 0);
}

static int find_elsewhere(struct wv_ctx *ctx, dev_t rdev, struct wv__mount_info *ret)
{
	cleanup(close_dirp) DIR *proc = opendir("/proc");
	struct namespaces ns = { 0 };
	int r = 0;

	if (!proc)
		return wv__fail_sys(ctx, -errno, "cannot read /proc");
	while (r == 0) {
		const struct dirent *e;

		errno = 0;
		e = readdir(proc);
		if (!e && errno)
			r = wv__fail_sys(ctx, -errno, "cannot read /proc");
		if (!e)
			break;
		if (isdigit((unsigned char)e->d_name[0]))
			r = find_in_process(ctx, &ns, e->d_name, rdev, ret);
	}
	free(ns.seen);
	return r;
}

int wv__mount_by_dev(struct wv_ctx *ctx, dev_t rdev, bool everywhere, struct wv__mount_info *ret)
{
	const int r = find_in_file(ctx, "/proc/self/mountinfo", NULL, rdev, ret);

	return r || !everywhere ? r : find_elsewhere(ctx, rdev, ret);
}

/* What libmount says after a failure, as a sentence of ours. */
static int fail_mount(struct wv_ctx *ctx, struct libmnt_context *context, int r, const char *what)
{
	char text[256] = "";
	int error = EIO;

	if (mnt_context_syscall_called(context) && mnt_context_get_syscall_errno(context))
		error = mnt_context_get_syscall_errno(context);
	else if (r < 0)
		error = -r;
	mnt_context_get_excode(context, r, text, sizeof(text));
	if (error == EBUSY)
		return wv__fail(ctx, -EBUSY, "cannot %s: it is in use", what);
	return wv__fail_sys(ctx, -error, "cannot %s%s%s%s", what, *text ? " (" : "", text,
			    *text ? ")" : "");
}

int wv__mount(struct wv_ctx *ctx, const char *source, const char *dir, const char *fstype,
	      uint32_t flags, const char *options)
{
	cleanup(free_context) struct libmnt_context *context = mnt_new_context();
	const unsigned long mflags = SAFE_FLAGS | (flags & WV__MOUNT_RO ? MS_RDONLY : 0);
	cleanup_free char *what = wv__say(ctx, "mount %s on %s", source, dir);
	int r;

	if (!context || !what)
		return wv__fail_memory(ctx);
	/* No fstab, no utab and no mount.TYPE programs: only what is said here. */
	if (mnt_context_disable_helpers(context, 1) || mnt_context_disable_mtab(context, 1) ||
	    mnt_context_set_optsmode(context, MNT_OMODE_NOTAB) ||
	    mnt_context_set_source(context, source) || mnt_context_set_target(context, dir) ||
	    mnt_context_set_fstype(context, fstype) || mnt_context_set_mflags(context, mflags) ||
	    (options && mnt_context_set_options(context, options)))
		return wv__fail_memory(ctx);
	r = mnt_context_mount(context);
	return r ? fail_mount(ctx, context, r, what) : 0;
}

int wv__umount(struct wv_ctx *ctx, const char *dir, uint32_t flags)
{
	cleanup(free_context) struct libmnt_context *context = mnt_new_context();
	cleanup_free char *what = wv__say(ctx, "unmount %s", dir);
	int r;

	if (!context || !what)
		return wv__fail_memory(ctx);
	r = wv__mount_by_dir(ctx, dir, NULL);
	if (r <= 0)
		return r == -ENOENT ? 0 : r;
	if (mnt_context_disable_helpers(context, 1) || mnt_context_disable_mtab(context, 1) ||
	    mnt_context_set_target(context, dir) ||
	    mnt_context_enable_lazy(context, flags & WV__UMOUNT_LAZY))
		return wv__fail_memory(ctx);
	r = mnt_context_umount(context);
	return r ? fail_mount(ctx, context, r, what) : 0;
}
