/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target_ata.h - the disk's ATA side: the commands that come by ATA
 * PASS-THROUGH (SAT-4, 12.2; ACS-4)
 */
#ifndef TARGET_ATA_H
#define TARGET_ATA_H

#include "target_disk.h"

#define ATA_OK 0x50
#define ATA_ERR 0x51
#define ATA_ABRT 0x04
#define CK_COND 0x20
#define ERASE_PREPARE 0xf3
#define NATIVE_MAX 0xf8
#define NATIVE_MAX_EXT 0x27
#define ERASE_MINUTES 2

/* The registers: what came, and what goes. */
struct ata {
	uint8_t command, device, status, error;
	uint16_t feature, count;
	uint64_t lba;
	bool ext;
};

static inline void put_word(uint8_t *data, unsigned int n, uint16_t x)
{
	data[2 * n] = (uint8_t)x;
	data[2 * n + 1] = (uint8_t)(x >> 8);
}

static inline void put_words(uint8_t *data, unsigned int n, unsigned int count, uint64_t x)
{
	for (; count--; x >>= 16)
		put_word(data, n++, (uint16_t)x);
}

/* Two characters a word, the first in the upper byte. */
static inline void put_string(uint8_t *data, unsigned int n, unsigned int words, const char *text)
{
	for (unsigned int i = 0; i < 2 * words; i++)
		data[(2 * n + i) ^ 1] = *text ? (uint8_t)*text++ : ' ';
}

/* Word 255: the signature, and a sum that makes all bytes zero. */
static inline void put_sum(uint8_t *data)
{
	uint8_t sum = 0;

	data[510] = 0xa5;
	for (unsigned int i = 0; i < 511; i++)
		sum = (uint8_t)(sum + data[i]);
	data[511] = (uint8_t)-sum;
}

static inline bool ata_identify(struct disk *d, struct request *rq, struct ata *a)
{
	uint8_t data[SECTOR] = { 0 };

	(void)a;
	put_word(data, 0, 0x0040);
	put_string(data, 10, 10, d->serial);
	put_string(data, 23, 4, "1.0");
	put_string(data, 27, 20, "Lab disk");
	put_word(data, 49, 0x0300); /* LBA, DMA */
	put_word(data, 53, 0x0006);
	put_word(data, 59, 0xf000); /* SANITIZE: overwrite, crypto scramble, block erase */
	put_words(data, 60, 2, d->max);
	put_word(data, 80, 0x01f0); /* up to ACS */
	put_word(data, 82, 0x0402); /* HPA, security */
	put_word(data, 83, 0x6c00); /* 48-bit, DCO */
	put_word(data, 84, 0x4000);
	put_word(data, 85, (uint16_t)(0x0400 | d->enabled << 1));
	put_word(data, 86, 0x2c00);
	put_word(data, 87, 0x4000);
	put_word(data, 89, ERASE_MINUTES / 2);
	put_word(data, 90, ERASE_MINUTES / 2);
	put_word(data, 92, 0xfffe);
	put_words(data, 100, 4, d->max);
	put_word(data, 128, (uint16_t)(0x21 | d->enabled << 1 | d->locked << 2 | d->frozen << 3));
	put_word(data, 217, 1); /* does not rotate */
	put_sum(data);
	return to_host(rq, data, sizeof(data)) == GOOD;
}

/* ---- security ---------------------------------------------------------------------- */

static inline bool ata_set_password(struct disk *d, struct request *rq, struct ata *a)
{
	uint8_t data[SECTOR] = { 0 };

	(void)a;
	from_host(rq, data, sizeof(data));
	if (data[0] & 1) /* the master's: taken, never used */
		return true;
	memcpy(d->password, data + 2, PASSWORD_LEN);
	return d->enabled = true;
}

static inline bool has_password(const struct disk *d, const struct request *rq, uint8_t *data)
{
	from_host(rq, data, SECTOR);
	return d->enabled && !memcmp(d->password, data + 2, PASSWORD_LEN);
}

static inline bool ata_unlock(struct disk *d, struct request *rq, struct ata *a)
{
	uint8_t data[SECTOR] = { 0 };

	(void)a;
	if (!has_password(d, rq, data))
		return false;
	d->locked = false;
	return true;
}

