/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * incident_page.h - incidents as text for people
 */
#ifndef WV_INCIDENT_PAGE_H
#define WV_INCIDENT_PAGE_H

#include "cli.h"

/* Until when the client is to be told; when he was, that, and the margin or overrun. */
void format_notice(char *buf, size_t size, struct wv_doc *incident);
/* One of wv_flow_incident_report(), each section headed in Japanese too. */
void print_incident_page(FILE *to, struct wv_doc *report);

#endif
