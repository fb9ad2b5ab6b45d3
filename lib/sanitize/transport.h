/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport.h - how commands and blocks reach one device: SCSI and NVMe
 * commands by ioctl on the descriptor that is held, or a simulated device
 */
#ifndef WV_TRANSPORT_H
#define WV_TRANSPORT_H

#include "../base/ctx.h"

struct wv_device;

enum wv__bus { WV__BUS_NONE, WV__BUS_SCSI, WV__BUS_ATA, WV__BUS_NVME };

#define WV__SENSE_MAX 64

/* One SCSI command, and what came back. */
struct wv__scsi {
	uint8_t cdb[16];
	uint8_t cdb_len;
	bool out;   /* data goes to the device */
	void *data; /* NULL: none */
	uint32_t len;
	uint32_t ms;	/* then the kernel gives up and resets the device */
	uint8_t status; /* SAM-5, 5.3.1: 0 GOOD, 2 CHECK CONDITION */
	uint8_t sense_len;
	uint8_t sense[WV__SENSE_MAX];
};

/* One NVMe admin command; all data goes to the host. */
struct wv__nvme {
	uint8_t opcode;
	uint32_t nsid, cdw10, cdw11;
	void *data; /* NULL: none */
	uint32_t len;
	uint32_t ms;
};

/* 0 or a negative errno; a command that was answered is 0, whatever the answer. */
struct wv__transport_ops {
	int (*scsi)(void *data, struct wv__scsi *cmd);
	int (*nvme)(void *data, struct wv__nvme *cmd); /* > 0: the NVMe status */
	int (*read)(void *data, void *buf, size_t len, uint64_t offset);
	int (*write)(void *data, const void *buf, size_t len, uint64_t offset);
	int (*flush)(void *data); /* all is on the medium, and what is read next comes from there */
	int (*discard)(void *data, uint64_t offset, uint64_t len); /* BLKSECDISCARD */
	uint64_t (*now)(void *data);				   /* milliseconds */
	void (*pause)(void *data, unsigned int ms);
};

struct wv__transport {
	const char *path; /* for sentences */
	uint64_t size;	  /* bytes that the host sees */
	uint32_t block;	  /* of direct I/O */
	uint32_t nsid;	  /* NVMe: the namespace */
	enum wv__bus
		bus; /* NONE: it takes no commands; ATA is told from SCSI by wv__offer_load() */
	bool usb;    /* behind a bridge: only what every stick survives is asked */
	bool can_write;
	bool rotational;

	int fd; /* O_DIRECT when it can write; -1 with other ops */
	const struct wv__transport_ops *ops;
	void *data;
};

/**
 * wv__transport_open() - the system's transport to an open device
 * @ret: stays where it is until it is closed
 * @write: blocks will be written: a descriptor of its own, O_DIRECT. Otherwise
 *	the device's own descriptor carries commands only.
 */
int wv__transport_open(struct wv_ctx *ctx, const struct wv_device *dev, bool write,
		       struct wv__transport *ret);
/**
 * wv__transport_open_generic() - the transport to the disk of a path that nobody opened
 *
 * For commands only, and its size is not known. By the SCSI generic node where
 * there is one: opening the block device waits while the kernel reads in it.
 *
 * Return: 1; 0: it takes no commands, or cannot be opened; or -ENOMEM.
 */
int wv__transport_open_generic(struct wv_ctx *ctx, const char *path, struct wv__transport *ret);
/*
 * Is the block device at this directory of /sys one that commands are for? Not
 * what the kernel builds of others: device-mapper passes SG_IO on, and the disk
 * below would erase more than what was named.
 */
bool wv__transport_is_real(const char *sysfs_dir);
void wv__transport_close(struct wv__transport *t);

#endif
