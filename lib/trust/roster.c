/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * roster.c - who may sign what, and when: an allowed_signers file
 */
#include "roster.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/crypto.h"
#include "../base/fs.h"
#include "../base/json.h"
#include "keys.h"

#define ROSTER_MAX ((size_t)256 * 1024) /* a thousand people; keys are compared each with each */
#define SPACE " \t"
#define DATE_DIGITS "YYYYMMDDHHMMSS"

static void signer_clear(struct wv__signer *signer)
{
	free(signer->principal);
	free(signer->namespaces);
	free(signer->key);
	free(signer->fingerprint);
}

void wv__roster_free(struct wv__roster *roster)
{
	if (!roster)
		return;
	for (size_t i = 0; i < roster->count; i++)
		signer_clear(&roster->signers[i]);
	free(roster->signers);
	free(roster->text);
	free(roster);
}

void wv__roster_freep(struct wv__roster **roster)
{
	wv__roster_free(*roster);
}

/* No pattern, no list, no quotes: ssh-keygen must read it as one name, as we do. */
static bool is_principal(const char *text)
{
	return *text && !strpbrk(text, "*?!,\"'\\#=") && wv__is_utf8(text, strlen(text));
}

static bool is_namespace_list(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.@_-";
	size_t n;

	for (;; text += n + 1) {
		n = strspn(text, allowed);
		if (!n)
			return false;
		if (!text[n])
			return true;
		if (text[n] != ',')
			return false;
	}
}

/* YYYYMMDD[HHMM[SS]][Z] */
static bool parse_date(const char *text, uint64_t *ret_seconds)
{
	const size_t n = strspn(text, "0123456789");
	char d[] = "00000000000000", full[WV_TIME_TEXT + 16];

	if ((n != 8 && n != 12 && n != 14) || (text[n] && strcmp(text + n, "Z") != 0))
		return false;
	memcpy(d, text, n);
	snprintf(full, sizeof(full), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 8,
		 d + 10, d + 12);
	return wv__time_parse(full, ret_seconds) == 0;
}

static void format_date(uint64_t seconds, char ret[sizeof(DATE_DIGITS "Z")])
{
	char full[WV_TIME_TEXT];

	wv__time_format(seconds, full);
	for (const char *from = full; *from; from++)
		if (!strchr("-:T", *from))
			*ret++ = *from;
	*ret = '\0';
}

/* NULL, or what is wrong with an option. The value is borrowed. */
static const char *set_option(struct wv__signer *signer, const char *name, char *value)
{
	if (!strcmp(name, "namespaces")) {
		if (signer->namespaces)
			return N_("namespaces twice");
		if (!is_namespace_list(value))
			return N_("namespaces must be plain names, separated by commas");
		signer->namespaces = value;
		return NULL;
	}
	if (!strcmp(name, "valid-after"))
		return parse_date(value, &signer->valid_after) ? NULL : "bad date in valid-after";
	if (!strcmp(name, "valid-before"))
		return parse_date(value, &signer->valid_before) ? NULL : "bad date in valid-before";
	return N_("unknown option");
}

/* NAME="VALUE"[,NAME="VALUE"...]; the text is cut into pieces. */
static const char *read_options(struct wv__signer *signer, char *text)
{
	const char *wrong = NULL;
	char *value, *end;

	while (!wrong) {
		value = strstr(text, "=\"");
		if (!value)
			return "options must be NAME=\"VALUE\"";
		*value = '\0';
		value += 2;
		end = strchr(value, '"');
		if (!end)
			return N_("a quote is not closed");
		*end++ = '\0';
		wrong = set_option(signer, text, value);
		if (!*end)
			break;
		if (*end != ',')
			return N_("options must be separated by commas");
		text = end + 1;
	}
	return wrong;
}

/* The next word of a line, cut off; what follows stays in *rest. */
static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, SPACE);

	*rest = word + strcspn(word, SPACE);
	if (**rest)
		*(*rest)++ = '\0';
	*rest += strspn(*rest, SPACE);
	return word;
}

/* A failed line leaves what it made in @signer, for the roster to free. */
static int read_line(struct wv_ctx *ctx, const char *where, char *line, struct wv__signer *signer)
{
	struct wv__signer options = { .valid_before = UINT64_MAX };
	const char *wrong, *principal = take_word(&line);
	int r;

	if (!is_principal(principal))
		return wv__fail(ctx, -EBADMSG, "%s: the principal must be one name, no pattern",
				where);
	wrong = read_options(&options, take_word(&line));
	if (wrong)
		return wv__fail(ctx, -EBADMSG, "%s: %s", where, wrong);
	if (!options.namespaces)
		return wv__fail(ctx, -EBADMSG, "%s: no namespaces=\"...\"", where);
	signer->valid_after = options.valid_after;
	signer->valid_before = options.valid_before;
	signer->principal = strdup(principal);
	signer->namespaces = strdup(options.namespaces);
	if (!signer->principal || !signer->namespaces)
		return wv__fail_memory(ctx);
	r = wv__key_parse(ctx, line, where, &signer->key);
	if (r < 0)
		return r;
	return wv__key_fingerprint(ctx, signer->key, &signer->fingerprint);
}

/* One key, one person: else a signature would not tell who made it. */
static int check_owner(struct wv_ctx *ctx, const char *where, const struct wv__roster *roster,
		       const struct wv__signer *signer)
{
	const struct wv__signer *other = wv__roster_has_key(roster, signer->fingerprint);

	if (other && strcmp(other->principal, signer->principal) != 0)
		return wv__fail(ctx, -EBADMSG, "%s: the key of %s is already that of %s", where,
				signer->principal, other->principal);
	return 0;
}

