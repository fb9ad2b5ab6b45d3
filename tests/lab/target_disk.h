/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target_disk.h - the disk behind scsi_target.c: its medium, what it is told to
 * erase, and how it lies; and how a command's data and answer go
 */
#ifndef TARGET_DISK_H
#define TARGET_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECTOR 512u
#define STEPS 3u /* questions about its progress, until an erasure is over: no clock decides */
#define PASSWORD_LEN 32

#define GOOD 0
#define CHECK_CONDITION 2

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* How it lies. */
enum lie {
	HONEST,
	LIES,	/* erases nothing and reports success */
	HALF,	/* erases the first half and reports success */
	FAILS,	/* erases the first half and reports failure */
	ABORTS, /* offers it and takes no command for it */
};

enum erasing { IDLE, RUNNING, DONE, FAILED };

struct disk {
	const char *serial;
	bool ata;
	unsigned char *medium;
	uint64_t factory, native, max; /* sectors: all, without the DCO's, without the HPA's too */

	enum lie lie;
	unsigned int hangs; /* questions, or seconds of ERASE UNIT, in which nothing moves */

	enum erasing erasing;
	unsigned int step;
	uint8_t fill;

	bool attention; /* a UNIT ATTENTION is due */
	bool sanitize_frozen;
	bool frozen, enabled, locked; /* ATA security */
	char password[PASSWORD_LEN];
	bool prepared, asked_native; /* the command before was that one */
};

/* One command: its data lie in pieces at offsets from base. */
struct request {
	const uint8_t *cdb;
	const struct iovec *iov;
	size_t iov_count;
	char *base;
	uint8_t sense[96]; /* answer */
};

static inline uint64_t get_be(const uint8_t *p, size_t n)
{
	uint64_t x = 0;

	while (n--)
		x = x << 8 | *p++;
	return x;
}

static inline void put_be(uint8_t *p, size_t n, uint64_t x)
{
	for (; n--; x >>= 8)
		p[n] = (uint8_t)x;
}

/* What the host has no room for is cut. */
static inline void from_host(const struct request *rq, void *data, size_t len)
{
	unsigned char *at = data;
	size_t n;

	for (size_t i = 0; i < rq->iov_count && len; i++, at += n, len -= n) {
		n = rq->iov[i].iov_len < len ? rq->iov[i].iov_len : len;
		memcpy(at, rq->base + (size_t)rq->iov[i].iov_base, n);
	}
}

/* The rest is cleared: the ring's pages are used again, and would show an older command's data. */
static inline int to_host(const struct request *rq, const void *data, size_t len)
{
	const unsigned char *at = data;
	size_t n;

	for (size_t i = 0; i < rq->iov_count; i++, at += n, len -= n) {
		char *piece = rq->base + (size_t)rq->iov[i].iov_base;

		n = rq->iov[i].iov_len < len ? rq->iov[i].iov_len : len;
		memcpy(piece, at, n);
		memset(piece + n, 0, rq->iov[i].iov_len - n);
	}
	return GOOD;
}

/* Fixed sense data (SPC-5, 4.4.3). */
static inline void fill_sense(uint8_t *sense, uint8_t key, uint8_t asc, uint8_t ascq)
{
	sense[0] = 0x70;
	sense[2] = key;
	sense[7] = 10;
	sense[12] = asc;
	sense[13] = ascq;
}

static inline int check(struct request *rq, uint8_t key, uint8_t asc, uint8_t ascq)
{
	fill_sense(rq->sense, key, asc, ascq);
	return CHECK_CONDITION;
}

/* ---- erasing ------------------------------------------------------------------------- */

/* Of part `step` of `steps`, what a disk that lies like this one erases. */
static inline void erase_part(struct disk *d, unsigned int step, unsigned int steps)
{
	const uint64_t bytes = d->factory * SECTOR;
	const uint64_t limit = d->lie == LIES			   ? 0
			       : d->lie == HALF || d->lie == FAILS ? bytes / 2
								   : bytes;
	const uint64_t from = bytes * step / steps;
	uint64_t to = bytes * (step + 1) / steps;

	if (to > limit)
		to = limit;
	if (from < to)
		memset(d->medium + from, d->fill, to - from);
}

/* For the test, which waits for it. */
static inline void say_erases(uint8_t fill)
{
	printf("erases with %02x\n", fill);
	fflush(stdout);
}

static inline void erase_begin(struct disk *d, uint8_t fill)
{
	say_erases(fill);
	d->erasing = RUNNING;
	d->step = 0;
	d->fill = fill;
}

/* It was asked how far it is: then it has done a little more. */
static inline void erase_step(struct disk *d)
{
	if (d->erasing != RUNNING)
		return;
	if (d->hangs) {
		d->hangs--;
		return;
	}
	erase_part(d, d->step++, STEPS);
	if (d->step == STEPS)
		d->erasing = d->lie == FAILS ? FAILED : DONE;
}

static inline uint16_t erase_progress(const struct disk *d)
{
	return (uint16_t)(d->step * 65535 / STEPS);
}

/* All of it before the command returns: 0, or -1 where it fails. */
static inline int erase_at_once(struct disk *d, uint8_t fill)
{
	say_erases(fill);
	sleep(d->hangs);
	d->fill = fill;
	erase_part(d, 0, 1);
	return d->lie == FAILS ? -1 : 0;
}

#endif
