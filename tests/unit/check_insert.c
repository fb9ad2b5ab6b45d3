/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_insert.c - what is said of a medium that was inserted
 */
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

static void ck_gone(const char *device, uint32_t flags)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char before[65], after[65];
	uint64_t seq;

	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, before));
	ck_assert_int_eq(wv_flow_insert(w.st, device, flags, &doc), -ENOMEDIUM);
	ck_assert_ptr_null(doc);
	ck_error_has("/dev/");
	ck_error_has(" is gone: ");
	ck_done(wv__ledger_head(ctx, w.st->ledger, &seq, after));
	ck_assert_str_eq(before, after);
}

START_TEST(what_was_pulled_meanwhile_is_gone_and_not_recorded)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char stick[300], *loop, *with;
	struct wv_device *dev;

	out();
	snprintf(stick, sizeof(stick), "%s/loop", w.dir);
	must("truncate -s 1M '%s'", stick);
	loop = loop_attach(stick, 0, true);
	ck_done(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev));
	with = wv__printf("%s:%" PRIu64, loop, dev->diskseq);
	ck_done(wv_flow_insert(w.st, with, WV_INSERT_DISKSEQ, &doc));
	ck_assert_str_eq(wv_doc_str(doc, "verdict"), "plain");
	free(with);
	with = wv__printf("%s:%" PRIu64, loop, dev->diskseq + 1);
	ck_gone(with, WV_INSERT_DISKSEQ);
	ck_error_has("another medium");
	ck_gone("/dev/none", 0);
	ck_gone("/dev/none:", WV_INSERT_DISKSEQ);
	ck_assert_int_eq(wv_flow_insert(w.st, loop, WV_INSERT_DISKSEQ, &doc), -EINVAL);
	ck_assert_int_eq(wv_flow_insert(w.st, "/dev/none:1x", WV_INSERT_DISKSEQ, &doc), -EINVAL);
	ck_assert_int_eq(wv_flow_insert(w.st, w.conf, WV_INSERT_DISKSEQ, &doc), -EINVAL);
	ck_assert_int_eq(wv_flow_insert(w.st, "none", 0, &doc), -ENOENT);
	wv__device_free(dev);
	loop_detach(loop);
	free(with);
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

FLOW_MAIN("insert", make_quiet, telling_survives_every_failure, insert_survives_every_failure, a_volume_that_is_out_is_due_back,
	  the_same_is_not_recorded_twice_in_a_minute, another_of_that_name_is_recorded,
	  what_was_pulled_meanwhile_is_gone_and_not_recorded)
