/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_destroy.c - key destruction, and that nothing brings the volume back
 */
#include <signal.h>
#include <time.h>

#include "../../lib/base/json.h"
#include "../../lib/volume/destroy.h"
#include "mapping.h"

#define OFFSET (16 * MiB)

static struct factors f;
static char *image;
static const unsigned char pattern[32] = "the recorded key of the pattern";

static void setup(void)
{
	f = factors_new();
	image = make_image("volume.img", 32 * MiB);
	format_volume(image, &f);
}

static struct wv_device *device(const char *path)
{
	struct wv_device *dev = NULL;

	ck_assert_msg(wv__device_open(ctx, path, WV__DEV_RDONLY, &dev) == 0, "%s", wv_ctx_error(ctx));
	return dev;
}

static struct wv_doc *destroy(const char *path)
{
	cleanup_device struct wv_device *dev = device(path);
	struct wv_doc *proof = NULL;

	ck_assert_msg(wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof) == 0, "%s",
		      wv_ctx_error(ctx));
	return proof;
}

static int check(const char *path, const unsigned char key[32])
{
	cleanup_device struct wv_device *dev = device(path);

	return wv__keys_destroyed_check(ctx, dev, key, OFFSET);
}

static uint64_t matching(void)
{
	cleanup_device struct wv_device *dev = device(image);
	uint64_t bytes = 0;

	ck_assert_int_eq(wv__destroy_matching(ctx, dev, pattern, OFFSET, &bytes), 0);
	return bytes;
}

START_TEST(nothing_brings_the_volume_back)
{
	cleanup_free char *derived = secret_file("derived", f.derived);
	cleanup_doc struct wv_doc *proof = NULL;

	ck_assert_int_eq(sh("cryptsetup open --test-passphrase --key-file \"$2\" \"$1\"", image, derived), 0);
	proof = destroy(image);
	ck_assert_int_ne(sh("cryptsetup isLuks \"$1\"", image, NULL), 0);
	ck_assert_int_ne(sh("cryptsetup repair --batch-mode \"$1\"", image, NULL), 0);
	ck_assert_int_ne(sh("cryptsetup isLuks \"$1\"", image, NULL), 0);
	ck_assert_int_ne(sh("cryptsetup open --test-passphrase --key-file \"$2\" \"$1\"", image, derived), 0);
	ck_assert_int_eq(sh("[ -z \"$(blkid -p \"$1\")\" ]", image, NULL), 0);
	ck_assert_int_ne(sh("grep -aq 'SKUL\\|LUKS\\|workvol\\|aes-xts' \"$1\"", image, NULL), 0);
}
END_TEST

START_TEST(the_proof_says_what_was_done)
{
	cleanup_doc struct wv_doc *proof = destroy(image);
	cleanup_free char *sum = sh_output("head -c 16777216 \"$1\" | sha256sum | cut -c1-64", image);
	char key[65];

	wv__hex(pattern, sizeof(pattern), key);
	ck_assert_uint_eq(wv_doc_u64(proof, "data_offset"), OFFSET);
	ck_assert_str_eq(wv_doc_str(proof, "pattern_key"), key);
	ck_assert_str_eq(wv_doc_str(proof, "sha256"), sum);
	ck_assert_uint_eq(wv_doc_u64(proof, "slots_destroyed"), 1);
	ck_assert(wv_doc_bool(proof, "read_back") && wv_doc_bool(proof, "factors_fail"));
	ck_assert_str_eq(wv_doc_str(proof, "probe"), "nothing");
	ck_assert_int_eq(sh("cmp -i 16777216 -n 16777216 \"$1\" /dev/zero", image, NULL), 0);
}
END_TEST

START_TEST(the_medium_is_known_again_by_its_pattern_only)
{
	static const unsigned char other[32] = "another key";
	int fd;

	ck_assert_int_eq(check(image, pattern), -EBADMSG);
	wv_doc_free(destroy(image));
	ck_assert_int_eq(check(image, pattern), 0);
	ck_assert_int_eq(check(image, other), -EBADMSG);
	fd = open(image, O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, "?", 1, 5000000), 1);
	close(fd);
	ck_assert_int_eq(check(image, pattern), -EBADMSG);
	ck_error_has("5000000");
	ck_assert_uint_eq(matching(), 5000000);
}
END_TEST

/* A pattern whose bytes are an HFS Plus volume header as far as libblkid looks: signature, block size. */
static void find_look_alike(unsigned char key[32])
{
	unsigned char head[64] = { 0 };

	for (uint32_t n = 0; memcmp(head, "H+", 2) != 0 || head[40] == 0; n++) {
		struct wv__ctr *stream = NULL;

		memcpy(key, &n, sizeof(n));
		ck_assert_int_eq(wv__ctr_new(key, &stream), 0);
		ck_assert_int_eq(wv__ctr_fill(stream, 1024, head, sizeof(head)), 0);
		wv__ctr_free(stream);
	}
}

START_TEST(a_pattern_that_looks_like_a_file_system_is_a_pattern)
{
	cleanup_device struct wv_device *dev = device(image);
	cleanup_doc struct wv_doc *proof = NULL;
	unsigned char key[32] = { 0 };

	find_look_alike(key);
	ck_assert_msg(wv__destroy_keys(ctx, dev, f.uuid, key, OFFSET, &proof) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_str_eq(wv_doc_str(proof, "probe"), "hfsplus");
	ck_assert_int_eq(check(image, key), 0);
}
END_TEST

START_TEST(done_again_it_gives_the_same)
{
	cleanup_doc struct wv_doc *first = destroy(image);
	cleanup_doc struct wv_doc *second = destroy(image);

	ck_assert_str_eq(wv_doc_str(first, "sha256"), wv_doc_str(second, "sha256"));
	ck_assert_uint_eq(wv_doc_u64(second, "slots_destroyed"), 0);
}
END_TEST

START_TEST(a_mapped_volume_is_refused)
{
	struct wv__mapping *mapping = map_volume(image, &f, false, false);
	cleanup_device struct wv_device *dev = device(image);
	struct wv_doc *proof = NULL;

	ck_assert_int_eq(wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof), -EBUSY);
	ck_assert_ptr_null(proof);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	wv__luks_free(open_volume(image)); /* still whole */
}
END_TEST

