/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts.c - fill in what is known of an open device
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "facts.h"
#include "sysfs.h"
#include "../base/buf.h"
#include "../base/json.h"

#define TEXT_MAX 256

int wv__facts_size(int fd, const struct stat *st, uint64_t *ret_size)
{
	if (S_ISREG(st->st_mode)) {
		*ret_size = st->st_size;
		return 0;
	}
	return ioctl(fd, BLKGETSIZE64, ret_size) < 0 ? -errno : 0;
}

int wv__facts_diskseq(int fd, const struct stat *st, uint64_t *ret_seq)
{
	*ret_seq = 0;
	if (S_ISREG(st->st_mode) || ioctl(fd, BLKGETDISKSEQ, ret_seq) == 0)
		return 0;
	return errno == ENOTTY || errno == EINVAL ? 0 : -errno;
}

/* Keep a text; 0, or -ENOMEM. */
static int keep(char **field, const char *text)
{
	*field = strdup(text);
	return *field ? 0 : -ENOMEM;
}

/* The length of the character at text; 0: a byte that is none, or one that cannot be shown as it is. */
static size_t shown_len(const unsigned char *text)
{
	if (text[0] < ' ' || text[0] == 0x7f || text[0] == '\\' || (text[0] == 0xc2 && text[1] < 0xa0))
		return 0;
	for (size_t len = 1; len <= 4 && text[len - 1]; len++)
		if (wv__is_utf8((const char *)text, len))
			return len;
	return 0;
}

char *wv__facts_text(const char *raw)
{
	const unsigned char *at = (const unsigned char *)raw;
	char *text = malloc(4 * strlen(raw) + 1), *to = text; /* "\xff" */

	while (text && *at) {
		const size_t len = shown_len(at);

		if (len)
			to = mempcpy(to, at, len);
		else
			to += sprintf(to, "\\x%02x", *at);
		at += MAX(len, (size_t)1);
	}
	if (text)
		*to = '\0';
	return text;
}

/* The same of what a device says of itself. */
static int keep_said(char **field, const char *raw)
{
	*field = wv__facts_text(raw);
	return *field ? 0 : -ENOMEM;
}

/* Is there a USB device above it, and its serial: 1 with "" when it has none. */
static int usb_serial(const char *disk_dir, char *serial, size_t size)
{
	cleanup_free char *dir = NULL;
	int r = wv__sysfs_usb(disk_dir, &dir);

	if (r <= 0)
		return r;
	r = wv__sysfs_attr(dir, "serial", serial, size);
	if (r == 0)
		*serial = '\0';
	return r < 0 ? r : 1;
}

/* SCSI and ATA: page 80h of the vital product data is 4 bytes of header, then the serial. */
static int vpd_serial(const char *dir, char *serial, size_t size)
{
	cleanup_free char *path = wv__printf("%s/device/vpd_pg80", dir);
	cleanup_close int fd = -1;
	unsigned char page[4 + 252];
	size_t len, skip = 0;
	ssize_t n;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	n = read(fd, page, sizeof(page));
	if (n <= 4)
		return n < 0 ? -errno : 0;
	len = n - 4;
	while (len && (page[4 + len - 1] == ' ' || page[4 + len - 1] == '\0'))
		len--;
	while (skip < len && page[4 + skip] == ' ')
		skip++;
	len = MIN(len - skip, size - 1);
	memcpy(serial, page + 4 + skip, len);
	serial[len] = '\0';
	return len ? 1 : 0;
}

/* virtio has it on the disk; NVMe and MMC on the device. */
static int find_serial(const char *dir, char *serial, size_t size)
{
	static const char *const places[] = { "serial", "device/serial" };
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		r = wv__sysfs_attr(dir, places[i], serial, size);
		if (r)
			return r;
	}
	return vpd_serial(dir, serial, size);
}

/* SCSI and USB have it as text. Of ATA disks the kernel says "ATA", of others it has a number. */
static int load_vendor(struct wv_device *dev, const char *dir)
{
	char text[TEXT_MAX];
	const int r = wv__sysfs_attr(dir, "device/vendor", text, sizeof(text));

	if (r <= 0 || !strcmp(text, "ATA") || !strncmp(text, "0x", 2))
		return r < 0 ? r : 0;
	return keep_said(&dev->vendor, text);
}

