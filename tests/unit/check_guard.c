/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_guard.c - what may not be touched is refused, and stays as it was
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/base/crypto.h"
#include "../../lib/media/guard.h"
#include "../../lib/media/loops.h"

static char *image, *loop;

static void digest(const char *path, char ret[WV_SHA256_HEX])
{
	static char block[1 << 20];
	struct wv__sha256 *hash;
	unsigned char sum[WV_SHA256_SIZE];
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(wv__sha256_new(&hash), 0);
	while ((n = read(fd, block, sizeof(block))) > 0)
		wv__sha256_update(hash, block, n);
	ck_assert_int_eq(n, 0);
	wv__sha256_final(hash, sum);
	wv__sha256_free(hash);
	wv__hex(sum, sizeof(sum), ret);
	close(fd);
}

static int guard(const char *path, const struct wv__guard_opts *opts)
{
	struct wv_device *dev;
	int r;

	ck_assert_msg(wv__device_open(ctx, path, WV__DEV_RDONLY, &dev) == 0, "%s", wv_ctx_error(ctx));
	r = wv__guard(ctx, dev, opts);
	wv__device_free(dev);
	return r;
}

/* Refused with that errno and words, at every failure of a call too, and byte for byte unchanged. */
static void ck_refused(const char *path, const struct wv__guard_opts *opts, int err,
		       const char *words)
{
	char before[WV_SHA256_HEX], after[WV_SHA256_HEX];
	struct wv_device *dev;
	int n, r, fds;

	digest(image, before);
	r = guard(path, opts);
	ck_assert_msg(r == err, "%d, %s", r, wv_ctx_error(ctx));
	ck_error_has(words);
	ck_assert_int_eq(wv__device_open(ctx, path, WV__DEV_RDONLY, &dev), 0);
	fds = open_fds();
	for (n = 0;; n += 1 + n / 8) { /* the calls grow with the processes of the machine */
		fault_after(n);
		r = wv__guard(ctx, dev, opts);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	wv__device_free(dev);
	digest(image, after);
	ck_assert_str_eq(before, after);
}

static int no_volume(void *data, const char *uuid)
{
	if (data)
		snprintf(data, 37, "%s", uuid);
	return 0;
}

static int any_volume(void *data, const char *uuid)
{
	(void)uuid;
	++*(int *)data;
	return 1;
}

static int nobody_knows(void *data, const char *uuid)
{
	(void)data;
	(void)uuid;
	return -ENOENT;
}

static const struct wv__guard_opts strict = { .volume_allowed = no_volume };

static void setup(void)
{
	char name[32];

	/* its own in each test: the loop of one that failed may still stand */
	snprintf(name, sizeof(name), "image-%d", getpid());
	image = make_image(name, 64 << 20);
	loop = loop_attach(image, 0, false);
}

static void teardown(void)
{
	loop_detach(loop);
	free(loop);
	free(image);
}

static char *mount_at(const char *source, const char *name)
{
	char *dir = test_path(name);

	mkdir(dir, 0700); /* or an earlier test's */
	ck_assert_int_eq(mount(source, dir, "ext4", MS_RDONLY, "noload"), 0);
	return dir;
}

START_TEST(an_unused_loop_is_let_through)
{
	struct wv_device *dev;

	ck_assert_int_eq(guard(loop, &strict), 0);
	/* and also while we hold it ourselves */
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_EXCL, &dev), 0);
	ck_assert_int_eq(wv__guard(ctx, dev, &strict), 0);
	wv__device_free(dev);
}
END_TEST

START_TEST(a_mounted_device_is_refused)
{
	char *dir;

	run("mkfs.ext4 -q -F %s", loop);
	dir = mount_at(loop, "mnt");
	ck_refused(loop, NULL, -EBUSY, dir);
	umount2(dir, MNT_DETACH);
	free(dir);
}
END_TEST

