/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_loops.c - loop devices are attached, found and ended
 *
 * alone: one who looks at our loop holds it open, and it ends a moment later than it was told to
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "../../lib/media/loops.h"

static char *image;
static int fd;
static struct stat st;

static void setup(void)
{
	image = make_image("image", 8 << 20);
	fd = open(image, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
}

static void teardown(void)
{
	close(fd);
	free(image);
}

static int number_of(const char *loop)
{
	return atoi(loop + strlen("/dev/loop"));
}

START_TEST(a_loop_has_the_sector_size_and_range_asked_for)
{
	const struct wv__loop_opts opts = { .offset = 1 << 20, .size = 4 << 20, .sector_size = 4096,
					    .direct_io = true, .autoclear = true };
	int loop, sector = 0;
	uint64_t size = 0;
	char *path;

	ck_assert_int_eq(wv__loop_attach(ctx, fd, image, &opts, &path, &loop), 0);
	ck_assert_int_eq(ioctl(loop, BLKSSZGET, &sector), 0);
	ck_assert_int_eq(ioctl(loop, BLKGETSIZE64, &size), 0);
	ck_assert_int_eq(sector, 4096);
	ck_assert_uint_eq(size, 4 << 20);
	ck_assert_int_eq(wv__loop_find(ctx, &st, 0), number_of(path));
	close(loop); /* autoclear: its last user */
	ck_assert_int_eq(wv__loop_find(ctx, &st, 0), -ENOENT);
	free(path);
}
END_TEST

START_TEST(every_loop_of_a_file_is_found_also_a_deleted_ones)
{
	char *one = loop_attach(image, 0, false), *two = loop_attach(image, 0, false);
	const int low = number_of(one) < number_of(two) ? number_of(one) : number_of(two);
	const int high = number_of(one) + number_of(two) - low;

	ck_assert_int_eq(wv__loop_find(ctx, &st, 0), low);
	ck_assert_int_eq(wv__loop_find(ctx, &st, low + 1), high);
	ck_assert_int_eq(wv__loop_find(ctx, &st, high + 1), -ENOENT);
	ck_assert_int_eq(unlink(image), 0);
	ck_assert_int_eq(wv__loop_find(ctx, &st, 0), low);
	ck_assert_int_eq(wv__loop_detach(ctx, one), 0);
	ck_assert_int_eq(wv__loop_detach(ctx, two), 0);
	ck_assert_int_eq(wv__loop_detach(ctx, two), 0); /* not attached is fine */
	ck_assert_int_eq(wv__loop_find(ctx, &st, 0), -ENOENT);
	free(one);
	free(two);
}
END_TEST

START_TEST(attaching_and_finding_survive_every_failure)
{
	const struct wv__loop_opts opts = { .read_only = true, .autoclear = true };
	const int fds = open_fds();
	char *path = NULL;
	int n, r, loop = -1;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__loop_attach(ctx, fd, image, &opts, &path, &loop);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(path);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__loop_find(ctx, &st, 0);
		if (!fault_fired())
			break;
		/* one that cannot be asked counts by its name */
		ck_assert(r == number_of(path) || (r < 0 && r != -ENOENT));
	}
	ck_assert_int_eq(r, number_of(path));
	close(loop);
	free(path);
}
END_TEST

static Suite *loops_suite(void)
{
	Suite *suite = suite_create("loops");
	TCase *tc = tcase_create("loops");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_loop_has_the_sector_size_and_range_asked_for);
	tcase_add_test(tc, every_loop_of_a_file_is_found_also_a_deleted_ones);
	tcase_add_test(tc, attaching_and_finding_survive_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(loops_suite());
}
