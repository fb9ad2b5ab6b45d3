/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_medium.c - files and loop devices, wiped for real */
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/media/device.h"
#include "wipe_world.h"

static int wipe(const char *path, struct wv__wipe_opts opts, struct wv__wipe_job *job)
{
	int r;

	*job = (struct wv__wipe_job){ 0 };
	ck_assert_int_eq(wv__device_open(ctx, path, 0, &job->dev), 0);
	r = wv__wipe_run(ctx, job, 1, &opts);
	wv__device_free(job->dev);
	return r;
}

START_TEST(a_loop_device_is_wiped_and_verified)
{
	char *image = make_image("image", 40 * MiB + 512);
	char *loop = loop_attach(image, 0, true);
	struct wv__wipe_opts opts = { .method = "dod-5220.22-m", .verify = "all", .no_ring = _i };
	struct wv__wipe_job job;
	struct wv_device *dev = NULL;
	struct wv_doc *result = NULL;

	ck_assert_int_eq(wipe(loop, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev), 0);
	ck_assert_int_eq(wv__wipe_verify(ctx, dev, job.pattern, &result), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "verified"), 40 * MiB + 512);
	wv__device_free(dev);
	wv_doc_free(result);
	world_done(&job);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

START_TEST(a_4kn_loop_device_is_wiped)
{
	char *image = make_image("image", 4 * MiB + 4096);
	char *loop = loop_attach(image, 4096, true);
	struct wv__wipe_opts opts = { .method = "gutmann" };
	struct wv__wipe_job job;

	ck_assert_int_eq(wipe(loop, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	world_done(&job);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

/* ---- what happens to a medium while it is at work --------------------------------------- */

/* The system's own medium, and something that happens just before its request number `at`. */
struct hooked {
	struct wv__medium real;
	pthread_mutex_t lock;
	unsigned int requests, at;
	void (*what)(struct hooked *h);
	const char *name, *other; /* for it */
	int result;		  /* of it */
};

static void count_request(struct hooked *h)
{
	pthread_mutex_lock(&h->lock);
	if (++h->requests == h->at)
		h->what(h);
	pthread_mutex_unlock(&h->lock);
}

static int hooked_read(void *data, void *buf, size_t len, uint64_t offset)
{
	count_request(data);
	return wv__medium_do(&((struct hooked *)data)->real, WV__READ, buf, len, offset);
}

static int hooked_write(void *data, const void *buf, size_t len, uint64_t offset)
{
	count_request(data);
	return wv__medium_do(&((struct hooked *)data)->real, WV__WRITE, (void *)(uintptr_t)buf, len,
			     offset);
}

static int hooked_flush(void *data)
{
	return wv__medium_do(&((struct hooked *)data)->real, WV__FLUSH, NULL, 0, 0);
}

static uint64_t hooked_size(void *data)
{
	return wv__medium_size_now(&((struct hooked *)data)->real);
}

static uint64_t hooked_diskseq(void *data)
{
	return wv__medium_diskseq_now(&((struct hooked *)data)->real);
}

static const struct wv__medium_ops hooked_ops = { .read = hooked_read,
						  .write = hooked_write,
						  .flush = hooked_flush,
						  .size = hooked_size,
						  .diskseq = hooked_diskseq };

static struct wv__medium hook(struct hooked *h, const struct wv_device *dev, bool write)
{
	struct wv__medium medium;

	pthread_mutex_init(&h->lock, NULL);
	ck_assert_int_eq(wv__medium_open(ctx, dev, write, &h->real), 0);
	medium = h->real;
	medium.fd = -1;
	medium.ops = &hooked_ops;
	medium.data = h;
	return medium;
}

/*
 * Two passes and a read-back, 21 requests, to which something happens in the
 * midst of the first pass, as the second begins, or while it is read back.
 */
static struct wv__wipe_job wipe_hooked(struct hooked *h, const char *path, int when)
{
	const struct wv__wipe_opts opts = { .method = "nist-clear-flash" };
	cleanup_device struct wv_device *dev = NULL;
	struct wv__wipe_job job = { 0 };
	struct wv__medium medium;

	h->at = (const unsigned int[]){ 3, 10, 17 }[when];
	h->name = path;
	ck_assert_int_eq(wv__device_open(ctx, path, WV__DEV_EXCL, &dev), 0);
	medium = hook(h, dev, true);
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &opts), job.error);
	wv__medium_close(&h->real);
	ck_assert_uint_gt(h->requests, h->at);
	return job;
}

/* A file of these bytes. */
static char *filled(const char *name, int byte, size_t size)
{
	char *path = make_image(name, 0), *bytes = malloc(size);
	FILE *f = fopen(path, "we");

	ck_assert(f && bytes);
	memset(bytes, byte, size);
	ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
	fclose(f);
	free(bytes);
	return path;
}

static bool holds_only(const char *path, int byte, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n = 0;

	ck_assert_ptr_nonnull(f);
	while (fgetc(f) == byte)
		n++;
	fclose(f);
	return n == size;
}

static void put_other_in_its_place(struct hooked *h)
{
	h->result = rename(h->other, h->name);
}

START_TEST(a_container_replaced_under_its_name_is_not_called_wiped)
{
	char *image = make_image("image", 6 * MiB), *other = filled("other", FILL, 6 * MiB);
	struct hooked h = { .what = put_other_in_its_place, .other = other, .result = -1 };
	struct wv__wipe_job job = wipe_hooked(&h, image, _i);

	ck_assert_int_eq(h.result, 0);
	ck_assert_str_eq(world_status(&job), "failed");
	ck_error_has("was removed or replaced in the midst of it");
	ck_assert(holds_only(image, FILL, 6 * MiB));
	world_done(&job);
	free(image);
	free(other);
}
END_TEST

static void drop_link(struct hooked *h)
{
	h->result = unlink(h->name);
}

START_TEST(a_link_that_goes_with_the_old_content_is_no_other_medium)
{
	char *image = make_image("image", 6 * MiB), *link = test_path("by-label");
	struct hooked h = { .what = drop_link, .result = -1 };
	struct wv__wipe_job job;

	ck_assert_int_eq(symlink(image, link), 0);
	job = wipe_hooked(&h, link, _i);
	ck_assert_int_eq(h.result, 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	world_done(&job);
	free(image);
	free(link);
}
END_TEST

static int configure(const char *dev, const char *file)
{
	struct loop_config config = { 0 };
	const int fd = open(dev, O_RDWR | O_CLOEXEC), backing = open(file, O_RDWR | O_CLOEXEC);
	int r;

	ck_assert(fd >= 0 && backing >= 0);
	config.fd = (uint32_t)backing;
	r = ioctl(fd, LOOP_CONFIGURE, &config) < 0 ? -errno : 0;
	close(backing);
	close(fd);
	return r;
}

/* Detached, and another image attached under the same name. */
static void swap_loop(struct hooked *h)
{
	const int fd = open(h->name, O_RDONLY | O_CLOEXEC);

	ioctl(fd, LOOP_CLR_FD, 0);
	close(fd);
	h->result = configure(h->name, h->other);
}

START_TEST(a_loop_device_that_is_being_wiped_is_not_given_away)
{
	char *image = make_image("image", 6 * MiB), *other = filled("other", FILL, 6 * MiB);
	char *loop = loop_attach(image, 0, true);
	struct hooked h = { .what = swap_loop, .other = other };
	struct wv__wipe_job job = wipe_hooked(&h, loop, _i);

	/* The kernel detaches it when the engine lets go of it: the name leads to the old one until then. */
	ck_assert_int_eq(h.result, -EBUSY);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert(holds_only(other, FILL, 6 * MiB));
	world_done(&job);
	free(loop);
	free(image);
	free(other);
}
END_TEST

static void halve_loop(struct hooked *h)
{
	const int fd = open(h->name, O_RDONLY | O_CLOEXEC);

	h->result = truncate(h->other, 3 * MiB);
	ioctl(fd, LOOP_SET_CAPACITY, 0);
	close(fd);
}

START_TEST(a_loop_device_that_shrinks_under_the_wipe_is_not_called_wiped)
{
	char *image = make_image("image", 6 * MiB), *loop = loop_attach(image, 0, true);
	struct hooked h = { .what = halve_loop, .other = image, .result = -1 };
	struct wv__wipe_job job = wipe_hooked(&h, loop, _i);

	ck_assert_int_eq(h.result, 0);
	ck_assert_str_eq(world_status(&job), "failed");
	ck_assert_int_lt(job.error, 0);
	world_done(&job);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

static char *attach_read_only(const char *image)
{
	char command[256], *dev = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(command, sizeof(command), "losetup --read-only --find --show %s", image);
	f = popen(command, "re");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_gt(getline(&dev, &room, f), 1);
	ck_assert_int_eq(pclose(f), 0);
	dev[strcspn(dev, "\n")] = '\0';
	return dev;
}

/* Another backing file: for read-only loops of the same size. */
static void change_loop(struct hooked *h)
{
	const int fd = open(h->name, O_RDONLY | O_CLOEXEC), file = open(h->other, O_RDONLY | O_CLOEXEC);

	h->result = ioctl(fd, LOOP_CHANGE_FD, file) < 0 ? -errno : 0;
	close(file);
	close(fd);
}

START_TEST(a_read_back_of_two_media_under_one_name_is_no_match)
{
	char *image = make_image("image", 6 * MiB), *copy = make_image("copy", 6 * MiB);
	char *loop = attach_read_only(image);
	struct hooked h = { .what = change_loop, .at = 2, .name = loop, .other = copy };
	const struct wv__pattern zero = { .len = 1 };
	const struct wv__wipe_opts opts = { 0 };
	struct wv_device *dev = NULL;
	struct wv__medium medium;
	struct wv_doc *result = NULL;

	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev), 0);
	medium = hook(&h, dev, false);
	ck_assert_int_eq(wv__verify_medium(ctx, &medium, &zero, 0, 0, &opts, &result), -EIO);
	ck_assert_int_eq(h.result, 0);
	ck_assert_str_eq(wv_doc_str(result, "status"), "failed");
	ck_error_has("was removed or replaced in the midst of it");
	wv__medium_close(&h.real);
	wv__device_free(dev);
	wv_doc_free(result);
	loop_detach(loop);
	free(loop);
	free(image);
	free(copy);
}
END_TEST

START_TEST(a_container_file_keeps_its_size)
{
	char *image = make_image("image", 3 * MiB + 512);
	struct wv__wipe_opts opts = { .method = "zero" };
	struct wv__wipe_job job;
	struct stat st;

	ck_assert_int_eq(wipe(image, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert_int_eq(stat(image, &st), 0);
	ck_assert_uint_eq((uint64_t)st.st_size, 3 * MiB + 512);
	ck_assert_uint_ge((uint64_t)st.st_blocks * 512, 3 * MiB);
	world_done(&job);
	free(image);
}
END_TEST

START_TEST(the_head_of_a_container_is_wiped_alone)
{
	char *image = make_image("image", 3 * MiB);
	struct wv__wipe_opts opts = { .length = MiB };
	struct wv__wipe_job job;
	struct stat st;

	ck_assert_int_eq(wipe(image, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "range-wiped");
	ck_assert_int_eq(stat(image, &st), 0);
	ck_assert_uint_le((uint64_t)st.st_blocks * 512, MiB); /* it was sparse */
	world_done(&job);
	free(image);
}
END_TEST

START_TEST(a_device_that_shrank_is_refused)
{
	char *image = make_image("image", 3 * MiB);
	struct wv__wipe_opts opts = { 0 };
	struct wv__wipe_job job = { 0 };

	ck_assert_int_eq(wv__device_open(ctx, image, 0, &job.dev), 0);
	ck_assert_int_eq(truncate(image, MiB), 0);
	ck_assert_int_eq(wv__wipe_run(ctx, &job, 1, &opts), -EBUSY);
	wv__device_free(job.dev);
	free(image);
}
END_TEST

START_TEST(a_wipe_survives_every_failure)
{
	char *image = make_image("image", MiB);
	const struct wv__wipe_opts opts = { .method = "zero", .no_ring = _i };
	struct wv__wipe_job job = { 0 };
	int r, n, fds;

	ck_assert_int_eq(wv__device_open(ctx, image, 0, &job.dev), 0);
	fds = open_fds();
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__wipe_run(ctx, &job, 1, &opts);
		if (!fault_fired())
			break;
		/* What fails and is tried again with success has harmed nothing. */
		ck_assert(r < 0 || !strcmp(world_status(&job), "wiped"));
		ck_assert(r == 0 || !job.result || strcmp(world_status(&job), "wiped") != 0);
		ck_assert_int_eq(open_fds(), fds);
		world_done(&(struct wv__wipe_job){ .result = job.result, .pattern = job.pattern });
		job.result = job.pattern = NULL;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv__device_free(job.dev);
	world_done(&job);
	free(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("medium");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, a_loop_device_is_wiped_and_verified, 0, 2);
	tcase_add_test(all, a_4kn_loop_device_is_wiped);
	tcase_add_test(all, a_container_file_keeps_its_size);
	tcase_add_test(all, the_head_of_a_container_is_wiped_alone);
	tcase_add_test(all, a_device_that_shrank_is_refused);
	tcase_add_loop_test(all, a_wipe_survives_every_failure, 0, 2);
	tcase_add_loop_test(all, a_container_replaced_under_its_name_is_not_called_wiped, 0, 3);
	tcase_add_loop_test(all, a_link_that_goes_with_the_old_content_is_no_other_medium, 0, 3);
	tcase_add_loop_test(all, a_loop_device_that_is_being_wiped_is_not_given_away, 0, 3);
	tcase_add_loop_test(all, a_loop_device_that_shrinks_under_the_wipe_is_not_called_wiped, 0, 3);
	tcase_add_test(all, a_read_back_of_two_media_under_one_name_is_no_match);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