static int load_identity(struct wv_device *dev, const char *dir, bool *ret_usb)
{
	char text[TEXT_MAX] = "";
	int r, usb;

	usb = usb_serial(dir, text, sizeof(text));
	if (usb < 0)
		return usb;
	r = *text ? 1 : find_serial(dir, text, sizeof(text));
	if (r < 0)
		return r;
	dev->serial_origin = r == 0 ? "kernel" : usb ? "bridge" : "device";
	*ret_usb = usb;
	r = keep_said(&dev->serial, r == 0 ? dev->disk : text);
	if (r >= 0)
		r = load_vendor(dev, dir);
	if (r < 0)
		return r;
	r = wv__sysfs_attr(dir, "device/model", text, sizeof(text));
	if (r == 0)
		r = wv__sysfs_attr(dir, "device/name", text, sizeof(text)); /* MMC */
	return r <= 0 ? r : keep_said(&dev->model, text);
}

/*
 * Sticks and USB bridges leave "rotational" at its default of 1, virtual disks
 * at what their maker chose: neither is taken at its word.
 */
static const char *guess_media(const struct wv_device *dev, const char *dir, bool usb)
{
	char text[TEXT_MAX];

	if (dev->kind == WV__LOOP || !strncmp(dev->disk, "loop", 4))
		return "file";
	if (!strncmp(dev->disk, "vd", 2) ||
	    (wv__sysfs_attr(dir, "device/model", text, sizeof(text)) <= 0 &&
	     wv__sysfs_attr(dir, "device/name", text, sizeof(text)) <= 0))
		return "unknown";
	if (!dev->rotational || (usb && dev->removable))
		return "flash";
	return usb ? "unknown" : "disk";
}

/* The directory of the whole disk, and the kind. */
static int find_disk(struct wv_device *dev, char *dir)
{
	uint64_t number;
	int r = keep(&dev->kname, wv__sysfs_name(dir));

	if (r < 0)
		return r;
	r = wv__sysfs_u64(dir, "partition", &number);
	if (r < 0)
		return r;
	if (r > 0) {
		dev->kind = WV__PARTITION;
		*strrchr(dir, '/') = '\0';
	} else {
		dev->kind = major(dev->rdev) == 7 ? WV__LOOP : WV__DISK;
	}
	return keep(&dev->disk, wv__sysfs_name(dir));
}

static int load_sysfs(struct wv_device *dev)
{
	uint64_t rotational = 0, removable = 0;
	cleanup_free char *dir = NULL;
	bool usb = false;
	int r = wv__sysfs_dir(dev->rdev, &dir);

	if (r <= 0)
		return r < 0 ? r : -ENODEV;
	r = find_disk(dev, dir);
	if (r >= 0)
		r = load_identity(dev, dir, &usb);
	if (r >= 0)
		r = wv__sysfs_u64(dir, "queue/rotational", &rotational);
	if (r >= 0)
		r = wv__sysfs_u64(dir, "removable", &removable);
	if (r < 0)
		return r;
	dev->rotational = rotational;
	dev->removable = removable;
	dev->media = guess_media(dev, dir, usb);
	return 0;
}

static int load_block(struct wv_device *dev)
{
	unsigned int physical = 0;
	int logical = 0, read_only = 0;

	if (ioctl(dev->fd, BLKSSZGET, &logical) < 0 || ioctl(dev->fd, BLKPBSZGET, &physical) < 0 ||
	    ioctl(dev->fd, BLKROGET, &read_only) < 0)
		return -errno;
	dev->logical_block = logical;
	dev->physical_block = physical;
	dev->read_only = read_only;
	return load_sysfs(dev);
}

static int load_file(struct wv_device *dev, const struct stat *st)
{
	const char *slash = strrchr(dev->real_path, '/');
	struct statvfs fs;

	if (fstatvfs(dev->fd, &fs) < 0)
		return -errno;
	dev->kind = WV__FILE;
	dev->logical_block = dev->physical_block = st->st_blksize;
	dev->read_only = fs.f_flag & ST_RDONLY;
	dev->serial_origin = dev->media = "file";
	return keep(&dev->serial, slash + 1);
}

int wv__facts_load(struct wv_ctx *ctx, struct wv_device *dev, const struct stat *st)
{
	int r;

	dev->dev = st->st_dev;
	dev->ino = st->st_ino;
	dev->rdev = S_ISBLK(st->st_mode) ? st->st_rdev : 0;
	r = wv__facts_size(dev->fd, st, &dev->size);
	if (r >= 0)
		r = wv__facts_diskseq(dev->fd, st, &dev->diskseq);
	if (r >= 0)
		r = dev->rdev ? load_block(dev) : load_file(dev, st);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot learn about %s", dev->path) : 0;
}
