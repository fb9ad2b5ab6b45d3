/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine.c - Landlock, with the calls that glibc does not have
 */
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "confine.h"

/* The first version that lets files be renamed between directories: rsync does. */
#define ABI_REFER 2
/* The first that knows truncate(2) by a path as a kind of writing; Debian 12's header does not. */
#define ABI_TRUNCATE 3
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/* Writing only: rsync has to read the system's libraries, and answers with no content. */
#define WRITES                                                                             \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                   \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                   \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                       \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                     \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)
/* What it may do below the directory: no links, no devices. */
#define ALLOWED                                                                            \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                   \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                    \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER)

int wv__confine_writes(struct wv_ctx *ctx, int dir)
{
	const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	const uint64_t cutting = abi >= ABI_TRUNCATE ? LANDLOCK_ACCESS_FS_TRUNCATE : 0;
	const struct landlock_ruleset_attr attr = { .handled_access_fs = WRITES | cutting };
	const struct landlock_path_beneath_attr beneath = { .allowed_access = ALLOWED | cutting, .parent_fd = dir };
	cleanup_close int rules = -1;

	if (abi < ABI_REFER) {
		wv__log(ctx, WV_LOG_INFO, "this kernel has no Landlock: rsync is not confined besides");
		return 0;
	}
	rules = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules < 0)
		return wv__fail_sys(ctx, -errno, "cannot confine rsync");
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return wv__fail_sys(ctx, -errno, "cannot confine rsync");
	return 0;
}
