/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sense.h - what a device answers beside GOOD: SCSI sense data, and the ATA
 * registers in it
 */
#ifndef WV_SENSE_H
#define WV_SENSE_H

#include "../base/util.h"

/* SPC-5, table "Sense key descriptions" */
enum {
	WV__SENSE_NONE = 0x0,
	WV__SENSE_RECOVERED = 0x1,
	WV__SENSE_NOT_READY = 0x2,
	WV__SENSE_MEDIUM = 0x3,
	WV__SENSE_ILLEGAL = 0x5,
	WV__SENSE_ATTENTION = 0x6,
};

/* The registers after an ATA command (SAT-4, "ATA Status Return sense data descriptor"). */
struct wv__ata_regs {
	bool valid;
	bool fixed; /* from fixed sense data: the upper bytes of count and lba were not told */
	bool cut;   /* and one of them was not zero */
	uint8_t error, status, device;
	uint16_t count;
	uint64_t lba;
};

struct wv__sense {
	uint8_t key, asc, ascq;
	bool has_progress;
	uint16_t progress; /* of 65536 */
	struct wv__ata_regs ata;
};

/**
 * wv__sense_parse() - fixed (70h, 71h) and descriptor (72h, 73h) sense data
 *
 * SPC-5, 4.4. Pure; any bytes. Return: false when they are no sense data.
 */
bool wv__sense_parse(const uint8_t *data, size_t len, struct wv__sense *ret);

#endif
