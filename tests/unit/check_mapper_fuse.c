/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mapper_fuse.c - how long a mapping by FUSE lives, and what it holds
 */
#include <fcntl.h>
#include <signal.h>

#include "../../lib/base/clock.h"
#include "mapping.h"

static struct factors f;
static char *image;

static void setup(void)
{
	f = factors_new();
	image = make_image("volume.img", 48 * MiB);
	format_volume(image, &f);
}

START_TEST(the_served_file_is_mounted_nowhere)
{
	struct wv__mapping *mapping = map_volume(image, &f, false, false);

	ck_assert_int_ne(sh("grep workvol /proc/self/mountinfo | grep fuse", image, NULL), 0);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

START_TEST(a_killed_owner_cuts_off_who_still_uses_the_device)
{
	int pair[2];
	char device[32] = "";
	int fd, status;
	uint64_t killed;
	pid_t owner;

	ck_assert_int_eq(pipe(pair), 0);
	owner = fork();
	ck_assert_int_ge(owner, 0);
	if (owner == 0) {
		struct wv__mapping *mapping;

		factors_build(&f);
		mapping = map_volume(image, &f, false, false);
		snprintf(device, sizeof(device), "%s", wv__mapping_device(mapping));
		if (write(pair[1], device, sizeof(device)) < 0)
			_exit(1);
		pause();
	}
	close(pair[1]);
	ck_assert_int_eq(read(pair[0], device, sizeof(device)), sizeof(device));
	fd = open(device, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	killed = wv__monotonic_ns();
	ck_assert_int_eq(kill(owner, SIGKILL), 0);
	ck_assert_int_eq(waitpid(owner, &status, 0), owner);
	ck_assert_int_eq(looks_until_gone(image, &f), 0); /* nobody holds the container any more */
	ck_assert_uint_gt(wv__monotonic_ns() - killed, UINT64_C(1000000000)); /* it had its grace */
	close(fd);
	ck_assert_int_eq(wv__map_wait_gone(ctx, image, f.uuid), 0);
	close(pair[0]);
}
END_TEST

START_TEST(a_block_device_is_held_while_it_is_mapped)
{
	cleanup_free char *loop = loop_attach(image, 0, false);
	struct wv__mapping *mapping = map_volume(loop, &f, false, false);

	ck_assert_int_lt(open(loop, O_RDWR | O_EXCL | O_CLOEXEC), 0);
	ck_assert_int_eq(errno, EBUSY);
	ck_assert_int_eq(mapped(loop, &f), 1);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	ck_assert_int_eq(mapped(loop, &f), 0);
	loop_detach(loop);
}
END_TEST

/* Whoever is told that a volume is closed may use its container at once. */
START_TEST(what_is_unmapped_is_locked_no_longer)
{
	for (int i = 0; i < 40; i++) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		const int fd = open(image, O_RDWR | O_CLOEXEC);

		ck_assert_int_eq(wv__unmap(ctx, map_volume(image, &f, false, false)), 0);
		ck_assert_int_eq(fcntl(fd, F_OFD_GETLK, &lock), 0);
		ck_assert_int_eq(lock.l_type, F_UNLCK);
		close(fd);
	}
}
END_TEST

START_TEST(map_survives_every_failure)
{
	cleanup_luks struct wv__luks *luks = open_volume(image);
	cleanup_secret struct wv_secret *key = NULL;
	const struct wv__map_opts opts = { .kind = WV__MAPPER_FUSE };
	struct wv__mapping *mapping = NULL;
	const int fds = open_fds();
	int r, n;

	ck_assert_int_eq(wv__luks_volume_key(ctx, luks, 0, f.derived, &key), 0);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__map(ctx, image, luks, key, &opts, &mapping);
		if (!fault_fired())
			break;
		ck_assert_int_eq(mapping == NULL, r < 0);
		if (r == 0)
			ck_assert_int_eq(wv__unmap(ctx, take_ptr(mapping)), 0);
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_eq(wv__map_wait_gone(ctx, image, f.uuid), 0);
	}
	ck_assert_msg(r == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_ge(n, 8);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mapper_fuse");
	TCase *tc = tcase_create("mapper_fuse");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, the_served_file_is_mounted_nowhere);
	tcase_add_test(tc, a_killed_owner_cuts_off_who_still_uses_the_device);
	tcase_add_test(tc, a_block_device_is_held_while_it_is_mapped);
	tcase_add_test(tc, what_is_unmapped_is_locked_no_longer);
	tcase_add_test(tc, map_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
