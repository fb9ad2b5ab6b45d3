/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identify.c - IDENTIFY DEVICE, Identify Controller, INQUIRY and their kin
 */
#include <string.h>

#include "identify.h"

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t x = 0;

	while (n--)
		x = x << 8 | p[n];
	return x;
}

static uint64_t be(const uint8_t *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x = x << 8 | p[i];
	return x;
}

/* ---- ATA ------------------------------------------------------------------------ */

static uint16_t word(const uint8_t *data, unsigned int n)
{
	return (uint16_t)le(data + 2 * (size_t)n, 2);
}

/* Bits 15:14 of such a word are 01b where it means anything (ACS-4, 9.11.1). */
static bool is_valid(uint16_t w)
{
	return (w & 0xc000) == 0x4000;
}

static bool sum_is_right(const uint8_t *data)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < WV__ATA_SECTOR; i++)
		sum = (uint8_t)(sum + data[i]);
	return sum == 0;
}

/* Words 89 and 90: units of two minutes, 15 bits wide where bit 15 says so; all ones: longer. */
static uint32_t erase_minutes(uint16_t w)
{
	return 2 * (uint32_t)(w & 0x8000 ? w & 0x7fff : w & 0xff);
}

static void take_capacity(const uint8_t *data, struct wv__ata_identity *id)
{
	const uint16_t w = word(data, 106);

	id->lba48 = is_valid(word(data, 83)) && word(data, 83) & 1 << 10;
	id->sectors = id->lba48 ? le(data + 200, 8) : le(data + 120, 4);
	id->sector_size = WV__ATA_SECTOR;
	if (is_valid(w) && w & 1 << 12) /* words 117 and 118, in words */
		id->sector_size = 2 * (uint32_t)le(data + 234, 4);
}

bool wv__ata_identity_parse(const uint8_t *data, size_t len, struct wv__ata_identity *ret)
{
	struct wv__ata_identity id = { 0 };
	uint16_t w;

	if (len < WV__ATA_SECTOR || word(data, 0) & 0x8000) /* bit 15: ATAPI */
		return false;
	if ((word(data, 255) & 0xff) == 0xa5 && !sum_is_right(data))
		return false;
	take_capacity(data, &id);
	if (!id.sectors || !id.sector_size || id.sector_size % WV__ATA_SECTOR)
		return false;
	w = word(data, 59);
	id.sanitize = w & 1 << 12;
	id.sanitize_crypto = id.sanitize && w & 1 << 13;
	id.sanitize_overwrite = id.sanitize && w & 1 << 14;
	id.sanitize_block = id.sanitize && w & 1 << 15;
	w = word(data, 128);
	id.security = w & 1 << 0;
	id.enabled = w & 1 << 1;
	id.locked = w & 1 << 2;
	id.frozen = w & 1 << 3;
	id.expired = w & 1 << 4;
	id.enhanced = id.security && w & 1 << 5;
	id.erase_minutes = erase_minutes(word(data, 89));
	id.enhanced_minutes = erase_minutes(word(data, 90));
	id.hpa = is_valid(word(data, 83)) && word(data, 82) & 1 << 10;
	id.dco = is_valid(word(data, 83)) && word(data, 83) & 1 << 11;
	id.amac = is_valid(word(data, 119)) && word(data, 119) & 1 << 8;
	*ret = id;
	return true;
}

bool wv__ata_dco_parse(const uint8_t *data, size_t len, uint64_t *ret_sectors)
{
	uint64_t max;

	if (len < WV__ATA_SECTOR || (word(data, 255) & 0xff) != 0xa5 || !sum_is_right(data))
		return false;
	max = le(data + 6, 8); /* words 3 to 6: the maximum address */
	if (!max || max >> 48)
		return false;
	*ret_sectors = max + 1;
	return true;
}

void wv__ata_sanitize_parse(const struct wv__ata_regs *regs, struct wv__erase_state *ret)
{
	*ret = (struct wv__erase_state){ .what = WV__ERASE_GARBAGE };
	if (!regs->valid)
		return;
	if (regs->status & 0x21) { /* ERR, DF: the reason is in lba(7:0) (ACS-4, 7.36.3) */
		ret->what = (regs->lba & 0xff) == 0x03 ? WV__ERASE_FROZEN : WV__ERASE_FAILED;
		return;
	}
	if (regs->cut) /* the flags are in count(15:8), which fixed sense data lose */
		return;
	ret->what = regs->count & 1 << 15   ? WV__ERASE_DONE
		    : regs->count & 1 << 14 ? WV__ERASE_RUNNING
		    : regs->count & 1 << 13 ? WV__ERASE_FROZEN
					    : WV__ERASE_IDLE;
	if ((regs->count & 0xc000) == 0xc000)
		ret->what = WV__ERASE_GARBAGE; /* done and in progress at once */
	ret->has_progress = ret->what == WV__ERASE_RUNNING;
	ret->progress = (uint16_t)regs->lba;
}

