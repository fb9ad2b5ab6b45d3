/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gate.c - two factors, and nothing less
 */
#include "../../lib/volume/gate.h"
#include "volume.h"

#define CHEAP "--pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 1 --batch-mode"
#define ADD_KEY "cryptsetup luksAddKey " CHEAP " --key-file \"${2%/*}/derived\" \"$1\" \"$2\""

static struct factors f;
static char *image;

static void setup(void)
{
	f = factors_new();
	image = make_image("volume.img", 32 * MiB);
	format_volume(image, &f);
	free(secret_file("derived", f.derived));
}

static int gate(const struct wv_secret *key, const struct wv_secret *passphrase, int recovery_slot)
{
	cleanup_luks struct wv__luks *luks = open_volume(image);
	cleanup_secret struct wv_secret *volume_key = NULL;
	const int r = wv__gate(ctx, luks, key, passphrase, recovery_slot, &volume_key);

	ck_assert_int_eq(volume_key != NULL, r == 0);
	return r;
}

static void add_slot(const struct wv_secret *opener)
{
	cleanup_free char *file = secret_file("opener", opener);

	ck_assert_int_eq(sh(ADD_KEY, image, file), 0);
}

/* Slot 1 gets a token of its own that looks right. */
static void bind_slot_1(void)
{
	ck_assert_int_eq(sh("cryptsetup token export --token-id 0 \"$1\" | "
			    "jq -c '.keyslots = [\"1\"]' | cryptsetup token import \"$1\"",
			    image, NULL),
			 0);
}

START_TEST(both_factors_pass_and_give_the_volume_key)
{
	ck_assert_msg(gate(f.key, f.passphrase, -1) == 0, "%s", wv_ctx_error(ctx));
}
END_TEST

START_TEST(a_wrong_factor_is_refused)
{
	cleanup_secret struct wv_secret *wrong = secret("another", 7);
	struct factors other = factors_new();

	ck_assert_int_eq(gate(f.key, wrong, -1), -EPERM);
	ck_error_has("do not open");
	ck_assert_int_eq(gate(other.key, f.passphrase, -1), -EPERM);
	ck_error_has("wants key file");
	factors_free(&other);
}
END_TEST

START_TEST(a_keyslot_without_a_token_is_found)
{
	cleanup_secret struct wv_secret *backdoor = secret("back door", 9);

	add_slot(backdoor);
	ck_assert_int_eq(gate(f.key, f.passphrase, -1), -EBADMSG);
	ck_error_has("keyslot 1");
}
END_TEST

START_TEST(a_keyslot_with_two_tokens_is_found)
{
	ck_assert_int_eq(sh("cryptsetup token export --token-id 0 \"$1\" | cryptsetup token import \"$1\"",
			    image, NULL),
			 0);
	ck_assert_int_eq(gate(f.key, f.passphrase, -1), -EBADMSG);
	ck_error_has("exactly one");
}
END_TEST

START_TEST(a_keyslot_whose_token_lies_is_found)
{
	cleanup_secret struct wv_secret *backdoor = secret("back door", 9);

	add_slot(backdoor);
	bind_slot_1();
	ck_assert_int_eq(gate(f.key, f.passphrase, -1), -EPERM);
}
END_TEST

START_TEST(each_factor_alone_is_tried_on_every_slot)
{
	cleanup_secret struct wv_secret *text = NULL;
	cleanup_secret struct wv_secret *line = secret(TEST_PASSPHRASE "\n", strlen(TEST_PASSPHRASE) + 1);
	cleanup_secret struct wv_secret *base64 = NULL;
	struct {
		const char *said;
		const struct wv_secret *opener;
	} cases[5];

	ck_assert_int_eq(wv__factor_text(ctx, f.key, &text), 0);
	base64 = secret(text->data + strlen("workvol key file 1\n"), 44);
	cases[0].said = "the passphrase alone", cases[0].opener = f.passphrase;
	cases[1].said = "the passphrase and a newline", cases[1].opener = line;
	cases[2].said = "the key file's key alone", cases[2].opener = f.key;
	cases[3].said = "the key file's base64 alone", cases[3].opener = base64;
	cases[4].said = "the key file alone", cases[4].opener = text;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		format_volume(image, &f);
		add_slot(cases[i].opener);
		/* as the recovery slot, where no token hides it from the attempts */
		ck_assert_msg(gate(f.key, f.passphrase, 1) == -EBADMSG, "%s", cases[i].said);
		ck_error_has(cases[i].said);
		ck_error_has("keyslot 1");
	}
}
END_TEST

START_TEST(a_recovery_slot_passes_when_it_is_named_only)
{
	cleanup_secret struct wv_secret *recovery = secret("escrowed", 8);

	add_slot(recovery);
	ck_assert_int_eq(gate(f.key, f.passphrase, 1), 0);
	ck_assert_int_eq(gate(f.key, f.passphrase, 2), -EBADMSG);
	ck_assert_int_eq(gate(f.key, f.passphrase, 0), -EBADMSG);
}
END_TEST

START_TEST(an_unbound_keyslot_is_found)
{
	cleanup_free char *file = secret_file("unbound", f.passphrase);

	ck_assert_int_eq(sh("cryptsetup luksAddKey --unbound --key-size 512 --new-key-slot 7 --key-slot 7 " CHEAP
			    " \"$1\" \"$2\"",
			    image, file),
			 0);
	ck_assert_int_eq(gate(f.key, f.passphrase, -1), -EBADMSG);
	ck_error_has("keyslot 7");
}
END_TEST

START_TEST(without_a_keyslot_nothing_passes)
{
	ck_assert_int_eq(sh("cryptsetup luksErase --batch-mode \"$1\"", image, NULL), 0);
	ck_assert_int_eq(gate(f.key, f.passphrase, -1), -EBADMSG);
}
END_TEST

START_TEST(it_survives_every_failure)
{
	cleanup_luks struct wv__luks *luks = open_volume(image);
	const int fds = open_fds();
	struct wv_secret *volume_key = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__gate(ctx, luks, f.key, f.passphrase, -1, &volume_key);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(volume_key);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv_secret_free(volume_key);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("gate");
	TCase *tc = tcase_create("gate");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, both_factors_pass_and_give_the_volume_key);
	tcase_add_test(tc, a_wrong_factor_is_refused);
	tcase_add_test(tc, a_keyslot_without_a_token_is_found);
	tcase_add_test(tc, a_keyslot_with_two_tokens_is_found);
	tcase_add_test(tc, a_keyslot_whose_token_lies_is_found);
	tcase_add_test(tc, each_factor_alone_is_tried_on_every_slot);
	tcase_add_test(tc, a_recovery_slot_passes_when_it_is_named_only);
	tcase_add_test(tc, an_unbound_keyslot_is_found);
	tcase_add_test(tc, without_a_keyslot_nothing_passes);
	tcase_add_test(tc, it_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
