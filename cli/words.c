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

/*
 * Sentences of documents that were made elsewhere, or before this process. Each has one %s, which
 * may be such a sentence itself.
 */
static const char *const forms[] = {
	N_("%s, which is not encrypted"),
	N_("%s, of which it cannot be told whether it is encrypted"),
	N_("what programs hold in memory is swapped to %s"),
	N_("a program that crashes leaves its memory where core_pattern says (%s)"),
	N_("%s: its service may have copies of the container"),
	N_("keyslot 0 in the header: opens with key file %s and the passphrase together"),
};

/* What stands in the place of %s; false: it is not of this form. */
static bool find_argument(const char *sentence, const char *form, char *ret, size_t size)
{
	const size_t before = (size_t)(strstr(form, "%s") - form), len = strlen(sentence);
	const size_t after = strlen(form) - before - strlen("%s");

	if (len < before + after || len - before - after >= size || strncmp(sentence, form, before) != 0 ||
	    strcmp(sentence + len - after, form + before + strlen("%s")) != 0)
		return false;
	snprintf(ret, size, "%.*s", (int)(len - before - after), sentence + before);
	return true;
}

bool tr_form(const char *sentence, char *buf, size_t size)
{
	char argument[SENTENCE_TEXT], inner[SENTENCE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *local = tr(forms[i]), *gap = strstr(local, "%s");

		if (local == forms[i] || !gap || !find_argument(sentence, forms[i], argument, sizeof(argument)))
			continue;
		snprintf(buf, size, "%.*s%s%s", (int)(gap - local), local,
			 tr_form(argument, inner, sizeof(inner)) ? inner : tr(argument), gap + strlen("%s"));
		return true;
	}
	return false;
}

void format_state(char *buf, size_t size, struct wv_doc *row)
{
	snprintf(buf, size, "%s", tr_word(doc_str(row, "state", "-")));
}
