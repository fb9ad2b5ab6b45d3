/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_checkpoint.c - a wipe goes on where it was, on that medium only */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "wipe_world.h"

#define SIZE (24 * MiB + 512)

static bool ends_with(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && !strcmp(name + strlen(name) - strlen(end), end);
}

/* The one checkpoint in the directory, not one that a kill left half written; free() it. NULL: none. */
static char *checkpoint_file(void)
{
	DIR *dir = opendir(test_dir());
	struct dirent *entry;
	char *path = NULL;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL)
		if (!strncmp(entry->d_name, "wipe-", 5) && ends_with(entry->d_name, ".json") && !path)
			path = test_path(entry->d_name);
	closedir(dir);
	return path;
}

/* Every test begins without one: they share the directory. */
static void forget(void)
{
	char *path = checkpoint_file();

	if (path)
		unlink(path);
	free(path);
}

/* A disk that outlives the process which wipes it: memory and faults are shared. */
static struct fault_disk *shared_disk(uint64_t size)
{
	struct fault_disk *d = mmap(NULL, sizeof(*d), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	forget();
	ck_assert_ptr_ne(d, MAP_FAILED);
	world_disk(d, size);
	munmap(d->memory, size + SECTOR);
	d->memory = mmap(NULL, size + SECTOR, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	ck_assert_ptr_ne(d->memory, MAP_FAILED);
	/* A killed process leaves it locked. */
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&d->lock, &attr);
	d->shared = true;
	return d;
}

static struct wv__wipe_opts options(const char *method, const char *verify)
{
	return (struct wv__wipe_opts){ .method = method,
				       .verify = verify,
				       .flags = WV_WIPE_RESUME,
				       .checkpoint_dir = test_dir() };
}

/* Wipe in a process of its own, killed after some microseconds. */
static bool wipe_and_kill(struct fault_disk *d, const struct wv__wipe_opts *opts, useconds_t us)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct wv__medium medium = world_medium(d, 512);
		struct wv__wipe_job job = { 0 };

		_exit(wv__wipe_media(ctx, &medium, &job, 1, opts) < 0);
	}
	usleep(us);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	fault_disk_mend(d);
	return WIFSIGNALED(status);
}

static unsigned char *half_written;

static void die_halfway(int signal)
{
	(void)signal;
	memset(half_written, 0x55, SECTOR / 4);
	kill(getpid(), SIGKILL);
}

/* Killed in the middle of a sector: its second half is on a page that may not be written. */
START_TEST(a_sector_is_written_whole_or_not_at_all)
{
	struct fault_disk *d = shared_disk(SIZE);
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), at = page - SECTOR / 2;
	unsigned char fresh[SECTOR], old[SECTOR];
	int status;
	pid_t pid;

	memset(fresh, 0x55, sizeof(fresh));
	memset(old, 0xaa, sizeof(old));
	memcpy(d->memory + at, old, sizeof(old));
	half_written = d->memory + at;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		signal(SIGSEGV, die_halfway);
		mprotect(d->memory + page, page, PROT_READ);
		pthread_mutex_lock(&d->lock);
		fault_put(d, at, fresh, SECTOR);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(d->memory[at], 0x55);
	fault_disk_mend(d);
	ck_assert_mem_eq(d->memory + at, old, SECTOR);
}
END_TEST

START_TEST(a_wipe_killed_at_any_instant_ends_whole)
{
	static const char *const methods[] = { "random", "dod-5220.22-m", "ncsc-tg-025", "zero" };
	static const char *const verifies[] = { "last", "all", "last", "all" };
	const struct wv__wipe_opts opts = options(methods[_i], verifies[_i]);
	struct fault_disk *d = shared_disk(SIZE);
	unsigned int state = (unsigned int)_i, kills = 0;
	struct wv__wipe_job job;
	char *left;

	ck_assert_int_eq(fault_disk_set(d, "throttle 400"), 0);
	while (kills < 5) /* one that ended first does not count */
		kills += wipe_and_kill(d, &opts, rand_r(&state) % 60000);
	fault_disk_clear(d);
	job = world_wipe_opts(d, 512, &opts);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert(world_holds_last_pass(d, &job));
	left = checkpoint_file();
	ck_assert_ptr_null(left);
	world_done(&job);
}
END_TEST

