/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ata.c - SANITIZE DEVICE and SECURITY ERASE UNIT of ATA disks
 */
#include <string.h>

#include "bus.h"

/* Commands (ACS-4, annex B) */
#define IDENTIFY_DEVICE 0xec
#define SANITIZE_DEVICE 0xb4
#define SECURITY_SET_PASSWORD 0xf1
#define SECURITY_ERASE_PREPARE 0xf3
#define SECURITY_ERASE_UNIT 0xf4
#define SECURITY_DISABLE_PASSWORD 0xf6

/* SANITIZE DEVICE: the feature, and the key in the LBA that guards it (ACS-4, 7.36) */
#define SANITIZE_STATUS 0x0000
#define SANITIZE_CRYPTO 0x0011
#define KEY_CRYPTO UINT64_C(0x43727970) /* "Cryp" */
#define SANITIZE_BLOCK 0x0012
#define KEY_BLOCK UINT64_C(0x426b4572) /* "BkEr" */
#define SANITIZE_OVERWRITE 0x0014
#define KEY_OVERWRITE (UINT64_C(0x4f57) << 32) /* "OW"; the pattern is in the lower 32 bits */
/* FAILURE MODE: a failed sanitize may be left again, so that the host can still overwrite the
 * medium */
#define SANITIZE_MAY_FAIL (1 << 4)

#define PASS_THROUGH_16 0x85
#define PROTOCOL_NONE 3 /* SAT-4, table "PROTOCOL field" */
#define PROTOCOL_IN 4
#define PROTOCOL_OUT 5
#define STATUS_BAD 0x21 /* ERR, DF */

static void fill_cdb(const struct wv__ata *a, uint8_t cdb[16])
{
	const uint8_t protocol = !a->data ? PROTOCOL_NONE : a->out ? PROTOCOL_OUT : PROTOCOL_IN;

	memset(cdb, 0, 16);
	cdb[0] = PASS_THROUGH_16;
	cdb[1] = (uint8_t)(protocol << 1 | a->ext);
	/* T_LENGTH 2: the count is the length, BYT_BLOK: in blocks; T_DIR; CK_COND: tell the
	 * registers */
	cdb[2] = (uint8_t)((a->data ? 0x06 : 0) | (a->data && !a->out ? 0x08 : 0x20));
	cdb[3] = (uint8_t)(a->feature >> 8);
	cdb[4] = (uint8_t)a->feature;
	cdb[5] = (uint8_t)(a->count >> 8);
	cdb[6] = (uint8_t)a->count;
	cdb[7] = (uint8_t)(a->lba >> 24);
	cdb[8] = (uint8_t)a->lba;
	cdb[9] = (uint8_t)(a->lba >> 32);
	cdb[10] = (uint8_t)(a->lba >> 8);
	cdb[11] = (uint8_t)(a->lba >> 40);
	cdb[12] = (uint8_t)(a->lba >> 16);
	cdb[13] = a->device;
	cdb[14] = a->command;
}

int wv__ata_send(struct wv__transport *t, struct wv__ata *a)
{
	struct wv__scsi cmd = { .cdb_len = 16,
				.out = a->out,
				.data = a->data,
				.len = a->data ? WV__ATA_SECTOR : 0,
				.ms = a->ms };
	struct wv__sense sense = { 0 };
	int r;

	fill_cdb(a, cmd.cdb);
	r = wv__scsi_send(t, &cmd, &sense);
	if (r < 0)
		return r;
	a->regs = sense.ata;
	if (sense.ata.valid)
		return sense.ata.status & STATUS_BAD ? -EIO : 0;
	return sense.key > WV__SENSE_RECOVERED ? -EIO : 0;
}

int wv__ata_identify(struct wv__transport *t, struct wv__ata_identity *ret)
{
	uint8_t data[WV__ATA_SECTOR] = { 0 };
	struct wv__ata cmd = {
		.command = IDENTIFY_DEVICE, .count = 1, .data = data, .ms = WV__ASK_MS
	};
	const int r = wv__ata_send(t, &cmd);

	if (r < 0)
		return r;
	return wv__ata_identity_parse(data, sizeof(data), ret) ? 0 : -EIO;
}

/* ---- what is offered ------------------------------------------------------------------- */

