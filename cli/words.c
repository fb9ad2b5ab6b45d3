/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.c - the single words of results that a person reads in his language:
 * states, verdicts, steps. Any other word is a name, and stays as it is.
 */
#include "cli.h"

static const char *const words[] = {
	/* of a take-out */
	N_("declared"), N_("approved"), N_("prepared"), N_("out"), N_("checked"), N_("synced"),
	N_("return-approved"), N_("destroying-keys"), N_("keys-destroyed"), N_("wiped"), N_("certified"),
	N_("closed"), N_("awaiting-destruction"), N_("lost"), N_("requested"),
	/* of an incident; of an entry in a register */
	N_("open"), N_("notified"), N_("suspected"), N_("confirmed"), N_("current"), N_("superseded"),
	N_("ended"), N_("storage"), N_("training"), N_("subcontractor"), N_("asset"), N_("recall"),
	N_("checklist"),
	/* of a wipe */
	N_("planned"), N_("refused"), N_("cancelled"), N_("failed"), N_("unverified"), N_("sampled"),
	N_("range-wiped"), N_("match"), N_("mismatch"), N_("mixed"),
	/* steps */
	N_("write"), N_("verify"), N_("verify and write"), N_("read"), N_("copy"), N_("search"), N_("sync"),
	N_("erase"), N_("mark"), N_("done"), N_("stopped"),
	/* findings */
	N_("missing"), N_("undeclared"), N_("modified"), N_("unsafe"), N_("whole"),
};

const char *tr_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0)
			return tr(words[i]);
	return word;
}

void format_state(char *buf, size_t size, struct wv_doc *row)
{
	snprintf(buf, size, "%s", tr_word(doc_str(row, "state", "-")));
}
