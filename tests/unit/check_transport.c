/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_transport.c - who is sent commands, and direct I/O with a device
 */
#include <errno.h>

#include "../../lib/media/device.h"
#include "../../lib/sanitize/sanitize.h"
#include "../../lib/sanitize/transport.h"
#include "support.h"
#include "support_media.h"

START_TEST(what_the_kernel_builds_of_others_is_sent_no_commands)
{
	ck_assert(wv__transport_is_real(
		"/sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"));
	ck_assert(
		wv__transport_is_real("/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1"));
	ck_assert(!wv__transport_is_real("/sys/devices/virtual/block/dm-0"));
	ck_assert(!wv__transport_is_real("/sys/devices/virtual/block/md127"));
	ck_assert(!wv__transport_is_real("/sys/devices/virtual/block/loop3"));
}
END_TEST

START_TEST(a_loop_takes_blocks_and_no_commands)
{
	char *image = make_image("image", MiB), *loop = loop_attach(image, 0, false);
	unsigned char *buf = aligned_alloc(4096, 8192);
	struct wv__transport t;
	struct wv_device *dev;

	ck_assert_ptr_nonnull(buf);
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_DIRECT, &dev), 0);
	ck_assert_int_eq(wv__transport_open(ctx, dev, true, &t), 0);
	ck_assert_int_eq(t.bus, WV__BUS_NONE);
	ck_assert_uint_eq(t.size, MiB);
	memset(buf, 0x5a, 4096);
	ck_assert_int_eq(t.ops->write(t.data, buf, 4096, MiB - 4096), 0);
	ck_assert_int_eq(t.ops->flush(t.data), 0);
	ck_assert_int_eq(t.ops->read(t.data, buf + 4096, 4096, MiB - 4096), 0);
	ck_assert_int_eq(memcmp(buf, buf + 4096, 4096), 0);
	ck_assert_int_lt(t.ops->read(t.data, buf, 4096, MiB), 0);
	ck_assert_int_lt(t.ops->discard(t.data, 1, 512), 0);
	ck_assert_int_lt(t.ops->scsi(t.data, &(struct wv__scsi){ .cdb_len = 6, .ms = 1000 }), 0);
	ck_assert_int_lt(t.ops->nvme(t.data, &(struct wv__nvme){ .opcode = 6, .ms = 1000 }), 0);
	wv__transport_close(&t);
	wv__device_free(dev);
	loop_detach(loop);
	free(buf);
	free(loop);
	free(image);
}
END_TEST

START_TEST(what_takes_no_commands_is_not_opened_for_them)
{
	char *image = make_image("image", MiB), *loop = loop_attach(image, 0, false);
	const char *const paths[] = { image, loop, "/dev/null", "/nowhere" };
	struct wv__transport t = { .fd = -1 };
	const int fds = open_fds();

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		ck_assert_int_eq(wv__transport_open_generic(ctx, paths[i], &t), 0);
		ck_assert_int_eq(t.fd, -1);
		ck_assert_int_eq(wv__sanitize_idle(ctx, paths[i]), 0);
	}
	ck_assert_int_eq(open_fds(), fds);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("transport");
	TCase *tc = tcase_create("transport");

	tcase_add_test(tc, what_the_kernel_builds_of_others_is_sent_no_commands);
	tcase_add_test(tc, a_loop_takes_blocks_and_no_commands);
	tcase_add_test(tc, what_takes_no_commands_is_not_opened_for_them);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
