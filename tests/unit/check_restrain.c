/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_restrain.c - a medium is made read-only, or its USB device is refused
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/restrain.h"

START_TEST(a_read_only_device_is_so_for_whoever_opens_it)
{
	char *image = make_image("image", 1 << 20), *loop = loop_attach(image, 0, false);
	struct wv_device *dev;
	char byte = 1;
	int fd, flag = 0, off = 0, writable;

	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev), 0);
	ck_assert_msg(wv__restrain_read_only(ctx, dev) == 0, "%s", wv_ctx_error(ctx));
	wv__device_free(dev);
	fd = open(loop, O_WRONLY | O_CLOEXEC);
	writable = fd >= 0 && write(fd, &byte, 1) == 1 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	fd = open(loop, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(ioctl(fd, BLKROGET, &flag), 0);
	ck_assert_int_eq(ioctl(fd, BLKROSET, &off), 0); /* the flag outlives the file of a loop device */
	close(fd);
	ck_assert_int_eq(flag, 1);
	ck_assert(!writable);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

START_TEST(a_file_has_no_read_only_flag)
{
	char *image = make_image("image", 1 << 20);
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, image, WV__DEV_RDONLY, &dev), 0);
	ck_assert_int_lt(wv__restrain_read_only(ctx, dev), 0);
	ck_error_has("read-only");
	wv__device_free(dev);
	free(image);
}
END_TEST

/* usb1/1-2 as the kernel shows a stick's USB device, of that class. */
static char *make_usb(const char *class)
{
	char *dir = test_path("usb1/1-2");

	run("rm -rf '%s' && mkdir -p '%s' && cd '%s' && echo 1234 >idVendor && echo %s >bDeviceClass && echo 1 >authorized",
	    dir, dir, dir, class);
	return dir;
}

static void ck_authorized(const char *dir, char want)
{
	char text[8] = "", *path = NULL;
	FILE *in;

	ck_assert_int_gt(asprintf(&path, "%s/authorized", dir), 0);
	in = fopen(path, "re");
	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), in));
	fclose(in);
	free(path);
	ck_assert_int_eq(text[0], want);
}

START_TEST(a_refused_device_is_no_longer_authorized)
{
	char *dir = make_usb("00");

	ck_assert_msg(wv__restrain_refuse(ctx, dir) == 0, "%s", wv_ctx_error(ctx));
	ck_authorized(dir, '0');
	free(dir);
}
END_TEST

START_TEST(a_hub_is_never_refused)
{
	char *dir = make_usb("09");

	ck_assert_int_eq(wv__restrain_refuse(ctx, dir), -EPERM);
	ck_error_has("1-2 is a hub");
	ck_authorized(dir, '1');
	free(dir);
}
END_TEST

START_TEST(one_that_has_no_authorization_is_said)
{
	char *dir = make_usb("00");

	run("rm '%s/authorized'", dir);
	ck_assert_int_lt(wv__restrain_refuse(ctx, dir), 0);
	ck_error_has("1-2");
	run("touch '%s/authorized' && ln -sf /dev/null '%s/authorized'", dir, dir);
	ck_assert_int_eq(wv__restrain_refuse(ctx, dir), -EIO);
	ck_error_has("1-2 stays authorized");
	free(dir);
}
END_TEST

START_TEST(refusing_survives_every_failure)
{
	int n, r, fds = open_fds();

	for (n = 0;; n++) {
		char *dir = make_usb("00");
		bool fired;

		fault_after(n);
		r = wv__restrain_refuse(ctx, dir);
		fired = fault_fired();
		ck_assert_int_eq(open_fds(), fds);
		if (!fired || r == 0)
			ck_authorized(dir, '0');
		free(dir);
		if (!fired)
			break;
		ck_assert_int_lt(r, 0);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("restrain");
	TCase *tc = tcase_create("restrain");

	tcase_add_test(tc, a_read_only_device_is_so_for_whoever_opens_it);
	tcase_add_test(tc, a_file_has_no_read_only_flag);
	tcase_add_test(tc, a_refused_device_is_no_longer_authorized);
	tcase_add_test(tc, a_hub_is_never_refused);
	tcase_add_test(tc, one_that_has_no_authorization_is_said);
	tcase_add_test(tc, refusing_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
