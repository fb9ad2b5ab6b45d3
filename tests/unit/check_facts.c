/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_facts.c - what a device says of itself is text, whatever it says
 */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "../../lib/base/json.h"
#include "../../lib/flow/medium/subject.h"
#include "../../lib/media/facts.h"

static const struct {
	const char *raw, *text;
} words[] = {
	{ "WD-1234 a", "WD-1234 a" },
	{ "", "" },
	{ "\xe6\x97\xa5\xf0\x9f\x92\xbe", "\xe6\x97\xa5\xf0\x9f\x92\xbe" },
	{ "A\xff" "B\x80", "A\\xffB\\x80" },
	{ "\xe6\x97", "\\xe6\\x97" }, /* cut off inside of a character */
	{ "\xc0\x80\xed\xa0\x80", "\\xc0\\x80\\xed\\xa0\\x80" }, /* overlong, a surrogate */
	{ "\x1b[2J\n\x7f", "\\x1b[2J\\x0a\\x7f" },
	{ "\xc2\x9b" "1m\xc2\xa0", "\\xc2\\x9b1m\xc2\xa0" }, /* C1 */
	{ "A\\xff", "A\\x5cxff" }, /* is not taken for the byte */
};

START_TEST(what_a_device_says_is_text)
{
	char *text = wv__facts_text(words[_i].raw);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, words[_i].text);
	ck_assert(wv__is_utf8(text, strlen(text)));
	free(text);
}
END_TEST

START_TEST(an_identity_takes_whatever_serial_there_is)
{
	char serial[300], path[] = "/dev/sdz";
	cleanup_doc struct wv_doc *identity = NULL;
	struct wv_device dev = { .kind = WV__DISK, .serial_origin = "device", .real_path = path, .path = path };

	for (size_t i = 0; i < sizeof(serial); i++)
		serial[i] = (char)(i % 255 + 1);
	serial[sizeof(serial) - 1] = '\0';
	dev.serial = wv__facts_text(serial);
	dev.model = wv__facts_text("\xfe");
	ck_assert_ptr_nonnull(dev.serial);
	ck_assert_ptr_nonnull(dev.model);
	ck_assert_msg(wv__identity(ctx, &dev, &identity) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_str_eq(wv_doc_str(identity, "model"), "\\xfe");
	ck_assert_int_eq(wv__identity_same(ctx, identity, &dev), 0);
	dev.serial[0] = 'x';
	ck_assert_int_eq(wv__identity_same(ctx, identity, &dev), -EPERM);
	free(dev.serial);
	free(dev.model);
}
END_TEST

START_TEST(without_memory_there_is_no_text)
{
	fault_after(0);
	ck_assert_ptr_null(wv__facts_text("x"));
	ck_assert(fault_fired());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("facts");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, what_a_device_says_is_text, 0, sizeof(words) / sizeof(*words));
	tcase_add_test(all, an_identity_takes_whatever_serial_there_is);
	tcase_add_test(all, without_memory_there_is_no_text);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
