/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_luks.c - the header, beside what stock cryptsetup says of it
 */
#include "volume.h"

#define CHEAP "--pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 1 --batch-mode"

static struct factors f;
static char *image;

static void setup(void)
{
	f = factors_with_uuid(TEST_UUID);
	image = make_image("volume.img", 32 * MiB);
	format_volume(image, &f);
}

static void digest(char ret[65])
{
	cleanup_luks struct wv__luks *luks = open_volume(image);

	ck_assert_int_eq(wv__luks_digest(ctx, luks, ret), 0);
}

START_TEST(stock_cryptsetup_reads_it)
{
	ck_assert_int_eq(sh("cryptsetup isLuks --type luks2 \"$1\"", image, NULL), 0);
	ck_assert_int_eq(sh("cryptsetup luksDump \"$1\" | grep -q 'Subsystem:.*workvol'", image, NULL), 0);
	ck_assert_int_eq(sh("cryptsetup luksDump \"$1\" | grep -q 'Label:.*take-out 7'", image, NULL), 0);
	ck_assert_int_eq(sh("cryptsetup luksDump \"$1\" | grep -q 'cipher: aes-xts-plain64'", image, NULL), 0);
	ck_assert_int_eq(sh("cryptsetup luksDump \"$1\" | grep -q 'sector: 4096'", image, NULL), 0);
	ck_assert_int_eq(sh("cryptsetup luksDump \"$1\" | grep -q 'PBKDF: *argon2id'", image, NULL), 0);
	ck_assert_int_eq(sh("cryptsetup luksDump \"$1\" | grep -q '0: workvol-2f'", image, NULL), 0);
	ck_assert_int_eq(sh("blkid -p \"$1\" | grep -q 'SUBSYSTEM=\"workvol\".*TYPE=\"crypto_LUKS\"'",
			    image, NULL),
			 0);
	ck_assert_int_eq(sh("cryptsetup luksUUID \"$1\" | grep -qx " TEST_UUID, image, NULL), 0);
}
END_TEST

START_TEST(stock_cryptsetup_opens_it_with_the_derived_passphrase_only)
{
	cleanup_free char *derived = secret_file("derived", f.derived);
	cleanup_free char *passphrase = secret_file("passphrase", f.passphrase);
	cleanup_free char *key = secret_file("key", f.key);
	const char *const open = "cryptsetup open --test-passphrase --key-file \"$2\" \"$1\"";

	ck_assert_int_eq(sh(open, image, derived), 0);
	ck_assert_int_ne(sh(open, image, passphrase), 0);
	ck_assert_int_ne(sh(open, image, key), 0);
	ck_assert_int_eq(sh("cryptsetup open --test-passphrase --key-file - \"$1\" <\"$2\"", image, derived), 0);
}
END_TEST

START_TEST(the_facts_are_those_of_the_format)
{
	cleanup_luks struct wv__luks *luks = open_volume(image);
	const struct wv__luks_info *info = wv__luks_info(luks);

	ck_assert_str_eq(info->uuid, TEST_UUID);
	ck_assert_str_eq(info->label, "take-out 7");
	ck_assert_uint_eq(info->data_offset, 16 * MiB);
	ck_assert_uint_eq(info->size, 16 * MiB);
	ck_assert_uint_eq(info->iv_offset, 0);
	ck_assert_uint_eq(info->sector_size, 4096);
}
END_TEST

START_TEST(a_size_that_is_no_multiple_of_4096_gets_small_sectors)
{
	cleanup_free char *odd = make_image("odd.img", 32 * MiB + 512);
	cleanup_luks struct wv__luks *luks = NULL;

	format_volume(odd, &f);
	luks = open_volume(odd);
	ck_assert_uint_eq(wv__luks_info(luks)->sector_size, 512);
	ck_assert_uint_eq(wv__luks_info(luks)->size, 16 * MiB + 512);
}
END_TEST