static int ask_sanitize(struct wv__transport *t, struct wv__ata_regs *ret_regs,
			struct wv__erase_state *ret)
{
	struct wv__ata cmd = { .command = SANITIZE_DEVICE,
			       .feature = SANITIZE_STATUS,
			       .ext = true,
			       .ms = WV__ASK_MS };
	const int r = wv__ata_send(t, &cmd);

	if (r < 0 && !cmd.regs.valid)
		return r;
	*ret_regs = cmd.regs;
	wv__ata_sanitize_parse(&cmd.regs, ret);
	return 0;
}

static void offer_sanitize(struct wv__transport *t, struct wv__offer *offer)
{
	const struct wv__ata_identity *id = &offer->ata;
	struct wv__ata_regs regs = { 0 };
	int r;

	if (id->sanitize_block)
		wv__offer_add(offer, WV__KIND_BLOCK, "ATA BLOCK ERASE EXT", 0);
	if (id->sanitize_overwrite)
		wv__offer_add(offer, WV__KIND_OVERWRITE, "ATA OVERWRITE EXT", 0);
	if (id->sanitize_crypto)
		wv__offer_add(offer, WV__KIND_CRYPTO, "ATA CRYPTO SCRAMBLE EXT", 0);
	if (!id->sanitize)
		return;
	r = ask_sanitize(t, &regs, &offer->state);
	for (unsigned int i = 0; i <= WV__KIND_CRYPTO; i++) {
		if (r < 0 || !regs.valid || regs.fixed)
			wv__offer_refuse(offer, i,
					 "its status cannot be read back through this adapter");
		else if (offer->state.what == WV__ERASE_FROZEN)
			wv__offer_refuse(offer, i,
					 "its sanitize is frozen until its power was off");
		if (id->locked)
			wv__offer_refuse(offer, i, "it is locked by an ATA password");
	}
}

static void offer_security(struct wv__offer *offer)
{
	static const enum wv__kind kinds[] = { WV__KIND_SECURITY_ENHANCED, WV__KIND_SECURITY };
	const struct wv__ata_identity *id = &offer->ata;

	if (!id->security)
		return;
	wv__offer_add(offer, WV__KIND_SECURITY, "ATA SECURITY ERASE UNIT", id->erase_minutes);
	if (id->enhanced)
		wv__offer_add(offer, WV__KIND_SECURITY_ENHANCED,
			      "ATA SECURITY ERASE UNIT (enhanced)", id->enhanced_minutes);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (id->locked)
			wv__offer_refuse(
				offer, kinds[i],
				"it is locked by an ATA password (%s, where an erasure was "
				"interrupted): unlock it first",
				"\"" WV__ATA_PASSWORD "\"");
		else if (id->frozen)
			wv__offer_refuse(
				offer, kinds[i],
				"its security is frozen, as firmware does at start: suspend the "
				"machine and wake it, or plug the disk in anew");
		else if (id->enabled)
			wv__offer_refuse(
				offer, kinds[i],
				"it has an ATA password (%s, where an erasure was interrupted): "
				"remove it first",
				"\"" WV__ATA_PASSWORD "\"");
	}
}

int wv__ata_offer(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *offer)
{
	const struct wv__ata_identity *id = &offer->ata;

	(void)ctx;
	if (wv__ata_identify(t, &offer->ata) < 0)
		return 0; /* the bridge passes nothing on, or it is no ATA disk after all */
	offer_sanitize(t, offer);
	offer_security(offer);
	wv__offer_refuse_running(offer);
	for (unsigned int i = 0; id->sectors != t->size / id->sector_size && i < WV__KINDS; i++)
		wv__offer_refuse(offer, i, WV__OTHER_SIZE);
	return 0;
}

/* ---- sanitize ----------------------------------------------------------------------------- */

static int send_named(struct wv_ctx *ctx, struct wv__transport *t, struct wv__ata *cmd,
		      const char *name)
{
	const int r = wv__ata_send(t, cmd);

	if (r == -EIO && cmd->regs.valid)
		return wv__fail(ctx, -EIO, "%s aborted %s: status %02xh, error %02xh", t->path,
				name, cmd->regs.status, cmd->regs.error);
	return r < 0 ? wv__fail_sys(ctx, r, "%s did not take %s", t->path, name) : 0;
}

