/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - calls that can be made to fail
 *
 * The programs are linked with --wrap for each name below (the Makefile reads
 * them from the lines that begin with WRAP), so that only calls made by our
 * own objects come here. _FILE_OFFSET_BITS=64 and _FORTIFY_SOURCE rename
 * calls: both names are wrapped.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "support.h"

static atomic_int calls_left = -1; /* the call at 0 fails; negative: none does */
static atomic_bool fired;
static void (*action)(void); /* happens then, in place of a failure */
static pid_t armed_by; /* a child of the test counts nothing */

void fault_after(int n)
{
	happens_at(n, NULL);
}

void happens_at(int n, void (*what)(void))
{
	action = what;
	armed_by = getpid();
	atomic_store(&fired, false);
	atomic_store(&calls_left, n);
}

bool fault_fired(void)
{
	fault_off();
	return atomic_load(&fired);
}

void fault_off(void)
{
	atomic_store(&calls_left, -1);
}

static bool fails(void)
{
	if (atomic_load(&calls_left) < 0 || getpid() != armed_by)
		return false;
	if (atomic_fetch_sub(&calls_left, 1) != 0)
		return false;
	atomic_store(&fired, true);
	if (action)
		action();
	return !action;
}

#define WRAP(type, name, error, bad, params, args) \
	type __real_##name params;                 \
	type __wrap_##name params;                 \
	type __wrap_##name params                  \
	{                                          \
		if (fails()) {                     \
			errno = error;             \
			return bad;                \
		}                                  \
		return __real_##name args;         \
	}

/* memory */
WRAP(void *, malloc, ENOMEM, NULL, (size_t size), (size))
WRAP(void *, calloc, ENOMEM, NULL, (size_t n, size_t size), (n, size))
WRAP(void *, realloc, ENOMEM, NULL, (void *p, size_t size), (p, size))
WRAP(void *, reallocarray, ENOMEM, NULL, (void *p, size_t n, size_t size), (p, n, size))
WRAP(void *, aligned_alloc, ENOMEM, NULL, (size_t align, size_t size), (align, size))
WRAP(int, posix_memalign, ENOMEM, ENOMEM, (void **p, size_t align, size_t size), (p, align, size))
WRAP(char *, strdup, ENOMEM, NULL, (const char *text), (text))
WRAP(char *, strndup, ENOMEM, NULL, (const char *text, size_t n), (text, n))
WRAP(int, vasprintf, ENOMEM, -1, (char **text, const char *fmt, va_list list), (text, fmt, list))
WRAP(int, __vasprintf_chk, ENOMEM, -1, (char **text, int flag, const char *fmt, va_list list), (text, flag, fmt, list))
WRAP(void *, mmap, ENOMEM, (void *)-1, (void *at, size_t len, int prot, int flags, int fd, off_t offset), (at, len, prot, flags, fd, offset))
WRAP(void *, mmap64, ENOMEM, (void *)-1, (void *at, size_t len, int prot, int flags, int fd, off_t offset), (at, len, prot, flags, fd, offset))

