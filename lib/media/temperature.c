/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * temperature.c - how warm a disk is, where the kernel's sensors tell it
 */
#include <glob.h>
#include <string.h>

#include "sysfs.h"
#include "temperature.h"
#include "../base/buf.h"

/*
 * Sensors that are not set say 0 K or 65535 K (drivers/nvme/host/hwmon.c). No
 * disk works outside of this; in thousandths of a degree.
 */
#define COLDEST (-60 * 1000)
#define HOTTEST (150 * 1000)

/* Of the sensor, below the disk's directory. */
static const char *const places[] = {
	"device/hwmon/hwmon*", /* SCSI and ATA */
	"device/hwmon*",       /* NVMe: the controller's */
	"device/nvme*/hwmon*", /* NVMe with several paths: device is the subsystem */
};

/* 0, or -ENODATA when there is no number between those two. */
static int read_millidegrees(const char *sensor, const char *name, int *ret)
{
	char text[32], *end;
	long n;
	int r;

	r = wv__sysfs_attr(sensor, name, text, sizeof(text));
	if (r < 0)
		return r;
	n = r ? strtol(text, &end, 10) : 0;
	if (!r || *end || n < COLDEST || n > HOTTEST)
		return -ENODATA;
	*ret = (int)n;
	return 0;
}

static int limit_of(const char *sensor)
{
	int limit;

	if (read_millidegrees(sensor, "temp1_max", &limit) == 0 && limit > 0)
		return limit;
	if (read_millidegrees(sensor, "temp1_crit", &limit) == 0 && limit > 0)
		return limit;
	return 0;
}

static int read_sensor(const char *sensor, int *ret_millidegrees, int *ret_limit)
{
	const int r = read_millidegrees(sensor, "temp1_input", ret_millidegrees);

	if (r == 0 && ret_limit)
		*ret_limit = limit_of(sensor);
	return r;
}

static int read_place(const char *pattern, int *ret_millidegrees, int *ret_limit)
{
	glob_t found;
	int r = -ENODATA;

	if (glob(pattern, 0, NULL, &found) != 0)
		return -ENODATA;
	for (size_t i = 0; r == -ENODATA && i < found.gl_pathc; i++)
		r = read_sensor(found.gl_pathv[i], ret_millidegrees, ret_limit);
	globfree(&found);
	return r;
}

int wv__temperature(const char *dir, int *ret_millidegrees, int *ret_limit)
{
	uint64_t number;
	const int part = wv__sysfs_u64(dir, "partition", &number);
	int r = part < 0 ? part : -ENODATA;

	for (size_t i = 0; r == -ENODATA && i < ARRAY_SIZE(places); i++) {
		cleanup_free char *pattern =
			wv__printf("%s/%s%s", dir, part ? "../" : "", places[i]);

		r = pattern ? read_place(pattern, ret_millidegrees, ret_limit) : -ENOMEM;
	}
	return r;
}