static int sanitize(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__order *order)
{
	static const struct {
		uint16_t feature;
		uint64_t key;
		uint16_t count;
	} rows[] = {
		[WV__KIND_BLOCK] = { SANITIZE_BLOCK, KEY_BLOCK, SANITIZE_MAY_FAIL },
		[WV__KIND_OVERWRITE] = { SANITIZE_OVERWRITE, KEY_OVERWRITE, SANITIZE_MAY_FAIL | 1 },
		[WV__KIND_CRYPTO] = { SANITIZE_CRYPTO, KEY_CRYPTO, SANITIZE_MAY_FAIL },
	};
	struct wv__ata cmd = {
		.command = SANITIZE_DEVICE,
		.feature = rows[order->kind].feature,
		.count = rows[order->kind].count,
		.lba = rows[order->kind].key,
		.ext = true,
		.ms = 2 * WV__ASK_MS,
	};

	/* four times the same byte: no order of bytes can be taken wrong */
	if (order->kind == WV__KIND_OVERWRITE)
		cmd.lba |= order->byte * UINT64_C(0x01010101);
	return send_named(ctx, t, &cmd, "SANITIZE DEVICE");
}

/* ---- security ------------------------------------------------------------------------------ */

/* The sector of the SECURITY commands (ACS-4, 7.37 to 7.41): the user password in words 1 to 16. */
static void fill_password(uint8_t data[WV__ATA_SECTOR], bool enhanced)
{
	memset(data, 0, WV__ATA_SECTOR);
	data[0] = enhanced ? 2 : 0; /* ERASE UNIT: bit 1 of word 0; bit 0 clear: the user's */
	memcpy(data + 2, WV__ATA_PASSWORD, strlen(WV__ATA_PASSWORD));
}

static int send_password(struct wv_ctx *ctx, struct wv__transport *t, uint8_t command,
			 bool enhanced, uint32_t ms, const char *name)
{
	uint8_t data[WV__ATA_SECTOR];
	struct wv__ata cmd = {
		.command = command, .count = 1, .out = true, .data = data, .ms = ms
	};

	fill_password(data, enhanced);
	return send_named(ctx, t, &cmd, name);
}

/* The password goes whatever happened; what the device says then is what counts. */
static int take_password_off(struct wv_ctx *ctx, struct wv__transport *t)
{
	struct wv__ata_identity id = { .enabled = true };

	if (wv__ata_identify(t, &id) == 0 && !id.enabled)
		return 0;
	send_password(NULL, t, SECURITY_DISABLE_PASSWORD, false, WV__ASK_MS, "");
	if (wv__ata_identify(t, &id) == 0 && !id.enabled)
		return 0;
	return wv__fail(ctx, -EIO,
			"%s still has the ATA password \"%s\": take it off before its power goes",
			t->path, WV__ATA_PASSWORD);
}

static int erase_unit(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__order *order)
{
	const bool enhanced = order->kind == WV__KIND_SECURITY_ENHANCED;
	struct wv__ata prepare = { .command = SECURITY_ERASE_PREPARE, .ms = WV__ASK_MS };
	int r, off;

	r = send_password(ctx, t, SECURITY_SET_PASSWORD, false, WV__ASK_MS,
			  "SECURITY SET PASSWORD");
	if (r >= 0)
		r = send_named(ctx, t, &prepare, "SECURITY ERASE PREPARE");
	if (r >= 0)
		r = send_password(ctx, t, SECURITY_ERASE_UNIT, enhanced, order->limit_ms,
				  "SECURITY ERASE UNIT");
	off = take_password_off(ctx, t);
	return off < 0 ? off : r;
}

int wv__ata_erase(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		  struct wv__order *order)
{
	(void)offer;
	if (order->kind == WV__KIND_SECURITY || order->kind == WV__KIND_SECURITY_ENHANCED)
		return erase_unit(ctx, t, order);
	return sanitize(ctx, t, order);
}

int wv__ata_poll(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__order *order,
		 struct wv__erase_state *ret)
{
	struct wv__ata_regs regs;
	int r;

	if (order->kind == WV__KIND_SECURITY || order->kind == WV__KIND_SECURITY_ENHANCED) {
		*ret = (struct wv__erase_state){
			.what = WV__ERASE_DONE
		}; /* it returned, and the password is off */
		return 0;
	}
	r = ask_sanitize(t, &regs, ret);
	return r < 0 ? wv__fail_sys(ctx, r, "%s does not tell its status", t->path) : 0;
}
