/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * asking.c - ask a device, by the bus that it is on, what it offers
 */
#include "bus.h"
#include "offer.h"

/*
 * Is there BLKSECDISCARD? A range that is no multiple of 512 is refused by the
 * kernel before anything is erased: EOPNOTSUPP says that there is none.
 */
static void add_discard(const struct wv__transport *t, struct wv__offer *offer)
{
	if (t->can_write && t->ops->discard(t->data, 1, WV__ATA_SECTOR) == -EINVAL)
		wv__offer_add(offer, WV__KIND_DISCARD, "secure discard", 0);
}

int wv__offer_load(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *ret)
{
	struct wv__offer offer = { 0 };
	int r = 0;

	if (t->bus == WV__BUS_NVME)
		r = wv__nvme_offer(ctx, t, &offer);
	else if (t->bus != WV__BUS_NONE)
		r = wv__scsi_offer(ctx, t, &offer);
	if (r >= 0 && t->bus == WV__BUS_ATA)
		r = wv__ata_offer(ctx, t, &offer);
	if (r < 0)
		return r;
	if (offer.ata.sector_size > 0)
		wv__hidden_load(t, &offer.ata, &offer.hidden);
	offer.bus = t->bus;
	add_discard(t, &offer);
	*ret = offer;
	return 0;
}