START_TEST(the_slots_tell_their_token)
{
	cleanup_luks struct wv__luks *luks = open_volume(image);
	struct wv__luks_slot slot;

	ck_assert_int_eq(wv__luks_slot(ctx, luks, 0, &slot), 0);
	ck_assert(slot.active && slot.two_factor);
	ck_assert_mem_eq(slot.salt, f.salt, WV__SALT_SIZE);
	ck_assert_str_eq(slot.key_id, f.key_id);
	for (int i = 1; i < WV__LUKS_SLOTS; i++) {
		ck_assert_int_eq(wv__luks_slot(ctx, luks, i, &slot), 0);
		ck_assert(!slot.active && !slot.two_factor);
	}
}
END_TEST

START_TEST(the_derived_passphrase_gives_the_key_that_cryptsetup_dumps)
{
	cleanup_luks struct wv__luks *luks = open_volume(image);
	cleanup_secret struct wv_secret *key = NULL;
	cleanup_free char *theirs = test_path("volume-key");
	char bytes[WV__VOLUME_KEY_SIZE + 1];
	int fd;

	free(secret_file("derived", f.derived));
	ck_assert_int_eq(wv__luks_opens(ctx, luks, 0, f.derived), 1);
	ck_assert_int_eq(wv__luks_opens(ctx, luks, 0, f.passphrase), 0);
	ck_assert_int_eq(wv__luks_volume_key(ctx, luks, 0, f.passphrase, &key), -EPERM);
	ck_assert_ptr_null(key);
	ck_assert_int_eq(wv__luks_volume_key(ctx, luks, 0, f.derived, &key), 0);
	ck_assert_int_eq(sh("rm -f \"$2\"; cryptsetup luksDump --batch-mode --dump-volume-key "
			    "--volume-key-file \"$2\" --key-file \"${2%/*}/derived\" \"$1\"",
			    image, theirs),
			 0);
	fd = open(theirs, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, bytes, sizeof(bytes)), WV__VOLUME_KEY_SIZE);
	close(fd);
	ck_assert_mem_eq(bytes, key->data, WV__VOLUME_KEY_SIZE);
}
END_TEST

START_TEST(the_header_digest_is_what_jq_makes_of_luksdump)
{
	cleanup_free char *theirs = sh_output(
		"cryptsetup luksDump --dump-json-metadata \"$1\" | jq -cSj --arg u " TEST_UUID
		" '{uuid: $u, segments, digests, tokens, keyslots: (.keyslots | "
		"map_values({kdf: (.kdf | del(.salt)), priority: (.priority // 1)}))}' | "
		"sha256sum | cut -c1-64",
		image);
	char ours[65];

	digest(ours);
	ck_assert_str_eq(ours, theirs);
}
END_TEST

START_TEST(the_header_digest_changes_with_a_slot_a_token_and_a_priority)
{
	cleanup_free char *derived = secret_file("derived", f.derived);
	static const char *const changes[] = {
		"printf x | cryptsetup luksAddKey " CHEAP " --key-file \"$2\" \"$1\" -",
		"cryptsetup config --priority prefer --key-slot 0 \"$1\"",
		"cryptsetup token remove --token-id 0 \"$1\"",
		"echo '{\"type\":\"x\",\"keyslots\":[]}' | cryptsetup token import --token-id 3 \"$1\"",
		"cryptsetup luksUUID -q --uuid 11234567-89ab-4def-8123-456789abcdef \"$1\"",
	};
	char before[65], after[65];

	digest(before);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		ck_assert_msg(sh(changes[i], image, derived) == 0, "case %zu", i);
		digest(after);
		ck_assert_msg(strcmp(before, after) != 0, "case %zu", i);
		memcpy(before, after, sizeof(before));
	}
}
END_TEST

START_TEST(the_header_digest_outlives_a_label_and_a_recovery_from_the_second_header)
{
	char before[65], after[65];

	digest(before);
	ck_assert_int_eq(sh("cryptsetup config --label other --subsystem workvol \"$1\"", image, NULL), 0);
	digest(after);
	ck_assert_str_eq(before, after);
	ck_assert_int_eq(sh("dd if=/dev/zero of=\"$1\" bs=4096 count=1 conv=notrunc", image, NULL), 0);
	digest(after);
	ck_assert_str_eq(before, after);
	ck_assert_int_eq(sh("head -c 4 \"$1\" | grep -q LUKS", image, NULL), 0);
}
END_TEST

