/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * offer.h - what one device offers, and why a part of it cannot be used now
 */
#ifndef WV_OFFER_H
#define WV_OFFER_H

#include "../base/json.h"
#include "identify.h"
#include "kind.h"
#include "transport.h"

struct wv__offer_row {
	bool offered;
	const char *command; /* as its standard calls it */
	char refused[192];   /* why it cannot be used now, about the device; "": it can */
	uint32_t minutes;    /* that the device says it takes; 0: it does not say */
};

/* Areas of an ATA disk that the host does not see. */
struct wv__hidden {
	bool known;   /* the device was asked and answered */
	uint64_t hpa; /* bytes behind a lowered maximum address (HPA, or ACS-3's accessible max) */
	uint64_t dco; /* bytes that a device configuration overlay hides */
	uint64_t native; /* sectors without the HPA */
};

struct wv__offer {
	enum wv__bus bus;
	struct wv__offer_row rows[WV__KINDS];
	struct wv__hidden hidden;
	struct wv__erase_state state; /* of a sanitize that was begun before; IDLE: it does not tell */
	struct wv__ata_identity ata;
	struct wv__nvme_namespace ns;
	uint32_t nsid;
};

/**
 * wv__offer_load() - ask the device
 *
 * Nothing is changed in it. A device that takes no commands offers nothing,
 * and that is no error. @t->bus becomes WV__BUS_ATA where a SATL answers.
 *
 * Return: 0, or a negative errno with its sentence.
 */
int wv__offer_load(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *ret);

/* The row is offered and usable. */
bool wv__offer_usable(const struct wv__offer *offer, enum wv__kind kind);

/**
 * wv__offer_choose() - the kind that will be run
 * @kind: the one that was named, or WV__KINDS
 *
 * Return: 0, or -EPERM with the sentence why there is none.
 */
int wv__offer_choose(struct wv_ctx *ctx, const struct wv__transport *t,
		     const struct wv__offer *offer, enum wv__kind kind, enum wv__kind *ret);

/* -EBUSY, with the sentence, while the device erases itself. */
int wv__offer_idle(struct wv_ctx *ctx, const struct wv__transport *t,
		   const struct wv__offer *offer);

/* `devices`: [{kind, category, command, usable, reason, minutes}]; {hpa, dco}, or NULL when it was
 * not told. */
int wv__offer_doc(struct wv_ctx *ctx, const struct wv__offer *offer, struct wv_doc **ret);
int wv__hidden_doc(struct wv_ctx *ctx, const struct wv__hidden *hidden, struct wv_doc **ret);

/* For the three that fill it: offer a kind; say why it cannot be used (the first reason stays). */
void wv__offer_add(struct wv__offer *offer, enum wv__kind kind, const char *command,
		   uint32_t minutes);
void wv__offer_refuse(struct wv__offer *offer, enum wv__kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* While the device erases itself, none. */
void wv__offer_refuse_running(struct wv__offer *offer);

#endif
