/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_login.c - how a machine logs people in is read from its settings
 */
#include "fake_root.h"
#include "../../lib/host/host.h"

static void ck_text(struct wv_doc *doc, const char *text)
{
	cleanup_free char *found = wv_doc_text(doc);

	ck_assert_str_eq(found, text);
}

static const char *machine(void)
{
	const char *root = fake_root();

	put(root, "/etc/pam.d/login", "#%PAM-1.0\nauth optional pam_faildelay.so delay=3\n@include common-auth\n"
				      "session required pam_limits.so\n");
	put(root, "/etc/pam.d/common-auth", "auth [success=1 default=ignore] pam_unix.so nullok # first\n"
					    "-auth required /lib/security/pam_u2f.so cue\n");
	put(root, "/etc/pam.d/xdm", "@include xdm\n");
	put(root, "/etc/pam.d/sshd", "auth substack password-auth\n");
	put(root, "/etc/pam.d/password-auth", "auth sufficient pam_yubico.so\nauth required pam_unix.so\n");
	put(root, "/etc/pam.d/sddm", "auth required pam_unix.so\nauth\nauth required\n@include ../../etc/passwd\n");
	put(root, "/etc/passwd", "a:x:1000:1000:A:/home/a:/bin/bash\n");
	put(root, "/home/a/.config/Yubico/u2f_keys", "a:KH,PK,es256,+presence\n");
	put(root, "/etc/u2f_mappings", "\n# none\n");
	put(root, "/sys/class/tpm/tpm0/tpm_version_major", "2\n");
	put(root, "/etc/crypttab", "root UUID=1 none luks,tpm2-device=auto\nswap /dev/sda3 /dev/urandom swap\n"
				   "data UUID=2 - fido2-device=auto\n");
	return root;
}

START_TEST(stacks_keys_tpm_and_what_opens_the_disks)
{
	cleanup_doc struct wv_doc *login = NULL;

	ck_assert_msg(wv__login(ctx, machine(), &login) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(login, "services")), 3);
	ck_text(wv_doc_at(wv_doc_get(login, "services"), 0),
		"{\"auth\":[\"optional pam_faildelay\",\"[success=1 default=ignore] pam_unix\",\"required pam_u2f\"],"
		"\"second_factor\":\"required\",\"service\":\"login\"}");
	ck_text(wv_doc_at(wv_doc_get(login, "services"), 1),
		"{\"auth\":[\"sufficient pam_yubico\",\"required pam_unix\"],\"second_factor\":\"optional\","
		"\"service\":\"sshd\"}");
	ck_text(wv_doc_at(wv_doc_get(login, "services"), 2),
		"{\"auth\":[\"required pam_unix\"],\"second_factor\":\"none\",\"service\":\"sddm\"}");
	ck_text(wv_doc_get(login, "token_files"),
		"[{\"lines\":1,\"path\":\"/home/a/.config/Yubico/u2f_keys\"}]");
	ck_text(wv_doc_get(login, "unlock"),
		"[{\"by\":\"tpm2\",\"name\":\"root\"},{\"by\":\"fido2\",\"name\":\"data\"}]");
	ck_assert_str_eq(wv_doc_str(login, "tpm"), "2");
}
END_TEST

START_TEST(a_machine_that_tells_nothing)
{
	cleanup_doc struct wv_doc *login = NULL;

	ck_assert_int_eq(wv__login(ctx, fake_root(), &login), 0);
	ck_text(login, "{\"services\":[],\"token_files\":[],\"tpm\":null,\"unlock\":[]}");
}
END_TEST

/* It is no second factor of those who never got a token. */
START_TEST(a_token_that_can_be_gone_without_is_optional)
{
	static const struct {
		const char *line, *factor;
	} rows[] = {
		{ "auth required pam_u2f.so cue nouserok\n", "optional" },
		{ "auth requisite pam_google_authenticator.so nullok no_increment_hotp\n", "optional" },
		{ "auth required pam_u2f.so cue authfile=/etc/nullok\n", "required" },
		{ "auth required pam_u2f.so nouserok\nauth required pam_oath.so\n", "required" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *root = fake_root();
		cleanup_doc struct wv_doc *login = NULL;
		const char *factor;

		put(root, "/etc/pam.d/login", rows[i].line);
		ck_assert_int_eq(wv__login(ctx, root, &login), 0);
		factor = wv_doc_str(wv_doc_at(wv_doc_get(login, "services"), 0), "second_factor");
		ck_assert_msg(factor && strcmp(factor, rows[i].factor) == 0, "%s: %s", rows[i].line, factor);
	}
}
END_TEST

START_TEST(a_home_that_cannot_be_read_stops_nothing)
{
	const char *root = machine();
	cleanup_doc struct wv_doc *login = NULL;
	char name[512];

	put(root, "/etc/passwd", "m:x:1001:1001::/home/m:/bin/sh\na:x:1000:1000:A:/home/a:/bin/bash\n");
	put(root, "/home/m/.config/Yubico", NULL);
	snprintf(name, sizeof(name), "%s/home/m/.config/Yubico/u2f_keys", root);
	ck_assert_int_eq(symlink("u2f_keys", name), 0);
	ck_assert_msg(wv__login(ctx, root, &login) == 0, "%s", wv_ctx_error(ctx));
	ck_text(wv_doc_get(login, "token_files"),
		"[{\"lines\":1,\"path\":\"/home/a/.config/Yubico/u2f_keys\"}]");
}
END_TEST

START_TEST(reading_survives_every_failure)
{
	const char *root = machine();
	const int fds = open_fds();
	struct wv_doc *login = NULL;
	int n, r;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__login(ctx, root, &login);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		if (r == 0) { /* only the file in a home is passed over */
			ck_error_has("u2f_keys");
			ck_text(wv_doc_get(login, "token_files"), "[]");
			wv_doc_free(login);
			login = NULL;
		}
		ck_assert_ptr_null(login);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 40);
	wv_doc_free(login);
}
END_TEST

static Suite *login_suite(void)
{
	Suite *suite = suite_create("login");
	TCase *tc = tcase_create("login");

	tcase_add_test(tc, stacks_keys_tpm_and_what_opens_the_disks);
	tcase_add_test(tc, a_machine_that_tells_nothing);
	tcase_add_test(tc, a_token_that_can_be_gone_without_is_optional);
	tcase_add_test(tc, a_home_that_cannot_be_read_stops_nothing);
	tcase_add_test(tc, reading_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(login_suite());
}
