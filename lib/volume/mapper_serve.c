/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper_serve.c - the process that serves a decrypted volume as the one file
 * "disk" of a FUSE file system. The only file that knows libfuse.
 *
 * It is on the write-back path of the kernel: it locks its memory and reads and
 * writes past the page cache, into buffers that it has from the start.
 */
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../base/crypto.h"
#include "../base/fs.h"
#include "direct.h"
#include "mapper_impl.h"

#define DISK_INODE    2
#define LANES_MAX     8
#define GRACE_SECONDS 4 /* five seconds after a kill nothing is left */

/* What one thread needs for one request. */
struct lane {
	atomic_bool busy;
	struct wv__xts *xts;
	unsigned char *data; /* WV__SERVE_MAX_IO, aligned */
};

struct server {
	const struct wv__serve *serve;
	const struct wv__luks_info *info;
	int container;
	unsigned int lane_count;
	struct lane lanes[LANES_MAX];
	struct fuse_session *session;
};

/* ---- requests ---------------------------------------------------------------------------- */

/* There are as many lanes as threads, so one is free. */
static struct lane *take_lane(struct server *server)
{
	for (unsigned int i = 0;; i = (i + 1) % server->lane_count) {
		if (!atomic_exchange(&server->lanes[i].busy, true))
			return &server->lanes[i];
	}
}

static void give_lane(struct lane *lane)
{
	atomic_store(&lane->busy, false);
}

static void fill_stat(const struct server *server, fuse_ino_t inode, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = inode;
	st->st_nlink = inode == DISK_INODE ? 1 : 2;
	st->st_mode = inode == DISK_INODE ? S_IFREG | 0600 : S_IFDIR | 0700;
	if (inode == DISK_INODE)
		st->st_size = server->info->size;
}

static void on_init(void *data, struct fuse_conn_info *conn)
{
	(void)data;
	conn->max_read = WV__SERVE_MAX_IO; /* as in the mount, or libfuse gives up */
	conn->max_write = WV__SERVE_MAX_IO;
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = { .ino = DISK_INODE, .attr_timeout = 3600,
					  .entry_timeout = 3600 };

	if (parent != FUSE_ROOT_ID || strcmp(name, "disk") != 0) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	fill_stat(fuse_req_userdata(req), DISK_INODE, &entry.attr);
	fuse_reply_entry(req, &entry);
}

static void on_getattr(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	fill_stat(fuse_req_userdata(req), inode, &st);
	fuse_reply_attr(req, &st, 3600);
}

static void on_open(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	(void)inode;
	fi->direct_io = 1;
	fuse_reply_open(req, fi);
}

static bool is_sound(const struct server *server, off_t offset, size_t len)
{
	const struct wv__luks_info *info = server->info;

	return offset >= 0 && (uint64_t)offset <= info->size && len <= info->size - offset &&
	       len <= WV__SERVE_MAX_IO && offset % info->sector_size == 0 &&
	       len % info->sector_size == 0;
}

static uint64_t iv_at(const struct wv__luks_info *info, off_t offset)
{
	return info->iv_offset + offset / 512;
}

static void on_read(fuse_req_t req, fuse_ino_t inode, size_t len, off_t offset,
		    struct fuse_file_info *fi)
{
	struct server *server = fuse_req_userdata(req);
	const struct wv__luks_info *info = server->info;
	struct lane *lane;
	int r;

	(void)inode, (void)fi;
	if (!is_sound(server, offset, len)) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	lane = take_lane(server);
	r = wv__pread_all(server->container, lane->data, len, info->data_offset + offset);
	if (r == 0)
		r = wv__xts_decrypt(lane->xts, iv_at(info, offset), info->sector_size, lane->data,
				    lane->data, len);
	if (r < 0)
		fuse_reply_err(req, EIO);
	else
		fuse_reply_buf(req, (const char *)lane->data, len);
	give_lane(lane);
}

static void on_write(fuse_req_t req, fuse_ino_t inode, const char *data, size_t len, off_t offset,
		     struct fuse_file_info *fi)
{
	struct server *server = fuse_req_userdata(req);
	const struct wv__luks_info *info = server->info;
	struct lane *lane;
	int r;

	(void)inode, (void)fi;
	if (server->serve->read_only || !is_sound(server, offset, len)) {
		fuse_reply_err(req, server->serve->read_only ? EROFS : EINVAL);
		return;
	}
	lane = take_lane(server);
	r = wv__xts_encrypt(lane->xts, iv_at(info, offset), info->sector_size, data, lane->data, len);
	if (r == 0)
		r = wv__pwrite_all(server->container, lane->data, len, info->data_offset + offset);
	give_lane(lane);
	if (r < 0)
		fuse_reply_err(req, r == -ENOSPC ? ENOSPC : EIO);
	else
		fuse_reply_write(req, len);
}

