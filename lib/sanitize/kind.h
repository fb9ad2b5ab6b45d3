/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kind.h - the kinds of erasure that a device may offer: a kind is a row
 */
#ifndef WV_KIND_H
#define WV_KIND_H

#include "../base/ctx.h"

/* The strongest first: the first that is offered is the default. */
enum wv__kind {
	WV__KIND_BLOCK,
	WV__KIND_OVERWRITE,
	WV__KIND_CRYPTO,
	WV__KIND_FORMAT_CRYPTO,
	WV__KIND_FORMAT,
	WV__KIND_DISCARD,
	WV__KIND_SECURITY_ENHANCED,
	WV__KIND_SECURITY,
	WV__KINDS,
};

struct wv__kind_info {
	const char *name;
	/*
	 * "purge" only for the SANITIZE commands: their scope has the areas that
	 * the host cannot reach, and their end is read back by a command of its
	 * own (IEEE 2883, SP 800-88 Rev. 2). All others are "clear", though some
	 * devices do more.
	 */
	const char *category;
	bool by_default; /* may be chosen without being named: it leaves no password when it is
			    interrupted */
	bool is_crypto;	 /* the key is destroyed, not the data */
};

const struct wv__kind_info *wv__kind_info(enum wv__kind kind);

/* `--method sanitize[:KIND][+METHOD]`, taken apart. */
struct wv__sanitize_method {
	enum wv__kind kind; /* WV__KINDS: the strongest that is offered */
	const char *then;   /* a method of the host, run afterwards; NULL: none. In the text. */
};

/* 1; 0 when it is no sanitize; -EINVAL with a sentence for a kind that is not known. */
int wv__sanitize_method(struct wv_ctx *ctx, const char *text, struct wv__sanitize_method *ret);

#endif