START_TEST(what_is_not_one_of_our_volumes_is_refused)
{
	static const char *const others[] = {
		"printf x | cryptsetup luksFormat --type luks2 " CHEAP " \"$1\" -",
		"printf x | cryptsetup luksFormat --type luks2 --subsystem workvol --cipher "
		"aes-cbc-essiv:sha256 --key-size 256 " CHEAP " \"$1\" -",
		"printf x | cryptsetup luksFormat --type luks2 --subsystem workvol --key-size 256 " CHEAP
		" \"$1\" -",
		"printf x | cryptsetup luksFormat --type luks2 --subsystem workvol --cipher aes-xts-plain64 "
		"--key-size 512 --keyslot-cipher aes-cbc-essiv:sha256 --keyslot-key-size 256 " CHEAP
		" \"$1\" -",
	};
	struct wv__luks *luks = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		cleanup_free char *other = make_image("other.img", 32 * MiB);

		ck_assert_msg(sh(others[i], other, NULL) == 0, "case %zu", i);
		ck_assert_msg(wv__luks_open(ctx, other, &luks) == -EBADMSG, "case %zu: %s", i,
			      wv_ctx_error(ctx));
		ck_assert_ptr_null(luks);
	}
}
END_TEST

START_TEST(no_volume_is_enodata_and_a_small_file_enospc)
{
	cleanup_free char *empty = make_image("empty.img", 32 * MiB);
	cleanup_free char *small = make_image("small.img", 16 * MiB);
	const struct wv__luks_params params = cheap_params(&f);
	struct wv__luks *luks = NULL;

	ck_assert_int_eq(wv__luks_open(ctx, empty, &luks), -ENODATA);
	ck_error_has("empty.img");
	ck_assert_int_eq(wv__luks_open(ctx, "/nonexistent", &luks), -ENOENT);
	ck_assert_int_eq(wv__luks_open(ctx, "/dev/null", &luks), -ENOTBLK);
	ck_assert_int_eq(wv__luks_format(ctx, small, &params, f.derived), -ENOSPC);
}
END_TEST

START_TEST(a_descriptor_names_the_medium)
{
	const int fd = open(image, O_RDWR | O_CLOEXEC);
	char path[32];
	struct wv__luks *luks = NULL;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	format_volume(path, &f);
	luks = open_volume(path);
	ck_assert_int_eq(wv__luks_opens(ctx, luks, 0, f.derived), 1);
	wv__luks_free(luks);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(ftruncate(fd, 32 * MiB), 0);
	ck_assert_int_eq(wv__luks_open(ctx, path, &luks), -ENODATA);
	ck_error_has("volume.img");
	close(fd);
}
END_TEST

START_TEST(open_survives_every_failure)
{
	const int fds = open_fds();
	struct wv__luks *luks = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__luks_open(ctx, image, &luks);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(luks);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
	wv__luks_free(luks);
}
END_TEST

START_TEST(format_survives_every_failure)
{
	const struct wv__luks_params params = cheap_params(&f);
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__luks_format(ctx, image, &params, f.derived);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("luks");
	TCase *tc = tcase_create("luks");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, stock_cryptsetup_reads_it);
	tcase_add_test(tc, stock_cryptsetup_opens_it_with_the_derived_passphrase_only);
	tcase_add_test(tc, the_facts_are_those_of_the_format);
	tcase_add_test(tc, a_size_that_is_no_multiple_of_4096_gets_small_sectors);
	tcase_add_test(tc, the_slots_tell_their_token);
	tcase_add_test(tc, the_derived_passphrase_gives_the_key_that_cryptsetup_dumps);
	tcase_add_test(tc, the_header_digest_is_what_jq_makes_of_luksdump);
	tcase_add_test(tc, the_header_digest_changes_with_a_slot_a_token_and_a_priority);
	tcase_add_test(tc, the_header_digest_outlives_a_label_and_a_recovery_from_the_second_header);
	tcase_add_test(tc, what_is_not_one_of_our_volumes_is_refused);
	tcase_add_test(tc, no_volume_is_enodata_and_a_small_file_enospc);
	tcase_add_test(tc, a_descriptor_names_the_medium);
	tcase_add_test(tc, open_survives_every_failure);
	tcase_add_test(tc, format_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
