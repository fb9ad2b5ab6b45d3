/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_insert.c - what is said of a medium that was inserted
 */
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "flow_world.h"

static void out(void)
{
	stage("out");
}

static int do_insert(struct wv_doc **ret)
{
	return wv_flow_insert(w.st, w.volume, 0, ret);
}

static const char *verdict_of(struct wv_doc **doc)
{
	ck_done(do_insert(doc));
	return wv_doc_str(*doc, "verdict");
}

static void changes_nothing(int n, int r)
{
	(void)n;
	(void)r;
	must("cmp '%s' '%s/out/volume.img'", w.volume, w.dir);
}

START_TEST(insert_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_insert, .before = out,
							  .after = changes_nothing, .grow = 8 }),
			 100);
}
END_TEST

START_TEST(a_volume_that_is_out_is_due_back)
{
	cleanup_doc struct wv_doc *doc = NULL;

	out();
	ck_assert_str_eq(verdict_of(&doc), "due-back");
	ck_assert(!wv_doc_bool(doc, "alert"));
	ck_assert_ptr_nonnull(strstr(wv_doc_str(doc, "message"), "2099-12-31"));
	ck_assert_ptr_nonnull(strstr(wv_doc_str(doc, "next"), "workvol return"));
}
END_TEST

START_TEST(one_that_is_out_and_has_no_header_any_more_is_an_alert)
{
	cleanup_doc struct wv_doc *doc = NULL;

	out();
	must("dd if=/dev/zero of='%s' bs=1M count=8 conv=notrunc status=none", w.volume);
	ck_assert_str_eq(verdict_of(&doc), "header-changed");
	ck_assert(wv_doc_bool(doc, "alert"));
	ck_assert_ptr_nonnull(wv_doc_str(doc, "takeout"));
	ck_assert_ptr_nonnull(strstr(wv_doc_str(doc, "message"), wv_doc_str(doc, "volume")));
	ck_assert_ptr_null(wv_doc_str(doc, "next"));
}
END_TEST

START_TEST(the_same_is_not_recorded_twice_in_a_minute)
{
	cleanup_doc struct wv_doc *first = NULL;
	cleanup_doc struct wv_doc *second = NULL;
	char before[65], after[65];
	uint64_t seq;

	out();
	ck_done(do_insert(&first));
	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, before));
	ck_done(do_insert(&second));
	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, after));
	ck_assert_str_eq(before, after);
}
END_TEST

static uint64_t seen(const char *path)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char digest[65];
	uint64_t seq;

	ck_done(wv_flow_insert(w.st, path, 0, &doc));
	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, digest));
	return seq;
}

/* A stick without a serial is called by the kernel's name, as the one before it was. */
START_TEST(another_of_that_name_is_recorded)
{
	char stick[300];
	uint64_t first;

	out();
	snprintf(stick, sizeof(stick), "%s/stick", w.dir);
	must("truncate -s 1M '%s'", stick);
	first = seen(stick);
	ck_assert_uint_eq(seen(stick), first);
	must("truncate -s 2M '%s'", stick);
	ck_assert_uint_eq(seen(stick), first + 1);
	must("mkfs.ext4 -q '%s'", stick);
	ck_assert_uint_eq(seen(stick), first + 2);
	ck_assert_uint_eq(seen(stick), first + 2);
}
END_TEST

START_TEST(what_was_pulled_is_gone_and_not_recorded)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char before[65], after[65];
	uint64_t seq;

	out();
	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, before));
	ck_assert_int_eq(wv_flow_insert(w.st, "/dev/none", 0, &doc), -ENOMEDIUM);
	ck_error_has("/dev/none is gone: ");
	ck_assert_int_eq(wv_flow_insert(w.st, "none", 0, &doc), -ENOENT);
	ck_assert_ptr_null(doc);
	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, after));
	ck_assert_str_eq(before, after);
}
END_TEST

/* As a stick that says so at each opening: another size each time. */
static void keep_changing(const char *image, const char *loop)
{
	const int fd = open(loop, O_RDONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (off_t size = 2 << 20; truncate(image, size) == 0; size += 4096)
		ioctl(fd, LOOP_SET_CAPACITY, 0);
	_exit(1);
}

static uint64_t size_of(const char *loop)
{
	const int fd = open(loop, O_RDONLY | O_CLOEXEC);
	uint64_t size = 0;

	ck_assert_int_eq(ioctl(fd, BLKGETSIZE64, &size), 0);
	close(fd);
	return size;
}

START_TEST(one_that_is_another_each_time_is_an_alert)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char stick[300], *loop;
	pid_t pid;

	out();
	snprintf(stick, sizeof(stick), "%s/changing", w.dir);
	must("truncate -s 1M '%s'", stick);
	loop = loop_attach(stick, 0, false);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		keep_changing(stick, loop);
	while (size_of(loop) == 1 << 20)
		usleep(1000);
	ck_done(wv_flow_insert(w.st, loop, 0, &doc));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert_str_eq(wv_doc_str(doc, "verdict"), "unclear");
	ck_assert(wv_doc_bool(doc, "alert"));
	ck_assert_ptr_nonnull(strstr(wv_doc_str(doc, "message"), "another medium each time"));
	loop_detach(loop);
	free(loop);
}
END_TEST

/* In the mounts of own_run(): nobody else is told. */
static void make_quiet(void)
{
	make_out();
	must("mkdir -p /run/user && mount -t tmpfs none /run/user && mount --bind /bin/true \"$(command -v wall)\"");
}

static int do_notify(struct wv_doc **ret)
{
	return wv_flow_insert(w.st, w.volume, WV_INSERT_NOTIFY, ret);
}

START_TEST(telling_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_notify, .before = out,
							  .after = changes_nothing, .grow = 8 }),
			 100);
}
END_TEST

START_TEST(a_volume_whose_keys_are_called_destroyed_is_an_alert)
{
	cleanup_doc struct wv_doc *result = NULL, *doc = NULL;

	out();
	ck_done(do_return(&result));
	must("cat '%s/out/volume.img' >'%s'", w.dir, w.volume);
	ck_assert_str_eq(verdict_of(&doc), "not-destroyed");
	ck_assert(wv_doc_bool(doc, "alert"));
	ck_assert_ptr_null(wv_doc_str(doc, "next"));
}
END_TEST

FLOW_MAIN("insert", make_quiet, a_volume_whose_keys_are_called_destroyed_is_an_alert, telling_survives_every_failure, insert_survives_every_failure, a_volume_that_is_out_is_due_back,
	  one_that_is_out_and_has_no_header_any_more_is_an_alert,
	  the_same_is_not_recorded_twice_in_a_minute, another_of_that_name_is_recorded,
	  what_was_pulled_is_gone_and_not_recorded, one_that_is_another_each_time_is_an_alert)
