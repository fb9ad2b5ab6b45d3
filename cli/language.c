/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * language.c - the person's language: sentences through gettext
 *
 * The process's own locale of messages stays C: what the system and other libraries
 * say goes into records, which are English. The person's is a locale of its own.
 */
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <unistd.h>

#include "cli.h"

#define DOMAIN "workvol"

#ifndef WV_LOCALEDIR /* the Makefile says it */
#define WV_LOCALEDIR "/usr/local/share/locale"
#endif

static locale_t language; /* 0: English */
static struct wv_ctx *speaker;

/* The catalogues of the same build, which lie beside the program; else the installed ones. */
static void bind_catalogues(void)
{
	char dir[PATH_MAX], file[PATH_MAX + 32];
	const ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - sizeof("/locale"));
	char *slash;

	dir[n > 0 ? n : 0] = '\0';
	slash = strrchr(dir, '/');
	if (slash) {
		strcpy(slash, "/locale");
		snprintf(file, sizeof(file), "%s/ja/LC_MESSAGES/" DOMAIN ".mo", dir);
	}
	bindtextdomain(DOMAIN, slash && access(file, R_OK) == 0 ? dir : WV_LOCALEDIR);
}

void language_start(void)
{
	const char *wanted = getenv("LANGUAGE");

	setlocale(LC_CTYPE, ""); /* the width of names; numbers and times stay as they are */
	if (wanted && strchr(wanted, '/'))
		unsetenv("LANGUAGE"); /* it is part of a path, and the catalogue has formats */
	bind_catalogues();
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	bind_textdomain_codeset("libc", "UTF-8");
	language = newlocale(LC_CTYPE_MASK | LC_MESSAGES_MASK, "", (locale_t)0);
}

/* strerror()'s texts are in the system's catalogue. */
static const char *look_up(const char *text)
{
	const char *found = dgettext(DOMAIN, text);

	return found == text ? dgettext("libc", text) : found;
}

const char *tr(const char *text)
{
	const char *found;
	locale_t before;

	if (!language || !text || !*text) /* of "" gettext gives the catalogue's head */
		return text;
	before = uselocale(language);
	found = look_up(text);
	uselocale(before);
	return found;
}

const char *tr_in(const char *key, const char *text)
{
	const char *found = tr(key);

	return found == key ? text : found;
}

const char *tr_n(const char *one, const char *more, unsigned long n)
{
	const char *found;
	locale_t before;

	if (!language)
		return n == 1 ? one : more;
	before = uselocale(language);
	found = dngettext(DOMAIN, one, more, n);
	uselocale(before);
	return found;
}

/* The library has no catalogue of its own. */
static const char *translate(void *data, const char *text)
{
	(void)data;
	return tr(text);
}

void language_of(struct wv_ctx *ctx)
{
	speaker = ctx;
	if (language)
		wv_ctx_set_translate(ctx, translate, NULL);
}

const char *language_name(void)
{
	/* TRANSLATORS: "ja" in Japanese */
	return C_("language", "en");
}

/* The library has the words of its papers itself, in one language besides. */
static const char *tr_paper(const char *sentence)
{
	static char *kept[32];
	static size_t count;
	char **slot = &kept[count % ARRAY_SIZE(kept)];
	char *japanese;

	if (strcmp(language_name(), "ja") != 0)
		return sentence;
	japanese = wv_paper_japanese(sentence);
	if (!japanese)
		return sentence;
	count++;
	free(*slot);
	return *slot = japanese;
}

const char *tr_said(const char *sentence)
{
	const char *local = speaker && sentence ? wv_ctx_translate(speaker, sentence) : sentence;

	return local && local == sentence ? tr_paper(sentence) : local;
}
