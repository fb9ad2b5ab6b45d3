/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sshsig.c - what an armoured SSHSIG says about itself
 */
#include <string.h>

#include "../../lib/base/util.h"
#include "../../lib/trust/sshsig.h"
#include "support.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"
/* Made by ssh-keygen -Y sign -n workvol-takeout of OpenSSH 9.2; its key was thrown away. */
#define BODY                                                                                       \
	"U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAggsNljChsuPljkXXjORnlXdkLxE\n"                 \
	"i+2+7gWsN83m+3yLwAAAAPd29ya3ZvbC10YWtlb3V0AAAAAAAAAAZzaGE1MTIAAABTAAAA\n"                 \
	"C3NzaC1lZDI1NTE5AAAAQFS6+SRNFs4UrWPo0X6jIN0UNeMN5crhlaQ/MbTPk0VHkDIAqj\n"                 \
	"QoSuWNUpEaP1cPZj5WGqaSVd53lu9SJ49igQg=\n"
#define SIG BEGIN BODY END

START_TEST(a_signature_names_its_key_and_its_namespace)
{
	cleanup_free char *key = NULL, *namespace = NULL;

	ck_assert_int_eq(wv__sshsig_parse(ctx, SIG, strlen(SIG), &key, &namespace), 0);
	ck_assert_str_eq(key,
			 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILDZYwobLj5Y5F14zkZ5V3ZC8RIvtvu4FrD"
			 "fN5vt8i8");
	ck_assert_str_eq(namespace, "workvol-takeout");
}
END_TEST

START_TEST(a_signature_cut_anywhere_is_none)
{
	char *key = NULL, *namespace = NULL;

	for (size_t len = 0; len < strlen(SIG); len++)
		ck_assert_int_eq(wv__sshsig_parse(ctx, SIG, len, &key, &namespace), -EBADMSG);
	ck_assert_ptr_null(key);
	ck_assert_ptr_null(namespace);
}
END_TEST

START_TEST(what_is_no_signature_is_refused)
{
	static const char *const bad[] = {
		"",
		BEGIN END,
		BEGIN "AAAA\n" END,
		BEGIN BODY "AAAA\n" END,
		BEGIN BODY END "\n",
		"\n" SIG,
		/* version 2 */
		BEGIN
		"U1NIU0lHAAAAAgAAADMAAAALc3NoLWVkMjU1MTkAAAAggsNljChsuPljkXXjORnlXdkLxE\n" END,
		/* lengths that reach past the end */
		BEGIN "U1NIU0lHAAAAAf////8AAAALc3NoLWVkMjU1MTkA\n" END,
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *key = NULL, *namespace = NULL;

		ck_assert_int_eq(wv__sshsig_parse(ctx, bad[i], strlen(bad[i]), &key, &namespace),
				 -EBADMSG);
		ck_assert_ptr_null(key);
	}
}
END_TEST

START_TEST(reading_survives_every_failure)
{
	char *key = NULL, *namespace = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__sshsig_parse(ctx, SIG, strlen(SIG), &key, &namespace);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(key);
		ck_assert_ptr_null(namespace);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
	free(key);
	free(namespace);
}
END_TEST

static Suite *sshsig_suite(void)
{
	Suite *suite = suite_create("sshsig");
	TCase *sshsig = tcase_create("sshsig");

	tcase_add_test(sshsig, a_signature_names_its_key_and_its_namespace);
	tcase_add_test(sshsig, a_signature_cut_anywhere_is_none);
	tcase_add_test(sshsig, what_is_no_signature_is_refused);
	tcase_add_test(sshsig, reading_survives_every_failure);
	suite_add_tcase(suite, sshsig);
	return suite;
}

int main(void)
{
	return run_suite(sshsig_suite());
}
