/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport.c - SG_IO, NVME_IOCTL_ADMIN_CMD and direct I/O on a held device
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "../base/clock.h"
#include "../base/fs.h"
#include "../media/device.h"
#include "../media/sysfs.h"
#include "transport.h"

#define SG_VERSION_MIN 30000 /* the first with struct sg_io_hdr (sg.h) */
#define DID_TIME_OUT 0x03    /* scsi_status.h of the kernel */
#define STATUS_MASK 0x3e     /* SAM-5: the other bits are reserved */

static int fd_of(void *data)
{
	return ((const struct wv__transport *)data)->fd;
}

static int sg_scsi(void *data, struct wv__scsi *cmd)
{
	struct sg_io_hdr hdr = {
		.interface_id = 'S',
		.dxfer_direction = !cmd->data ? SG_DXFER_NONE
				   : cmd->out ? SG_DXFER_TO_DEV
					      : SG_DXFER_FROM_DEV,
		.cmd_len = cmd->cdb_len,
		.mx_sb_len = sizeof(cmd->sense),
		.dxfer_len = cmd->data ? cmd->len : 0,
		.dxferp = cmd->data,
		.cmdp = cmd->cdb,
		.sbp = cmd->sense,
		.timeout = cmd->ms,
	};

	if (ioctl(fd_of(data), SG_IO, &hdr) < 0)
		return -errno;
	if (hdr.host_status)
		return hdr.host_status == DID_TIME_OUT ? -ETIMEDOUT : -EIO;
	cmd->status = hdr.status & STATUS_MASK;
	cmd->sense_len = MIN(hdr.sb_len_wr, sizeof(cmd->sense));
	return 0;
}

/* EINTR is no signal's: the kernel took the command back, its time over or the controller lost. */
static int admin_nvme(void *data, struct wv__nvme *cmd)
{
	struct nvme_admin_cmd admin = {
		.opcode = cmd->opcode,
		.nsid = cmd->nsid,
		.addr = (uintptr_t)cmd->data,
		.data_len = cmd->len,
		.cdw10 = cmd->cdw10,
		.cdw11 = cmd->cdw11,
		.timeout_ms = cmd->ms,
	};
	const int r = ioctl(fd_of(data), NVME_IOCTL_ADMIN_CMD, &admin);

	if (r < 0)
		return errno == EINTR ? -ETIMEDOUT : -errno;
	return r;
}

static int direct_read(void *data, void *buf, size_t len, uint64_t offset)
{
	return wv__pread_all(fd_of(data), buf, len, offset);
}

static int direct_write(void *data, const void *buf, size_t len, uint64_t offset)
{
	return wv__pwrite_all(fd_of(data), buf, len, offset);
}

static int direct_flush(void *data)
{
	if (fdatasync(fd_of(data)) < 0 || ioctl(fd_of(data), BLKFLSBUF, 0) < 0)
		return -errno;
	return 0;
}

static int secure_discard(void *data, uint64_t offset, uint64_t len)
{
	uint64_t range[2] = { offset, len };

	return ioctl(fd_of(data), BLKSECDISCARD, range) < 0 ? -errno : 0;
}

static uint64_t clock_now(void *data)
{
	(void)data;
	return wv__monotonic_ns() / 1000000;
}

static void clock_pause(void *data, unsigned int ms)
{
	const struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	(void)data;
	nanosleep(&ts, NULL);
}

static const struct wv__transport_ops system_ops = {
	.scsi = sg_scsi,
	.nvme = admin_nvme,
	.read = direct_read,
	.write = direct_write,
	.flush = direct_flush,
	.discard = secure_discard,
	.now = clock_now,
	.pause = clock_pause,
};

bool wv__transport_is_real(const char *sysfs_dir)
{
	/* device-mapper, md, loop, zram; an NVMe multipath head is below virtual/nvme-subsystem */
	return !strstr(sysfs_dir, "/devices/virtual/block/");
}

/* A whole disk, and no stack of others. */
static bool takes_commands(const struct wv_device *dev)
{
	cleanup_free char *dir = NULL;

	return dev->kind == WV__DISK && wv__sysfs_dir(dev->rdev, &dir) > 0 &&
	       wv__transport_is_real(dir);
}

static void find_bus(struct wv__transport *t)
{
	int version = 0, nsid;

	nsid = ioctl(t->fd, NVME_IOCTL_ID);
	if (nsid > 0) {
		t->bus = WV__BUS_NVME;
		t->nsid = (uint32_t)nsid;
	} else if (ioctl(t->fd, SG_GET_VERSION_NUM, &version) == 0 && version >= SG_VERSION_MIN) {
		t->bus = WV__BUS_SCSI;
	}
}

int wv__transport_open(struct wv_ctx *ctx, const struct wv_device *dev, bool write,
		       struct wv__transport *ret)
{
	const int mode = write ? O_RDWR | O_DIRECT : O_RDONLY;
	int fd = open(wv__device_proc_path(dev), mode | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s for commands", dev->path);
	*ret = (struct wv__transport){
		.path = dev->path,
		.size = dev->size,
		.block = dev->logical_block,
		.usb = !strcmp(dev->serial_origin, "bridge"),
		.can_write = write,
		.rotational = dev->rotational,
		.fd = fd,
		.ops = &system_ops,
	};
	ret->data = ret;
	if (takes_commands(dev))
		find_bus(ret);
	return 0;
}

/* The directory of the whole disk: of a partition, the one above. */
static int disk_dir(dev_t rdev, char **ret_dir)
{
	uint64_t number;
	int r = wv__sysfs_dir(rdev, ret_dir);

	if (r <= 0)
		return r;
	r = wv__sysfs_u64(*ret_dir, "partition", &number);
	if (r > 0)
		*strrchr(*ret_dir, '/') = '\0';
	return r < 0 ? r : 1;
}

static int take_generic(void *data, const char *dir)
{
	char **node = data;

	*node = wv__printf("/dev/%s", wv__sysfs_name(dir));
	return *node ? 1 : -ENOMEM;
}

/* 1: the node that takes the disk's commands; 0: there is none. */
static int find_node(const char *path, char **ret_dir, char **ret_node)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return 0;
	r = disk_dir(st.st_rdev, ret_dir);
	if (r <= 0 || !wv__transport_is_real(*ret_dir))
		return r < 0 ? r : 0;
	r = wv__sysfs_stack(*ret_dir, "device/scsi_generic", take_generic, ret_node);
	if (r)
		return r;
	*ret_node = wv__printf("/dev/%s", wv__sysfs_name(*ret_dir)); /* NVMe: it holds nobody back */
	return *ret_node ? 1 : -ENOMEM;
}

int wv__transport_open_generic(struct wv_ctx *ctx, const char *path, struct wv__transport *ret)
{
	cleanup_free char *dir = NULL, *node = NULL;
	const int r = find_node(path, &dir, &node);
	int fd;

	if (r == -ENOMEM)
		return wv__fail_memory(ctx);
	if (r <= 0)
		return 0;
	fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return 0;
	*ret = (struct wv__transport){
		.path = path, .usb = strstr(dir, "/usb"), .fd = fd, .ops = &system_ops
	};
	ret->data = ret;
	find_bus(ret);
	return 1;
}

void wv__transport_close(struct wv__transport *t)
{
	wv__closep(&t->fd);
	t->fd = -1;
}
