/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scsi.c - SANITIZE of SCSI disks, and how any command is sent to them
 */
#include <string.h>

#include "bus.h"

/* Operation codes: SPC-5, annex F; SBC-4, 5 */
#define TEST_UNIT_READY 0x00
#define REQUEST_SENSE 0x03
#define INQUIRY 0x12
#define SANITIZE 0x48
#define SERVICE_ACTION_IN 0x9e
#define READ_CAPACITY_16 0x10
#define MAINTENANCE_IN 0xa3
#define REPORT_OPCODES 0x0c
#define VPD_SUPPORTED 0x00
#define VPD_ATA_INFORMATION 0x89

/* Service actions of SANITIZE (SBC-4, 5.30.1) */
#define SA_OVERWRITE 0x01
#define SA_BLOCK 0x02
#define SA_CRYPTO 0x03
#define SANITIZE_IMMED 0x80
/* AUSE: a failed sanitize may be left again, so that the host can still overwrite the medium */
#define SANITIZE_AUSE 0x20

#define STATUS_GOOD 0x00
#define STATUS_CHECK 0x02
#define VERSION_SPC3 5 /* the first whose VPD pages can be relied on */
#define VERSION_SPC4 6
#define ATTENTIONS_MAX 4

int wv__scsi_send(struct wv__transport *t, struct wv__scsi *cmd, struct wv__sense *ret)
{
	struct wv__sense sense = { 0 };
	int r = 0;

	for (unsigned int i = 0; i < ATTENTIONS_MAX; i++) {
		cmd->status = cmd->sense_len = 0;
		r = t->ops->scsi(t->data, cmd);
		if (r < 0)
			return r;
		sense = (struct wv__sense){ 0 };
		if (cmd->status == STATUS_GOOD)
			break;
		if (cmd->status != STATUS_CHECK ||
		    !wv__sense_parse(cmd->sense, cmd->sense_len, &sense))
			return -EIO;
		r = 1;
		if (sense.key != WV__SENSE_ATTENTION)
			break;
	}
	*ret = sense;
	return r;
}

/* A command that only reads: 0 when it was GOOD. */
static int ask(struct wv__transport *t, const uint8_t *cdb, uint8_t cdb_len, uint8_t *data,
	       uint32_t len)
{
	struct wv__scsi cmd = { .cdb_len = cdb_len, .data = data, .len = len, .ms = WV__ASK_MS };
	struct wv__sense sense;
	int r;

	memset(data, 0, len);
	memcpy(cmd.cdb, cdb, cdb_len);
	r = wv__scsi_send(t, &cmd, &sense);
	return r > 0 ? -EIO : r;
}

/* ---- what is offered ----------------------------------------------------------------- */

/*
 * A SATL says "ATA" as the vendor (SAT-4, 8.1), or has the VPD page 89h: then
 * the disk behind it is asked in its own language. Only then: old bridges
 * hang at a command that they do not know.
 */
static bool is_ata(struct wv__transport *t, const struct wv__scsi_inquiry *inquiry)
{
	const uint8_t cdb[6] = { INQUIRY, 1, VPD_SUPPORTED, 0, 252 };
	uint8_t data[252];

	if (inquiry->ata)
		return true;
	return inquiry->version >= VERSION_SPC3 &&
	       ask(t, cdb, sizeof(cdb), data, sizeof(data)) == 0 &&
	       wv__scsi_vpd_has(data, sizeof(data), VPD_ATA_INFORMATION);
}

static bool is_supported(struct wv__transport *t, uint8_t action)
{
	/* reporting option 010b: one operation code with a service action */
	const uint8_t cdb[12] = {
		MAINTENANCE_IN, REPORT_OPCODES, 2, SANITIZE, 0, action, 0, 0, 0, 64
	};
	uint8_t data[64];

	return ask(t, cdb, sizeof(cdb), data, sizeof(data)) == 0 &&
	       wv__scsi_supported_parse(data, sizeof(data));
}

/* One LUN is one disk: its own size must be the one that the kernel showed. */
static bool has_size(struct wv__transport *t)
{
	const uint8_t cdb[16] = {
		SERVICE_ACTION_IN, READ_CAPACITY_16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32
	};
	uint8_t data[32];
	uint64_t bytes;

	return ask(t, cdb, sizeof(cdb), data, sizeof(data)) == 0 &&
	       wv__scsi_capacity_parse(data, sizeof(data), &bytes) && bytes == t->size;
}