/* Pass 2 is nearly through and no checkpoint was due in it: the end holds pass 2 already. */
START_TEST(a_wipe_killed_late_in_a_pass_goes_on)
{
	const struct wv__wipe_opts opts = options("dod-5220.22-m", _i ? "all" : "last");
	struct fault_disk *d = shared_disk(SIZE);
	struct wv__wipe_job job = { 0 };
	pid_t pid;

	ck_assert_int_eq(fault_disk_set(d, "throttle 100 100"), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct wv__medium medium = world_medium(d, 512);

		_exit(wv__wipe_media(ctx, &medium, &job, 1, &opts) < 0);
	}
	while (*(volatile uint64_t *)&d->bytes[1] < 2 * SIZE - MiB - 512)
		usleep(1000);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	fault_disk_mend(d);
	fault_disk_clear(d);
	job = world_wipe_opts(d, 512, &opts);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert(world_holds_last_pass(d, &job));
	world_done(&job);
}
END_TEST

/* Its wait status. */
static int end_of_child(void (*work)(void))
{
	const pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		work();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void in_a_child(void (*work)(void))
{
	ck_assert_int_eq(end_of_child(work), 0);
}

static struct fault_disk *the_disk;
static struct wv__wipe_opts the_opts;

static uint64_t bytes_written(struct fault_disk *d)
{
	uint64_t bytes;

	pthread_mutex_lock(&d->lock);
	bytes = d->bytes[1];
	pthread_mutex_unlock(&d->lock);
	return bytes;
}

static struct wv_progress first_told, last_told;
static atomic_uint ticks;

static void keep_progress(void *data, const struct wv_progress *progress)
{
	(void)data;
	if (!first_told.step)
		first_told = *progress;
	last_told = *progress;
	ticks++;
}

/* In the third pass the wish to stop comes; no more is written until it was seen: the second tick from there. */
static int write_and_cancel(void *data, const void *buf, size_t len, uint64_t at)
{
	const int r = fault_disk_write(data, buf, len, at);

	if (bytes_written(data) < 2 * SIZE + MiB)
		return r;
	wv_ctx_cancel(ctx);
	for (const unsigned int seen = ticks + 2; ticks < seen;)
		usleep(1000);
	return r;
}

/* In a child: our own context must not keep the wish to stop. */
static void cancel_in_the_third_pass(void)
{
	const struct wv__medium_ops ops = { .read = fault_disk_read, .write = write_and_cancel,
					    .flush = fault_disk_flush, .size = fault_disk_size };
	struct wv__medium medium = world_medium(the_disk, 512);
	struct wv__wipe_job job = { 0 };

	medium.ops = &ops;
	wv_ctx_set_progress(ctx, keep_progress, NULL);
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &the_opts), -ECANCELED);
	ck_assert_str_eq(world_status(&job), "cancelled");
	ck_assert_str_eq(last_told.step, "stopped");
	ck_assert_uint_gt(last_told.all_done, SIZE);
	world_done(&job);
}

START_TEST(a_cancelled_wipe_goes_on_and_writes_nothing_twice)
{
	struct wv__wipe_job job;

	the_opts = options("schneier", "none");
	the_disk = shared_disk(SIZE);
	in_a_child(cancel_in_the_third_pass);
	ck_assert_uint_gt(the_disk->bytes[1], MiB);
	ck_assert_uint_lt(the_disk->bytes[1], 5 * SIZE);
	job = world_wipe_opts(the_disk, 512, &the_opts);
	ck_assert_str_eq(world_status(&job), "unverified");
	ck_assert_uint_le(the_disk->bytes[1], 7 * SIZE + 4 * 512); /* stamps, and the last block */
	world_done(&job);
}
END_TEST

START_TEST(progress_goes_on_where_the_process_before_it_was)
{
	struct wv__wipe_job job;

	the_opts = options("schneier", "none");
	the_disk = shared_disk(SIZE);
	in_a_child(cancel_in_the_third_pass);
	ck_assert_int_eq(fault_disk_set(the_disk, "throttle 100"), 0); /* or it is done before it tells */
	wv_ctx_set_progress(ctx, keep_progress, NULL);
	job = world_wipe_opts(the_disk, 512, &the_opts);
	ck_assert_uint_ge(first_told.all_done, SIZE);
	ck_assert_str_eq(last_told.step, "done");
	ck_assert_uint_eq(last_told.all_done, last_told.all_total);
	world_done(&job);
}
END_TEST