static void on_fsync(fuse_req_t req, fuse_ino_t inode, int datasync, struct fuse_file_info *fi)
{
	const struct server *server = fuse_req_userdata(req);

	(void)inode, (void)datasync, (void)fi;
	fuse_reply_err(req, fdatasync(server->container) < 0 ? errno : 0);
}

/*
 * No fallocate: the loop sends discards and unmapping zero-writes as the same
 * call, and encrypted holes read as garbage.
 */
static const struct fuse_lowlevel_ops operations = {
	.init = on_init,
	.lookup = on_lookup,
	.getattr = on_getattr,
	.open = on_open,
	.read = on_read,
	.write = on_write,
	.fsync = on_fsync,
};

/* ---- the process ----------------------------------------------------------------------------- */

static int make_lanes(struct wv_ctx *ctx, struct server *server)
{
	cleanup_secret struct wv_secret *key = NULL;
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	r = wv__secret_new(ctx, WV__VOLUME_KEY_SIZE, &key);
	if (r < 0)
		return r;
	if (recv(server->serve->sock, key->data, key->len, MSG_WAITALL) != (ssize_t)key->len)
		return wv__fail(ctx, -EIO, "the mapper was given no key");
	server->lane_count = MAX(2, MIN(cpus, LANES_MAX)); /* one may wait for an fsync */
	for (unsigned int i = 0; i < server->lane_count; i++) {
		server->lanes[i].data = wv__direct_buffer(WV__SERVE_MAX_IO);
		r = wv__xts_new(key->data, &server->lanes[i].xts);
		if (r < 0 || !server->lanes[i].data)
			return wv__fail_memory(ctx);
	}
	return 0;
}

static int make_session(struct wv_ctx *ctx, struct server *server)
{
	char name[] = "workvol-mapper", option[32], point[32];
	char *argv[] = { name, option, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(2, argv);

	snprintf(option, sizeof(option), "-omax_read=%u", WV__SERVE_MAX_IO);
	snprintf(point, sizeof(point), "/dev/fd/%d", server->serve->fuse_fd);
	server->session = fuse_session_new(&args, &operations, sizeof(operations), server);
	fuse_opt_free_args(&args);
	if (!server->session || fuse_session_mount(server->session, point) != 0)
		return wv__fail(ctx, -EIO, "libfuse does not serve");
	return 0;
}

static int prepare(struct wv_ctx *ctx, struct server *server)
{
	int r;

	r = wv__mapper_take_container(ctx, server->serve, &server->container);
	if (r < 0)
		return r;
	wv__mapper_detach(ctx, server->serve->sock, server->serve->fuse_fd, server->container);
	r = make_lanes(ctx, server);
	if (r == 0)
		r = make_session(ctx, server);
	return r < 0 ? r : wv__mapper_leave_mounts(ctx);
}

/* The file system's end ends it: nobody has the file open any more. */
static void *work(void *data)
{
	struct fuse_session *session = ((struct server *)data)->session;
	struct fuse_buf buf = { 0 };

	while (!fuse_session_exited(session)) {
		const int r = fuse_session_receive_buf(session, &buf);

		if (r == -EINTR || r == -EAGAIN)
			continue;
		if (r <= 0)
			break;
		fuse_session_process_buf(session, &buf);
	}
	return NULL;
}

/* By the time the owner is gone, so should be its mounts and the loop; what is left then, is cut off. */
static void *watch_owner(void *data)
{
	const struct server *server = data;
	char byte;

	while (recv(server->serve->sock, &byte, 1, 0) < 0 && errno == EINTR)
		;
	if (server->serve->persistent)
		return NULL;
	sleep(GRACE_SECONDS);
	_exit(1);
}

static void report(struct wv_ctx *ctx, int sock, int result)
{
	struct wv__serve_report report = { .result = result };

	if (result < 0)
		snprintf(report.sentence, sizeof(report.sentence), "%s", wv_ctx_error(ctx));
	send(sock, &report, sizeof(report), MSG_NOSIGNAL);
}

void wv__mapper_serve(struct wv_ctx *ctx, struct wv__serve *serve)
{
	struct server server = { .serve = serve, .info = serve->info, .container = -1 };
	pthread_t threads[LANES_MAX], watcher;
	unsigned int started = 0;
	int r;

	wv_ctx_set_log(ctx, NULL, NULL); /* the owner's */
	r = prepare(ctx, &server);
	while (r == 0 && started < server.lane_count) {
		if (pthread_create(&threads[started], NULL, work, &server) != 0)
			break;
		started++;
	}
	if (r == 0 && (started == 0 || pthread_create(&watcher, NULL, watch_owner, &server) != 0))
		r = wv__fail(ctx, -EAGAIN, "the mapper cannot start its threads");
	report(ctx, serve->sock, r);
	for (unsigned int i = 0; r == 0 && i < started; i++)
		pthread_join(threads[i], NULL);
	/* First its lock: the owner takes the socket's end for the end of all of it. */
	wv__closep(&server.container);
	_exit(r < 0);
}
