/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target_scsi.h - the disk's SCSI side (SPC-4, SBC-3): what every disk answers,
 * and SANITIZE; of an ATA disk, what its bridge answers
 */
#ifndef TARGET_SCSI_H
#define TARGET_SCSI_H

#include "target_ata.h"

#define VERSION_SPC4 6
#define KEY_NOT_READY 0x2
#define KEY_MEDIUM 0x3
#define KEY_ILLEGAL 0x5
#define KEY_ATTENTION 0x6
#define KEY_PROTECT 0x7

static inline int bad_field(struct request *rq)
{
	return check(rq, KEY_ILLEGAL, 0x24, 0);
}

static inline int scsi_nothing(struct disk *d, struct request *rq)
{
	(void)d, (void)rq;
	return GOOD;
}

/* ---- what it is ---------------------------------------------------------------------- */

static inline int vpd_page(struct disk *d, struct request *rq)
{
	static const uint8_t pages[] = { 0x00, 0x80, 0x83, 0xb0, 0xb1, 0x89 };
	uint8_t data[572] = { 0 };
	size_t len = 60;

	data[1] = rq->cdb[2];
	switch (data[1]) {
	case 0x00: /* the last is the bridge's */
		len = sizeof(pages) - !d->ata;
		memcpy(data + 4, pages, len);
		break;
	case 0x80:
		len = strlen(d->serial);
		memcpy(data + 4, d->serial, len);
		break;
	case 0x83: /* T10 vendor identification */
		len = 4 + 8 + strlen(d->serial);
		data[4] = 2;
		data[5] = 1;
		data[7] = (uint8_t)(len - 4);
		memcpy(data + 8, "LAB     ", 8);
		memcpy(data + 16, d->serial, len - 12);
		break;
	case 0xb0:
		break;
	case 0xb1: /* does not rotate */
		data[5] = 1;
		break;
	case 0x89:
		if (!d->ata)
			return bad_field(rq);
		len = sizeof(data) - 4;
		memcpy(data + 8, "LAB     target SATL     0001", 28);
		data[56] = 0xec;
		break;
	default:
		return bad_field(rq);
	}
	put_be(data + 2, 2, len);
	return to_host(rq, data, 4 + len);
}

static inline int scsi_inquiry(struct disk *d, struct request *rq)
{
	uint8_t data[96] = { [2] = VERSION_SPC4, [3] = 2, [4] = sizeof(data) - 5, [7] = 2 };

	if (rq->cdb[1] & 1)
		return vpd_page(d, rq);
	memcpy(data + 8, d->ata ? "ATA     " : "LAB     ", 8);
	memcpy(data + 16, "Lab disk        1.0 ", 20);
	return to_host(rq, data, sizeof(data));
}

static inline int scsi_capacity_10(struct disk *d, struct request *rq)
{
	uint8_t data[8];

	put_be(data, 4, d->max - 1);
	put_be(data + 4, 4, SECTOR);
	return to_host(rq, data, sizeof(data));
}

static inline int scsi_capacity_16(struct disk *d, struct request *rq)
{
	uint8_t data[32] = { 0 };

	if ((rq->cdb[1] & 0x1f) != 0x10)
		return bad_field(rq);
	put_be(data, 8, d->max - 1);
	put_be(data + 8, 4, SECTOR);
	return to_host(rq, data, sizeof(data));
}

/* A header without pages. */
static inline int scsi_mode_sense(struct disk *d, struct request *rq)
{
	const uint8_t six[4] = { 3 }, ten[8] = { 0, 6 };

	(void)d;
	return rq->cdb[0] == 0x1a ? to_host(rq, six, sizeof(six)) : to_host(rq, ten, sizeof(ten));
}

/* ---- reading and writing --------------------------------------------------------------- */

static inline int scsi_move(struct disk *d, struct request *rq)
{
	const uint8_t *c = rq->cdb;
	const bool is_16 = c[0] & 0x80, is_write = c[0] & 2;
	const uint64_t lba = is_16 ? get_be(c + 2, 8) : get_be(c + 2, 4);
	const uint64_t n = is_16 ? get_be(c + 10, 4) : get_be(c + 7, 2);

	if (lba > d->max || n > d->max - lba)
		return check(rq, KEY_ILLEGAL, 0x21, 0);
	if (!is_write)
		return to_host(rq, d->medium + lba * SECTOR, n * SECTOR);
	from_host(rq, d->medium + lba * SECTOR, n * SECTOR);
	return GOOD;
}

/* ---- sanitize (SBC-4, 4.11, 5.30) -------------------------------------------------------- */

/* What it says of an erasure that goes on, or that failed; false: nothing. */
static inline bool erasing_sense(const struct disk *d, uint8_t *sense)
{
	if (d->erasing == RUNNING) {
		fill_sense(sense, KEY_NOT_READY, 0x04, 0x1b);
		sense[15] = 0x80;
		put_be(sense + 16, 2, erase_progress(d));
	} else if (d->erasing == FAILED) {
		fill_sense(sense, KEY_MEDIUM, 0x31, 0x03);
	}
	return d->erasing == RUNNING || d->erasing == FAILED;
}

static inline int scsi_request_sense(struct disk *d, struct request *rq)
{
	uint8_t sense[18] = { 0 };

	if (!d->ata)
		erase_step(d);
	if (!erasing_sense(d, sense))
		fill_sense(sense, 0, 0, 0);
	return to_host(rq, sense, sizeof(sense));
}

