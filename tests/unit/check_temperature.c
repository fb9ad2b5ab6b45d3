/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_temperature.c - a disk's sensor is found where the kernel puts it, and
 * nonsense is no temperature
 */
#include <errno.h>
#include <sys/stat.h>

#include "support.h"
#include "../../lib/media/temperature.h"

/* A directory like /sys/block/DISK, with its sensor at place; its path, free() it. */
static char *make_disk(const char *disk, const char *place)
{
	char *dir = test_path(disk), command[512];

	snprintf(command, sizeof(command), "mkdir -p '%s/%s'", dir, place);
	ck_assert_int_eq(system(command), 0);
	return dir;
}

static void put(const char *disk, const char *place, const char *attr, const char *text)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/%s/%s", disk, place, attr);
	free(make_file(name, text));
}

START_TEST(the_sensor_of_each_kind_of_disk_is_found)
{
	static const char *const places[] = { "device/hwmon/hwmon3", "device/hwmon1",
					      "device/nvme0/hwmon12" };

	for (size_t i = 0; i < 3; i++) {
		char disk[16], *dir;
		int now = 0, limit = 1;

		snprintf(disk, sizeof(disk), "disk%zu", i);
		dir = make_disk(disk, places[i]);
		put(disk, places[i], "temp1_input", "41000\n");
		ck_assert_int_eq(wv__temperature(dir, &now, &limit), 0);
		ck_assert_int_eq(now, 41000);
		ck_assert_int_eq(limit, 0);
		ck_assert_int_eq(wv__temperature(dir, &now, NULL), 0);
		free(dir);
	}
}
END_TEST

START_TEST(a_partition_has_its_disks_temperature)
{
	char *dir = make_disk("sdp", "device/hwmon/hwmon0"),
	     *part = make_disk("sdp/sdp1", "holders");
	int now = 0;

	put("sdp", "device/hwmon/hwmon0", "temp1_input", "-3500\n");
	put("sdp", "sdp1", "partition", "1\n");
	ck_assert_int_eq(wv__temperature(part, &now, NULL), 0);
	ck_assert_int_eq(now, -3500);
	free(part);
	free(dir);
}
END_TEST

START_TEST(the_limit_is_the_maximum_or_else_the_critical_one)
{
	const char *place = "device/hwmon0";
	char *dir = make_disk("nvm", place);
	int now, limit = -1;

	put("nvm", place, "temp1_input", "55850\n");
	put("nvm", place, "temp1_crit", "89850\n");
	ck_assert_int_eq(wv__temperature(dir, &now, &limit), 0);
	ck_assert_int_eq(limit, 89850);
	put("nvm", place, "temp1_max", "83850\n");
	ck_assert_int_eq(wv__temperature(dir, &now, &limit), 0);
	ck_assert_int_eq(limit, 83850);
	put("nvm", place, "temp1_max", "65261850\n"); /* not set */
	ck_assert_int_eq(wv__temperature(dir, &now, &limit), 0);
	ck_assert_int_eq(limit, 89850);
	free(dir);
}
END_TEST

START_TEST(nonsense_is_no_temperature)
{
	static const char *const texts[] = {
		"", "\n", "warm\n", "41 C\n", "-273150\n", "65261850\n", "99999999999999999999\n"
	};
	const char *place = "device/hwmon/hwmon0";
	char *dir = make_disk("odd", place), *none = make_disk("none", "device");
	int now = 7, limit = 8;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		put("odd", place, "temp1_input", texts[i]);
		ck_assert_int_eq(wv__temperature(dir, &now, &limit), -ENODATA);
	}
	ck_assert_int_eq(wv__temperature(none, &now, &limit), -ENODATA);
	ck_assert_int_eq(wv__temperature("/nowhere", &now, &limit), -ENODATA);
	ck_assert_int_eq(now, 7);
	ck_assert_int_eq(limit, 8);
	free(none);
	free(dir);
}
END_TEST

START_TEST(a_reading_that_fails_is_not_a_missing_sensor)
{
	const char *place = "device/hwmon/hwmon0";
	char *dir = make_disk("sick", place);
	int now = 7, n, r;

	put("sick", place, "temp1_input", "41000\n");
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__temperature(dir, &now, NULL);
		if (!fault_fired())
			break;
		ck_assert(r == 0 || (r < 0 && now == 7));
		now = 7;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
	free(dir);
}
END_TEST

static Suite *temperature_suite(void)
{
	Suite *suite = suite_create("temperature");
	TCase *tc = tcase_create("temperature");

	tcase_add_test(tc, the_sensor_of_each_kind_of_disk_is_found);
	tcase_add_test(tc, a_partition_has_its_disks_temperature);
	tcase_add_test(tc, the_limit_is_the_maximum_or_else_the_critical_one);
	tcase_add_test(tc, nonsense_is_no_temperature);
	tcase_add_test(tc, a_reading_that_fails_is_not_a_missing_sensor);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(temperature_suite());
}
