/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_apart.c - what may not share a disk, and what may not lie inside what
 */
#include "../../lib/flow/medium/apart.h"
#include "flow_world.h"

static char *here, *there; /* two file systems, each with a directory and a file */

static void make(void)
{
	world_make();
	here = below(w.dir, "here");
	there = below(w.dir, "there");
	must("mkdir '%s' '%s' && mount -t tmpfs here '%s' && mount -t tmpfs there '%s'", here, there, here, there);
	must("mkdir '%s'/d '%s'/d && touch '%s'/f '%s'/f && truncate -s 8M '%s'/image", here, there, here, there, here);
	stage("new");
	w.st->policy->lab = false;
}

static int apart(const char *path, const struct wv_device *target, const char *dir)
{
	return wv__keep_apart(w.st, "the key file", path, target, dir);
}

START_TEST(what_lies_on_the_target_s_file_system_is_refused)
{
	cleanup_free char *f = below(here, "f");
	cleanup_free char *d = below(here, "d");
	cleanup_free char *other = below(there, "d");

	ck_assert_int_eq(apart(f, NULL, d), -EPERM);
	ck_error_has("the key file");
	ck_error_has("is on the target's own disk");
	ck_done(apart(f, NULL, other));
	ck_assert_int_eq(apart("/nowhere/at/all", NULL, other), -ENOENT);
}
END_TEST

START_TEST(a_loop_device_stands_on_the_disk_of_its_file)
{
	cleanup_free char *image = below(here, "image");
	cleanup_free char *f = below(here, "f");
	cleanup_free char *other = below(there, "f");
	cleanup_free char *dev = loop_attach(image, 0, false);
	cleanup_device struct wv_device *device = NULL;

	ck_done(wv__device_open(ctx, dev, WV__DEV_RDONLY, &device));
	ck_assert_int_eq(apart(f, device, NULL), -EPERM);
	ck_assert_int_eq(apart(dev, device, NULL), -EPERM);
	ck_done(apart(other, device, NULL));
	wv__device_free(take_ptr(device));
	loop_detach(dev);
}
END_TEST

START_TEST(so_do_its_partitions_and_a_file_system_on_them)
{
	cleanup_free char *image = below(here, "image");
	cleanup_free char *f = below(here, "f");
	cleanup_free char *mnt = below(there, "mnt");
	cleanup_free char *inside = below(there, "mnt/lost+found");
	cleanup_free char *dev = NULL;
	cleanup_device struct wv_device *device = NULL;

	must("mkfs.ext4 -q '%s' && mkdir '%s'", image, mnt);
	dev = loop_attach(image, 0, false);
	must("mount '%s' '%s'", dev, mnt);
	ck_done(wv__device_open(ctx, dev, WV__DEV_RDONLY, &device));
	ck_assert_int_eq(apart(inside, device, NULL), -EPERM);
	ck_assert_int_eq(apart(f, NULL, inside), -EPERM); /* a container there is on our disk */
	wv__device_free(take_ptr(device));
	must("umount '%s'", mnt);
	loop_detach(dev);
}
END_TEST

START_TEST(in_a_lab_one_disk_may_carry_all_of_it)
{
	cleanup_free char *f = below(here, "f");
	cleanup_free char *d = below(here, "d");

	w.st->policy->lab = true;
	ck_done(apart(f, NULL, d));
}
END_TEST

START_TEST(what_lies_below_a_directory_is_inside_it_by_whatever_name)
{
	static const struct {
		const char *file, *dir;
		int r;
	} cases[] = {
		{ "d/x", "d", -EINVAL }, { "d/./x", "d", -EINVAL }, { "f", "d", 0 },
		{ "d/../f", "d", 0 },	 { "link/x", "d", -EINVAL }, { "d/x", "link", -EINVAL },
		{ "d", "d", 0 },	 { "dd/x", "d", 0 },	      { "f", "/", -EINVAL },
		{ "none/x", "d", -ENOENT }, { "d/x", "none", -ENOENT },
	};

	must("cd '%s' && mkdir -p dd && ln -sfn d link", here);
	ck_assert_int_eq(chdir(here), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(wv__keep_outside(ctx, "the key file", cases[i].file, cases[i].dir) == cases[i].r,
			      "%s in %s: %s", cases[i].file, cases[i].dir, wv_ctx_error(ctx));
	ck_assert_int_eq(wv__keep_outside(ctx, "the key file", "d/x", "d"), -EINVAL);
	ck_error_has("the key file d/x lies inside d");
}
END_TEST

static char *asked_file, *asked_dir;

static int ask(struct wv_doc **ret)
{
	int r;

	(void)ret;
	r = apart(asked_file, NULL, asked_dir);
	return r < 0 ? r : wv__keep_outside(ctx, "the key file", asked_file, asked_dir);
}

START_TEST(asking_survives_every_failure)
{
	asked_file = below(here, "f");
	asked_dir = below(there, "d");
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = ask }), 5);
}
END_TEST

FLOW_MAIN("apart", make, what_lies_on_the_target_s_file_system_is_refused,
	  a_loop_device_stands_on_the_disk_of_its_file, so_do_its_partitions_and_a_file_system_on_them,
	  in_a_lab_one_disk_may_carry_all_of_it, what_lies_below_a_directory_is_inside_it_by_whatever_name,
	  asking_survives_every_failure)
