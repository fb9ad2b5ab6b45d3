/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus.h - the three command sets: what is offered, begun and asked in each
 */
#ifndef WV_BUS_H
#define WV_BUS_H

#include "offer.h"

/* The password that SECURITY ERASE UNIT needs for its duration. Known to all: an interrupted one
 * must be undone. */
#define WV__ATA_PASSWORD "workvol"

/* Something stands between the device and the block device that was named. */
#define WV__OTHER_SIZE "it does not have the size that the kernel shows"

#define WV__ASK_MS 15000 /* a command that only asks */

/* Fill the rows. 0, or a negative errno with its sentence. */
int wv__scsi_offer(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *offer);
int wv__ata_offer(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *offer);
int wv__nvme_offer(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *offer);

/* One erasure, as the device is told. */
struct wv__order {
	enum wv__kind kind;
	uint8_t byte;	   /* overwrite: what the device is to write everywhere */
	uint32_t limit_ms; /* of a command that only returns when all is erased */
	uint32_t command;  /* NVMe: command dword 10 that was sent */
};

/*
 * Begin; SECURITY ERASE UNIT, Format NVM and a discard return at their end only.
 * -EIO with a sentence: the device did not take it.
 */
int wv__scsi_erase(struct wv_ctx *ctx, struct wv__transport *t, struct wv__order *order);
int wv__ata_erase(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		  struct wv__order *order);
int wv__nvme_erase(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		   struct wv__order *order);

/* Ask how far it is, by a command of its own. */
int wv__scsi_poll(struct wv_ctx *ctx, struct wv__transport *t, struct wv__erase_state *ret);
int wv__ata_poll(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__order *order,
		 struct wv__erase_state *ret);
int wv__nvme_poll(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		  const struct wv__order *order, struct wv__erase_state *ret);

/* ---- below them ------------------------------------------------------------------ */

/**
 * wv__scsi_send() - one SCSI command; UNIT ATTENTION is sent again
 * @ret: what it answered beside GOOD; key NONE when it was GOOD
 *
 * Return: 1 CHECK CONDITION, 0 GOOD, -EIO for any other status or garbage sense,
 * or a negative errno; no sentence.
 */
int wv__scsi_send(struct wv__transport *t, struct wv__scsi *cmd, struct wv__sense *ret);

/* One ATA command through ATA PASS-THROUGH (16) (SAT-4, 12.2.3). */
struct wv__ata {
	uint8_t command;
	uint16_t feature, count;
	uint64_t lba;
	uint8_t device;
	bool ext; /* 48-bit */
	bool out;
	void *data; /* one sector, or NULL */
	uint32_t ms;
	struct wv__ata_regs regs; /* what it left; valid when the bridge tells */
};

/* 0; -EIO when the device aborted it, or a negative errno; no sentence. */
int wv__ata_send(struct wv__transport *t, struct wv__ata *cmd);
int wv__ata_identify(struct wv__transport *t, struct wv__ata_identity *ret);

/* hidden.c: HPA and DCO of an ATA disk that was identified. What it does not tell stays unknown. */
void wv__hidden_load(struct wv__transport *t, const struct wv__ata_identity *id,
		     struct wv__hidden *ret);
/* Make all of it the host's: SET MAX ADDRESS EXT, SET ACCESSIBLE MAX ADDRESS EXT, DEVICE
 * CONFIGURATION RESTORE. */
int wv__hidden_undo(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer);

#endif
