/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate.h - what was erased, how, what was read back, and what was not
 * proven: one document, and one page of text about it
 *
 * The fields are those of NIST SP 800-88 Rev. 2, Appendix C. It says Clear for
 * any overwrite by the host, never Purge, and never "unrecoverable".
 */
#ifndef WV_CERTIFICATE_H
#define WV_CERTIFICATE_H

#include "../base/json.h"
#include "../policy/policy.h"

/* What only a person knows of a medium; NULL: not said. */
struct wv__certificate_said {
	const char *property;    /* the owner's number of it */
	const char *destination; /* where it goes: see wv__certificate_said_check() */
};

/* Borrowed; NULL where there is none. */
struct wv__certificate_parts {
	const struct wv__policy *policy; /* the station's: who wipes, for whom */
	const char *operator_name; /* who ran it: the login name */
	struct wv_doc *medium;  /* identity: kind, serial, serial_origin, size, model, path */
	const char *vendor;     /* of the medium */
	struct wv__certificate_said said;
	struct wv_doc *wipe;    /* of wv__wipe_statement() */
	struct wv_doc *pattern; /* of the last pass: `workvol verify` reads the medium back with it */
	/* of a take-out's return; NULL for a stand-alone wipe */
	struct wv_doc *takeout; /* {takeout, volume, holder, due, purpose, documents: {name: digest}} */
	struct wv_doc *keys;    /* the proof of the key destruction */
	struct wv_doc *key_copies; /* array: every copy of the key that is known */
	const char *previous_contents; /* "erased", "not erased" at prepare */
	const char *backup;    /* the server that has signed for the data */
	const char *validator; /* who approved the return */
	struct wv_doc *host;   /* the machine, of a volume that did not leave it */
	struct wv_doc *unrecoverable; /* {incident, client_consent, approver, reason, saved}: its contents were given up */
	struct wv_doc *copies; /* of declared content, elsewhere on that machine */
	struct wv_doc *checkpoint; /* of the ledger, as it was then; NULL: it is broken */
	struct wv_doc *not_proven; /* array of sentences, added to the wipe's own */
};

/* A result of wv__wipe_run() without reals, as it may be signed: "milliseconds" for "seconds", rates and cells left out. */
int wv__wipe_statement(struct wv_ctx *ctx, struct wv_doc *result, struct wv_doc **ret);

/* Before anything is erased: one line, and a destination of the table. -EINVAL with a sentence */
int wv__certificate_said_check(struct wv_ctx *ctx, const struct wv__certificate_said *said);
int wv__certificate_build(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			  struct wv_doc **ret);

/*
 * PASS, FAILED or UNKNOWN, and a sentence why. The category in words, NULL when there is none: an
 * overwrite by the host is never called Purge, whatever the document says.
 */
void wv__certificate_words(struct wv_doc *certificate, const char **ret_result, const char **ret_reason);
const char *wv__certificate_category(struct wv_doc *certificate);
const char *wv__certificate_destination(struct wv_doc *certificate); /* in words; NULL: nobody said */
const char *wv__certificate_bad(const char *op); /* what became of a bad range */
/* Whoever reads the medium finds the last pass only: what it holds now where that surprises, else NULL. */
const char *wv__certificate_last_pass(struct wv_doc *certificate);
/*
 * What a certificate tells of the machine that the volume was used on, a call a row. @name: as it
 * stands, before @words; NULL: none. @words: in English, for a page to translate; NULL: not told.
 */
typedef void (*wv__certificate_row)(void *page, const char *label, const char *name, const char *words);
void wv__certificate_host(struct wv_doc *host, wv__certificate_row row, void *page);
/* The first of the places that a search found or left out, each with why. Return: how many rows. */
size_t wv__certificate_places(struct wv_doc *list, const char *label, wv__certificate_row row, void *page);
/* One page, at most 66 lines of 80 columns; free() it. -EBADMSG when it is no certificate. */
int wv__certificate_text(struct wv_ctx *ctx, struct wv_doc *certificate, bool ja, char **ret_text);
/* The same into a file beside the certificate, and its SHA-256; the certificate is what counts. */
int wv__certificate_page(struct wv_ctx *ctx, struct wv_doc *certificate, const char *path, char ret_digest[65]);

#endif
