/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_remains.c - what a provisioning that did not end has left is removed, and
 * nothing else
 */
#include "../../lib/flow/prepare/remains.h"
#include "flow_world.h"

static struct wv__takeout *t;
static char uuid[37]; /* of the volume that is there in the stage "prepared" */

static void make(void)
{
	cleanup_subject struct wv__subject s = { 0 };

	make_prepared();
	station_open();
	ck_done(wv__subject_need(w.st, w.volume, &s));
	memcpy(uuid, s.volume, sizeof(uuid));
	station_close();
}

/* A take-out whose provisioning of that volume, on the work's container, has begun. */
static void begun(const char *volume)
{
	static const enum wv__step path[] = { WV__STEP_DECLARED, WV__STEP_APPROVED };
	cleanup_doc struct wv_doc *target = NULL;
	cleanup_doc struct wv_doc *body = NULL;

	wv__takeout_free(t);
	t = NULL;
	stage("prepared");
	ck_done(wv__takeout_new(w.st, &t));
	for (size_t i = 0; i < ARRAY_SIZE(path); i++)
		ck_done(wv__takeout_step(t, path[i], NULL));
	ck_done(wv__doc_build(ctx, &target, M_PATH("path", w.volume)));
	ck_done(wv__doc_build(ctx, &body, M_STR("volume", volume), M_DOC("target", target)));
	ck_done(wv__takeout_step(t, WV__STEP_PROVISIONING, body));
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

START_TEST(its_own_volume_goes_and_that_is_recorded)
{
	begun(uuid);
	ck_done(wv__remains_remove(t));
	ck_assert(!is_there(w.volume));
	ck_assert_ptr_null(t->body[WV__STEP_PROVISIONING]);
	ck_assert_str_eq(wv__takeout_str(t, WV__STEP_ABANDONED, "volume"), uuid);
	ck_done(wv__remains_remove(t)); /* once more: nothing was begun */
	wv__takeout_free(t);
}
END_TEST

START_TEST(a_link_to_it_kept_elsewhere_opens_no_more)
{
	cleanup_free char *link = below(w.work, "link.img");
	char magic[6] = "";
	int fd;

	begun(uuid);
	must("ln '%s' '%s'", w.volume, link);
	ck_done(wv__remains_remove(t));
	fd = open(link, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(pread(fd, magic, sizeof(magic), 0), sizeof(magic));
	ck_assert_int_ne(memcmp(magic, "LUKS", 4), 0);
	close(fd);
	wv__takeout_free(t);
}
END_TEST

#define OTHER "01234567-89ab-4cde-8f01-23456789abcd"

START_TEST(another_volume_in_its_place_stays)
{
	begun(OTHER);
	must("cp '%s' '%s/kept'", w.volume, w.work);
	ck_done(wv__remains_remove(t));
	must("cmp '%s' '%s/kept'", w.volume, w.work);
	ck_assert_ptr_null(t->body[WV__STEP_PROVISIONING]);
	wv__takeout_free(t);
}
END_TEST

START_TEST(what_it_was_growing_under_goes_whatever_is_in_it)
{
	cleanup_free char *part = wv__part_path(w.volume, OTHER);

	begun(OTHER);
	must("head -c 100000 /dev/urandom >'%s'", part);
	ck_done(wv__remains_remove(t));
	ck_assert(!is_there(part));
	ck_assert(is_there(w.volume));
	wv__takeout_free(t);
}
END_TEST

START_TEST(after_a_failure_its_own_sentence_is_told)
{
	begun(uuid);
	wv__fail(ctx, -ENOSPC, "no room");
	ck_assert_int_eq(wv__remains_failed(t, w.volume, -ENOSPC), -ENOSPC);
	ck_assert_str_eq(wv_ctx_error(ctx), "no room");
	ck_assert(!is_there(w.volume));
	wv__takeout_free(t);
}
END_TEST

START_TEST(what_is_prepared_in_the_ledger_is_no_remains)
{
	begun(uuid);
	ck_done(wv__takeout_step(t, WV__STEP_PREPARED, NULL));
	wv__fail(ctx, -EIO, "the commit failed");
	ck_assert_int_eq(wv__remains_failed(t, w.volume, -EIO), -EIO);
	ck_assert(is_there(w.volume));
	wv__takeout_free(t);
}
END_TEST

static void begun_here(void)
{
	begun(uuid);
}

static int do_remove(struct wv_doc **ret)
{
	(void)ret;
	return wv__remains_remove(t);
}

/* Killed in it, it is removed when it is run again. */
static void is_removed_again(int n, int r)
{
	cleanup_takeout struct wv__takeout *again = NULL;

	ck_done(wv__takeout_load(w.st, t->id, &again));
	if (r < 0)
		ck_done(wv__remains_remove(again));
	ck_assert_msg(!again->body[WV__STEP_PROVISIONING], "fault %d", n);
	/* without its header it is no volume any more: then the file may stay */
	must("! [ -e '%s' ] || ! head -c 4 '%s' | grep -q LUKS", w.volume, w.volume);
}

START_TEST(removing_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_remove, .before = begun_here,
							  .after = is_removed_again, .grow = 3 }), 60);
	wv__takeout_free(t);
}
END_TEST

FLOW_MAIN("remains", make, its_own_volume_goes_and_that_is_recorded,
	  a_link_to_it_kept_elsewhere_opens_no_more, another_volume_in_its_place_stays,
	  what_it_was_growing_under_goes_whatever_is_in_it, after_a_failure_its_own_sentence_is_told,
	  what_is_prepared_in_the_ledger_is_no_remains, removing_survives_every_failure)