START_TEST(one_mounted_in_another_namespace_is_refused)
{
	int ready[2], done[2];
	pid_t pid;
	char c;

	run("mkfs.ext4 -q -F %s", loop);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(done, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(done[1]);
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount(loop, "/mnt", "ext4", MS_RDONLY, "noload"))
			_exit(1);
		if (write(ready[1], "x", 1) != 1 || read(done[0], &c, 1) < 0)
			_exit(1);
		umount("/mnt");
		_exit(0);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(guard(loop, NULL), -EBUSY);
	ck_error_has("mounted on /mnt");
	close(done[1]);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(guard(loop, NULL), 0);
}
END_TEST

START_TEST(a_disk_with_a_mounted_partition_is_refused_and_so_is_the_partition)
{
	char *part, *dir;

	write_mbr(image, 2048, 40960);
	part = add_partition(loop, 1, 1 << 20, 20 << 20);
	run("mkfs.ext4 -q -F %s", part);
	dir = mount_at(part, "mnt");
	ck_refused(loop, NULL, -EBUSY, "p1 is mounted on");
	ck_refused(part, NULL, -EBUSY, "mounted");
	umount2(dir, MNT_DETACH);
	ck_assert_int_eq(guard(loop, NULL), 0);
	ck_assert_int_eq(guard(part, NULL), 0);
	free(dir);
	free(part);
}
END_TEST

START_TEST(a_partition_of_a_disk_that_is_mounted_whole_is_refused)
{
	char *part, *dir;

	run("mkfs.ext4 -q -F %s", loop);
	part = add_partition(loop, 1, 1 << 20, 20 << 20);
	dir = mount_at(loop, "mnt");
	ck_refused(part, NULL, -EBUSY, "is mounted on");
	umount2(dir, MNT_DETACH);
	free(dir);
	free(part);
}
END_TEST

/* The kernel's table is only imitated: nothing ever swaps to it. */
static void pretend_swap(const char *name)
{
	char text[512];
	char *swaps;

	snprintf(text, sizeof(text), "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
				     "/no/such\\040area file 1 0 -2\n%s partition 65532 0 -2\n", name);
	swaps = make_file("swaps", text);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount(swaps, "/proc/swaps", NULL, MS_BIND, NULL), 0);
	free(swaps);
}

START_TEST(a_swap_device_is_refused)
{
	pretend_swap(loop);
	ck_refused(loop, NULL, -EBUSY, "is a swap area");
}
END_TEST

START_TEST(a_swap_file_is_refused_and_a_loop_over_it)
{
	pretend_swap(image);
	ck_assert_int_eq(guard(loop, NULL), -EBUSY);
	ck_error_has("is a swap area");
	ck_refused(image, NULL, -EBUSY, "is a swap area");
}
END_TEST

START_TEST(a_file_that_backs_a_loop_is_refused)
{
	ck_refused(image, NULL, -EBUSY, "backs /dev/loop");
}
END_TEST

START_TEST(a_loop_whose_backing_has_another_loop_is_refused)
{
	char *second = loop_attach(image, 0, false);

	ck_refused(loop, NULL, -EBUSY, "backs /dev/loop");
	loop_detach(second);
	free(second);
}
END_TEST

START_TEST(a_loop_over_a_mounted_loop_is_refused_and_the_lower_one_too)
{
	char *upper = loop_attach(loop, 0, false), *dir;

	ck_refused(loop, NULL, -EBUSY, "backs");
	run("mkfs.ext4 -q -F %s", loop);
	dir = mount_at(loop, "mnt");
	ck_refused(upper, NULL, -EBUSY, "is mounted on");
	umount2(dir, MNT_DETACH);
	loop_detach(upper);
	free(dir);
	free(upper);
}
END_TEST

