/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_listing.c - what a person must see of a disk before saying yes
 *
 * alone: the list opens every loop of the machine, and those of others would end late
 */
#include <errno.h>
#include <string.h>

#include "../../lib/media/listing.h"
#include "support.h"
#include "support_media.h"

static char *image, *loop;

static void setup(void)
{
	image = make_image("image", 16 << 20);
	loop = loop_attach(image, 0, false);
}

static void teardown(void)
{
	loop_detach(loop);
	free(loop);
	free(image);
}

START_TEST(a_description_has_every_member)
{
	struct wv_doc *doc, *item;

	run("mkfs.ext4 -q -F -L name %s", loop);
	ck_assert_int_eq(wv_device_describe(ctx, loop, &doc), 0);
	ck_assert_str_eq(wv_doc_str(doc, "path"), loop);
	ck_assert_str_eq(wv_doc_str(doc, "kind"), "loop");
	ck_assert_str_eq(wv_doc_str(doc, "serial"), strrchr(loop, '/') + 1);
	ck_assert_str_eq(wv_doc_str(doc, "serial_origin"), "kernel");
	ck_assert_str_eq(wv_doc_str(doc, "media"), "file");
	ck_assert_uint_eq(wv_doc_u64(doc, "size"), 16 << 20);
	ck_assert_ptr_null(wv_doc_str(doc, "model"));
	ck_assert_ptr_null(wv_doc_str(doc, "refused"));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(doc, "contents")), 1);
	item = wv_doc_at(wv_doc_get(doc, "contents"), 0);
	ck_assert_str_eq(wv_doc_str(item, "where"), "whole");
	ck_assert_str_eq(wv_doc_str(item, "type"), "ext4");
	ck_assert_str_eq(wv_doc_str(item, "label"), "name");
	wv_doc_free(doc);
}
END_TEST

START_TEST(the_list_has_the_loop_and_why_it_may_not_be_touched)
{
	char *upper = loop_attach(loop, 0, false);
	struct wv_doc *list, *found = NULL;
	size_t i;

	ck_assert_int_eq(wv_device_list(ctx, &list), 0);
	for (i = 0; i < wv_doc_count(list); i++)
		if (!strcmp(wv_doc_str(wv_doc_at(list, i), "path"), loop))
			found = wv_doc_at(list, i);
	ck_assert_ptr_nonnull(found);
	ck_assert_ptr_nonnull(strstr(wv_doc_str(found, "refused"), "backs /dev/loop"));
	wv_doc_free(list);
	loop_detach(upper);
	free(upper);
}
END_TEST

static int not_now(struct wv_ctx *c, const char *path)
{
	return wv__fail(c, -EBUSY, "%s is not read now", path);
}

START_TEST(what_may_not_be_read_is_not_opened)
{
	struct wv_doc *doc;

	ck_assert_int_eq(wv__device_describe(ctx, "/nowhere", not_now, &doc), 0);
	ck_assert_str_eq(wv_doc_str(doc, "path"), "/nowhere");
	ck_assert_str_eq(wv_doc_str(doc, "refused"), "/nowhere is not read now");
	ck_assert_ptr_null(wv_doc_get(doc, "contents"));
	wv_doc_free(doc);
}
END_TEST

START_TEST(describing_survives_every_failure)
{
	const int fds = open_fds();
	struct wv_doc *doc = NULL;
	int n, r;

	for (n = 0;; n += 1 + n / 8) { /* the calls grow with the processes of the machine */
		fault_after(n);
		r = wv_device_describe(ctx, loop, &doc);
		if (!fault_fired())
			break;
		if (r == 0) { /* a loop that cannot be asked is known by its path */
			ck_assert_ptr_null(wv_doc_str(doc, "refused"));
			wv_doc_free(doc);
			doc = NULL;
		}
		ck_assert_ptr_null(doc);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	wv_doc_free(doc);
}
END_TEST

static Suite *listing_suite(void)
{
	Suite *suite = suite_create("listing");
	TCase *tc = tcase_create("listing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_description_has_every_member);
	tcase_add_test(tc, the_list_has_the_loop_and_why_it_may_not_be_touched);
	tcase_add_test(tc, what_may_not_be_read_is_not_opened);
	tcase_add_test(tc, describing_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(listing_suite());
}
