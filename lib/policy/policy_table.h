/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_table.h - the settings, one row each; the room's own
 */
#ifndef WV_POLICY_TABLE_H
#define WV_POLICY_TABLE_H

#include "policy.h"

enum wv__setting_kind {
	WV__SET_TEXT,   /* const char *; one of choices where there are any */
	WV__SET_NAME,   /* const char *; letters, digits, ". _ @ -": a name in signatures */
	WV__SET_PATH,   /* const char *; made absolute */
	WV__SET_STATE,  /* the same; the default lies in state-dir */
	WV__SET_LEDGER, /* as STATE, or postgresql://... kept as it is */
	WV__SET_SERVER, /* const char *; a path, or ssh://... kept as it is */
	WV__SET_NUMBER, /* uint64_t from min to max */
	WV__SET_CHOICE, /* an enum: the index into choices */
	WV__SET_BOOL,   /* yes or no */
};

/* What of a further instruction (S12) may change a setting, and which way. */
enum wv__stricter {
	WV__NOT_INSTRUCTED, /* nothing of it is stricter than something else */
	WV__LESS,	    /* the smaller number, no rather than yes, the choice that stands first */
	WV__MORE,
	WV__LESS_BUT_0,	    /* 0 asks for nothing */
	WV__RANKED,	    /* by ranks */
	WV__ALL_OF,	    /* a list that has all of the other one */
};

struct wv__setting {
	const char *key;
	enum wv__setting_kind kind;
	size_t offset;
	const char *fallback;     /* the default; NULL: none */
	const char *lab_fallback; /* the default in a lab; NULL: the same */
	uint64_t min;
	uint64_t max;
	const char *const *choices; /* ended by NULL */
	enum wv__stricter stricter;
	const unsigned char *ranks; /* of the choices, in their order */
};

extern const struct wv__setting wv__settings[];
extern const size_t wv__settings_count;

/* NULL: no such setting */
const struct wv__setting *wv__setting_find(const char *key);

/**
 * wv__setting_set() - check a value and keep it
 * @dir: what a relative path is relative to
 *
 * Return: 0, -ENOMEM, or -EINVAL with a sentence that names the setting only.
 */
int wv__setting_set(struct wv_ctx *ctx, const struct wv__setting *setting,
		    struct wv__policy *policy, const char *value, const char *dir);

/* The effective value as text, to free. 0 with NULL: not set. */
int wv__setting_text(struct wv_ctx *ctx, const struct wv__setting *setting,
		     const struct wv__policy *policy, char **ret);

/* Is what @now says of a setting looser than what @bound says? */
bool wv__setting_looser(const struct wv__setting *setting, const struct wv__policy *now,
			const struct wv__policy *bound);

/* Release what the settings hold. */
void wv__settings_clear(struct wv__policy *policy);

#endif