static inline bool ata_disable_password(struct disk *d, struct request *rq, struct ata *a)
{
	if (!ata_unlock(d, rq, a))
		return false;
	d->enabled = false;
	return true;
}

static inline bool ata_freeze(struct disk *d, struct request *rq, struct ata *a)
{
	(void)rq, (void)a;
	return d->frozen = true;
}

static inline bool ata_erase_unit(struct disk *d, struct request *rq, struct ata *a)
{
	uint8_t data[SECTOR] = { 0 };

	(void)a;
	if (!d->prepared || !has_password(d, rq, data))
		return false;
	if (erase_at_once(d, data[0] & 2 ? 0xe5 : 0x00) < 0) /* enhanced: the vendor's pattern */
		return false;
	d->enabled = d->locked = false;
	return true;
}

/* ---- sanitize (ACS-4, 7.36) ------------------------------------------------------------- */

static inline bool sanitize_status(struct disk *d, struct ata *a)
{
	erase_step(d);
	a->lba = d->erasing == FAILED ? 1 : d->erasing == RUNNING ? erase_progress(d) : 0xffff;
	a->count = (uint16_t)((d->erasing == DONE) << 15 | (d->erasing == RUNNING) << 14 |
			      d->sanitize_frozen << 13);
	return d->erasing != FAILED;
}

static inline bool ata_sanitize(struct disk *d, struct request *rq, struct ata *a)
{
	static const struct {
		uint16_t feature;
		unsigned int shift; /* of the LBA: the rest of it is the key */
		uint64_t key;
		uint8_t fill;
	} rows[] = {
		{ 0x0011, 0, 0x43727970, 0xc7 }, /* what was there reads as something else */
		{ 0x0012, 0, 0x426b4572, 0xff },
		{ 0x0014, 32, 0x4f57, 0 },
	};

	(void)rq;
	if (!a->feature)
		return sanitize_status(d, a);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].feature != a->feature || a->lba >> rows[i].shift != rows[i].key)
			continue;
		if (d->erasing == RUNNING || d->sanitize_frozen || d->locked || d->lie == ABORTS) {
			a->lba = d->sanitize_frozen ? 3 : 0;
			return false;
		}
		erase_begin(d, rows[i].shift ? (uint8_t)a->lba : rows[i].fill);
		return true;
	}
	return false;
}

/* ---- hidden areas (ACS-2) ------------------------------------------------------------- */

static inline bool ata_native_max(struct disk *d, struct request *rq, struct ata *a)
{
	(void)rq;
	a->lba = d->native - 1;
	if (!a->ext)
		a->device = (uint8_t)(0x40 | (a->lba >> 24 & 0x0f));
	return true;
}

static inline bool ata_set_max(struct disk *d, struct request *rq, struct ata *a)
{
	uint64_t lba = a->lba;

	(void)rq;
	if (!a->ext)
		lba = (lba & 0xffffff) | (uint64_t)(a->device & 0x0f) << 24;
	if (!d->asked_native || lba >= d->native)
		return false;
	d->max = lba + 1;
	return true;
}

static inline bool ata_configuration(struct disk *d, struct request *rq, struct ata *a)
{
	uint8_t data[SECTOR] = { 0 };

	if ((a->feature & 0xff) == 0xc2) {
		put_words(data, 3, 4, d->factory - 1);
		put_sum(data);
		return to_host(rq, data, sizeof(data)) == GOOD;
	}
	if ((a->feature & 0xff) != 0xc0 || d->max != d->native)
		return false;
	d->max = d->native = d->factory;
	return true;
}

static inline bool ata_nothing(struct disk *d, struct request *rq, struct ata *a)
{
	(void)d, (void)rq, (void)a;
	return true;
}

/* ---- which command ------------------------------------------------------------------- */

#define NOT_FROZEN 1 /* aborted while the security is frozen, and by a disk that ABORTS */
#define NOT_LOCKED 2
#define NOT_ERASING 4 /* aborted while a sanitize goes on, and after one that failed */

