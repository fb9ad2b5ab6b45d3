/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * temperature.h - how warm a disk is, where the kernel's sensors tell it
 */
#ifndef WV_TEMPERATURE_H
#define WV_TEMPERATURE_H

/**
 * wv__temperature() - of the disk that a block device is, or is a partition of
 * @dir: its directory in /sys, of wv__sysfs_dir()
 * @ret_millidegrees: thousandths of a degree Celsius
 * @ret_limit: what its maker allows (temp1_max, else temp1_crit), in the same
 *	unit; 0: not told. May be NULL.
 *
 * ATA disks need the kernel's drivetemp module, NVMe disks nothing. A reading
 * is a command to the disk, and an ATA disk finishes what it has queued first:
 * ask every few seconds, not at each tick.
 *
 * Return: 0; -ENODATA without a sensor, or with one that tells nonsense; another
 * negative errno when it could not be read. No sentence.
 */
int wv__temperature(const char *dir, int *ret_millidegrees, int *ret_limit);

#endif
