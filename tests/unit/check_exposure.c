/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_exposure.c - what of the memory may come to lie on a disk in clear, of
 * machines that are directories
 */
#include <sys/sysmacros.h>

#include "fake_root.h"
#include "../../lib/host/host.h"

#define SWAPS "Filename\tType\tSize\tUsed\tPriority\n"

static struct wv_doc *warnings, *found;

static void look(const char *root)
{
	wv_doc_free(warnings);
	wv_doc_free(found);
	warnings = found = NULL;
	ck_assert_int_eq(wv__doc_array(ctx, &warnings), 0);
	ck_assert_msg(wv__exposure(ctx, root, warnings, &found) == 0, "%s", wv_ctx_error(ctx));
}

static const char *state(const char *key)
{
	return wv_doc_str(wv_doc_get(found, key), "state");
}

static void ck_warned(size_t i, const char *text)
{
	const char *warning = wv_doc_str_at(warnings, i);

	ck_assert_msg(warning && strstr(warning, text), "warning %zu: %s", i, warning ? warning : "none");
}

/* A machine whose file systems lie on one disk, in clear or behind dm-crypt. */
static const char *machine(bool encrypted)
{
	const char *root = fake_root();
	char path[128];
	struct stat st;

	ck_assert_int_eq(stat(root, &st), 0);
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
	put(root, path, NULL);
	if (encrypted) {
		strcat(path, "/dm/uuid");
		put(root, path, "CRYPT-LUKS2-0123-root\n");
	}
	put(root, "/sys/class/block/sda3", NULL);
	put(root, "/sys/class/block/dm-0/dm/uuid", "CRYPT-PLAIN-swap\n");
	put(root, "/sys/class/block/dm-1/dm/uuid", "LVM-abc\n");
	put(root, "/sys/class/block/dm-1/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-pv\n");
	put(root, "/sys/class/block/dm-2/dm/uuid", "LVM-def\n");
	put(root, "/sys/class/block/dm-2/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-pv\n");
	put(root, "/sys/class/block/dm-2/slaves/sda3", NULL);
	put(root, "/sys/class/block/zram0/backing_dev", "none\n");
	put(root, "/sys/class/block/zram1/backing_dev", "/dev/sda3\n");
	return root;
}

START_TEST(a_machine_without_swap_and_dumps_leaves_nothing)
{
	const char *root = machine(false);

	put(root, "/proc/swaps", SWAPS);
	put(root, "/proc/sys/kernel/core_pattern", "|/bin/false\n");
	look(root);
	ck_assert_str_eq(state("swap"), "off");
	ck_assert_str_eq(state("hibernation"), "off");
	ck_assert_str_eq(state("core_dumps"), "off");
	ck_assert_uint_eq(wv_doc_count(warnings), 0);
}
END_TEST

START_TEST(swap_is_told_by_what_it_stands_on)
{
	static const struct {
		const char *name, *type, *state;
	} rows[] = {
		{ "/dev/dm-0", "partition", "encrypted" }, { "/dev/dm-1", "partition", "encrypted" },
		{ "/dev/dm-2", "partition", "clear" },	   { "/dev/sda3", "partition", "clear" },
		{ "/dev/zram0", "partition", "memory" },   { "/dev/zram1", "partition", "clear" },
		{ "/dev/gone", "partition", "unknown" },   { "/swap\\040file", "file", "clear" },
	};
	const char *root = machine(false);

	put(root, "/swap file", "x");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool bad = strcmp(rows[i].state, "clear") == 0 || strcmp(rows[i].state, "unknown") == 0;
		char text[256];

		snprintf(text, sizeof(text), SWAPS "%s\t%s\t1\t0\t-2\n", rows[i].name, rows[i].type);
		put(root, "/proc/swaps", text);
		look(root);
		ck_assert_msg(strcmp(state("swap"), rows[i].state) == 0, "%s: %s", rows[i].name, state("swap"));
		ck_assert_uint_eq(wv_doc_count(warnings), bad);
	}
	ck_warned(0, "swapped to /swap file, which is not encrypted");
}
END_TEST

START_TEST(the_worst_area_counts)
{
	const char *root = machine(false);

	put(root, "/proc/swaps", SWAPS "/dev/dm-0 partition 1 0 -2\n/dev/sda3 partition 1 0 -3\n");
	look(root);
	ck_assert_str_eq(state("swap"), "clear");
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(wv_doc_get(found, "swap"), "areas")), 2);
	ck_warned(0, "/dev/sda3");
}
END_TEST