START_TEST(a_file_that_another_open_file_locks_is_refused)
{
	char *other = make_image("other", 1 << 20);
	struct wv_device *holder, *dev = NULL;

	ck_assert_int_eq(wv__device_open(ctx, other, WV__DEV_EXCL, &holder), 0);
	ck_assert_int_eq(guard(other, NULL), -EBUSY);
	ck_error_has("locked");
	ck_assert_int_eq(wv__guard(ctx, holder, NULL), 0); /* its own lock is no obstacle */
	ck_assert_int_eq(wv__device_open(ctx, other, WV__DEV_EXCL, &dev), -EBUSY);
	ck_assert_ptr_null(dev);
	wv__device_free(holder);
	free(other);
}
END_TEST

START_TEST(the_disk_of_the_running_system_is_refused)
{
	char path[64] = "/dev/";
	struct wv_doc *doc;
	struct stat st;
	ssize_t n;
	char link[64], to[512];

	ck_assert_int_eq(stat("/", &st), 0);
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
	n = readlink(link, to, sizeof(to) - 1);
	if (n < 0)
		return; /* / is an overlay: there is no disk to name */
	to[n] = '\0';
	strcat(path, strrchr(to, '/') + 1);
	ck_assert_int_eq(wv_device_describe(ctx, path, &doc), 0);
	ck_assert_ptr_nonnull(strstr(wv_doc_str(doc, "refused"), "carries the running system (/)"));
	wv_doc_free(doc);
}
END_TEST