int wv__scsi_offer(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *offer)
{
	static const struct {
		enum wv__kind kind;
		uint8_t action;
		const char *command;
	} rows[] = {
		{ WV__KIND_BLOCK, SA_BLOCK, "SCSI SANITIZE BLOCK ERASE" },
		{ WV__KIND_OVERWRITE, SA_OVERWRITE, "SCSI SANITIZE OVERWRITE" },
		{ WV__KIND_CRYPTO, SA_CRYPTO, "SCSI SANITIZE CRYPTOGRAPHIC ERASE" },
	};
	const uint8_t cdb[6] = { INQUIRY, 0, 0, 0, 96 };
	struct wv__scsi_inquiry inquiry;
	uint8_t data[96];
	bool same;

	(void)ctx;
	if (ask(t, cdb, sizeof(cdb), data, sizeof(data)) < 0 ||
	    !wv__scsi_inquiry_parse(data, sizeof(data), &inquiry) || !inquiry.disk)
		return 0;
	if (is_ata(t, &inquiry)) {
		t->bus = WV__BUS_ATA;
		return 0;
	}
	/* Sticks claim any version; some are lost at REPORT SUPPORTED OPERATION CODES. */
	if (t->usb || inquiry.version < VERSION_SPC4)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_supported(t, rows[i].action))
			wv__offer_add(offer, rows[i].kind, rows[i].command, 0);
	wv__scsi_poll(NULL, t, &offer->state);
	wv__offer_refuse_running(offer);
	same = has_size(t);
	for (unsigned int i = 0; !same && i < WV__KINDS; i++)
		wv__offer_refuse(offer, i, WV__OTHER_SIZE);
	return 0;
}

/* ---- sanitize ------------------------------------------------------------------------- */

int wv__scsi_erase(struct wv_ctx *ctx, struct wv__transport *t, struct wv__order *order)
{
	static const uint8_t actions[WV__KINDS] = {
		[WV__KIND_BLOCK] = SA_BLOCK,
		[WV__KIND_OVERWRITE] = SA_OVERWRITE,
		[WV__KIND_CRYPTO] = SA_CRYPTO,
	};
	/* SBC-4, table "SANITIZE OVERWRITE parameter list": one pass, an initialization pattern of
	 * one byte */
	uint8_t list[] = { 1, 0, 0, 1, order->byte };
	struct wv__scsi cmd = { .cdb_len = 10, .out = true, .ms = 2 * WV__ASK_MS };
	struct wv__sense sense;
	int r;

	cmd.cdb[0] = SANITIZE;
	cmd.cdb[1] = SANITIZE_IMMED | SANITIZE_AUSE | actions[order->kind];
	if (order->kind == WV__KIND_OVERWRITE) {
		cmd.cdb[8] = sizeof(list);
		cmd.data = list;
		cmd.len = sizeof(list);
	}
	r = wv__scsi_send(t, &cmd, &sense);
	if (r > 0)
		return wv__fail(ctx, -EIO, "%s did not take SANITIZE: sense key %xh, %02xh/%02xh",
				t->path, sense.key, sense.asc, sense.ascq);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot send SANITIZE to %s", t->path) : 0;
}

/* SPC-5, annex F: LOGICAL UNIT NOT READY, SANITIZE IN PROGRESS; SANITIZE COMMAND FAILED */
static void state_of(const struct wv__sense *sense, struct wv__erase_state *ret)
{
	*ret = (struct wv__erase_state){ .what = WV__ERASE_GARBAGE };
	if (sense->asc == 0x04 && sense->ascq == 0x1b)
		ret->what = WV__ERASE_RUNNING;
	else if (sense->asc == 0x31 && sense->ascq == 0x03)
		ret->what = WV__ERASE_FAILED;
	else if (sense->key == WV__SENSE_NONE)
		ret->what = WV__ERASE_DONE;
	ret->has_progress = ret->what == WV__ERASE_RUNNING && sense->has_progress;
	ret->progress = sense->progress;
}

/* REQUEST SENSE tells of progress; that it is over counts only when TEST UNIT READY agrees. */
int wv__scsi_poll(struct wv_ctx *ctx, struct wv__transport *t, struct wv__erase_state *ret)
{
	const uint8_t cdb[6] = { REQUEST_SENSE, 0, 0, 0, 252 };
	struct wv__scsi ready = { .cdb_len = 6, .ms = WV__ASK_MS };
	struct wv__sense sense = { 0 };
	uint8_t data[252];
	int r = ask(t, cdb, sizeof(cdb), data, sizeof(data));

	if (r < 0)
		return wv__fail_sys(ctx, r, "%s does not tell its status", t->path);
	*ret = (struct wv__erase_state){ .what = WV__ERASE_GARBAGE };
	if (!wv__sense_parse(data, sizeof(data), &sense))
		return 0;
	state_of(&sense, ret);
	if (ret->what != WV__ERASE_DONE)
		return 0;
	ready.cdb[0] = TEST_UNIT_READY;
	r = wv__scsi_send(t, &ready, &sense);
	if (r < 0)
		return wv__fail_sys(ctx, r, "%s does not say whether it is ready", t->path);
	state_of(&sense, ret);
	return 0;
}