START_TEST(hibernation_goes_where_swap_or_the_resume_device_is)
{
	const char *root = machine(false);

	put(root, "/proc/swaps", SWAPS "/dev/dm-0 partition 1 0 -2\n");
	put(root, "/sys/power/state", "freeze mem disk\n");
	put(root, "/sys/power/disk", "[platform] shutdown\n");
	put(root, "/sys/power/resume", "0:0\n");
	look(root);
	ck_assert_str_eq(state("hibernation"), "encrypted");
	put(root, "/sys/dev/block/8:3", NULL);
	put(root, "/sys/power/resume", "8:3\n");
	look(root);
	ck_assert_str_eq(state("hibernation"), "clear");
	ck_warned(0, "hibernation would write all memory");
	put(root, "/sys/power/disk", "[disabled]\n");
	look(root);
	ck_assert_str_eq(state("hibernation"), "off");
	put(root, "/sys/power/disk", "[platform]\n");
	put(root, "/sys/power/state", "freeze mem\n");
	look(root);
	ck_assert_str_eq(state("hibernation"), "off");
}
END_TEST

START_TEST(core_dumps_go_where_the_pattern_says)
{
	const char *clear = machine(false), *encrypted;
	char copy[256], link[300];

	snprintf(copy, sizeof(copy), "%s", clear);
	put(copy, "/proc/sys/kernel/core_pattern", "core\n");
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "clear");
	ck_warned(0, "core_pattern says (core), which is not encrypted");
	put(copy, "/etc/security/limits.d/10-core.conf", "# none\n*\thard  core 0 # at all\n");
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "off");
	put(copy, "/proc/sys/kernel/core_pattern", "/var/cores/%e\n");
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "clear");
	put(copy, "/proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P\n");
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "clear");
	put(copy, "/etc/systemd/coredump.conf", "[Coredump]\nStorage=external\n");
	put(copy, "/etc/systemd/coredump.conf.d/50-none.conf", "[Coredump]\nStorage=none\n");
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "off");
	put(copy, "/proc/sys/kernel/core_pattern", "|/opt/collect\n");
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "unknown");
	ck_warned(0, "cannot be told");
	put(copy, "/proc/sys/kernel/core_pattern", "/loop/core\n"); /* that it cannot be told fails nothing */
	snprintf(link, sizeof(link), "%s/loop", copy);
	ck_assert_int_eq(symlink("loop", link), 0);
	look(copy);
	ck_assert_str_eq(state("core_dumps"), "unknown");
	put(copy, "/sys/kernel/kexec_crash_loaded", "1\n");
	look(copy);
	ck_warned(1, "kdump");

	encrypted = machine(true);
	put(encrypted, "/proc/sys/kernel/core_pattern", "core\n");
	look(encrypted);
	ck_assert_str_eq(state("core_dumps"), "encrypted");
	ck_assert_uint_eq(wv_doc_count(warnings), 0);
}
END_TEST

START_TEST(no_failure_makes_a_machine_look_safe)
{
	const char *root = machine(false);
	const int fds = open_fds();
	struct wv_doc *doc = NULL;
	int n, r;

	put(root, "/proc/swaps", SWAPS "/dev/dm-2 partition 1 0 -2\n");
	put(root, "/sys/power/state", "disk\n");
	put(root, "/proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P\n");
	put(root, "/etc/systemd/coredump.conf.d/50-none.conf", "[Coredump]\nStorage=none\n");
	for (n = 0;; n++) {
		wv_doc_free(warnings);
		warnings = NULL;
		ck_assert_int_eq(wv__doc_array(ctx, &warnings), 0);
		fault_after(n);
		r = wv__exposure(ctx, root, warnings, &doc);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		if (r == 0) { /* what cannot be looked at is called unknown */
			ck_assert_uint_ge(wv_doc_count(warnings), 2);
			wv_doc_free(doc);
		}
		doc = NULL;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	wv_doc_free(doc);
}
END_TEST

static Suite *exposure_suite(void)
{
	Suite *suite = suite_create("exposure");
	TCase *tc = tcase_create("exposure");

	tcase_add_test(tc, a_machine_without_swap_and_dumps_leaves_nothing);
	tcase_add_test(tc, swap_is_told_by_what_it_stands_on);
	tcase_add_test(tc, the_worst_area_counts);
	tcase_add_test(tc, hibernation_goes_where_swap_or_the_resume_device_is);
	tcase_add_test(tc, core_dumps_go_where_the_pattern_says);
	tcase_add_test(tc, no_failure_makes_a_machine_look_safe);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(exposure_suite());
}
