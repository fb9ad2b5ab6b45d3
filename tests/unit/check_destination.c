/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_destination.c - what a take-out is going to lie on, and what may not be
 * overwritten for it
 */
#include "../../lib/flow/medium/destination.h"
#include "flow_world.h"

#define ROOM (32 * MiB)

static char holder[PATH_MAX];
static char *disk; /* a loop device over an empty image */

static void make(void)
{
	make_out();
}

static struct wv_prepare_opts opts_for(uint64_t size, const char *yes)
{
	struct wv_prepare_opts opts = prepare_opts();

	snprintf(holder, sizeof(holder), "suzuki=%s.pub", w.holder);
	opts.holder = holder;
	opts.size = size;
	opts.yes = yes;
	return opts;
}

static int check(const char *target, uint64_t size, const char *yes)
{
	const struct wv_prepare_opts opts = opts_for(size, yes);
	cleanup_plan struct wv__plan plan = { 0 };
	int r;

	ck_done(wv__plan_read(w.st, &opts, &plan));
	plan.target = target;
	r = wv__destination(ctx, target, size, &plan.identity);
	return r < 0 ? r : wv__destination_check(w.st, &plan);
}

START_TEST(a_container_is_told_by_its_name)
{
	cleanup_doc struct wv_doc *identity = NULL;
	cleanup_free char *name = below(w.dir, "work/./new.img");
	cleanup_free char *path = below(w.work, "new.img");

	stage("new");
	ck_done(wv__destination(ctx, name, ROOM, &identity));
	ck_assert_str_eq(wv_doc_str(identity, "path"), path);
	ck_assert_str_eq(wv_doc_str(identity, "serial"), "new.img");
	ck_assert_str_eq(wv_doc_str(identity, "kind"), "file");
	ck_assert_uint_eq(wv_doc_u64(identity, "size"), ROOM);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(what_is_no_place_for_one_is_refused)
{
	cleanup_free char *slash = below(w.work, "");
	struct wv_doc *identity = NULL;

	stage("out");
	ck_assert_int_eq(wv__destination(ctx, w.volume, ROOM + 1, &identity), -EINVAL);
	ck_assert_int_eq(wv__destination(ctx, slash, ROOM, &identity), -EINVAL);
	ck_assert_int_eq(wv__destination(ctx, "/nowhere/x.img", ROOM, &identity), -ENOENT);
	ck_assert_int_eq(wv__destination(ctx, w.volume, 0, &identity), -EEXIST); /* a file without --size */
	ck_assert_int_eq(wv__destination(ctx, "/nowhere", 0, &identity), -ENOENT);
	ck_assert_ptr_null(identity);
}
END_TEST

START_TEST(a_container_is_refused_for_its_name_its_size_and_another_serial)
{
	stage("new");
	ck_done(check(w.volume, ROOM, NULL));
	ck_done(check(w.volume, ROOM, "volume.img"));
	ck_assert_int_eq(check(w.volume, ROOM, "other.img"), -EPERM);
	ck_error_has("not other.img");
	ck_assert_int_eq(check(w.volume, 4 * MiB, NULL), -ENOSPC);
	must("touch '%s'", w.volume);
	ck_assert_int_eq(check(w.volume, ROOM, NULL), -EEXIST);
}
END_TEST

START_TEST(a_volume_that_is_out_is_refused_and_one_that_was_never_finished_is_not)
{
	static const enum wv__step path[] = { WV__STEP_DECLARED, WV__STEP_APPROVED };
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_subject struct wv__subject s = { 0 };
	char uuid[37];

	stage("out");
	ck_assert_int_eq(check(w.volume, ROOM, NULL), -EEXIST);
	ck_done(wv__subject_need(w.st, w.volume, &s));
	memcpy(uuid, s.volume, sizeof(uuid));
	station_close();
	/* the same file, to a ledger that has begun it only */
	must("cp '%s' '%s/kept' && rm -rf '%s' && cp -a '%s/new/station' '%s'", w.volume, w.work, w.station,
	     w.dir, w.station);
	station_open();
	ck_assert_int_eq(check(w.volume, ROOM, NULL), -EEXIST);
	ck_done(wv__takeout_new(w.st, &t));
	for (size_t i = 0; i < ARRAY_SIZE(path); i++)
		ck_done(wv__takeout_step(t, path[i], NULL));
	ck_done(wv__doc_build(ctx, &body, M_STR("volume", uuid)));
	ck_done(wv__takeout_step(t, WV__STEP_PROVISIONING, body));
	ck_done(check(w.volume, ROOM, NULL));
}
END_TEST

START_TEST(a_device_is_overwritten_by_its_serial_only_and_not_while_it_is_needed)
{
	cleanup_free char *image = below(w.dir, "disk.img");
	const char *name;

	stage("out");
	must("truncate -s 32M '%s'", image);
	disk = loop_attach(image, 0, false);
	name = strrchr(disk, '/') + 1;
	ck_assert_int_eq(check(disk, 0, NULL), -EPERM);
	ck_error_has("say so with --yes=");
	ck_assert_int_eq(check(disk, 0, "sdx"), -EPERM);
	ck_error_has("not sdx");
	ck_done(check(disk, 0, name));
	must("dd if='%s' of='%s' bs=1M conv=notrunc,fsync status=none", w.volume, disk);
	ck_assert_int_eq(check(disk, 0, name), -EPERM);
	ck_error_has("whose keys are not known to be destroyed");
	loop_detach(disk);
}
END_TEST

static int check_it(struct wv_doc **ret)
{
	static struct wv__plan plan;

	if (!ret) { /* once, before any fault */
		static struct wv_prepare_opts opts;

		opts = opts_for(ROOM, NULL);
		ck_done(wv__plan_read(w.st, &opts, &plan));
		plan.target = w.volume;
		ck_done(wv__destination(ctx, w.volume, ROOM, &plan.identity));
		return 0;
	}
	return wv__destination_check(w.st, &plan);
}

static int describe(struct wv_doc **ret)
{
	return wv__destination(ctx, w.volume, ROOM, ret);
}

START_TEST(looking_survives_every_failure)
{
	stage("new");
	check_it(NULL);
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = check_it }), 2);
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = describe }), 3);
}
END_TEST

FLOW_MAIN("destination", make, a_container_is_told_by_its_name, what_is_no_place_for_one_is_refused,
	  a_container_is_refused_for_its_name_its_size_and_another_serial,
	  a_volume_that_is_out_is_refused_and_one_that_was_never_finished_is_not,
	  a_device_is_overwritten_by_its_serial_only_and_not_while_it_is_needed,
	  looking_survives_every_failure)