/* ---- NVMe ------------------------------------------------------------------------- */

bool wv__nvme_controller_parse(const uint8_t *data, size_t len, struct wv__nvme_controller *ret)
{
	uint32_t sanicap;
	uint16_t oacs;

	if (len < WV__NVME_PAGE)
		return false;
	sanicap = (uint32_t)le(data + 328, 4);
	oacs = (uint16_t)le(data + 256, 2);
	*ret = (struct wv__nvme_controller){
		.sanitize_crypto = sanicap & 1 << 0,
		.sanitize_block = sanicap & 1 << 1,
		/* NDI: it would deallocate what it has overwritten, and nothing could be read back */
		.sanitize_overwrite = (sanicap & 1 << 2) && !(sanicap & 1 << 29),
		.format = oacs & 1 << 1,
		.manages_namespaces = oacs & 1 << 3,
		.multi_controller = data[76] & 1 << 1,
		.format_crypto = data[524] & 1 << 2,
		.format_is_for_all = data[524] & 3,
	};
	return true;
}

bool wv__nvme_namespace_parse(const uint8_t *data, size_t len, struct wv__nvme_namespace *ret)
{
	uint8_t format, shift;

	if (len < WV__NVME_PAGE)
		return false;
	/* FLBAS: bits 3:0, and 6:5 above them where there are more than 16 formats */
	format = data[26] & 0x0f;
	if (data[25] > 15)
		format |= (uint8_t)((data[26] & 0x60) >> 1);
	shift = data[128 + 4 * (size_t)format + 2]; /* LBADS: a power of two */
	if (shift < 9 || shift > 16 || !le(data, 8) || le(data, 8) > UINT64_MAX >> shift)
		return false;
	*ret = (struct wv__nvme_namespace){
		.blocks = le(data, 8),
		.block = UINT32_C(1) << shift,
		.format = format,
		.metadata_in_line = data[26] & 1 << 4,
		.protection = data[29] & 7,
		.protection_first = data[29] >> 3 & 1,
		.shared = data[30] & 1,
	};
	return true;
}

size_t wv__nvme_list_parse(const uint8_t *data, size_t len, uint32_t nsid, bool *ret_has)
{
	size_t n;

	*ret_has = false;
	for (n = 0; 4 * n + 4 <= len && le(data + 4 * n, 4); n++)
		*ret_has |= le(data + 4 * n, 4) == nsid;
	return n;
}

void wv__nvme_sanitize_parse(const uint8_t *data, size_t len, struct wv__erase_state *ret)
{
	/* SSTAT bits 2:0; 4 is "successful, and deallocated although it was asked not to" */
	static const enum wv__erase_what whats[] = {
		WV__ERASE_IDLE, WV__ERASE_DONE,	   WV__ERASE_RUNNING, WV__ERASE_FAILED,
		WV__ERASE_DONE, WV__ERASE_GARBAGE, WV__ERASE_GARBAGE, WV__ERASE_GARBAGE,
	};

	*ret = (struct wv__erase_state){ .what = WV__ERASE_GARBAGE };
	if (len < 20)
		return;
	ret->what = whats[data[2] & 7];
	ret->has_progress = ret->what == WV__ERASE_RUNNING;
	ret->progress = (uint16_t)le(data, 2);
	ret->command = (uint32_t)le(data + 4, 4);
}

void wv__nvme_estimates_parse(const uint8_t *data, size_t len, uint32_t ret_seconds[3])
{
	for (size_t i = 0; i < 3; i++) {
		ret_seconds[i] = len < 20 ? 0 : (uint32_t)le(data + 8 + 4 * i, 4);
		if (ret_seconds[i] == UINT32_MAX)
			ret_seconds[i] = 0;
	}
}

/* ---- SCSI -------------------------------------------------------------------------- */

bool wv__scsi_inquiry_parse(const uint8_t *data, size_t len, struct wv__scsi_inquiry *ret)
{
	if (len < 36)
		return false;
	*ret = (struct wv__scsi_inquiry){
		.disk = !data[0],
		.ata = !memcmp(data + 8, "ATA     ", 8),
		.version = data[2],
	};
	return true;
}

bool wv__scsi_vpd_has(const uint8_t *data, size_t len, uint8_t page)
{
	if (len < 4 || data[1] != 0)
		return false;
	len = MIN(len - 4, (size_t)be(data + 2, 2));
	return memchr(data + 4, page, len);
}

bool wv__scsi_supported_parse(const uint8_t *data, size_t len)
{
	return len >= 4 && ((data[1] & 7) == 3 || (data[1] & 7) == 5);
}

bool wv__scsi_capacity_parse(const uint8_t *data, size_t len, uint64_t *ret_bytes)
{
	uint64_t last, block;

	if (len < 32)
		return false;
	last = be(data, 8);
	block = be(data + 8, 4);
	if (!block || last == UINT64_MAX || last + 1 > UINT64_MAX / block)
		return false;
	*ret_bytes = (last + 1) * block;
	return true;
}
