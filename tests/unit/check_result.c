/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_result.c - the truth about a medium: every method x every fault x every
 * way of reading back. What the verdict has to be is derived from the faulty
 * disk, which knows when it lied, not from what the engine found. The table
 * is printed: one line a fault, how often which verdict was given.
 */
#include "wipe_world.h"

#define SMALL (136 * KiB + 512) /* one request, and a 512-byte tail beyond 4096 */
#define LARGE (2 * MiB + 72 * KiB + 512) /* several requests: something happens in mid-pass */

/* The sanitizers are slow: each row takes every third method there, from another one on. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define METHOD_STEP 3
#else
#define METHOD_STEP 1
#endif

/* What is expected of a fault, whatever the method. */
enum expect {
	CLEAN,   /* nothing to be seen: the verdict of a sound disk */
	IO,      /* failed, -EIO, in every mode */
	READ_IO, /* likewise, but only where there is a read-back */
	FIRED,   /* likewise, but only when the disk refused a request */
	FAKE,    /* failed, -EBADMSG, and the real size, in every mode */
	LIES,    /* failed, -EBADMSG, exactly when the disk gave other bytes than were written */
};

struct row {
	const char *fault;
	enum expect expect;
	uint64_t bad, length; /* IO and READ_IO: the only range that is lost; FAKE: length is the real size */
};

/* On a SMALL disk, with every method. */
static const struct row rows[] = {
	{ "clear", CLEAN, 0, 0 },
	{ "bad write 40960 4096", IO, 40960, 4096 },
	{ "bad both 40960 4096", IO, 40960, 4096 },
	{ "bad read 40960 4096", READ_IO, 40960, 4096 },
	{ "bad write 0 512", IO, 0, 512 },
	{ "bad both 0 4096", IO, 0, 4096 },
	{ "bad read 0 4096", READ_IO, 0, 4096 },
	{ "bad write 139264 512", IO, 139264, 512 },
	{ "bad both 139264 512", IO, 139264, 512 },
	{ "bad read 139264 512", READ_IO, 139264, 512 },
	{ "flaky write 40960 4096 2", CLEAN, 0, 0 },
	{ "flaky read 0 512 2", CLEAN, 0, 0 },
	{ "flaky both 139264 512 2", CLEAN, 0, 0 },
	{ "sticky write 70000", IO, 0, 0 },
	{ "sticky read 70000", READ_IO, 0, 0 },
	{ "sticky both 70000", IO, 0, 0 },
	{ "vanish 70000", IO, 0, 0 },
	{ "vanish 0", IO, 0, 0 },
	{ "shrink 70000 65536", IO, 0, 0 },
	{ "wrap 69888", FAKE, 0, 69888 }, /* a half, a quarter, just under the end, neither */
	{ "drop 69888", FAKE, 0, 69888 },
	{ "wrap 34944", FAKE, 0, 34944 },
	{ "drop 34944", FAKE, 0, 34944 },
	{ "wrap 139263", FAKE, 0, 139263 },
	{ "drop 139703", FAKE, 0, 139703 }, /* 73 bytes: of a single one the right value may be there by chance */
	{ "wrap 77777", FAKE, 0, 77777 },
	{ "drop 77777", FAKE, 0, 77777 },
	{ "flip 0", LIES, 0, 0 },
	{ "flip 40001", LIES, 0, 0 },
	{ "flip 139775", LIES, 0, 0 },
	{ "stuck 12345", LIES, 0, 0 },
	{ "misdirect 40960 4096 8192", LIES, 0, 0 },
	{ "misdirect 8192 4096 40960", LIES, 0, 0 },
	{ "torn 50176", LIES, 0, 0 },
	{ "stale 40960 4096", LIES, 0, 0 },
	{ "dropped 40960 4096", LIES, 0, 0 },
	{ "dropped 139264 512", FAKE, 0, 139264 }, /* at the end: no different from a fake */
};

/* On a LARGE disk, with these methods. */
static const char *const few[] = { "zero", "random", "dod-5220.22-m", "ncsc-tg-025" };
static const struct row large_rows[] = {
	{ "clear", CLEAN, 0, 0 },
	{ "bad both 1044480 8192", IO, 1044480, 8192 }, /* across two requests */
	{ "bad read 1048576 512", READ_IO, 1048576, 512 },
	{ "flaky both 2097152 512 2", CLEAN, 0, 0 },
	{ "sticky write 1500000", IO, 0, 0 },
	{ "sticky read 3000000", READ_IO, 0, 0 },
	{ "sticky both 3000000", FIRED, 0, 0 },
	{ "vanish 1500000", IO, 0, 0 },
	{ "vanish 3000000", FIRED, 0, 0 },
	{ "shrink 1500000 1048576", IO, 0, 0 },
	{ "wrap 1085696", FAKE, 0, 1085696 },
	{ "drop 1085696", FAKE, 0, 1085696 },
	{ "wrap 2170879", FAKE, 0, 2170879 },
	{ "drop 1048575", FAKE, 0, 1048575 },
	{ "flip 1048576", LIES, 0, 0 },
	{ "stuck 1048575", LIES, 0, 0 },
	{ "misdirect 1048576 4096 8192", LIES, 0, 0 },
	{ "misdirect 8192 4096 1048576", LIES, 0, 0 },
	{ "torn 1500160", LIES, 0, 0 },
	{ "stale 2097152 4096", LIES, 0, 0 },
	{ "dropped 1048576 1048576", LIES, 0, 0 },
};