static inline bool overwrite_byte(const struct request *rq, uint8_t *ret)
{
	uint8_t list[5] = { 0 };

	from_host(rq, list, sizeof(list));
	*ret = list[4];
	return get_be(rq->cdb + 7, 2) == sizeof(list) && get_be(list + 2, 2) == 1;
}

static inline int scsi_sanitize(struct disk *d, struct request *rq)
{
	static const uint8_t fills[] = { [2] = 0x00, [3] = 0xc7 };
	const uint8_t action = rq->cdb[1] & 0x1f;
	uint8_t fill;

	if (d->ata)
		return check(rq, KEY_ILLEGAL, 0x20, 0);
	if (d->lie == ABORTS)
		return check(rq, KEY_PROTECT, 0x27, 0);
	if (action == 0x1f) { /* EXIT FAILURE MODE */
		d->erasing = d->erasing == FAILED ? IDLE : d->erasing;
		return GOOD;
	}
	if (action < 1 || action > 3 || (action == 1 && !overwrite_byte(rq, &fill)))
		return bad_field(rq);
	erase_begin(d, action == 1 ? fill : fills[action]);
	while (!(rq->cdb[1] & 0x80) && d->erasing == RUNNING) /* without IMMED */
		erase_step(d);
	return d->erasing == FAILED ? check(rq, KEY_MEDIUM, 0x31, 0x03) : GOOD;
}

/* ---- which command ------------------------------------------------------------------- */

#define ALWAYS 1 /* also while it erases, after a failure, and before a UNIT ATTENTION was told */
#define MEDIUM 2 /* not while it is locked by an ATA password */

static inline int scsi_opcodes(struct disk *d, struct request *rq);

static const struct {
	uint8_t opcode, cdb_len, flags;
	int (*run)(struct disk *d, struct request *rq);
} scsi_commands[] = {
	{ 0x00, 6, 0, scsi_nothing }, /* TEST UNIT READY */
	{ 0x03, 6, ALWAYS, scsi_request_sense },
	{ 0x12, 6, ALWAYS, scsi_inquiry },
	{ 0x1a, 6, 0, scsi_mode_sense },
	{ 0x5a, 10, 0, scsi_mode_sense },
	{ 0x1b, 6, 0, scsi_nothing }, /* START STOP UNIT */
	{ 0x1e, 6, 0, scsi_nothing }, /* PREVENT ALLOW MEDIUM REMOVAL */
	{ 0x25, 10, 0, scsi_capacity_10 },
	{ 0x9e, 16, 0, scsi_capacity_16 },
	{ 0x28, 10, MEDIUM, scsi_move },
	{ 0x2a, 10, MEDIUM, scsi_move },
	{ 0x88, 16, MEDIUM, scsi_move },
	{ 0x8a, 16, MEDIUM, scsi_move },
	{ 0x35, 10, 0, scsi_nothing }, /* SYNCHRONIZE CACHE */
	{ 0x91, 16, 0, scsi_nothing },
	{ 0x48, 10, 0, scsi_sanitize },
	{ 0xa3, 12, ALWAYS, scsi_opcodes },
	{ 0x85, 16, ALWAYS, ata_pass_through },
	{ 0xa1, 12, ALWAYS, ata_pass_through },
};

static inline bool is_offered(const struct disk *d, uint8_t opcode)
{
	return opcode == 0x48 ? !d->ata : opcode == 0x85 || opcode == 0xa1 ? d->ata : true;
}

/* REPORT SUPPORTED OPERATION CODES of one command; not the list of all. */
static inline int scsi_opcodes(struct disk *d, struct request *rq)
{
	const uint8_t *c = rq->cdb;
	const uint64_t action = get_be(c + 4, 2);
	uint8_t data[20] = { [1] = 1 /* not supported */ };

	if ((c[1] & 0x1f) != 0x0c || !(c[2] & 7) || (c[2] & 7) > 3)
		return bad_field(rq);
	for (size_t i = 0; i < ARRAY_SIZE(scsi_commands); i++) {
		if (scsi_commands[i].opcode != c[3] || !is_offered(d, c[3]))
			continue;
		if (c[3] == 0x48 && (action < 1 || action > 3) && action != 0x1f)
			continue;
		data[1] = 3;
		data[3] = scsi_commands[i].cdb_len;
		data[4] = c[3];
	}
	return to_host(rq, data, 4 + (size_t)data[3]);
}

/* Who answers before the command is even looked at; 0: nobody. */
static inline int barred(struct disk *d, struct request *rq, uint8_t flags)
{
	if (flags & ALWAYS)
		return GOOD;
	if (d->attention) {
		d->attention = false;
		return check(rq, KEY_ATTENTION, 0x29, 0);
	}
	/* a failed SANITIZE may be sent again */
	if (!(d->erasing == FAILED && rq->cdb[0] == 0x48) && erasing_sense(d, rq->sense))
		return CHECK_CONDITION;
	if (flags & MEDIUM && d->locked)
		return check(rq, KEY_PROTECT, 0x74, 0x71);
	return GOOD;
}

/* One command: its SCSI status; the sense data are in the request. */
static inline int disk_serve(struct disk *d, struct request *rq)
{
	int status;

	memset(rq->sense, 0, sizeof(rq->sense));
	for (size_t i = 0; i < ARRAY_SIZE(scsi_commands); i++) {
		if (scsi_commands[i].opcode != rq->cdb[0] || !is_offered(d, rq->cdb[0]))
			continue;
		status = barred(d, rq, scsi_commands[i].flags);
		return status == GOOD ? scsi_commands[i].run(d, rq) : status;
	}
	return check(rq, KEY_ILLEGAL, 0x20, 0);
}

#endif