START_TEST(a_read_only_device_is_refused)
{
	struct wv_device *dev = NULL;
	char *once = make_image("once", 1 << 20), *ro;
	int fd, held;

	fd = open(once, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(wv__loop_attach(ctx, fd, once, &(struct wv__loop_opts){ .read_only = true }, &ro,
					 &held), 0);
	close(fd);
	ck_refused(ro, NULL, -EROFS, "read-only");
	ck_assert_int_eq(wv__device_open(ctx, ro, 0, &dev), -EROFS);
	ck_assert_ptr_null(dev);
	close(held);
	loop_detach(ro);
	free(ro);
	free(once);
}
END_TEST

START_TEST(a_wrong_serial_or_size_is_refused)
{
	ck_refused(loop, &(struct wv__guard_opts){ .serial = "loop999" }, -EPERM, "not loop999");
	ck_refused(loop, &(struct wv__guard_opts){ .size = 4096 }, -EPERM, "bytes, not 4096");
	ck_assert_int_eq(guard(loop, &(struct wv__guard_opts){ .serial = strrchr(loop, '/') + 1,
							      .size = 64 << 20 }), 0);
}
END_TEST

START_TEST(a_device_that_another_program_holds_is_refused)
{
	const int fd = open(loop, O_RDONLY | O_EXCL | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_refused(loop, NULL, -EBUSY, "held by another program");
	close(fd);
}
END_TEST

static void stop(int sig)
{
	(void)sig;
	wv_ctx_cancel(ctx);
}

/* Milliseconds until the refusal, when the wish to stop comes after 100 of them. */
static long cancelled_after(const char *path)
{
	struct timespec begin, end;
	struct wv_device *dev;

	wv_ctx_free(ctx); /* the one of the wish before */
	ck_assert_int_eq(wv_ctx_new(&ctx), 0);
	ck_assert_int_eq(wv__device_open(ctx, path, WV__DEV_RDONLY, &dev), 0);
	signal(SIGALRM, stop);
	setitimer(ITIMER_REAL, &(struct itimerval){ .it_value.tv_usec = 100000 }, NULL);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	ck_assert_int_eq(wv__guard(ctx, dev, NULL), -ECANCELED);
	clock_gettime(CLOCK_MONOTONIC, &end);
	wv__device_free(dev);
	return (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
}

START_TEST(a_wish_to_stop_ends_the_wait_for_who_holds_it)
{
	char *file = make_image("held", 1 << 20);
	struct wv_device *holder, *dev;
	const int fd = open(loop, O_RDONLY | O_EXCL | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_lt(cancelled_after(loop), 2500);
	ck_assert_int_eq(wv__device_open(ctx, loop, 0, &dev), 0);
	ck_assert_int_eq(wv__device_hold(ctx, dev), -ECANCELED);
	ck_assert(!dev->held);
	wv__device_free(dev);
	close(fd);
	ck_assert_int_eq(wv__device_open(ctx, file, WV__DEV_EXCL, &holder), 0);
	ck_assert_int_lt(cancelled_after(file), 2500);
	wv__device_free(holder);
	free(file);
}
END_TEST

/* A volume's uuid is found wherever it lies; one that may be destroyed is no obstacle. */
static void ck_volume_refused(const char *path, const char *words)
{
	char uuid[37] = "";
	int seen = 0;
	const struct wv__guard_opts opts = { .volume_allowed = no_volume, .data = uuid };
	const struct wv__guard_opts all = { .volume_allowed = any_volume, .data = &seen };
	char before[WV_SHA256_HEX], after[WV_SHA256_HEX];

	digest(image, before);
	ck_assert_msg(guard(path, &opts) == -EPERM, "%s", wv_ctx_error(ctx));
	ck_error_has(words);
	ck_error_has(TEST_UUID);
	ck_assert_str_eq(uuid, TEST_UUID);
	ck_assert_int_eq(guard(path, &all), 0);
	ck_assert_int_ge(seen, 1);
	ck_assert_int_eq(guard(path, NULL), 0);
	digest(image, after);
	ck_assert_str_eq(before, after);
}

START_TEST(a_work_volume_on_it_is_refused)
{
	put_header(loop, 0, 0, "workvol");
	ck_volume_refused(loop, loop);
}
END_TEST

START_TEST(one_whose_first_header_is_gone_is_refused)
{
	put_header(loop, 0, 0x8000, "workvol");
	ck_volume_refused(loop, loop);
}
END_TEST

START_TEST(one_in_a_partition_that_the_kernel_does_not_know_is_refused)
{
	write_mbr(image, 2048, 40960);
	put_header(loop, 1 << 20, 0, "workvol");
	ck_volume_refused(loop, "partition 1 of");
}
END_TEST

START_TEST(a_volume_of_others_is_no_obstacle)
{
	const struct wv__guard_opts opts = { .volume_allowed = nobody_knows };

	put_header(loop, 0, 0, "");
	ck_assert_int_eq(guard(loop, &opts), 0);
}
END_TEST

START_TEST(one_that_nobody_knows_is_refused_by_its_subsystem_or_its_token)
{
	const struct wv__guard_opts opts = { .volume_allowed = nobody_knows };

	put_header(loop, 0, 0, "workvol");
	ck_refused(loop, &opts, -EPERM, TEST_UUID);
	put_header(loop, 0, 0, "");
	put_json(loop, 0, 0, 100, "\"workvol-2f\"");
	ck_refused(loop, &opts, -EPERM, TEST_UUID);
}
END_TEST

START_TEST(one_that_is_known_is_refused_whatever_its_header_says)
{
	put_header(loop, 0, 0, "somebody");
	ck_volume_refused(loop, loop);
}
END_TEST

static void ck_volume_in_file(const char *mkfs, const char *type)
{
	char *dir = test_path("fs"), file[512];

	run("%s %s", mkfs, loop);
	mkdir(dir, 0700);
	ck_assert_int_eq(mount(loop, dir, type, 0, NULL), 0);
	snprintf(file, sizeof(file), "%s/deep", dir);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	strcat(file, "/container");
	run("truncate -s 4M %s", file);
	put_header(file, 0, 0x4000, "workvol");
	ck_assert_int_eq(umount(dir), 0);
	ck_volume_refused(loop, "a file on");
	free(dir);
}

START_TEST(a_volume_in_a_file_on_ext4_is_refused)
{
	ck_volume_in_file("mkfs.ext4 -q -F", "ext4");
}
END_TEST

START_TEST(a_volume_in_a_file_on_xfs_is_refused)
{
	char *big = make_image("big", 400 << 20);

	loop_detach(loop);
	free(loop);
	free(image);
	image = big;
	loop = loop_attach(image, 0, false);
	ck_volume_in_file("mkfs.xfs -q -f", "xfs");
}
END_TEST

START_TEST(a_file_system_that_cannot_be_mounted_is_a_warning_only)
{
	const char zeros[4096] = "";
	int fd;

	run("mkfs.ext4 -q -F -b 1024 %s", loop);
	fd = open(loop, O_WRONLY | O_CLOEXEC); /* the group descriptors */
	ck_assert_int_eq(pwrite(fd, zeros, 4096, 2048), 4096);
	close(fd);
	ck_assert_int_eq(guard(loop, &strict), 0);
}
END_TEST

START_TEST(the_search_ends_cleanly_at_every_failure)
{
	struct wv_device *dev;
	int n, r, fds;

	run("mkfs.ext4 -q -F %s", loop);
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev), 0);
	fds = open_fds();
	for (n = 0;; n += 1 + n / 8) { /* the calls grow with the processes of the machine */
		fault_after(n);
		r = wv__guard(ctx, dev, &strict);
		if (!fault_fired())
			break;
		ck_assert_int_le(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	wv__device_free(dev);
}
END_TEST

static Suite *guard_suite(void)
{
	Suite *suite = suite_create("guard");
	TCase *use = tcase_create("use"), *volumes = tcase_create("volumes");

	tcase_add_checked_fixture(use, setup, teardown);
	tcase_add_test(use, an_unused_loop_is_let_through);
	tcase_add_test(use, a_mounted_device_is_refused);
	tcase_add_test(use, one_mounted_in_another_namespace_is_refused);
	tcase_add_test(use, a_disk_with_a_mounted_partition_is_refused_and_so_is_the_partition);
	tcase_add_test(use, a_partition_of_a_disk_that_is_mounted_whole_is_refused);
	tcase_add_test(use, a_swap_device_is_refused);
	tcase_add_test(use, a_swap_file_is_refused_and_a_loop_over_it);
	tcase_add_test(use, a_file_that_backs_a_loop_is_refused);
	tcase_add_test(use, a_loop_whose_backing_has_another_loop_is_refused);
	tcase_add_test(use, a_loop_over_a_mounted_loop_is_refused_and_the_lower_one_too);
	tcase_add_test(use, a_file_that_another_open_file_locks_is_refused);
	tcase_add_test(use, the_disk_of_the_running_system_is_refused);
	tcase_add_test(use, a_read_only_device_is_refused);
	tcase_add_test(use, a_wrong_serial_or_size_is_refused);
	tcase_add_test(use, a_device_that_another_program_holds_is_refused);
	tcase_add_test(use, a_wish_to_stop_ends_the_wait_for_who_holds_it);
	suite_add_tcase(suite, use);

	tcase_add_checked_fixture(volumes, setup, teardown);
	tcase_add_test(volumes, a_work_volume_on_it_is_refused);
	tcase_add_test(volumes, one_whose_first_header_is_gone_is_refused);
	tcase_add_test(volumes, one_in_a_partition_that_the_kernel_does_not_know_is_refused);
	tcase_add_test(volumes, a_volume_of_others_is_no_obstacle);
	tcase_add_test(volumes, one_that_nobody_knows_is_refused_by_its_subsystem_or_its_token);
	tcase_add_test(volumes, one_that_is_known_is_refused_whatever_its_header_says);
	tcase_add_test(volumes, a_volume_in_a_file_on_ext4_is_refused);
	tcase_add_test(volumes, a_volume_in_a_file_on_xfs_is_refused);
	tcase_add_test(volumes, a_file_system_that_cannot_be_mounted_is_a_warning_only);
	tcase_add_test(volumes, the_search_ends_cleanly_at_every_failure);
	suite_add_tcase(suite, volumes);
	return suite;
}

int main(void)
{
	return run_suite(guard_suite());
}
