/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * declaration_text.c - a declaration as text: printed in one way, parsed strictly
 *
 * The parser names the line that is wrong. What it may have let pass is caught
 * at the end: the result must print as the very bytes that were read.
 */
#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "declaration.h"

#define FIRST_LINE "# workvol declaration 1"
#define TEXT_MAX (1 * GiB)

/* ---- printing ------------------------------------------------------------------- */

/* As sha256sum writes it: backslashes doubled, and one before the whole line. */
static int print_file(struct wv_buf *buf, const struct wv__entry *entry)
{
	const bool escaped = strchr(entry->path, '\\');
	char hex[WV_SHA256_HEX];
	int r;

	wv__hex(entry->sha256, sizeof(entry->sha256), hex);
	r = wv__buf_printf(buf, "# size %" PRIu64 "\n%s%s  %s", entry->size, escaped ? "\\" : "", hex,
			   strcmp(entry->path, "-") == 0 ? "./" : "");
	for (const char *p = entry->path; r == 0 && *p;) {
		const size_t plain = strcspn(p, "\\");

		r = wv__buf_append(buf, p, plain);
		p += plain;
		if (r == 0 && *p) {
			r = wv__buf_puts(buf, "\\\\");
			p++;
		}
	}
	return r < 0 ? r : wv__buf_puts(buf, "\n");
}

static int print_output(struct wv_buf *buf, const struct wv__output *output)
{
	if (output->max == UINT64_MAX)
		return wv__buf_printf(buf, "# output - %s\n", output->glob);
	return wv__buf_printf(buf, "# output %" PRIu64 " %s\n", output->max, output->glob);
}

static int print_head(struct wv_buf *buf, const struct wv__declaration *decl,
		      const struct wv__totals *totals)
{
	char created[WV_TIME_TEXT];
	int r;

	wv__time_format(decl->created, created);
	r = wv__buf_printf(buf, FIRST_LINE "\n# created %s\n", created);
	if (r == 0 && decl->purpose)
		r = wv__buf_printf(buf, "# purpose %s\n", decl->purpose);
	for (size_t i = 0; r == 0 && i < decl->output_count; i++)
		r = print_output(buf, &decl->outputs[i]);
	if (r < 0)
		return r;
	return wv__buf_printf(buf, "# total %" PRIu64 " files, %" PRIu64 " directories, %" PRIu64
			      " bytes\n", totals->files, totals->directories, totals->bytes);
}

int wv__declaration_print(struct wv_ctx *ctx, const struct wv__declaration *decl, struct wv_buf *ret)
{
	struct wv__totals totals;
	int r;

	r = wv__declaration_totals(ctx, decl, &totals);
	if (r < 0)
		return r;
	r = print_head(ret, decl, &totals);
	for (size_t i = 0; r == 0 && i < decl->entries.count; i++) {
		const struct wv__entry *entry = decl->entries.at[i];

		r = entry->is_dir ? wv__buf_printf(ret, "# dir %s\n", entry->path) :
				    print_file(ret, entry);
	}
	return r < 0 ? wv__fail_memory(ctx) : 0;
}

int wv__declaration_digest(struct wv_ctx *ctx, const struct wv__declaration *decl,
			   char ret[WV_SHA256_HEX])
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r = wv__declaration_print(ctx, decl, &text);

	if (r < 0)
		return r;
	r = wv__sha256_hex(text.data, text.len, ret);
	return r < 0 ? wv__fail(ctx, r, "cannot hash the declaration") : 0;
}

/* ---- parsing ---------------------------------------------------------------------- */

struct parser {
	struct wv_ctx *ctx;
	const char *name;
	char *next; /* the line after this one; lines are cut with NULs */
	char *end;
	size_t line;
	struct wv__declaration *decl;
	uint64_t size;
	bool sized; /* a "# size" line waits for its file */
};

static int bad(const struct parser *p, const char *what)
{
	return wv__fail(p->ctx, -EBADMSG, "%s, line %zu: %s", p->name, p->line, what);
}

/* NULL: the end. */
static char *next_line(struct parser *p)
{
	char *line = p->next;

	if (line == p->end)
		return NULL;
	p->next = memchr(line, '\n', p->end - line); /* the text ends with one: checked */
	*p->next++ = '\0';
	p->line++;
	return line;
}

/* What follows a word at the beginning of a line; NULL: another word. */
static char *after(char *line, const char *word)
{
	const size_t len = strlen(word);

	return strncmp(line, word, len) == 0 ? line + len : NULL;
}

/* Digits up to a byte; what follows it. NULL: not that. */
static char *parse_number(char *text, char stop, uint64_t *ret)
{
	uint64_t n = 0;
	char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(n, 10, &n) || add_overflows(n, *p - '0', &n))
			return NULL;
	}
	if (p == text || *p != stop)
		return NULL;
	*ret = n;
	return p + 1;
}

static int parse_output(struct parser *p, char *text)
{
	uint64_t max = UINT64_MAX;
	char *glob = after(text, "- ");

	if (!glob)
		glob = parse_number(text, ' ', &max);
	return glob ? wv__declaration_put_output(NULL, p->decl, glob, max) : -EINVAL;
}

