/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_clear.c - what the parent of a suite clears up
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <mntent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support_clear.h"

/* Again and again: killing a process may leave its children to us. */
void end_orphans(void)
{
	for (int round = 0; round < 1000; round++) {
		FILE *children = fopen("/proc/thread-self/children", "re");
		int pid, n = 0;

		while (children && fscanf(children, "%d", &pid) == 1)
			if (pid > 1 && ++n)
				kill(pid, SIGKILL);
		if (children)
			fclose(children);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (!n)
			return;
		usleep(10000);
	}
}

static bool is_below(const char *path, const char *dir)
{
	const size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || !path[len]);
}

/* Is /dev/NAME a loop over a file below dir? */
static bool is_loop_of(const char *name, const char *dir)
{
	char path[300], backing[4096] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", name);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(backing, sizeof(backing), file))
		backing[0] = '\0';
	fclose(file);
	return is_below(backing, dir);
}

static bool unmount_one(const char *dir)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *entry;
	char target[4096] = "";

	while (mounts && (entry = getmntent(mounts))) {
		const bool loop = strncmp(entry->mnt_fsname, "/dev/loop", 9) == 0;

		/* the last one: what lies on top is unmounted first */
		if (is_below(entry->mnt_dir, dir) || (loop && is_loop_of(entry->mnt_fsname + 5, dir)))
			snprintf(target, sizeof(target), "%s", entry->mnt_dir);
	}
	if (mounts)
		endmntent(mounts);
	return target[0] && umount2(target, MNT_DETACH) == 0;
}

static void detach_loops(const char *dir)
{
	DIR *blocks = opendir("/sys/block");
	const struct dirent *entry;

	while (blocks && (entry = readdir(blocks))) {
		char path[300];
		int fd;

		if (strncmp(entry->d_name, "loop", 4) != 0 || !is_loop_of(entry->d_name, dir))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		ioctl(fd, LOOP_CLR_FD, 0);
		close(fd);
	}
	if (blocks)
		closedir(blocks);
}

/*
 * Loops first: one whose file lies on a mount that is gone names it by a path
 * that nobody knows. One that is in use ends with its last user, the mount.
 */
void clear_mounts_and_loops(const char *dir)
{
	detach_loops(dir);
	for (int n = 0; n < 100 && unmount_one(dir); n++)
		;
	detach_loops(dir);
}

/* By rm: it goes down where no path is long enough, and stays on this file system. */
void remove_dir(const char *dir)
{
	const pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--one-file-system", "--", dir, NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}
