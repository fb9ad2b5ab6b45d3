/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_engine.c - the truth about a medium: method x fault x verify */
#include "wipe_world.h"

#define SIZE (MiB + 72 * KiB + 512) /* two chunks, and a 512-byte tail beyond 4096 */
#define MID (300 * KiB)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define METHOD_STEP 4 /* the sanitizers are slow: every fourth method */
#else
#define METHOD_STEP 1
#endif

/* What is expected of a fault, whatever the method. */
enum expect {
	CLEAN,    /* nothing to be seen: the verdict of a sound disk */
	IO,       /* failed, -EIO, in every mode */
	READ_IO,  /* likewise, but only where there is a read-back */
	FAKE,     /* failed, -EBADMSG, and the real size, in every mode */
	CONTENT,  /* failed exactly when a second reader would find other bytes */
};

static const struct row {
	const char *fault;
	enum expect expect;
	uint64_t bad, length; /* IO and READ_IO: the only range that is lost; FAKE: length is the real size */
} rows[] = {
	{ "clear", CLEAN, 0, 0 },
	{ "bad write 307200 4096", IO, 307200, 4096 },
	{ "bad both 307200 4096", IO, 307200, 4096 },
	{ "bad write 0 512", IO, 0, 512 },
	{ "bad both 0 4096", IO, 0, 4096 },
	{ "bad write 1122304 512", IO, 1122304, 512 },
	{ "bad both 1122304 512", IO, 1122304, 512 },
	{ "bad read 0 4096", READ_IO, 0, 4096 },
	{ "bad read 1122304 512", READ_IO, 1122304, 512 },
	{ "flaky write 307200 4096 2", CLEAN, 0, 0 },
	{ "flaky read 0 512 2", CLEAN, 0, 0 },
	{ "flaky both 1122304 512 2", CLEAN, 0, 0 },
	{ "sticky write 600000", IO, 0, 0 },
	{ "sticky both 600000", IO, 0, 0 },
	{ "vanish 600000", IO, 0, 0 },
	{ "vanish 0", IO, 0, 0 },
	{ "wrap 561408", FAKE, 0, 561408 },
	{ "drop 561408", FAKE, 0, 561408 },
	{ "wrap 280704", FAKE, 0, 280704 },
	{ "drop 280704", FAKE, 0, 280704 },
	{ "wrap 1122303", FAKE, 0, 1122303 },
	{ "drop 1122303", FAKE, 0, 1122303 },
	{ "wrap 777777", FAKE, 0, 777777 },
	{ "drop 777777", FAKE, 0, 777777 },
	{ "flip 0", CONTENT, 0, 0 },
	{ "flip 400001", CONTENT, 0, 0 },
	{ "stuck 123456", CONTENT, 0, 0 },
	{ "misdirect 307200 4096 8192", CONTENT, 0, 0 },
	{ "misdirect 8192 4096 307200", CONTENT, 0, 0 },
	{ "torn 500224", CONTENT, 0, 0 },
	{ "stale 307200 4096", CONTENT, 0, 0 },
	{ "dropped 307200 4096", CONTENT, 0, 0 },
	{ "dropped 1122304 512", CONTENT, 0, 0 },
};

static const char *const verifies[] = { "none", "last", "all", "sample:100" };
static const char *const sound[] = { "unverified", "wiped", "wiped", "sampled" };

static void check_row(const char *method, const struct row *row, unsigned int verify)
{
	struct fault_disk d;
	struct wv__wipe_job job;
	const char *status;
	char *text;
	bool holds;

	world_disk(&d, SIZE);
	memset(d.memory, FILL, SIZE);
	ck_assert_int_eq(fault_disk_set(&d, row->fault), 0);
	job = world_wipe(&d, method, verifies[verify]);
	status = world_status(&job);
	text = wv_doc_text(job.result);
	switch (row->expect) {
	case READ_IO:
		if (verify != 0)
			goto io;
		/* fall through */
	case CLEAN:
		ck_assert_msg(!strcmp(status, sound[verify]), "%s, %s: %s", row->fault, method, text);
		ck_assert_int_eq(job.error, 0);
		break;
	case IO:
	io:
		ck_assert_msg(!strcmp(status, "failed"), "%s, %s: %s", row->fault, method, text);
		ck_assert_msg(job.error == -EIO, "%s, %s: %s", row->fault, method, text);
		if (row->length)
			world_bad_is(&job, row->bad, row->length,
				     row->expect == READ_IO ? "read" : "write");
		break;
	case FAKE:
		ck_assert_msg(!strcmp(status, "failed"), "%s, %s: %s", row->fault, method, text);
		ck_assert_msg(job.error == -EBADMSG, "%s, %s: %s", row->fault, method, text);
		ck_assert_msg(wv_doc_u64(job.result, "real") == row->length, "%s, %s: %s",
			      row->fault, method, text);
		break;
	case CONTENT:
		holds = world_holds_last_pass(&d, &job);
		if (verify == 0)
			break; /* nothing was read: "unverified", or failed by a lost stamp */
		ck_assert_msg(holds || !strcmp(status, "failed"), "%s, %s: %s", row->fault, method,
			      text);
		ck_assert_msg(holds || job.error == -EBADMSG, "%s, %s: %s", row->fault, method, text);
		ck_assert_msg(!holds || !strcmp(status, sound[verify]) || verify == 2, "%s, %s: %s",
			      row->fault, method, text);
		break;
	}
	free(text);
	world_done(&job);
	fault_disk_free(&d);
}

START_TEST(the_verdict_is_the_truth_for_this_fault)
{
	struct wv_doc *methods = NULL;

	ck_assert_int_eq(wv_wipe_methods(ctx, &methods), 0);
	for (size_t m = (size_t)_i % METHOD_STEP; m < wv_doc_count(methods); m += METHOD_STEP)
		for (unsigned int v = 0; v < ARRAY_SIZE(verifies); v++)
			check_row(wv_doc_str(wv_doc_at(methods, m), "name"), &rows[_i], v);
	wv_doc_free(methods);
}
END_TEST

static Suite *engine_suite(void)
{
	Suite *suite = suite_create("engine");
	TCase *table = tcase_create("table");

	tcase_add_loop_test(table, the_verdict_is_the_truth_for_this_fault, 0,
			    (int)ARRAY_SIZE(rows));
	suite_add_tcase(suite, table);
	return suite;
}

int main(void)
{
	return run_suite(engine_suite());
}
