/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * device.h - one disk, partition, loop or container file: opened, held, and
 * the facts about it
 */
#ifndef WV_DEVICE_H
#define WV_DEVICE_H

#include <sys/stat.h>

#include "../base/ctx.h"

enum wv__device_kind { WV__DISK, WV__PARTITION, WV__LOOP, WV__FILE };

#define WV__DEV_RDONLY (1u << 0)
#define WV__DEV_EXCL   (1u << 1) /* held at once, as by wv__device_hold() */
#define WV__DEV_DIRECT (1u << 2) /* its descriptor is O_DIRECT */

/* Facts: read them, never write them. The last block is device.c's own. */
struct wv_device {
	char *path;      /* as given */
	char *real_path; /* absolute, without links */
	char *kname;     /* "sdb1"; NULL for a file */
	char *disk;      /* kname of the whole disk (its own, when it is one); NULL for a file */
	char *vendor;    /* NULL: not known, or in the model */
	char *model;     /* NULL: not known */
	char *serial;    /* of the whole disk, as wv__facts_text(); a loop's kname; a file's base name */
	const char *serial_origin; /* "device", "bridge", "kernel" or "file" */
	const char *media;         /* "flash", "disk", "file" or "unknown" */
	enum wv__device_kind kind;
	uint64_t size;
	uint32_t logical_block;  /* bytes; a file: its file system's block */
	uint32_t physical_block;
	uint64_t diskseq; /* 0: the kernel does not say, or a file */
	dev_t rdev;       /* of a block device; 0 for a file */
	dev_t dev;        /* of the node or file itself */
	ino_t ino;
	bool read_only;
	bool rotational;
	bool removable;

	int fd;
	int hold_fd; /* a block device's O_EXCL descriptor, or -1 */
	bool held;
	uint32_t flags;
	char proc_path[32];
};

#define cleanup_device cleanup(wv__device_freep)

/**
 * wv__device_open() - open what is there; never creates
 * @flags: WV__DEV_*
 *
 * Return: 0; -ENOTBLK for what is neither a block device nor a regular file;
 * -EROFS where writing was asked for and cannot be; -EBUSY with who uses it,
 * when WV__DEV_EXCL cannot be had; or another negative errno.
 */
int wv__device_open(struct wv_ctx *ctx, const char *path, uint32_t flags,
		    struct wv_device **ret_dev);
void wv__device_free(struct wv_device *dev);
void wv__device_freep(struct wv_device **dev);

int wv__device_fd(const struct wv_device *dev);
/* "/proc/self/fd/N": a name that cannot lead elsewhere while the device is open. */
const char *wv__device_proc_path(const struct wv_device *dev);
/* A descriptor of its own, read-only and buffered, whatever the device's is; or a negative errno with its sentence. */
int wv__device_reopen(struct wv_ctx *ctx, const struct wv_device *dev);
const char *wv__device_kind_name(const struct wv_device *dev); /* "disk", "partition", "loop", "file" */

/**
 * wv__device_recheck() - is it still the one that was opened
 *
 * The name leads to the same node, disk sequence number and size. Call it
 * before each step that destroys. Return: 0, or -EBUSY "... was replaced".
 */
int wv__device_recheck(struct wv_ctx *ctx, const struct wv_device *dev);
/* The same by the real path alone: a link by label or UUID may go with what was overwritten. */
int wv__device_recheck_real(struct wv_ctx *ctx, const struct wv_device *dev);
/* Does a descriptor lead to it: the same node, disk sequence number and size. 1, 0, or a negative errno; no sentence. */
int wv__device_is(const struct wv_device *dev, int fd);

/*
 * Take and give back O_EXCL (a file: an OFD lock; shared when opened
 * WV__DEV_RDONLY). libcryptsetup, mount and losetup open exclusively
 * themselves: give it back for their call only, then hold and recheck. Holding
 * twice is fine. What a killed program left on its way holds it some seconds more:
 * that is waited for. -EBUSY with who uses it.
 */
int wv__device_hold(struct wv_ctx *ctx, struct wv_device *dev);
void wv__device_unhold(struct wv_device *dev);
/* The descriptor that it is held by: whoever keeps a duplicate keeps it held. -1: it is not. */
int wv__device_hold_fd(const struct wv_device *dev);

/* All that was written is on the medium, and what is read next comes from there. */
int wv__device_flush(struct wv_ctx *ctx, const struct wv_device *dev);

#endif
