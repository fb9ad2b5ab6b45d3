/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hidden.c - areas of an ATA disk that the host does not see: the host
 * protected area and the device configuration overlay
 */
#include "bus.h"

/* ACS-2, 7.27, 7.45 (HPA), 7.10 (DCO); ACS-4, 7.1 (ACCESSIBLE MAX ADDRESS CONFIGURATION) */
#define READ_NATIVE_MAX_ADDRESS 0xf8
#define READ_NATIVE_MAX_ADDRESS_EXT 0x27
#define SET_MAX_ADDRESS 0xf9
#define SET_MAX_ADDRESS_EXT 0x37
#define VOLATILE_NOT 1 /* count bit 0: it stays when the power goes */
#define ACCESSIBLE_MAX_ADDRESS 0x78
#define GET_NATIVE 0x0000
#define SET_ACCESSIBLE 0x0001
#define DEVICE_CONFIGURATION 0xb1
#define DCO_RESTORE 0xc0
#define DCO_IDENTIFY 0xc2
#define DEVICE_LBA 0x40

/* The last address with the HPA: the command that the disk knows. */
static int native_max(struct wv__transport *t, const struct wv__ata_identity *id,
		      uint64_t *ret_sectors)
{
	struct wv__ata cmd = { .device = DEVICE_LBA, .ms = WV__ASK_MS };
	int r;

	if (id->amac) {
		cmd.command = ACCESSIBLE_MAX_ADDRESS;
		cmd.feature = GET_NATIVE;
	} else if (id->hpa) {
		cmd.command = id->lba48 ? READ_NATIVE_MAX_ADDRESS_EXT : READ_NATIVE_MAX_ADDRESS;
	} else {
		return -EOPNOTSUPP;
	}
	cmd.ext = id->amac || id->lba48;
	r = wv__ata_send(t, &cmd);
	if (r < 0)
		return r;
	if (!cmd.regs.valid || cmd.regs.cut)
		return -EIO;
	*ret_sectors = cmd.regs.lba + 1;
	/* LBA bits 27:24 of a 28-bit answer are in the device register */
	if (!cmd.ext)
		*ret_sectors += (uint64_t)(cmd.regs.device & 0x0f) << 24;
	return 0;
}

static int factory_sectors(struct wv__transport *t, const struct wv__ata_identity *id,
			   uint64_t *ret_sectors)
{
	uint8_t data[WV__ATA_SECTOR] = { 0 };
	struct wv__ata cmd = { .command = DEVICE_CONFIGURATION,
			       .feature = DCO_IDENTIFY,
			       .count = 1,
			       .device = DEVICE_LBA,
			       .data = data,
			       .ms = WV__ASK_MS };
	int r;

	if (!id->dco)
		return -EOPNOTSUPP;
	r = wv__ata_send(t, &cmd);
	if (r < 0)
		return r;
	return wv__ata_dco_parse(data, sizeof(data), ret_sectors) ? 0 : -EIO;
}

void wv__hidden_load(struct wv__transport *t, const struct wv__ata_identity *id,
		     struct wv__hidden *ret)
{
	const uint64_t seen = t->size / id->sector_size;
	struct wv__hidden hidden = { .native = seen };
	uint64_t sectors;

	if (native_max(t, id, &sectors) == 0 && sectors >= seen) {
		hidden.known = true;
		hidden.native = sectors;
		hidden.hpa = (sectors - seen) * id->sector_size;
	}
	if (factory_sectors(t, id, &sectors) == 0 && sectors >= hidden.native) {
		hidden.known = true;
		hidden.dco = (sectors - hidden.native) * id->sector_size;
	}
	*ret = hidden;
}

static int set_max(struct wv__transport *t, const struct wv__offer *offer)
{
	const struct wv__ata_identity *id = &offer->ata;
	struct wv__ata cmd = { .device = DEVICE_LBA,
			       .lba = offer->hidden.native - 1,
			       .ms = WV__ASK_MS };
	uint64_t again;
	int r;

	/* SET MAX ADDRESS is taken right after READ NATIVE MAX ADDRESS only (ACS-2, 7.45.2.1) */
	r = native_max(t, id, &again);
	if (r < 0 || again != offer->hidden.native)
		return r < 0 ? r : -EIO;
	if (id->amac) {
		cmd.command = ACCESSIBLE_MAX_ADDRESS;
		cmd.feature = SET_ACCESSIBLE;
	} else {
		cmd.command = id->lba48 ? SET_MAX_ADDRESS_EXT : SET_MAX_ADDRESS;
		cmd.count = VOLATILE_NOT;
	}
	cmd.ext = id->amac || id->lba48;
	if (!cmd.ext)
		cmd.device |= (uint8_t)(cmd.lba >> 24 & 0x0f);
	return wv__ata_send(t, &cmd);
}

/* The HPA first: an overlay cannot be restored while there is one. */
int wv__hidden_undo(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer)
{
	struct wv__ata restore = { .command = DEVICE_CONFIGURATION,
				   .feature = DCO_RESTORE,
				   .device = DEVICE_LBA,
				   .ms = WV__ASK_MS };
	int r = 0;

	if (offer->hidden.hpa)
		r = set_max(t, offer);
	if (r < 0)
		return wv__fail_sys(ctx, r, "%s keeps %" PRIu64 " bytes hidden (HPA)", t->path,
				    offer->hidden.hpa);
	if (offer->hidden.dco)
		r = wv__ata_send(t, &restore);
	if (r < 0)
		return wv__fail_sys(ctx, r, "%s keeps %" PRIu64 " bytes hidden (DCO)", t->path,
				    offer->hidden.dco);
	return 0;
}
