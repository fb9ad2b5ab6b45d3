/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_cloud.c - folders that a cloud service copies elsewhere are known
 */
#include "fake_root.h"
#include "../../lib/host/host.h"

static void ck_cloud(const char *root, const char *dir, const char *sentence)
{
	cleanup_free char *found = NULL;
	const int r = wv__cloud_folder(ctx, root, dir, &found);

	ck_assert_msg(r >= 0, "%s", wv_ctx_error(ctx));
	if (sentence)
		ck_assert_msg(r == 1 && strcmp(found, sentence) == 0, "%s: %s", dir, found ? found : "none");
	else
		ck_assert_msg(r == 0, "%s: %s", dir, found);
}

START_TEST(a_folder_is_known_by_its_name)
{
	const char *root = fake_root();

	ck_cloud(root, "/home/a/Dropbox/x/y", "/home/a/Dropbox is a folder of Dropbox");
	ck_cloud(root, "/home/a/OneDrive - Contoso", "/home/a/OneDrive - Contoso is a folder of OneDrive");
	ck_cloud(root, "/home/a/Google Drive/My", "/home/a/Google Drive is a folder of Google Drive");
	ck_cloud(root, "/Users/a/Library/Mobile Documents/com~apple~CloudDocs/b",
		 "/Users/a/Library/Mobile Documents/com~apple~CloudDocs is a folder of iCloud");
	ck_cloud(root, "/home/a/Dropboxes", NULL);
	ck_cloud(root, "/home/a/work", NULL);
	ck_cloud(root, "/", NULL);
}
END_TEST

START_TEST(a_folder_is_known_by_what_its_program_leaves_in_it)
{
	const char *root = fake_root();

	put(root, "/home/a/files/.sync_0123abcd.db", "x");
	put(root, "/home/a/share/.stfolder", NULL);
	put(root, "/home/a/.dropbox/info.json", "{}");
	put(root, "/home/a/work", NULL);
	ck_cloud(root, "/home/a/files/deep/er", "/home/a/files is a folder of Nextcloud or ownCloud");
	ck_cloud(root, "/home/a/share", "/home/a/share is a folder of Syncthing");
	ck_cloud(root, "/home/a/work", NULL);
}
END_TEST

START_TEST(a_folder_is_known_by_a_programs_settings)
{
	const char *root = fake_root();

	put(root, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nd:x:2:2::/home/d:/bin/sh\n"
				 "a:x:1000:1000:A:/home/a:/bin/bash\nbad line\n");
	put(root, "/home/a/.dropbox/info.json", "{\"personal\": {\"path\": \"/srv/box\", \"host\": 1}}");
	put(root, "/home/a/.config/onedrive/config", "sync_dir = \"~/one\"\n");
	put(root, "/home/a/.config/Nextcloud/nextcloud.cfg",
	    "0\\Folders\\1\\localPath=/home/a/nc/\n0\\Folders\\2\\localPath=/srv/nc2/\n");
	put(root, "/home/d/.config/onedrive/config", "sync_dir = \"~/one\"\n"); /* no person */
	ck_cloud(root, "/srv/box/a", "/srv/box is a folder of Dropbox");
	ck_cloud(root, "/home/a/one", "/home/a/one is a folder of OneDrive");
	ck_cloud(root, "/home/a/nc/deep", "/home/a/nc is a folder of Nextcloud");
	ck_cloud(root, "/srv/nc2", "/srv/nc2 is a folder of Nextcloud");
	ck_cloud(root, "/srv/nc23", NULL);
	ck_cloud(root, "/home/d/one", NULL);
}
END_TEST

/* Other people's homes: a loop of links, a FIFO, a device, a file that is too long. The search goes on. */
START_TEST(what_lies_in_a_home_stops_nobody_else)
{
	const char *root = fake_root();
	char name[512];

	put(root, "/etc/passwd", "m:x:1001:1001::/home/m:/bin/sh\nn:x:1002:1002::/home/n:/bin/sh\n"
				 "a:x:1000:1000::/home/a:/bin/sh\n");
	put(root, "/home/m/.config/onedrive", NULL);
	put(root, "/home/m/.dropbox", NULL);
	put(root, "/home/n/.config/onedrive", NULL);
	put(root, "/home/n/.config/Nextcloud", NULL);
	put(root, "/home/a/.config/onedrive/config", "sync_dir = \"~/one\"\n");
	snprintf(name, sizeof(name), "%s/home/m/.config/onedrive/config", root);
	ck_assert_int_eq(symlink("config", name), 0);
	snprintf(name, sizeof(name), "%s/home/m/.dropbox/info.json", root);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	snprintf(name, sizeof(name), "%s/home/n/.config/onedrive/config", root);
	ck_assert_int_eq(symlink("/dev/full", name), 0);
	put(root, "/home/n/.config/Nextcloud/nextcloud.cfg", "");
	snprintf(name, sizeof(name), "%s/home/n/.config/Nextcloud/nextcloud.cfg", root);
	ck_assert_int_eq(truncate(name, 5 << 20), 0);
	ck_cloud(root, "/home/a/one/b", "/home/a/one is a folder of OneDrive");
	ck_cloud(root, "/home/a/two", NULL);
}
END_TEST

START_TEST(looking_survives_every_failure)
{
	const char *root = fake_root();
	const int fds = open_fds();
	char *found = NULL;
	int n, r;

	put(root, "/etc/passwd", "a:x:1000:1000:A:/home/a:/bin/bash\n");
	put(root, "/home/a/.config/onedrive/config", "sync_dir = \"~/one\"\n");
	put(root, "/home/a/one", NULL);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__cloud_folder(ctx, root, "/home/a/one", &found);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		if (r > 0) /* what a folder holds is a hint among others */
			free(found);
		else if (r == 0) /* and so is what a home holds */
			ck_error_has("cannot ");
		found = NULL;
	}
	ck_assert_int_eq(r, 1);
	ck_assert_int_ge(n, 5);
	free(found);
}
END_TEST

static Suite *cloud_suite(void)
{
	Suite *suite = suite_create("cloud");
	TCase *tc = tcase_create("cloud");

	tcase_add_test(tc, a_folder_is_known_by_its_name);
	tcase_add_test(tc, a_folder_is_known_by_what_its_program_leaves_in_it);
	tcase_add_test(tc, a_folder_is_known_by_a_programs_settings);
	tcase_add_test(tc, what_lies_in_a_home_stops_nobody_else);
	tcase_add_test(tc, looking_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(cloud_suite());
}