static const struct {
	uint8_t command, bars;
	bool (*run)(struct disk *d, struct request *rq, struct ata *a);
} ata_commands[] = {
	{ 0xec, 0, ata_identify },
	{ 0xf1, NOT_FROZEN | NOT_LOCKED | NOT_ERASING, ata_set_password },
	{ 0xf2, NOT_FROZEN | NOT_ERASING, ata_unlock },
	{ ERASE_PREPARE, NOT_FROZEN | NOT_ERASING, ata_nothing },
	{ 0xf4, NOT_FROZEN | NOT_ERASING, ata_erase_unit },
	{ 0xf5, NOT_LOCKED | NOT_ERASING, ata_freeze },
	{ 0xf6, NOT_FROZEN | NOT_LOCKED | NOT_ERASING, ata_disable_password },
	{ 0xb4, 0, ata_sanitize },
	{ NATIVE_MAX, NOT_ERASING, ata_native_max },
	{ NATIVE_MAX_EXT, NOT_ERASING, ata_native_max },
	{ 0xf9, NOT_LOCKED | NOT_ERASING, ata_set_max },
	{ 0x37, NOT_LOCKED | NOT_ERASING, ata_set_max },
	{ 0xb1, NOT_LOCKED | NOT_ERASING, ata_configuration },
	{ 0xe5, 0, ata_nothing },	    /* CHECK POWER MODE */
	{ 0xe7, NOT_ERASING, ata_nothing }, /* FLUSH CACHE */
	{ 0xea, NOT_ERASING, ata_nothing },
};

static inline bool is_barred(const struct disk *d, uint8_t bars)
{
	return (bars & NOT_FROZEN && (d->frozen || d->lie == ABORTS)) ||
	       (bars & NOT_LOCKED && d->locked) ||
	       (bars & NOT_ERASING && (d->erasing == RUNNING || d->erasing == FAILED));
}

static inline bool ata_run(struct disk *d, struct request *rq, struct ata *a)
{
	bool done = false;

	for (size_t i = 0; i < ARRAY_SIZE(ata_commands); i++)
		if (ata_commands[i].command == a->command && !is_barred(d, ata_commands[i].bars))
			done = ata_commands[i].run(d, rq, a);
	/* both hold for the next command only */
	d->prepared = done && a->command == ERASE_PREPARE;
	d->asked_native = done && (a->command == NATIVE_MAX || a->command == NATIVE_MAX_EXT);
	return done;
}

static inline void ata_take(const uint8_t *c, struct ata *a)
{
	if (c[0] == 0xa1) {
		*a = (struct ata){ .command = c[9],
				   .feature = c[3],
				   .count = c[4],
				   .device = c[8],
				   .lba = c[5] | (uint64_t)c[6] << 8 | (uint64_t)c[7] << 16 };
		return;
	}
	*a = (struct ata){ .command = c[14],
			   .feature = c[4],
			   .count = c[6],
			   .device = c[13],
			   .lba = c[8] | (uint64_t)c[10] << 8 | (uint64_t)c[12] << 16,
			   .ext = c[1] & 1 };
	if (!a->ext)
		return;
	a->feature |= (uint16_t)(c[3] << 8);
	a->count |= (uint16_t)(c[5] << 8);
	a->lba |= (uint64_t)c[7] << 24 | (uint64_t)c[9] << 32 | (uint64_t)c[11] << 40;
}

/* ATA PASS-THROUGH (12) and (16): the registers go back in descriptor sense data. */
static inline int ata_pass_through(struct disk *d, struct request *rq)
{
	uint8_t *s = rq->sense, *r = s + 8;
	struct ata a;
	bool done;

	ata_take(rq->cdb, &a);
	done = ata_run(d, rq, &a);
	if (done && !(rq->cdb[2] & CK_COND))
		return GOOD;
	s[0] = 0x72;
	s[1] = done ? 0x01 : 0x0b; /* RECOVERED ERROR; ABORTED COMMAND */
	s[3] = done ? 0x1d : 0x00; /* ATA PASS-THROUGH INFORMATION AVAILABLE */
	s[7] = 14;
	r[0] = 0x09;
	r[1] = 0x0c;
	r[2] = a.ext;
	r[3] = done ? 0 : ATA_ABRT;
	put_be(r + 4, 2, a.count);
	for (unsigned int i = 0; i < 3; i++) {
		r[7 + 2 * i] = (uint8_t)(a.lba >> 8 * i);
		r[6 + 2 * i] = (uint8_t)(a.lba >> (24 + 8 * i));
	}
	r[12] = a.device;
	r[13] = done ? ATA_OK : ATA_ERR;
	return CHECK_CONDITION;
}

#endif