/* Entries come in order: append, and look at the one before only. */
static int add_entry(struct parser *p, const char *path, const unsigned char *sha256)
{
	struct wv__entries *entries = &p->decl->entries;
	struct wv__entry *entry;

	if (wv__path_fault(path))
		return bad(p, "a path that may not be declared");
	if (entries->count && strcmp(entries->at[entries->count - 1]->path, path) >= 0)
		return bad(p, "a path out of order");
	entry = wv__entry_new(path, !sha256);
	if (!entry || wv__entries_append(entries, entry) < 0) {
		wv__entry_free(entry);
		return wv__fail_memory(p->ctx);
	}
	if (sha256) {
		entry->size = p->size;
		memcpy(entry->sha256, sha256, WV_SHA256_SIZE);
	}
	return 0;
}

static int unescape(struct parser *p, char *path)
{
	char *to = path;

	for (const char *from = path; *from; from++) {
		if (*from == '\\' && *++from != '\\')
			return bad(p, "an unknown escape");
		*to++ = *from;
	}
	*to = '\0';
	return 0;
}

static int parse_file(struct parser *p, char *line)
{
	unsigned char sha256[WV_SHA256_SIZE];
	const bool escaped = *line == '\\';
	char *path;
	int r;

	if (!p->sized)
		return bad(p, "a file without its size");
	line += escaped;
	if (strlen(line) < 67 || memcmp(line + 64, "  ", 2) != 0)
		return bad(p, "not a hash, two spaces and a path");
	line[64] = '\0';
	if (!wv__is_hex64(line) || wv__unhex(line, sha256, sizeof(sha256)) < 0)
		return bad(p, "not a SHA-256");
	path = line + 66;
	r = escaped ? unescape(p, path) : 0;
	if (r < 0)
		return r;
	if (strcmp(path, "./-") == 0)
		path += 2;
	p->sized = false;
	return add_entry(p, path, sha256);
}

static int parse_entry(struct parser *p, char *line)
{
	char *rest = after(line, "# size ");

	if (*line != '#')
		return parse_file(p, line);
	if (p->sized)
		return bad(p, "a size without its file");
	if (rest) {
		if (!parse_number(rest, '\0', &p->size))
			return bad(p, "not a size");
		p->sized = true;
		return 0;
	}
	rest = after(line, "# dir ");
	return rest ? add_entry(p, rest, NULL) : bad(p, "an unknown line");
}

/* Up to and with the totals, which the comparison at the end checks. */
static int parse_head(struct parser *p)
{
	char *line = next_line(p), *rest;
	int r;

	if (!line || strcmp(line, FIRST_LINE) != 0)
		return wv__fail(p->ctx, -EBADMSG, "%s is not a workvol declaration", p->name);
	line = next_line(p);
	rest = line ? after(line, "# created ") : NULL;
	if (!rest || wv__time_parse(rest, &p->decl->created) < 0)
		return bad(p, "not the time of creation");
	while ((line = next_line(p))) {
		if (after(line, "# total "))
			return 0;
		if ((rest = after(line, "# purpose ")))
			r = wv__declaration_set_purpose(NULL, p->decl, rest);
		else if ((rest = after(line, "# output ")))
			r = parse_output(p, rest);
		else
			return bad(p, "an unknown line");
		if (r == -EINVAL)
			return bad(p, "not a purpose or an output pattern");
		if (r < 0)
			return wv__fail_memory(p->ctx);
	}
	return bad(p, "the totals are missing");
}

static int parse_lines(struct parser *p)
{
	char *line;
	int r = parse_head(p);

	while (r == 0 && (line = next_line(p)))
		r = parse_entry(p, line);
	if (r == 0 && p->sized)
		return bad(p, "a size without its file");
	return r;
}

static int need_canonical(const struct parser *p, const char *data, size_t len)
{
	cleanup_buf struct wv_buf again = WV_BUF_INIT;
	int r = wv__declaration_print(p->ctx, p->decl, &again);

	if (r == -EOVERFLOW)
		return wv__fail(p->ctx, -EBADMSG, "%s: the sizes add up to more than 2^64 bytes", p->name);
	if (r < 0)
		return r;
	if (again.len != len || memcmp(again.data, data, len) != 0)
		return wv__fail(p->ctx, -EBADMSG, "%s is not written the way workvol writes it, "
				"or was cut or changed", p->name);
	return 0;
}

int wv__declaration_parse(struct wv_ctx *ctx, const char *data, size_t len, const char *name,
			  struct wv__declaration **ret)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	struct parser p = { .ctx = ctx, .name = name };
	int r;

	if (!len || data[len - 1] != '\n' || memchr(data, '\0', len))
		return wv__fail(ctx, -EBADMSG, "%s is not a workvol declaration", name);
	r = wv__declaration_new(ctx, &decl);
	if (r < 0)
		return r;
	if (wv__buf_append(&text, data, len) < 0)
		return wv__fail_memory(ctx);
	p.decl = decl;
	p.next = text.data;
	p.end = text.data + len;
	r = parse_lines(&p);
	if (r == 0)
		r = need_canonical(&p, data, len);
	if (r < 0)
		return r;
	*ret = take_ptr(decl);
	return 0;
}

int wv__declaration_load(struct wv_ctx *ctx, const char *path, struct wv__declaration **ret)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r = wv__read_file(ctx, AT_FDCWD, path, TEXT_MAX, &text);

	return r < 0 ? r : wv__declaration_parse(ctx, wv__buf_str(&text), text.len, path, ret);
}
