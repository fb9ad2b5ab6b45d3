/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * machine.c - what a certificate tells of the machine that a volume was used on
 */
#include <stdio.h>
#include <string.h>

#include "certificate.h"

#define SERVICES_SHOWN 3
#define PLACES_SHOWN 3
#define SECOND_SHOWN 20 /* bytes */

/* "clear" would read as if all were well. */
static const char *standing(struct wv_doc *part)
{
	const char *state = wv_doc_str(part, "state");

	return !state			     ? NULL :
	       strcmp(state, "clear") == 0  ? "not encrypted" :
	       strcmp(state, "memory") == 0 ? "in memory only" : state;
}

void wv__certificate_host(struct wv_doc *host, wv__certificate_row row, void *page)
{
	static const struct {
		const char *key, *label;
	} rows[] = { { "swap", "swap" }, { "hibernation", "hibernation" }, { "core_dumps", "core dumps" } };
	struct wv_doc *services = wv_doc_get(wv_doc_get(host, "login"), "services");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row(page, rows[i].label, NULL, standing(wv_doc_get(host, rows[i].key)));
	row(page, "cloud folder", NULL, wv_doc_str(host, "cloud"));
	for (size_t i = 0; i < wv_doc_count(services) && i < SERVICES_SHOWN; i++) {
		struct wv_doc *service = wv_doc_at(services, i);
		const char *name = wv_doc_str(service, "service"), *second = wv_doc_str(service, "second_factor");
		char words[64];

		second = second ? second : "-";
		snprintf(words, sizeof(words), "second factor %.*s", (int)wv__utf8_cut(second, SECOND_SHOWN), second);
		row(page, "log-in", name ? name : "-", words);
	}
}

size_t wv__certificate_places(struct wv_doc *list, const char *label, wv__certificate_row row, void *page)
{
	const size_t n = MIN(wv_doc_count(list), (size_t)PLACES_SHOWN);

	for (size_t i = 0; i < n; i++) {
		struct wv_doc *place = wv_doc_at(list, i);
		const char *path = wv_doc_str(place, "path");

		row(page, label, path ? path : "a name that is not UTF-8", wv_doc_str(place, "why"));
	}
	return n;
}
