/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jail.c - a process that can compute and nothing else: seccomp, limits, nobody
 */
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/blkzoned.h>
#include <linux/cdrom.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "jail.h"
#include "../base/util.h"

#define NOBODY 65534 /* the kernel's overflowuid: it owns nothing */
#define MEMORY_MORE (256 * MiB)

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#error "the number of this architecture for seccomp is missing here"
#endif

/* The low half of a 64-bit argument: on a little-endian machine it is the first. */
#define ARG_LOW(n) offsetof(struct seccomp_data, args[n])

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)
#define DENY ANSWER(SECCOMP_RET_ERRNO | EPERM)
/* The accumulator is the value: allowed. */
#define ALLOW_IF(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), ANSWER(SECCOMP_RET_ALLOW)
/* The call is the number: skip nothing, else skip n statements. */
#define ELSE_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)

static const struct sock_filter filter[] = {
	LOAD(offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	DENY,
	LOAD(offsetof(struct seccomp_data, nr)),
	ALLOW_IF(SYS_read),
	ALLOW_IF(SYS_pread64),
	ALLOW_IF(SYS_write),
	ALLOW_IF(SYS_lseek),
	ALLOW_IF(SYS_fstat),
	ALLOW_IF(SYS_newfstatat), /* glibc's fstat() */
	ALLOW_IF(SYS_fadvise64),
	ALLOW_IF(SYS_close),
	ALLOW_IF(SYS_brk),
	ALLOW_IF(SYS_munmap),
	ALLOW_IF(SYS_mremap),
	ALLOW_IF(SYS_madvise),
	ALLOW_IF(SYS_futex),
	ALLOW_IF(SYS_getrandom), /* malloc */
	ALLOW_IF(SYS_rt_sigreturn),
	ALLOW_IF(SYS_sigaltstack), /* a sanitizer's, at the end */
	ALLOW_IF(SYS_exit),
	ALLOW_IF(SYS_exit_group),
	/* memory of its own only, and none that can be executed */
	ELSE_SKIP(SYS_mmap, 6),
	LOAD(ARG_LOW(2)),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 3, 0),
	LOAD(ARG_LOW(3)),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 0, 1),
	ANSWER(SECCOMP_RET_ALLOW),
	DENY,
	ELSE_SKIP(SYS_mprotect, 4),
	LOAD(ARG_LOW(2)),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
	ANSWER(SECCOMP_RET_ALLOW),
	DENY,
	/* what libblkid asks of a disk */
	ELSE_SKIP(SYS_ioctl, 9),
	LOAD(ARG_LOW(1)),
	ALLOW_IF(BLKGETSIZE64),
	ALLOW_IF(BLKSSZGET),
	ALLOW_IF(BLKGETZONESZ),
	ALLOW_IF(CDROM_GET_CAPABILITY),
	DENY,
};

static int limits(int resource, rlim_t soft, rlim_t most)
{
	const struct rlimit lim = { soft, most };

	return setrlimit(resource, &lim) < 0 ? -errno : 0;
}

static int limit(int resource, rlim_t most)
{
	return limits(resource, most, most);
}

/* What it has now may be much (a sanitizer's shadow); so it is the growth that is limited. */
static int limit_memory(void)
{
	cleanup_close int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char text[128] = "";
	unsigned long pages;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return -errno;
	pages = strtoul(text, NULL, 10);
	return limit(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE) + MEMORY_MORE);
}

/*
 * A service without CAP_SETUID has no capabilities to lose either, and the
 * filter holds for root like for anybody.
 */
static void become_nobody(void)
{
	const bool done = setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
			  setresuid(NOBODY, NOBODY, NOBODY) == 0;

	(void)done;
}

int wv__jail_descriptors(int in, int out)
{
	/* neither may be overwritten before it is copied */
	cleanup_close int in_copy = fcntl(in, F_DUPFD_CLOEXEC, WV__JAIL_OUT + 1);
	cleanup_close int out_copy = fcntl(out, F_DUPFD_CLOEXEC, WV__JAIL_OUT + 1);

	if (in_copy < 0 || out_copy < 0 || dup2(in_copy, WV__JAIL_IN) < 0 ||
	    dup2(out_copy, WV__JAIL_OUT) < 0)
		return -errno;
	in_copy = out_copy = -1; /* closed with the rest */
	return syscall(SYS_close_range, WV__JAIL_OUT + 1, ~0U, 0) < 0 ? -errno : 0;
}

int wv__jail(void)
{
	const struct sock_fprog program = { ARRAY_SIZE(filter), (struct sock_filter *)filter };
	long thread;
	int r;

	r = limits(RLIMIT_CPU, WV__JAIL_SECONDS, WV__JAIL_SECONDS + 1); /* SIGXCPU first: who minds can say why it ends */
	if (r == 0)
		r = limit(RLIMIT_FSIZE, 0);
	if (r == 0)
		r = limit(RLIMIT_CORE, 0);
	if (r == 0)
		r = limit_memory();
	if (r < 0)
		return r;
	become_nobody();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* every thread that a library has started too; more than 0 is one that could not */
	thread = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
	return thread < 0 ? -errno : thread > 0 ? -ESRCH : 0;
}
