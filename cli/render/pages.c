/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages.c - which document has which page
 */
#include "pages.h"

#include <string.h>

page_fn page_of(const char *type)
{
	static const struct {
		const char *type;
		page_fn page;
	} rows[] = {
		{ "certificate", page_of_certificate }, { "incident-report", page_of_incident }, { "form", page_of_form },
		{ "receipt", page_of_receipt },		{ "dead-end", page_of_dead_end },
	};

	for (size_t i = 0; type && i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].type, type) == 0)
			return rows[i].page;
	return NULL;
}
