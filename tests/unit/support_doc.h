/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_doc.h - documents and pages in the tests
 */
#ifndef TEST_SUPPORT_DOC_H
#define TEST_SUPPORT_DOC_H

#include "support.h"
#include "../../lib/base/json.h"

/* Of JSON in any layout; wv_doc_free() it. */
struct wv_doc *doc_of(const char *json);
/* How often a text has another. */
int times_in(const char *text, const char *what);
/* XML by a parser that is there; without one nothing is looked at. */
void ck_well_formed(const char *xml);

#endif
