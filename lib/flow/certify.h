/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certify.h - what a return's and a wipe's certificate have in common
 */
#ifndef WV_CERTIFY_H
#define WV_CERTIFY_H

#include "../evidence/certificate.h"
#include "station.h"

/* The person at the keyboard. */
void wv__operator(char *ret, size_t size);
/* Its one page of text, written to path. */
int wv__certificate_page(struct wv_ctx *ctx, struct wv_doc *certificate, const char *path);

#endif
