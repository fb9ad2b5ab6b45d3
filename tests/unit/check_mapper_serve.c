/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mapper_serve.c - the bytes that the serving process puts on the medium
 * are dm-crypt's: aes-xts-plain64, the tweak counted in 512-byte units
 */
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "../../lib/base/fs.h"
#include "../../lib/volume/direct.h"
#include "mapping.h"

#define LEN (3 * MiB)

static struct factors f;

static void setup(void)
{
	f = factors_new();
}

/* What lies on the container at an offset of the volume, decrypted sector by sector. */
static void decrypt(const char *path, uint64_t offset, size_t sector, unsigned char *ret, size_t len)
{
	cleanup_luks struct wv__luks *luks = open_volume(path);
	cleanup_secret struct wv_secret *key = NULL;
	cleanup(wv__closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct wv__xts *xts = NULL;

	ck_assert_uint_eq(wv__luks_info(luks)->sector_size, sector);
	ck_assert_int_eq(wv__luks_volume_key(ctx, luks, 0, f.derived, &key), 0);
	ck_assert_int_eq(wv__xts_new(key->data, &xts), 0);
	ck_assert_int_eq(wv__pread_all(fd, ret, len, 16 * MiB + offset), 0);
	for (size_t at = 0; at < len; at += sector)
		ck_assert_int_eq(wv__xts_decrypt(xts, (offset + at) / 512, sector, ret + at, ret + at,
						 sector),
				 0);
	wv__xts_free(xts);
}

static void check_bytes(uint64_t size, size_t sector)
{
	cleanup_free char *image = make_image("bytes.img", size);
	unsigned char *plain = wv__direct_buffer(LEN), *back = wv__direct_buffer(LEN);
	const uint64_t offset = 5 * 4096;
	struct wv__mapping *mapping;
	int fd, bytes = 0;

	format_volume(image, &f);
	mapping = map_volume(image, &f, false, false);
	fd = open(wv__mapping_device(mapping), O_RDWR | O_DIRECT | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, BLKSSZGET, &bytes), 0);
	ck_assert_int_eq(bytes, sector);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), size - 16 * MiB);
	ck_assert_int_eq(wv__random(plain, LEN), 0);
	ck_assert_int_eq(wv__pwrite_all(fd, plain, LEN, offset), 0);
	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_eq(wv__pread_all(fd, back, LEN, offset), 0);
	ck_assert_mem_eq(plain, back, LEN);
	close(fd);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	decrypt(image, offset, sector, back, LEN);
	ck_assert_mem_eq(plain, back, LEN);
	free(plain);
	free(back);
}

START_TEST(large_sectors_are_dm_crypts)
{
	check_bytes(32 * MiB, 4096);
}
END_TEST

START_TEST(small_sectors_are_dm_crypts)
{
	check_bytes(32 * MiB + 512, 512);
}
END_TEST

START_TEST(a_discard_changes_nothing)
{
	cleanup_free char *image = make_image("discard.img", 32 * MiB);
	uint64_t range[2] = { 0, MiB };
	unsigned char data[4096], back[4096];
	struct wv__mapping *mapping;
	int fd;

	format_volume(image, &f);
	mapping = map_volume(image, &f, false, false);
	fd = open(wv__mapping_device(mapping), O_RDWR | O_CLOEXEC);
	memset(data, 0x5a, sizeof(data));
	ck_assert_int_eq(wv__pwrite_all(fd, data, sizeof(data), 0), 0);
	ck_assert_int_eq(fsync(fd), 0);
	(void)ioctl(fd, BLKDISCARD, range); /* the kernel calls it done when it cannot be */
	ck_assert_int_eq(wv__pread_all(fd, back, sizeof(back), 0), 0);
	ck_assert_mem_eq(data, back, sizeof(data));
	/* zeroing may be refused as a hole, and is then written: it must read as zeros */
	if (ioctl(fd, BLKZEROOUT, range) == 0) {
		memset(data, 0, sizeof(data));
		ck_assert_int_eq(wv__pread_all(fd, back, sizeof(back), 0), 0);
		ck_assert_mem_eq(data, back, sizeof(data));
	}
	close(fd);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

START_TEST(read_only_leaves_the_container_byte_for_byte)
{
	cleanup_free char *image = make_image("ro.img", 32 * MiB);
	cleanup_free char *before = NULL, *after = NULL;
	struct wv__mapping *mapping;
	char data[4096] = "x";
	int fd;

	format_volume(image, &f);
	before = sh_output("sha256sum \"$1\"", image);
	mapping = map_volume(image, &f, true, false);
	fd = open(wv__mapping_device(mapping), O_RDWR | O_CLOEXEC);
	ck_assert(fd < 0 || write(fd, data, sizeof(data)) < 0);
	wv__closep(&fd);
	fd = open(wv__mapping_device(mapping), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, data, sizeof(data)), sizeof(data));
	close(fd);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	after = sh_output("sha256sum \"$1\"", image);
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(the_last_bytes_of_a_volume_are_reached)
{
	cleanup_free char *image = make_image("end.img", 32 * MiB);
	struct wv__mapping *mapping;
	char data[4096], back[4096];
	int fd;

	format_volume(image, &f);
	mapping = map_volume(image, &f, false, false);
	fd = open(wv__mapping_device(mapping), O_RDWR | O_CLOEXEC);
	memset(data, 0xa5, sizeof(data));
	ck_assert_int_eq(wv__pwrite_all(fd, data, sizeof(data), 16 * MiB - 4096), 0);
	ck_assert_int_eq(wv__pwrite_all(fd, data, sizeof(data), 16 * MiB), -ENOSPC);
	ck_assert_int_eq(fsync(fd), 0);
	close(fd);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	decrypt(image, 16 * MiB - 4096, 4096, (unsigned char *)back, sizeof(back));
	ck_assert_mem_eq(data, back, sizeof(data));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mapper_serve");
	TCase *tc = tcase_create("mapper_serve");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, large_sectors_are_dm_crypts);
	tcase_add_test(tc, small_sectors_are_dm_crypts);
	tcase_add_test(tc, a_discard_changes_nothing);
	tcase_add_test(tc, read_only_leaves_the_container_byte_for_byte);
	tcase_add_test(tc, the_last_bytes_of_a_volume_are_reached);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