/* opening */
WRAP(int, open, EMFILE, -1, (const char *path, int flags, mode_t mode), (path, flags, mode))
WRAP(int, open64, EMFILE, -1, (const char *path, int flags, mode_t mode), (path, flags, mode))
WRAP(int, __open_2, EMFILE, -1, (const char *path, int flags), (path, flags))
WRAP(int, __open64_2, EMFILE, -1, (const char *path, int flags), (path, flags))
WRAP(int, openat, EMFILE, -1, (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode))
WRAP(int, openat64, EMFILE, -1, (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode))
WRAP(int, __openat_2, EMFILE, -1, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(int, __openat64_2, EMFILE, -1, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(long, syscall, EMFILE, -1, (long number, long a, long b, long c, long d, long e, long f), (number, a, b, c, d, e, f))
WRAP(int, pipe2, EMFILE, -1, (int *fds, int flags), (fds, flags))
WRAP(int, socketpair, EMFILE, -1, (int domain, int type, int protocol, int *fds), (domain, type, protocol, fds))
WRAP(int, eventfd, EMFILE, -1, (unsigned int count, int flags), (count, flags))
WRAP(int, memfd_create, EMFILE, -1, (const char *name, unsigned int flags), (name, flags))
WRAP(int, dup, EMFILE, -1, (int fd), (fd))
WRAP(int, mkstemp64, EMFILE, -1, (char *path), (path))
WRAP(int, mkostemp64, EMFILE, -1, (char *path, int flags), (path, flags))
WRAP(void *, fopen64, EMFILE, NULL, (const char *path, const char *mode), (path, mode))
WRAP(void *, fdopen, ENOMEM, NULL, (int fd, const char *mode), (fd, mode))
WRAP(void *, opendir, EMFILE, NULL, (const char *path), (path))
WRAP(void *, fdopendir, ENOMEM, NULL, (int fd), (fd))

WRAP(int, scandir64, EMFILE, -1, (const char *path, void *list, void *filter, void *compare), (path, list, filter, compare))
WRAP(void *, fts64_open, EMFILE, NULL, (char *const *paths, int options, void *compare), (paths, options, compare))

/* reading and writing */
WRAP(void *, readdir64, EIO, NULL, (void *dir), (dir))
WRAP(ssize_t, read, EIO, -1, (int fd, void *data, size_t len), (fd, data, len))
WRAP(ssize_t, __read_chk, EIO, -1, (int fd, void *data, size_t len, size_t room), (fd, data, len, room))
WRAP(ssize_t, write, ENOSPC, -1, (int fd, const void *data, size_t len), (fd, data, len))
WRAP(ssize_t, pread, EIO, -1, (int fd, void *data, size_t len, off_t at), (fd, data, len, at))
WRAP(ssize_t, pread64, EIO, -1, (int fd, void *data, size_t len, off_t at), (fd, data, len, at))
WRAP(ssize_t, __pread64_chk, EIO, -1, (int fd, void *data, size_t len, off_t at, size_t room), (fd, data, len, at, room))
WRAP(ssize_t, pwrite, EIO, -1, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at))
WRAP(ssize_t, pwrite64, EIO, -1, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at))
WRAP(ssize_t, copy_file_range, EIO, -1, (int in, off_t *in_at, int out, off_t *out_at, size_t len, unsigned int flags), (in, in_at, out, out_at, len, flags))
WRAP(off_t, lseek64, EIO, -1, (int fd, off_t at, int whence), (fd, at, whence))
WRAP(int, fsync, EIO, -1, (int fd), (fd))
WRAP(int, fdatasync, EIO, -1, (int fd), (fd))
WRAP(int, syncfs, EIO, -1, (int fd), (fd))
WRAP(int, ftruncate, ENOSPC, -1, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, ENOSPC, -1, (int fd, off_t size), (fd, size))
WRAP(int, fallocate64, ENOSPC, -1, (int fd, int mode, off_t at, off_t len), (fd, mode, at, len))
WRAP(int, posix_fallocate64, ENOSPC, ENOSPC, (int fd, off_t at, off_t len), (fd, at, len))
WRAP(ssize_t, getrandom, EIO, -1, (void *data, size_t len, unsigned int flags), (data, len, flags))

/* names and facts */
WRAP(int, rename, EIO, -1, (const char *from, const char *to), (from, to))
WRAP(int, renameat, EIO, -1, (int from_dir, const char *from, int to_dir, const char *to), (from_dir, from, to_dir, to))
WRAP(int, renameat2, EIO, -1, (int from_dir, const char *from, int to_dir, const char *to, unsigned int flags), (from_dir, from, to_dir, to, flags))
WRAP(int, linkat, EIO, -1, (int from_dir, const char *from, int to_dir, const char *to, int flags), (from_dir, from, to_dir, to, flags))
WRAP(int, unlink, EIO, -1, (const char *path), (path))
WRAP(int, unlinkat, EIO, -1, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(int, mkdir, ENOSPC, -1, (const char *path, mode_t mode), (path, mode))
WRAP(int, mkdirat, ENOSPC, -1, (int dir, const char *path, mode_t mode), (dir, path, mode))
WRAP(char *, mkdtemp, ENOSPC, NULL, (char *path), (path))
WRAP(int, fchmod, EIO, -1, (int fd, mode_t mode), (fd, mode))
WRAP(int, stat64, EIO, -1, (const char *path, struct stat *st), (path, st))
WRAP(int, lstat64, EIO, -1, (const char *path, struct stat *st), (path, st))
WRAP(int, fstat, EIO, -1, (int fd, struct stat *st), (fd, st))
WRAP(int, fstat64, EIO, -1, (int fd, struct stat *st), (fd, st))
WRAP(int, fstatat64, EIO, -1, (int dir, const char *path, struct stat *st, int flags), (dir, path, st, flags))
WRAP(int, statx, EIO, -1, (int dir, const char *path, int flags, unsigned int mask, void *st), (dir, path, flags, mask, st))
WRAP(char *, realpath, EIO, NULL, (const char *path, char *to), (path, to))
WRAP(char *, __realpath_chk, EIO, NULL, (const char *path, char *to, size_t room), (path, to, room))
WRAP(int, ioctl, EIO, -1, (int fd, unsigned long request, void *arg), (fd, request, arg))
WRAP(int, fcntl64, ENOLCK, -1, (int fd, int request, void *arg), (fd, request, arg))
WRAP(int, flock, ENOLCK, -1, (int fd, int operation), (fd, operation))
WRAP(int, poll, ENOMEM, -1, (struct pollfd *fds, nfds_t n, int timeout), (fds, n, timeout))
WRAP(pid_t, fork, EAGAIN, -1, (void), ())
