/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.c - text for people: safe, aligned, 80 columns
 */
#include <inttypes.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "cli.h"

#define PAGE_WIDTH 80

/* The length of one UTF-8 character, 0 when it is none. */
static size_t utf8_len(const unsigned char *c)
{
	const size_t len = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 :
			   c[0] < 0xf0 ? 3 : c[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < len; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	}
	/* overlong forms and surrogates */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return len;
}

bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

/*
 * A label or a file's name may carry escape sequences for the terminal that
 * shows it: control bytes, the C1 controls (U+0080 to U+009F, C2 80 to C2 9F in
 * UTF-8) and bytes that are no UTF-8 (a terminal may take 9B for a C1 control)
 * become question marks.
 */
void put_safe_part(FILE *to, const char *text, size_t len_max)
{
	const unsigned char *c = (const unsigned char *)text, *end = c + len_max;

	while (c < end && *c) {
		const size_t len = utf8_len(c);
		const bool control = *c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] <= 0x9f);

		if (len == 0 || control)
			fputc('?', to);
		else
			fwrite(c, 1, len, to);
		c += len ? len : 1;
	}
}

void put_safe(FILE *to, const char *text)
{
	put_safe_part(to, text, strlen(text));
}

void put_safe_line(FILE *to, const char *text)
{
	put_safe(to, text);
	fputc('\n', to);
}

void put_json_string(FILE *to, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t len;

	fputc('"', to);
	for (; *c; c += len) {
		len = utf8_len(c);
		if (len == 0) {
			fputs("\\ufffd", to);
			len = 1;
		} else if (*c == '"' || *c == '\\') {
			fprintf(to, "\\%c", *c);
		} else if (*c < 0x20 || *c == 0x7f) {
			fprintf(to, "\\u%04x", *c);
		} else {
			fwrite(c, 1, len, to);
		}
	}
	fputc('"', to);
}

