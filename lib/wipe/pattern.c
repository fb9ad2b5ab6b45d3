/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pattern.c - the bytes of a pass at an offset
 */
#include <string.h>
#include <sys/mman.h>

#include "pattern.h"
#include "wipe.h"

#define PAGE 4096u
#define UNIT_MIN (64 * KiB) /* stays in a core's L2 beside what is written */

/*
 * The same few pages are mapped one after the other: a megabyte is written
 * from 64 KiB that never leave the cache. Room for every phase is left at the
 * end: see wv__sheet_at().
 */
int wv__sheet_open(const struct wv__pattern *pattern, struct wv__sheet *ret)
{
	const uint32_t len = pattern->random ? 1 : pattern->len;
	const size_t unit = len * PAGE * ((UNIT_MIN / PAGE + len - 1) / len);
	const size_t want = WV__CHUNK_MAX + len * PAGE;
	const size_t span = (want + unit - 1) / unit * unit;
	cleanup_close int fd = -1;
	unsigned char *base;

	ret->base = NULL;
	ret->span = span;
	if (pattern->random)
		return 0;
	fd = memfd_create("workvol-pattern", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)unit) < 0)
		return -errno;
	base = mmap(NULL, span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return -errno;
	for (size_t at = 0; at < span; at += unit) {
		if (mmap(base + at, unit, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
		    MAP_FAILED) {
			const int r = -errno;

			munmap(base, span);
			return r;
		}
	}
	memcpy(base, pattern->bytes, len);
	for (size_t i = len; i < unit; i *= 2)
		memcpy(base + i, base, MIN(i, unit - i));
	ret->base = base;
	return 0;
}

void wv__sheet_close(struct wv__sheet *sheet)
{
	if (sheet->base)
		munmap(sheet->base, sheet->span);
	sheet->base = NULL;
}

/* A page-aligned place of the same phase as the offset; for odd lengths only a comparison will do. */
static const unsigned char *sheet_at(const struct wv__source *source, uint64_t offset)
{
	const uint32_t len = source->pattern->len;

	for (uint32_t page = 0; page < len; page++)
		if (page * PAGE % len == offset % len)
			return source->sheet->base + page * PAGE;
	return source->sheet->base + offset % len;
}

int wv__source_open(const struct wv__pattern *pattern, const struct wv__sheet *sheet,
		    struct wv__source *ret)
{
	int r;

	*ret = (struct wv__source){ .pattern = pattern, .sheet = sheet };
	if (!pattern->random)
		return 0;
	ret->tile = aligned_alloc(PAGE, WV__TILE);
	if (!ret->tile)
		return -ENOMEM;
	r = wv__ctr_new(pattern->key, &ret->ctr);
	if (r < 0)
		wv__source_close(ret);
	return r;
}

void wv__source_close(struct wv__source *source)
{
	wv__ctr_freep(&source->ctr);
	free(source->tile);
	source->tile = NULL;
}

const unsigned char *wv__source_bytes(struct wv__source *source, uint64_t offset, size_t len,
				      unsigned char *buf)
{
	if (!source->pattern->random)
		return sheet_at(source, offset);
	return wv__ctr_fill(source->ctr, offset, buf, len) < 0 ? NULL : buf;
}

size_t wv__source_differs(struct wv__source *source, uint64_t offset, const unsigned char *data,
			  size_t len)
{
	const unsigned char *want;
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		n = MIN(len - at, (size_t)WV__TILE);
		want = wv__source_bytes(source, offset + at, n, source->tile);
		if (!want || memcmp(data + at, want, n) != 0)
			return at;
	}
	return len;
}

void wv__pattern_name(const struct wv__pattern *pattern, char ret[129])
{
	if (pattern->random)
		strcpy(ret, "random");
	else
		wv__hex(pattern->bytes, pattern->len, ret);
}

int wv__pattern_doc(struct wv_ctx *ctx, const struct wv__pattern *pattern, uint64_t offset,
		    uint64_t length, struct wv_doc **ret)
{
	char hex[129];

	if (pattern->random)
		wv__hex(pattern->key, sizeof(pattern->key), hex);
	else
		wv__hex(pattern->bytes, pattern->len, hex);
	return wv__doc_build(ctx, ret, M_STR("kind", pattern->random ? "random" : "fixed"),
			     M_STR(pattern->random ? "key" : "bytes", hex),
			     M_U64("offset", offset), M_U64("length", length));
}

static bool parse_fixed(const char *hex, struct wv__pattern *ret)
{
	const size_t len = hex ? strlen(hex) : 0;

	if (!len || len % 2 || len / 2 > sizeof(ret->bytes))
		return false;
	ret->len = (uint32_t)len / 2;
	return wv__unhex(hex, ret->bytes, ret->len) >= 0;
}

int wv__pattern_from_doc(struct wv_ctx *ctx, struct wv_doc *doc, struct wv__pattern *ret)
{
	const char *kind = wv_doc_str(doc, "kind"), *key = wv_doc_str(doc, "key");

	memset(ret, 0, sizeof(*ret));
	ret->random = kind && !strcmp(kind, "random");
	if (ret->random && (!key || wv__unhex(key, ret->key, sizeof(ret->key)) < 0))
		return wv__fail(ctx, -EBADMSG, "the pattern's key is not 64 hex digits");
	if (ret->random || (kind && !strcmp(kind, "fixed") && parse_fixed(wv_doc_str(doc, "bytes"), ret)))
		return 0;
	return wv__fail(ctx, -EBADMSG, "the pattern is neither random nor 1 to %zu fixed bytes",
			sizeof(ret->bytes));
}

int wv__wipe_pattern_parse(struct wv_ctx *ctx, const char *text, struct wv_doc **ret_pattern)
{
	const char *hex = !strcmp(text, "zero") ? "00" : text;
	struct wv__pattern pattern;

	if (!parse_fixed(hex, &pattern))
		return wv__fail(ctx, -EINVAL, "%s is neither zero nor 1 to %zu bytes in hex", text,
				sizeof(pattern.bytes));
	return wv__doc_build(ctx, ret_pattern, M_STR("kind", "fixed"), M_STR("bytes", hex));
}
