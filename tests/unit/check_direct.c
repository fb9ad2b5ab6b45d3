/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_direct.c - past the page cache, and what a medium is called
 */
#include "../../lib/volume/direct.h"
#include "volume.h"

START_TEST(a_file_is_opened_past_the_page_cache_or_says_that_it_is_not)
{
	cleanup_free char *image = make_image("direct.img", MiB);
	bool direct = false;
	const int fd = wv__direct_open(image, O_RDWR, &direct);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((fcntl(fd, F_GETFL) & O_DIRECT) != 0, direct);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
	ck_assert_int_eq(wv__direct_open("/nonexistent", O_RDONLY, &direct), -ENOENT);
	/* procfs takes no O_DIRECT at all */
	ck_assert_int_ge(wv__direct_open("/proc/self/status", O_RDONLY, &direct), 0);
	ck_assert(!direct);
}
END_TEST

START_TEST(a_buffer_is_aligned)
{
	cleanup_free void *data = wv__direct_buffer(100);

	ck_assert_uint_eq((uintptr_t)data % WV__DIRECT_ALIGN, 0);
	fault_after(0);
	ck_assert_ptr_null(wv__direct_buffer(100));
	ck_assert(fault_fired());
}
END_TEST

START_TEST(a_descriptor_is_called_by_the_name_behind_it)
{
	cleanup_free char *image = make_image("named.img", MiB);
	const int fd = open(image, O_RDONLY | O_CLOEXEC);
	char path[32], name[256], small[8];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	wv__medium_name(path, name, sizeof(name));
	ck_assert_str_eq(name, image);
	wv__medium_name(path, small, sizeof(small));
	ck_assert_int_eq(strncmp(small, image, 7), 0);
	wv__medium_name("/dev/sdz", name, sizeof(name));
	ck_assert_str_eq(name, "/dev/sdz");
	close(fd);
	wv__medium_name(path, name, sizeof(name));
	ck_assert_str_eq(name, path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("direct");
	TCase *tc = tcase_create("direct");

	tcase_add_test(tc, a_file_is_opened_past_the_page_cache_or_says_that_it_is_not);
	tcase_add_test(tc, a_buffer_is_aligned);
	tcase_add_test(tc, a_descriptor_is_called_by_the_name_behind_it);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