void put_shell_word(FILE *to, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-./=:,+@%";
	const char *c;

	if (*text && text[strspn(text, plain)] == '\0') {
		fputs(text, to);
		return;
	}
	fputc('\'', to);
	for (c = text; *c; c++)
		if (*c == '\'')
			fputs("'\\''", to);
		else
			fputc((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c, to);
	fputc('\'', to);
}

const char *doc_str(struct wv_doc *doc, const char *key, const char *otherwise)
{
	const char *text = wv_doc_str(doc, key);

	return text ? text : otherwise;
}

void format_volume(char *buf, size_t size, struct wv_doc *row)
{
	snprintf(buf, size, "%.8s", doc_str(row, "volume", "-"));
}

void format_size(char *buf, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1024 && unit + 1 < ARRAY_SIZE(units); unit++)
		value /= 1024;
	snprintf(buf, size, unit && value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void put_padded(FILE *to, const char *text, int width)
{
	const int columns = (int)columns_of(text);

	put_safe(to, text);
	fprintf(to, "%*s", columns < width ? width - columns : 0, "");
}

/* ---- a document, member by member ---- */

/* null, [] and {} say nothing to a reader; --json has them. */
static bool is_empty(struct wv_doc *doc, const char *key)
{
	struct wv_doc *value = wv_doc_get(doc, key);
	cleanup_free char *json = value ? wv_doc_text(value) : NULL;

	return !json || strcmp(json, "null") == 0 || (strchr("{[", *json) && !wv_doc_count(value));
}

static size_t longest_key(struct wv_doc *doc)
{
	size_t longest = 0;

	for (size_t i = 0; i < wv_doc_count(doc); i++) {
		const size_t len = strlen(wv_doc_key_at(doc, i));

		longest = len > longest && !is_empty(doc, wv_doc_key_at(doc, i)) ? len : longest;
	}
	return longest;
}

void print_items(FILE *to, struct wv_doc *array, int indent)
{
	for (size_t i = 0; i < wv_doc_count(array); i++) {
		const char *text = wv_doc_str_at(array, i);
		cleanup_free char *json = text ? NULL : wv_doc_text(wv_doc_at(array, i));

		if (json && *json == '{') {
			if (i)
				fputc('\n', to);
			print_members(to, wv_doc_at(array, i), indent);
			continue;
		}
		fprintf(to, "%*s", indent, "");
		put_safe(to, text ? text : json ? json : "-");
		fputc('\n', to);
	}
}

void print_members(FILE *to, struct wv_doc *doc, int indent)
{
	const int width = (int)longest_key(doc);

	for (size_t i = 0; i < wv_doc_count(doc); i++) {
		const char *key = wv_doc_key_at(doc, i);
		const char *text = wv_doc_str(doc, key);
		struct wv_doc *value = wv_doc_get(doc, key);
		cleanup_free char *json = value && !text ? wv_doc_text(value) : NULL;

		if (is_empty(doc, key))
			continue;
		if (json && strchr("{[", *json)) {
			fprintf(to, "%*s%s\n", indent, "", key);
			(*json == '{' ? print_members : print_items)(to, value, indent + 2);
			continue;
		}
		fprintf(to, "%*s%-*s  ", indent, "", width, key);
		put_safe(to, text ? text : json ? json : "-");
		fputc('\n', to);
	}
}

/* ---- tables ---- */

size_t columns_of(const char *text)
{
	wchar_t wide[1024];
	const size_t n = mbstowcs(wide, text, ARRAY_SIZE(wide) - 1);
	int width;

	if (n == (size_t)-1)
		return strlen(text);
	width = wcswidth(wide, n);
	return width < 0 ? strlen(text) : (size_t)width;
}

static void cell(char *buf, size_t size, struct wv_doc *row, const struct column *column)
{
	const char *text = wv_doc_str(row, column->key);
	struct wv_doc *value = text ? NULL : wv_doc_get(row, column->key);
	cleanup_free char *json = value ? wv_doc_text(value) : NULL;

	if (column->format)
		column->format(buf, size, row);
	else
		snprintf(buf, size, "%s", text ? text : json ? json : "-");
}

/* One character: its bytes and its columns; what is none in this locale is a byte of one column. */
static size_t next_char(const char *text, wchar_t *ret, size_t *ret_columns)
{
	mbstate_t state = { 0 };
	const size_t len = mbrtowc(ret, text, MB_CUR_MAX, &state);
	int width;

	if (len == 0 || len > MB_CUR_MAX) {
		*ret = (unsigned char)*text;
		*ret_columns = 1;
		return 1;
	}
	width = wcwidth(*ret);
	*ret_columns = width < 0 ? 1 : (size_t)width;
	return len;
}

size_t cut_columns(const char *text, size_t columns)
{
	size_t len = 0, width, n;
	wchar_t c;

	while (text[len]) {
		n = next_char(text + len, &c, &width);
		if (width > columns)
			break;
		columns -= width;
		len += n;
	}
	return len;
}

/* Between two characters of Japanese, but for those that do not begin or end a line. */
static bool may_break(wchar_t before, size_t before_columns, wchar_t after, size_t after_columns)
{
	if (after == L' ' || before == L',')
		return true;
	if (before_columns < 2 && after_columns < 2)
		return false;
	return !wcschr(L"、。,.・:;?!ー々)」』】~%ぁぃぅぇぉっゃゅょァィゥェォッャュョ)", after) &&
	       !wcschr(L"(「『【(", before) && before != L' ';
}

/* Where the line may end that has so much room; 0: nowhere. */
static size_t find_break(const char *text, size_t room)
{
	const size_t end = cut_columns(text, room);
	size_t cut = 0, columns, before_columns = 0;
	wchar_t c, before = 0;

	for (size_t at = 0, n; at <= end && text[at]; at += n) {
		n = next_char(text + at, &c, &columns);
		if (at > 1 && may_break(before, before_columns, c, columns))
			cut = at;
		before = c;
		before_columns = columns;
	}
	return cut;
}

void print_wrapped(FILE *to, const char *text, size_t left)
{
	const size_t room = left + 20 < PAGE_WIDTH ? PAGE_WIDTH - left : 20;
	char line[1024];
	size_t cut;

	while (columns_of(text) > room) {
		cut = find_break(text, room);
		if (!cut) /* one long word: it may stick out */
			cut = strcspn(text, " ");
		snprintf(line, sizeof(line), "%.*s", (int)cut, text);
		put_safe(to, line);
		text += cut + strspn(text + cut, " ");
		if (!*text)
			break;
		fprintf(to, "\n%*s", (int)left, "");
	}
	put_safe_line(to, text);
}

static void print_row(struct wv_doc *row, const struct column *columns, const size_t *width,
		      size_t count)
{
	char text[1024];
	size_t left = 0, pad;

	for (size_t i = 0; i < count; i++) {
		if (row)
			cell(text, sizeof(text), row, &columns[i]);
		else
			snprintf(text, sizeof(text), "%s", tr(columns[i].title));
		if (i + 1 == count) {
			print_wrapped(stdout, text, left);
			return;
		}
		put_safe(stdout, text);
		pad = width[i] + 2 - columns_of(text);
		printf("%*s", (int)pad, "");
		left += width[i] + 2;
	}
}

void print_table(struct wv_doc *rows, const struct column *columns, size_t count)
{
	size_t width[16] = { 0 };
	char text[1024];

	for (size_t i = 0; i < count; i++) {
		width[i] = columns_of(tr(columns[i].title));
		for (size_t k = 0; k < wv_doc_count(rows); k++) {
			cell(text, sizeof(text), wv_doc_at(rows, k), &columns[i]);
			if (columns_of(text) > width[i])
				width[i] = columns_of(text);
		}
	}
	print_row(NULL, columns, width, count);
	for (size_t k = 0; k < wv_doc_count(rows); k++)
		print_row(wv_doc_at(rows, k), columns, width, count);
}
