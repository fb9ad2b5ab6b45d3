/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper_process.c - what the serving process holds of its owner and of the
 * machine: the container, and nothing else
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../base/fs.h"
#include "direct.h"
#include "mapper_impl.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

/* One mapper a volume: O_EXCL says so for a block device, an OFD lock for a file, and where find looks. */
int wv__mapper_take_container(struct wv_ctx *ctx, const struct wv__serve *serve, int *ret_fd)
{
	struct flock lock = { .l_type = serve->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };
	cleanup_close int fd = -1;
	char name[256];
	struct stat st;
	bool direct;
	int flags = serve->read_only ? O_RDONLY : O_RDWR;

	wv__medium_name(serve->path, name, sizeof(name));
	if (stat(serve->path, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot stat %s", name);
	if (S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	fd = wv__direct_open(serve->path, flags, &direct);
	if (fd == -EBUSY)
		return wv__fail(ctx, fd, "%s is in use", name);
	if (fd < 0)
		return wv__fail_sys(ctx, fd, "cannot open %s", name);
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return wv__fail(ctx, -EBUSY, "%s is held by another process", name);
		return wv__fail_sys(ctx, -errno, "cannot lock %s", name);
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* What it inherited would live as long as the volume: locks, pipes, the medium itself. */
static void close_others(int a, int b, int c)
{
	int keep[] = { 2, a, b, c };
	const int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	qsort(keep, ARRAY_SIZE(keep), sizeof(keep[0]), by_number);
	for (size_t i = 1; i < ARRAY_SIZE(keep); i++) {
		if (keep[i] > keep[i - 1] + 1)
			close_range(keep[i - 1] + 1, keep[i] - 1, 0);
	}
	close_range(keep[ARRAY_SIZE(keep) - 1] + 1, ~0u, 0);
}

static void put(const char *file, const char *text)
{
	cleanup_close int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		wv__write_all(fd, text, strlen(text));
}

/*
 * It belongs to the machine, not to its owner: no terminal, no signal of the
 * owner's group (libfuse's own handler would end it under a mounted file
 * system).
 */
void wv__mapper_detach(struct wv_ctx *ctx, int sock, int fuse_fd, int container)
{
	const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2 };

	close_others(sock, fuse_fd, container);
	setsid();
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	prctl(PR_SET_NAME, "workvol-mapper", 0, 0, 0);
	prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0); /* refused without CAP_SYS_RESOURCE: works all the same */
	put("/proc/self/oom_score_adj", "-1000");
	wv__process_guard(ctx);
}

/*
 * It must not be in a mount namespace where the volume is mounted: its own end
 * would unmount it, and wait for itself for ever. Nor may it keep alive what
 * others unmount, so it gives up every mount: its root is an empty directory.
 * Where the root cannot be changed (an initramfs) unmounts still reach it.
 */
int wv__mapper_leave_mounts(struct wv_ctx *ctx)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return wv__fail_sys(ctx, -errno, "the mapper cannot leave its owner's mounts");
	if (mount("workvol", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k") < 0 ||
	    chdir("/proc") < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		return 0;
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return wv__fail_sys(ctx, -errno, "the mapper cannot leave its owner's mounts");
	return 0;
}
