/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * roster.h - who may sign what, and when: an allowed_signers file
 *
 * Stricter than ssh-keygen, which reads the same file: one principal a line
 * (a person, or a machine), no patterns, no certificate authorities, and
 * namespaces="..." on every line; a key belongs to one principal only.
 *
 *   alice namespaces="workvol-takeout,workvol-return",valid-after="20260101000000Z" ssh-ed25519
 * AAAA...
 */
#ifndef WV_ROSTER_H
#define WV_ROSTER_H

#include "../base/buf.h"
#include "../base/ctx.h"

struct wv__signer {
	char *principal;
	char *namespaces;      /* "a,b" */
	uint64_t valid_after;  /* 0: from the beginning */
	uint64_t valid_before; /* UINT64_MAX: for ever; that second still counts */
	char *key;	       /* "TYPE BASE64" */
	char *fingerprint;     /* "SHA256:..." */
	unsigned int line;
};

struct wv__roster {
	char *text; /* exactly as read: what is digested, and given to ssh-keygen */
	size_t text_len;
	char digest[65]; /* SHA-256 of the text */
	struct wv__signer *signers;
	size_t count;
};

#define cleanup_roster cleanup(wv__roster_freep)
void wv__roster_free(struct wv__roster *roster);
void wv__roster_freep(struct wv__roster **roster);

/**
 * wv__roster_parse() - read a roster strictly
 * @name: the file's name, for messages
 *
 * valid-after and valid-before are YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS,
 * in UTC with or without the Z (ssh-keygen by itself takes local time without
 * it). Return: 0, or -EBADMSG with "NAME:LINE: ..." as the sentence.
 */
int wv__roster_parse(struct wv_ctx *ctx, const char *text, size_t len, const char *name,
		     struct wv__roster **ret);
int wv__roster_load(struct wv_ctx *ctx, const char *path, struct wv__roster **ret);

/**
 * wv__roster_line() - append one line of a roster
 * @key: a public key as for wv__key_parse()
 * @namespaces: ended by NULL
 * @valid_after: seconds UTC; 0: none
 * @valid_before: seconds UTC; UINT64_MAX: none
 *
 * Return: 0, or -EINVAL for what wv__roster_parse() would refuse.
 */
int wv__roster_line(struct wv_ctx *ctx, const char *principal, const char *key,
		    const char *const *namespaces, uint64_t valid_after, uint64_t valid_before,
		    struct wv_buf *ret);

/* Is this line good for that purpose (NULL: any)? */
bool wv__signer_may(const struct wv__signer *signer, const char *namespace);

/* The person whose key this is ("SHA256:..."): a line of theirs, or NULL. Borrowed. */
const struct wv__signer *wv__roster_has_key(const struct wv__roster *roster,
					    const char *fingerprint);

/* How many different people may sign for a purpose at a time: keys and lines do not count. */
size_t wv__roster_people(const struct wv__roster *roster, const char *namespace, uint64_t time);

#endif