static bool in_a_later_sweep(void)
{
	cleanup_free char *path = checkpoint_file();
	cleanup_doc struct wv_doc *doc = NULL;

	return path && wv__doc_load(ctx, path, &doc) == 0 && wv_doc_u64(doc, "sweep") > 0;
}

/* The checkpoint of the second pass is made while its first megabyte is written. */
static int write_and_die(void *data, const void *buf, size_t len, uint64_t at)
{
	const int r = fault_disk_write(data, buf, len, at);

	if (bytes_written(data) > SIZE + MiB)
		raise(SIGKILL);
	return r;
}

static void die_in_the_second_pass(void)
{
	const struct wv__medium_ops ops = { .read = fault_disk_read, .write = write_and_die,
					    .flush = fault_disk_flush, .size = fault_disk_size };
	struct wv__medium medium = world_medium(the_disk, 512);
	struct wv__wipe_job job = { 0 };

	medium.ops = &ops;
	wv__wipe_media(ctx, &medium, &job, 1, &the_opts);
}

/* A checkpoint of dod-5220.22-m in its second pass or later. */
static char *make_checkpoint_of(const char *method)
{
	char *path;

	the_opts = options(method, "last");
	for (int i = 0; i < 20; i++) { /* on a busy machine the kill may come before it is in its place */
		the_disk = shared_disk(SIZE);
		ck_assert_int_eq(end_of_child(die_in_the_second_pass), SIGKILL);
		fault_disk_mend(the_disk);
		if (in_a_later_sweep())
			break;
	}
	ck_assert(in_a_later_sweep());
	path = checkpoint_file();
	ck_assert_ptr_nonnull(path);
	return path;
}

static char *make_checkpoint(void)
{
	return make_checkpoint_of("dod-5220.22-m");
}

static void expect_refused(const struct wv__wipe_opts *opts, const char *sentence)
{
	const uint64_t written = the_disk->bytes[1];
	struct wv__wipe_job job = world_wipe_opts(the_disk, 512, opts);

	ck_assert_int_eq(job.error, opts->proven_only ? -EPERM : -EBADMSG);
	ck_assert_str_eq(world_status(&job), "refused");
	ck_error_has(sentence);
	ck_assert_uint_eq(the_disk->bytes[1], written);
	world_done(&job);
}

START_TEST(an_altered_checkpoint_is_refused)
{
	char *path = make_checkpoint(), text[8192];
	FILE *file = fopen(path, "r+");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, sizeof(text), file);
	ck_assert_uint_gt(len, 100);
	strstr(text, "\"seed\":\"")[9] ^= 1; /* another digit */
	rewind(file);
	fwrite(text, 1, len, file);
	fclose(file);
	expect_refused(&the_opts, "the checkpoint of disk was altered");
	free(path);
}
END_TEST

START_TEST(a_checkpoint_of_another_method_is_refused)
{
	char *path = make_checkpoint();
	const struct wv__wipe_opts other = options("gutmann", "last");

	expect_refused(&other, "is of another wipe or another medium");
	free(path);
}
END_TEST

START_TEST(a_medium_that_does_not_hold_it_is_refused)
{
	char *path = make_checkpoint();

	memset(the_disk->memory, FILL, SIZE);
	expect_refused(&the_opts, "does not hold what its checkpoint says");
	free(path);
}
END_TEST

static uint64_t size_until_the_end(void *data)
{
	return fault_disk_size(data) - (bytes_written(data) >= SIZE ? 512 : 0);
}

/* All of it was done, and the last checkpoint says so; then another medium is in its place. */
START_TEST(what_was_done_is_believed_of_that_medium_only)
{
	const struct wv__medium_ops ops = { .read = fault_disk_read, .write = fault_disk_write,
					    .flush = fault_disk_flush, .size = size_until_the_end };
	struct wv__medium medium;
	struct wv__wipe_job job = { 0 };
	cleanup_free char *path = NULL;

	the_opts = options("random", "none");
	the_disk = shared_disk(SIZE);
	medium = world_medium(the_disk, 512);
	medium.ops = &ops;
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &the_opts), -EIO);
	world_done(&job);
	path = checkpoint_file();
	ck_assert_ptr_nonnull(path);
	memset(the_disk->memory, FILL, SIZE);
	expect_refused(&the_opts, "does not hold what its checkpoint says");
}
END_TEST

