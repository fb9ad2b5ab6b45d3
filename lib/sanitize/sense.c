/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sense.c - sense data, taken apart
 */
#include <string.h>

#include "sense.h"

#define FIXED_MIN 18  /* up to and with the sense key specific bytes */
#define DESCRIPTORS 8 /* where they begin */
#define TYPE_KEY_SPECIFIC 0x02
#define TYPE_ATA 0x09
#define ATA_LEN 0x0c
/* ATA PASS-THROUGH INFORMATION AVAILABLE (SPC-5, Annex F) */
#define ASC_ATA 0x00
#define ASCQ_ATA 0x1d

static void take_progress(const uint8_t *sks, struct wv__sense *s)
{
	/* SKSV; for NO SENSE and NOT READY the field is a progress indication (SPC-5, 4.4.2.4.4) */
	if (!(sks[0] & 0x80) || (s->key != WV__SENSE_NONE && s->key != WV__SENSE_NOT_READY))
		return;
	s->has_progress = true;
	s->progress = (uint16_t)(sks[1] << 8 | sks[2]);
}

/* SAT-4, "ATA Status Return sense data descriptor" */
static void take_ata_descriptor(const uint8_t *d, struct wv__ata_regs *ata)
{
	ata->valid = true;
	ata->error = d[3];
	ata->count = (uint16_t)(d[4] << 8 | d[5]);
	ata->lba = d[7] | (uint64_t)d[9] << 8 | (uint64_t)d[11] << 16 | (uint64_t)d[6] << 24 |
		   (uint64_t)d[8] << 32 | (uint64_t)d[10] << 40;
	ata->device = d[12];
	ata->status = d[13];
}

/* SAT-4, "ATA PASS-THROUGH sense data in fixed format": it has room for the lower bytes only. */
static void take_ata_fixed(const uint8_t *s, struct wv__ata_regs *ata)
{
	ata->valid = true;
	ata->error = s[3];
	ata->status = s[4];
	ata->device = s[5];
	ata->count = s[6];
	ata->fixed = true;
	ata->cut = s[8] & 0x60; /* upper count, upper lba nonzero */
	ata->lba = s[9] | (uint64_t)s[10] << 8 | (uint64_t)s[11] << 16;
}

static bool parse_fixed(const uint8_t *data, size_t len, struct wv__sense *s)
{
	if (len < FIXED_MIN)
		return false;
	s->key = data[2] & 0x0f;
	s->asc = data[12];
	s->ascq = data[13];
	take_progress(data + 15, s);
	if (s->asc == ASC_ATA && s->ascq == ASCQ_ATA)
		take_ata_fixed(data, &s->ata);
	return true;
}

static bool parse_descriptors(const uint8_t *data, size_t len, struct wv__sense *s)
{
	size_t at, size;

	if (len < DESCRIPTORS)
		return false;
	s->key = data[1] & 0x0f;
	s->asc = data[2];
	s->ascq = data[3];
	len = MIN(len, (size_t)DESCRIPTORS + data[7]);
	for (at = DESCRIPTORS; at + 2 <= len; at += size) {
		size = 2 + (size_t)data[at + 1];
		if (size > len - at)
			break;
		if (data[at] == TYPE_KEY_SPECIFIC && size >= 7)
			take_progress(data + at + 4, s);
		if (data[at] == TYPE_ATA && size >= 2 + ATA_LEN)
			take_ata_descriptor(data + at, &s->ata);
	}
	return true;
}

bool wv__sense_parse(const uint8_t *data, size_t len, struct wv__sense *ret)
{
	struct wv__sense s = { 0 };
	bool ok = false;

	if (len && ((data[0] & 0x7f) == 0x70 || (data[0] & 0x7f) == 0x71))
		ok = parse_fixed(data, len, &s);
	else if (len && ((data[0] & 0x7f) == 0x72 || (data[0] & 0x7f) == 0x73))
		ok = parse_descriptors(data, len, &s);
	if (ok)
		*ret = s;
	return ok;
}
