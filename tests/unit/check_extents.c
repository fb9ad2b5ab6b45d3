/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_extents.c - where a file lies, and when that cannot be relied on
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/extents.h"

static char *image, *loop, *dir, *file;

/* A file system of that kind at dir, with a fully written file of 4 MiB. */
static void make(const char *mkfs, const char *type, const char *options)
{
	char name[32];

	snprintf(name, sizeof(name), "image-%d", getpid());
	image = make_image(name, 400 << 20);
	loop = loop_attach(image, 0, false);
	run("%s %s", mkfs, loop);
	dir = test_path("mnt");
	mkdir(dir, 0700);
	ck_assert_int_eq(mount(loop, dir, type, 0, options), 0);
	file = test_path("mnt/container");
	run("head -c 4194304 /dev/urandom >%s", file);
}

static void done(void)
{
	umount2(dir, MNT_DETACH);
	loop_detach(loop);
	free(file);
	free(dir);
	free(loop);
	free(image);
}

static const char *objection(struct wv__extents *extents)
{
	const int fd = open(file, O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	fsync(fd);
	memset(extents, 0, sizeof(*extents));
	ck_assert_msg(wv__extents_read(ctx, fd, file, extents) == 0, "%s", wv_ctx_error(ctx));
	close(fd);
	return wv__extents_objection(extents);
}

START_TEST(ranges_on_ext4_add_up_to_the_file_and_survive_rewriting_it)
{
	struct wv__extents before, after;
	char *one, *two;
	uint64_t sum = 0;
	size_t i;

	make("mkfs.ext4 -q -F", "ext4", "");
	ck_assert_ptr_null(objection(&before));
	for (i = 0; i < wv_doc_count(before.ranges); i++)
		sum += wv_doc_u64(wv_doc_at(before.ranges, i), "length");
	ck_assert_uint_eq(sum, 4 << 20);
	run("dd if=/dev/zero of=%s bs=64k count=64 conv=notrunc,fsync status=none", file);
	ck_assert_ptr_null(objection(&after));
	one = wv_doc_text(before.ranges);
	two = wv_doc_text(after.ranges);
	ck_assert_str_eq(one, two);
	free(one);
	free(two);
	wv__extents_clear(&before);
	wv__extents_clear(&after);
	done();
}
END_TEST

START_TEST(data_journal_is_objected_to)
{
	struct wv__extents extents;

	make("mkfs.ext4 -q -F", "ext4", "data=journal");
	ck_assert_ptr_nonnull(strstr(objection(&extents), "data=journal"));
	wv__extents_clear(&extents);
	done();
}
END_TEST

START_TEST(a_sparse_file_is_objected_to)
{
	struct wv__extents extents;

	make("mkfs.ext4 -q -F", "ext4", "");
	run("fallocate -p -o 1M -l 1M %s", file);
	ck_assert_str_eq(objection(&extents), "is not fully written");
	wv__extents_clear(&extents);
	run("rm %s && truncate -s 1M %s", file, file);
	ck_assert_str_eq(objection(&extents), "is not fully written");
	ck_assert_uint_eq(wv_doc_count(extents.ranges), 0);
	wv__extents_clear(&extents);
	done();
}
END_TEST

START_TEST(shared_blocks_on_xfs_are_objected_to)
{
	struct wv__extents extents;

	make("mkfs.xfs -q -f -m reflink=1", "xfs", "");
	ck_assert_ptr_null(objection(&extents));
	ck_assert_str_eq(extents.fs, "xfs");
	wv__extents_clear(&extents);
	run("cp --reflink=always %s %s.copy", file, file);
	ck_assert_str_eq(objection(&extents), "shares blocks with another file");
	wv__extents_clear(&extents);
	done();
}
END_TEST

START_TEST(tmpfs_is_objected_to)
{
	struct wv__extents extents;

	dir = test_path("tmpfs");
	mkdir(dir, 0700);
	ck_assert_int_eq(mount("tmpfs", dir, "tmpfs", 0, ""), 0);
	file = test_path("tmpfs/file");
	run("head -c 65536 /dev/urandom >%s", file);
	ck_assert_str_eq(objection(&extents), "is on tmpfs");
	ck_assert_ptr_null(extents.ranges);
	umount2(dir, MNT_DETACH);
	free(file);
	free(dir);
}
END_TEST

START_TEST(reading_survives_every_failure)
{
	struct wv__extents extents = { 0 };
	int n, r, fds, fd;

	make("mkfs.ext4 -q -F", "ext4", "");
	fd = open(file, O_RDWR | O_CLOEXEC);
	fsync(fd);
	fds = open_fds();
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__extents_read(ctx, fd, file, &extents);
		if (!fault_fired())
			break;
		ck_assert_msg(r < 0, "at call %d", n);
		ck_assert_ptr_null(extents.ranges);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv__extents_clear(&extents);
	close(fd);
	done();
}
END_TEST

static Suite *extents_suite(void)
{
	Suite *suite = suite_create("extents");
	TCase *tc = tcase_create("extents");

	tcase_add_test(tc, ranges_on_ext4_add_up_to_the_file_and_survive_rewriting_it);
	tcase_add_test(tc, data_journal_is_objected_to);
	tcase_add_test(tc, a_sparse_file_is_objected_to);
	tcase_add_test(tc, shared_blocks_on_xfs_are_objected_to);
	tcase_add_test(tc, tmpfs_is_objected_to);
	tcase_add_test(tc, reading_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(extents_suite());
}
