/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_doc.c - documents and pages in the tests
 */
#include "support_doc.h"

struct wv_doc *doc_of(const char *json)
{
	struct wv_doc *doc = NULL;

	ck_assert_msg(wv__doc_parse_foreign(ctx, json, strlen(json), "a document", &doc) == 0, "%s: %s", json,
		      wv_ctx_error(ctx));
	return doc;
}

int times_in(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

void ck_well_formed(const char *xml)
{
	char *path = make_file("page.xml", xml), command[512];

	snprintf(command, sizeof(command),
		 "if command -v xmllint >/dev/null; then xmllint --noout --nonet '%s'; "
		 "elif command -v python3 >/dev/null; then python3 -c "
		 "'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' '%s'; fi",
		 path, path);
	ck_assert_int_eq(system(command), 0);
	free(path);
}