static int add_line(struct wv_ctx *ctx, const char *name, unsigned int number, char *line,
		    struct wv__roster *roster)
{
	struct wv__signer *signer = &roster->signers[roster->count];
	cleanup_free char *where = wv__printf("%s:%u", name, number);
	int r;

	if (!where)
		return wv__fail_memory(ctx);
	line += strspn(line, SPACE);
	if (!*line || *line == '#')
		return 0;
	r = read_line(ctx, where, line, signer);
	if (r == 0)
		r = check_owner(ctx, where, roster, signer);
	signer->line = number;
	roster->count++; /* also when it failed: its members are freed with the roster */
	return r;
}

static int keep_text(struct wv_ctx *ctx, const char *text, size_t len, struct wv__roster *roster)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	roster->text = strndup(text, len);
	roster->signers = calloc(lines, sizeof(*roster->signers));
	if (!roster->text || !roster->signers || wv__sha256_hex(text, len, roster->digest) < 0)
		return wv__fail_memory(ctx);
	roster->text_len = len;
	return 0;
}

int wv__roster_parse(struct wv_ctx *ctx, const char *text, size_t len, const char *name,
		     struct wv__roster **ret)
{
	cleanup_roster struct wv__roster *roster = calloc(1, sizeof(*roster));
	cleanup_free char *copy = NULL;
	char *rest, *line;
	int r;

	if (!roster)
		return wv__fail_memory(ctx);
	if (len > ROSTER_MAX)
		return wv__fail(ctx, -EBADMSG, "%s: too long for a roster", name);
	if (memchr(text, 0, len) || memchr(text, '\r', len))
		return wv__fail(ctx, -EBADMSG, "%s: a roster holds no NUL and no carriage return",
				name);
	r = keep_text(ctx, text, len, roster);
	if (r < 0)
		return r;
	copy = strdup(roster->text);
	if (!copy)
		return wv__fail_memory(ctx);
	rest = copy;
	for (unsigned int number = 1; (line = strsep(&rest, "\n")); number++) {
		r = add_line(ctx, name, number, line, roster);
		if (r < 0)
			return r;
	}

	*ret = take_ptr(roster);
	return 0;
}

int wv__roster_load(struct wv_ctx *ctx, const char *path, struct wv__roster **ret)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	r = wv__read_file(ctx, AT_FDCWD, path, ROSTER_MAX, &text);
	if (r < 0)
		return r;
	return wv__roster_parse(ctx, wv__buf_str(&text), text.len, path, ret);
}

static int format_line(const char *principal, const char *key, const char *const *namespaces,
		       uint64_t valid_after, uint64_t valid_before, struct wv_buf *ret)
{
	char date[sizeof(DATE_DIGITS "Z")];
	int r;

	r = wv__buf_printf(ret, "%s namespaces=\"", principal);
	for (size_t i = 0; r == 0 && namespaces[i]; i++)
		r = wv__buf_printf(ret, "%s%s", i ? "," : "", namespaces[i]);
	if (r == 0)
		r = wv__buf_puts(ret, "\"");
	if (r == 0 && valid_after) {
		format_date(valid_after, date);
		r = wv__buf_printf(ret, ",valid-after=\"%s\"", date);
	}
	if (r == 0 && valid_before != UINT64_MAX) {
		format_date(valid_before, date);
		r = wv__buf_printf(ret, ",valid-before=\"%s\"", date);
	}
	if (r == 0)
		r = wv__buf_printf(ret, " %s\n", key);
	return r;
}

int wv__roster_line(struct wv_ctx *ctx, const char *principal, const char *key,
		    const char *const *namespaces, uint64_t valid_after, uint64_t valid_before,
		    struct wv_buf *ret)
{
	cleanup_roster struct wv__roster *again = NULL;
	cleanup_buf struct wv_buf line = WV_BUF_INIT;
	cleanup_free char *plain = NULL;
	int r;

	r = wv__key_parse(ctx, key, principal, &plain);
	if (r == 0) {
		if (format_line(principal, plain, namespaces, valid_after, valid_before, &line) < 0)
			return wv__fail_memory(ctx);
		r = wv__roster_parse(ctx, wv__buf_str(&line), line.len, "new roster line", &again);
	}
	if (r == -EBADMSG)
		return -EINVAL; /* the caller's words, not a proof that failed */
	if (r < 0)
		return r;
	if (again->count != 1)
		return wv__fail(ctx, -EINVAL, "%s does not make one line of a roster", principal);
	if (wv__buf_append(ret, line.data, line.len) < 0)
		return wv__fail_memory(ctx);
	return 0;
}

bool wv__signer_may(const struct wv__signer *signer, const char *namespace)
{
	const size_t len = namespace ? strlen(namespace) : 0;

	if (!namespace)
		return true;
	for (const char *at = signer->namespaces; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, namespace, len) && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

const struct wv__signer *wv__roster_has_key(const struct wv__roster *roster,
					    const char *fingerprint)
{
	for (size_t i = 0; i < roster->count; i++)
		if (!strcmp(roster->signers[i].fingerprint, fingerprint))
			return &roster->signers[i];
	return NULL;
}

static bool may_sign(const struct wv__signer *signer, const char *namespace, uint64_t time)
{
	return wv__signer_may(signer, namespace) && time >= signer->valid_after &&
	       time <= signer->valid_before;
}

size_t wv__roster_people(const struct wv__roster *roster, const char *namespace, uint64_t time)
{
	size_t people = 0, j;

	for (size_t i = 0; i < roster->count; i++) {
		if (!may_sign(&roster->signers[i], namespace, time))
			continue;
		for (j = 0; j < i; j++)
			if (may_sign(&roster->signers[j], namespace, time) &&
			    !strcasecmp(roster->signers[i].principal, roster->signers[j].principal))
				break;
		people += j == i;
	}
	return people;
}