static const char *const verifies[] = { "none", "last", "all", "sample:100" };
static const char *const sound[] = { "unverified", "wiped", "wiped", "sampled" };

struct wipe {
	const char *method;
	const struct row *row;
	unsigned int verify;
	struct fault_disk disk;
	struct wv__wipe_job job;
	bool lied, refused; /* in the wipe; what a second reader meets comes after */
	char *text;
};

/* The verdict and the error that are true of this disk. */
static const char *truth(const struct wipe *w, int *ret_error)
{
	const int errors[] = {
		[CLEAN] = 0,
		[IO] = -EIO,
		[READ_IO] = w->verify ? -EIO : 0,
		[FIRED] = w->refused ? -EIO : 0,
		[FAKE] = -EBADMSG,
		[LIES] = w->lied ? -EBADMSG : 0,
	};

	*ret_error = errors[w->row->expect];
	return *ret_error ? "failed" : sound[w->verify];
}

static void check_truth(struct wipe *w)
{
	const struct row *row = w->row;
	const char *status = world_status(&w->job);
	const bool failed = !strcmp(status, "failed");
	int error;
	const char *want = truth(w, &error);

	ck_assert_msg(!strcmp(status, want), "%s, %s, %s: not %s: %s", row->fault, w->method,
		      verifies[w->verify], want, w->text);
	ck_assert_msg(w->job.error == error, "%s, %s, %s: %d: %s", row->fault, w->method,
		      verifies[w->verify], w->job.error, w->text);
	if (failed && row->expect != FAKE && row->length)
		world_bad_is(&w->job, row->bad, row->length,
			     row->expect == READ_IO ? "read" : "write");
	if (row->expect == FAKE)
		ck_assert_msg(wv_doc_u64(w->job.result, "real") == row->length, "%s, %s: %s",
			      row->fault, w->method, w->text);
	/* "wiped" is never said of a medium where a second reader finds anything else. */
	if (!failed && w->verify)
		ck_assert_msg(world_holds_last_pass(&w->disk, &w->job), "%s, %s, %s: %s",
			      row->fault, w->method, verifies[w->verify], w->text);
}

/* True: the verdict was "failed". */
static bool check_one(const char *method, const struct row *row, unsigned int verify, uint64_t size)
{
	struct wipe w = { .method = method, .row = row, .verify = verify };
	bool failed;

	world_disk(&w.disk, size);
	memset(w.disk.memory, FILL, size);
	ck_assert_int_eq(fault_disk_watch(&w.disk), 0);
	ck_assert_int_eq(fault_disk_set(&w.disk, row->fault), 0);
	w.job = world_wipe(&w.disk, method, verifies[verify]);
	w.lied = w.disk.lies > 0;
	w.refused = w.disk.refused > 0;
	w.text = wv_doc_text(w.job.result);
	check_truth(&w);
	failed = !strcmp(world_status(&w.job), "failed");
	free(w.text);
	world_done(&w.job);
	fault_disk_free(&w.disk);
	return failed;
}

static void head(const char *what)
{
	printf("# %s\n# %-28s", what, "fault");
	for (unsigned int v = 0; v < ARRAY_SIZE(verifies); v++)
		printf(" | verify %-14s", verifies[v]);
	printf("\n");
}

/* A line of the table: the verdict given, which was the true one, and of how many methods. */
static void check_row(const struct row *row, const char *const *methods, size_t n, uint64_t size)
{
	char line[256];
	size_t at = (size_t)snprintf(line, sizeof(line), "# %-28s", row->fault);

	for (unsigned int v = 0; v < ARRAY_SIZE(verifies); v++) {
		unsigned int failed = 0;
		char cell[64];

		for (size_t m = 0; m < n; m++)
			failed += check_one(methods[m], row, v, size);
		if (failed && failed < n)
			snprintf(cell, sizeof(cell), "%s %zu, failed %u",
				 v == 0 ? "unver." : sound[v], n - failed, failed);
		else
			snprintf(cell, sizeof(cell), "%s %zu", failed ? "failed" : sound[v], n);
		at += (size_t)snprintf(line + at, sizeof(line) - at, " | %-21s", cell);
	}
	printf("%s\n", line);
}

START_TEST(the_verdict_is_the_truth_with_every_method)
{
	struct wv_doc *methods = NULL;
	const char *names[64];
	size_t n = 0;

	ck_assert_int_eq(wv_wipe_methods(ctx, &methods), 0);
	ck_assert_uint_le(wv_doc_count(methods), ARRAY_SIZE(names));
	for (size_t m = (size_t)_i % METHOD_STEP; m < wv_doc_count(methods); m += METHOD_STEP)
		names[n++] = wv_doc_str(wv_doc_at(methods, m), "name");
	if (_i == 0)
		head("every method, one request a pass");
	check_row(&rows[_i], names, n, SMALL);
	wv_doc_free(methods);
}
END_TEST

START_TEST(the_verdict_is_the_truth_in_mid_pass)
{
	if (_i == 0)
		head("zero, random, dod-5220.22-m, ncsc-tg-025; several requests a pass");
	check_row(&large_rows[_i], few, ARRAY_SIZE(few), LARGE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("result");
	TCase *table = tcase_create("table");

	tcase_add_loop_test(table, the_verdict_is_the_truth_with_every_method, 0,
			    (int)ARRAY_SIZE(rows));
	tcase_add_loop_test(table, the_verdict_is_the_truth_in_mid_pass, 0,
			    (int)ARRAY_SIZE(large_rows));
	suite_add_tcase(suite, table);
	return run_suite(suite);
}
