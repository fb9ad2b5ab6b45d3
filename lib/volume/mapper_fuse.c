/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper_fuse.c - the mapping without dm-crypt: a process serves the decrypted
 * volume as one file, and a loop device lies on that file
 *
 * The file system is mounted nowhere: its mount is detached, so no other
 * process can reach the file, and it goes with the loop that holds the file.
 * The chain ends from the top: the last user closes the loop, autoclear closes
 * the file, the file system is gone, the serving process ends. It must never
 * itself have the loop or the file open, since it could not end any more.
 */
#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../base/fs.h"
#include "../media/loops.h"
#include "../media/sysfs.h"
#include "mapper_impl.h"

#define START_MS 20000

bool wv__mapper_fuse_available(void)
{
	return access("/dev/fuse", R_OK | W_OK) == 0 &&
	       access("/dev/loop-control", R_OK | W_OK) == 0;
}

/* ---- finding it ------------------------------------------------------------------------ */

/* Only loops that lie on a file so called are opened: opening another's could wait for it. */
int wv__mapper_fuse_is(const char *kname, const char *name)
{
	cleanup_close int fd = -1;
	struct loop_info64 info;
	char path[64], backing[16];
	int r;

	snprintf(path, sizeof(path), "/sys/block/%.32s", kname);
	r = wv__sysfs_attr(path, "loop/backing_file", backing, sizeof(backing));
	if (r == -ENODEV)
		return 0; /* it ended while it was looked at */
	if (r <= 0 || strcmp(backing, "/disk") != 0)
		return MIN(r, 0);
	snprintf(path, sizeof(path), "/dev/%.32s", kname);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, LOOP_GET_STATUS64, &info) < 0)
		return errno == ENXIO ? 0 : -errno; /* it ended meanwhile */
	return strncmp((const char *)info.lo_file_name, name, LO_NAME_SIZE) == 0;
}

/* ---- the serving process --------------------------------------------------------------- */

/* Twice forked: it is nobody's child here, and whoever waits for children does not meet it. */
static int start_process(struct wv_ctx *ctx, struct wv__serve *serve, int *ret_sock)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make a socket");
	pid = fork();
	if (pid == 0) {
		if (fork() != 0)
			_exit(0);
		close(pair[0]);
		serve->sock = pair[1];
		wv__mapper_serve(ctx, serve);
	}
	close(pair[1]);
	if (pid < 0) {
		const int r = -errno;

		close(pair[0]);
		return wv__fail_sys(ctx, r, "cannot start the mapper");
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*ret_sock = pair[0];
	return 0;
}

/* It cannot inherit the key: secrets are wiped in a child. */
static int hand_over(struct wv_ctx *ctx, int sock, const struct wv_secret *key)
{
	struct wv__serve_report report;
	struct pollfd pfd = { .fd = sock, .events = POLLIN };

	/* When it has ended already, its report says why. */
	if (send(sock, key->data, key->len, MSG_NOSIGNAL) != (ssize_t)key->len)
		wv__log(ctx, WV_LOG_DEBUG, "the mapper does not take the key");
	if (poll(&pfd, 1, START_MS) <= 0)
		return wv__fail(ctx, -ETIMEDOUT, "the mapper does not start");
	if (recv(sock, &report, sizeof(report), MSG_WAITALL) != sizeof(report))
		return wv__fail(ctx, -EIO, "the mapper has ended");
	if (report.result < 0)
		return wv__fail(ctx, report.result, "%.*s", (int)sizeof(report.sentence),
				report.sentence);
	return 0;
}

/* ---- the file system, and the loop on its one file ---------------------------------------- */

static int mount_detached(struct wv_ctx *ctx, int fuse_fd, int *ret_mount)
{
	cleanup_close int fs = fsopen("fuse", FSOPEN_CLOEXEC);
	char number[16], max_read[16];
	const char *const options[][2] = {
		{ "source", "workvol" }, { "fd", number },    { "rootmode", "40000" },
		{ "user_id", "0" },	 { "group_id", "0" }, { "max_read", max_read },
	};
	int fd;

	snprintf(number, sizeof(number), "%d", fuse_fd);
	snprintf(max_read, sizeof(max_read), "%u", WV__SERVE_MAX_IO);
	if (fs < 0)
		return wv__fail_sys(ctx, -errno, "cannot make a FUSE file system");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (fsconfig(fs, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0) < 0)
			return wv__fail_sys(ctx, -errno, "FUSE does not take the option %s",
					    options[i][0]);
	}
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make a FUSE file system");
	fd = fsmount(fs, FSMOUNT_CLOEXEC,
		     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot mount a FUSE file system");
	*ret_mount = fd;
	return 0;
}

/*
 * The kernel queues what it asks before the process serves: mounting comes
 * first. When it fails, a process may have been started: ret_sock tells.
 */
static int serve_file(struct wv_ctx *ctx, struct wv__serve *serve, const struct wv_secret *key,
		      int *ret_sock, int *ret_file)
{
	cleanup_close int fuse_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	cleanup_close int mount_fd = -1;
	int r, file;

	if (fuse_fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open /dev/fuse");
	r = mount_detached(ctx, fuse_fd, &mount_fd);
	if (r < 0)
		return r;
	serve->fuse_fd = fuse_fd;
	r = start_process(ctx, serve, ret_sock);
	if (r < 0)
		return r;
	close(take_fd(&fuse_fd)); /* else its end would not end the file system */
	r = hand_over(ctx, *ret_sock, key);
	if (r < 0)
		return r;
	file = openat(mount_fd, "disk", (serve->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (file < 0)
		return wv__fail_sys(ctx, -errno, "cannot open what the mapper serves");
	*ret_file = file;
	return 0;
}

/* A process that serves nobody may yet take the container, from whoever tries next: its end is awaited. */
static void await_end(int sock)
{
	struct pollfd pfd = { .fd = sock, .events = POLLRDHUP };

	shutdown(sock, SHUT_WR);
	while (poll(&pfd, 1, START_MS) < 0 && errno == EINTR)
		;
}

int wv__mapper_fuse_map(struct wv_ctx *ctx, const char *path, struct wv__luks *luks,
			const struct wv_secret *key, const struct wv__map_opts *opts,
			struct wv__mapping *mapping)
{
	struct wv__serve serve = {
		.path = path,
		.info = wv__luks_info(luks),
		.read_only = opts->read_only,
		.persistent = opts->persistent,
	};
	/*
	 * With smaller sectors than the volume's the loop would read, modify and
	 * write, and mkfs choose blocks that dm-crypt cannot mount.
	 */
	const struct wv__loop_opts loop = {
		.sector_size = serve.info->sector_size,
		.read_only = opts->read_only,
		.direct_io = true, /* buffered, it deadlocks under memory pressure */
		.autoclear = true,
	};
	cleanup_close int file = -1;
	int r;

	r = serve_file(ctx, &serve, key, &mapping->sock, &file);
	if (r == 0)
		r = wv__loop_attach(ctx, file, mapping->name, &loop, &mapping->device, &mapping->fd);
	if (r < 0 && mapping->sock >= 0) {
		close(take_fd(&file)); /* the last that the process serves */
		await_end(mapping->sock);
	}
	return r;
}
