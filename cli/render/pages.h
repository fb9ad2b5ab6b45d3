/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages.h - a document as PDF
 */
#ifndef WV_PAGES_H
#define WV_PAGES_H

#include "paper.h"

/* 0 or a negative errno; -EBADMSG: a form that it does not know. @digest: hex SHA-256 of the bytes that were read. */
int page_of_certificate(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest,
			GByteArray *pdf);
int page_of_incident(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf);
int page_of_form(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf);
int page_of_receipt(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf);
int page_of_dead_end(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf);
typedef int (*page_fn)(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf);
/* The one of these for a document's type; NULL: there is none. */
page_fn page_of(const char *type);
/* Needs a context besides: the only thing in it that fails with a sentence. */
int page_of_report(struct wv_ctx *ctx, const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc,
		   const char *digest, GByteArray *pdf);

#endif