START_TEST(a_medium_that_took_its_name_is_left_alone)
{
	cleanup_device struct wv_device *dev = device(image);
	cleanup_free char *moved = test_path("moved.img");
	cleanup_free char *copy = test_path("copy.img");
	struct wv_doc *proof = NULL;

	ck_assert_int_eq(sh("cp \"$1\" \"$2\"", image, copy), 0);
	ck_assert_int_eq(rename(image, moved), 0);
	ck_assert_int_eq(sh("cp \"$2\" \"$1\"", image, copy), 0);
	ck_assert_int_eq(wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof), 0);
	wv_doc_free(proof);
	ck_assert_int_eq(sh("cmp \"$1\" \"$2\"", image, copy), 0);
	ck_assert_int_eq(check(moved, pattern), 0);
}
END_TEST

/* As if another disk had come under that number between the recheck and the opening. */
START_TEST(a_medium_that_took_its_place_is_left_alone)
{
	cleanup_free char *copy = test_path("copy.img");
	cleanup_device struct wv_device *dev = device(image);
	cleanup_device struct wv_device *other = NULL;
	struct wv_doc *proof = NULL;
	uint64_t bytes;

	ck_assert_int_eq(sh("cp \"$1\" \"$2\"", image, copy), 0);
	other = device(copy);
	ck_assert_int_ge(dup3(wv__device_fd(other), wv__device_fd(dev), O_CLOEXEC), 0);
	ck_assert_int_eq(wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof), -EPERM);
	ck_error_has("another medium");
	ck_assert_ptr_null(proof);
	ck_assert_int_eq(wv__destroy_matching(ctx, dev, pattern, OFFSET, &bytes), -EPERM);
	ck_assert_int_eq(sh("cmp \"$1\" \"$2\"", image, copy), 0);
}
END_TEST

START_TEST(a_loop_attached_anew_is_another_medium)
{
	cleanup_free char *loop = loop_attach(image, 0, false);
	struct wv_device *dev = device(loop);
	struct wv_doc *proof = NULL;

	dev->diskseq--; /* the kernel gives a new one at each attach */
	ck_assert_int_eq(wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof), -EPERM);
	dev->diskseq++;
	wv__luks_free(open_volume(image)); /* still whole */
	ck_assert_int_eq(wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof), 0);
	wv_doc_free(proof);
	wv__device_free(dev);
	loop_detach(loop);
}
END_TEST

START_TEST(a_disk_with_4096_byte_sectors_does_too)
{
	cleanup_free char *loop = loop_attach(image, 4096, true);

	wv_doc_free(destroy(loop));
	ck_assert_int_eq(check(loop, pattern), 0);
	loop_detach(loop);
	ck_assert_int_eq(check(image, pattern), 0);
}
END_TEST

/* At each instant the medium can be told: a header still loads, or its begin is the pattern's. */
START_TEST(killed_anywhere_it_can_be_told_and_finished)
{
	for (long us = 0; us < 60000; us += 5000) {
		const struct timespec nap = { .tv_nsec = us * 1000 };
		struct wv__luks *luks = NULL;
		pid_t child;

		format_volume(image, &f);
		child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0) {
			struct wv_device *dev = device(image);
			struct wv_doc *proof = NULL;

			wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof);
			_exit(0);
		}
		nanosleep(&nap, NULL);
		ck_assert_int_eq(kill(child, SIGKILL), 0);
		end_of(child);
		if (matching() < 4096) {
			ck_assert_int_eq(wv__luks_open(ctx, image, &luks), 0);
			ck_assert_str_eq(wv__luks_info(luks)->uuid, f.uuid);
			wv__luks_free(luks);
		}
		if (us % 15000 == 0)
			wv_doc_free(destroy(image));
	}
}
END_TEST

START_TEST(it_survives_every_failure)
{
	cleanup_device struct wv_device *dev = device(image);
	const int fds = open_fds();
	struct wv_doc *proof = NULL;
	int r, n;

	for (n = 0;; n += n < 30 ? 1 : 5) { /* then it goes through the chunks, all alike */
		fault_after(n);
		r = wv__destroy_keys(ctx, dev, f.uuid, pattern, OFFSET, &proof);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(proof);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	wv_doc_free(proof);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("destroy");
	TCase *tc = tcase_create("destroy");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, nothing_brings_the_volume_back);
	tcase_add_test(tc, the_proof_says_what_was_done);
	tcase_add_test(tc, the_medium_is_known_again_by_its_pattern_only);
	tcase_add_test(tc, a_pattern_that_looks_like_a_file_system_is_a_pattern);
	tcase_add_test(tc, done_again_it_gives_the_same);
	tcase_add_test(tc, a_mapped_volume_is_refused);
	tcase_add_test(tc, a_medium_that_took_its_name_is_left_alone);
	tcase_add_test(tc, a_medium_that_took_its_place_is_left_alone);
	tcase_add_test(tc, a_loop_attached_anew_is_another_medium);
	tcase_add_test(tc, a_disk_with_4096_byte_sectors_does_too);
	tcase_add_test(tc, killed_anywhere_it_can_be_told_and_finished);
	tcase_add_test(tc, it_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