START_TEST(a_wipe_that_begins_anew_leaves_no_older_checkpoint)
{
	char *path = make_checkpoint();
	struct wv__wipe_opts anew = options("gutmann", "last");
	struct wv__wipe_job job;

	anew.flags = 0;
	ck_assert_int_eq(fault_disk_set(the_disk, "vanish 0"), 0);
	job = world_wipe_opts(the_disk, 512, &anew);
	ck_assert_int_eq(job.error, -EIO);
	ck_assert(!in_a_later_sweep());
	world_done(&job);
	free(path);
}
END_TEST

START_TEST(what_has_to_be_proven_is_not_begun_anew)
{
	struct wv__wipe_opts opts = options("random", "last");
	struct wv__wipe_job job;

	the_disk = shared_disk(SIZE);
	opts.proven_only = true;
	expect_refused(&opts, "no checkpoint proves");
	free(make_checkpoint_of("nnsa-nap-14.1-c"));
	the_opts.proven_only = true;
	job = world_wipe_opts(the_disk, 512, &the_opts);
	ck_assert_str_eq(world_status(&job), "wiped");
	world_done(&job);
}
END_TEST

/* Its second pass is one byte again and again, which any disk may hold. */
START_TEST(a_fixed_pattern_proves_no_medium)
{
	free(make_checkpoint());
	the_opts.proven_only = true;
	expect_refused(&the_opts, "no checkpoint proves");
}
END_TEST

START_TEST(a_checkpoint_of_another_take_out_is_refused)
{
	struct wv__wipe_job job;

	free(make_checkpoint());
	the_opts.takeout = "287d6f06-0000-4000-8000-000000000000";
	expect_refused(&the_opts, "is of another wipe or another medium");
	the_opts.takeout = NULL;
	job = world_wipe_opts(the_disk, 512, &the_opts);
	ck_assert_str_eq(world_status(&job), "wiped");
	world_done(&job);
}
END_TEST

START_TEST(a_checkpoint_is_its_owners_alone)
{
	char *path = make_checkpoint();
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	free(path);
}
END_TEST

START_TEST(a_fake_is_found_across_a_kill)
{
	struct fault_disk *d = shared_disk(SIZE);
	const struct wv__wipe_opts opts = options("zero", "last");
	struct wv__wipe_job job;

	ck_assert_int_eq(fault_disk_set(d, "wrap 17000001"), 0);
	ck_assert_int_eq(fault_disk_set(d, "throttle 200"), 0);
	for (int i = 1; i < 4; i++)
		wipe_and_kill(d, &opts, 30000 * i);
	job = world_wipe_opts(d, 512, &opts);
	ck_assert_str_eq(world_status(&job), "failed");
	ck_assert_uint_eq(wv_doc_u64(job.result, "real"), 17000001);
	world_done(&job);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("checkpoint");
	TCase *all = tcase_create("all");

	tcase_add_test(all, a_sector_is_written_whole_or_not_at_all);
	tcase_add_loop_test(all, a_wipe_killed_at_any_instant_ends_whole, 0, 4);
	tcase_add_loop_test(all, a_wipe_killed_late_in_a_pass_goes_on, 0, 2);
	tcase_add_test(all, a_cancelled_wipe_goes_on_and_writes_nothing_twice);
	tcase_add_test(all, progress_goes_on_where_the_process_before_it_was);
	tcase_add_test(all, an_altered_checkpoint_is_refused);
	tcase_add_test(all, a_checkpoint_of_another_method_is_refused);
	tcase_add_test(all, a_medium_that_does_not_hold_it_is_refused);
	tcase_add_test(all, what_was_done_is_believed_of_that_medium_only);
	tcase_add_test(all, a_wipe_that_begins_anew_leaves_no_older_checkpoint);
	tcase_add_test(all, what_has_to_be_proven_is_not_begun_anew);
	tcase_add_test(all, a_fixed_pattern_proves_no_medium);
	tcase_add_test(all, a_checkpoint_of_another_take_out_is_refused);
	tcase_add_test(all, a_checkpoint_is_its_owners_alone);
	tcase_add_test(all, a_fake_is_found_across_a_kill);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
