/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json.h - documents: built, read, parsed strictly, printed canonically
 *
 * A struct wv_doc is one JSON value, counted; what wv_doc_get() and
 * wv_doc_at() return is borrowed from its parent. JSON null is a NULL pointer.
 */
#ifndef WV_JSON_H
#define WV_JSON_H

#include "buf.h"
#include "ctx.h"

#define WV_DOC_MAX (512 * MiB) /* of a document from outside: the receipt for a million files */

#define cleanup_doc cleanup(wv__doc_freep)
void wv__doc_freep(struct wv_doc **doc);
struct wv_doc *wv__doc_ref(struct wv_doc *doc);

enum wv__member_kind { WV__END, WV__STR, WV__U64, WV__BOOL, WV__REAL, WV__DOC, WV__PATH, WV__SKIP };

struct wv__member {
	const char *key;
	enum wv__member_kind kind;
	union {
		const char *str;
		uint64_t u64;
		bool boolean;
		double real;
		struct wv_doc *doc;
	};
};

#define M_STR(k, v) { .key = (k), .kind = WV__STR, .str = (v) }      /* NULL: null; -EILSEQ: not UTF-8 */
#define M_U64(k, v) { .key = (k), .kind = WV__U64, .u64 = (v) }
#define M_BOOL(k, v) { .key = (k), .kind = WV__BOOL, .boolean = (v) }
#define M_REAL(k, v) { .key = (k), .kind = WV__REAL, .real = (v) }   /* results only: never signed */
#define M_DOC(k, v) { .key = (k), .kind = WV__DOC, .doc = (v) }      /* NULL: null; a reference is taken */
#define M_PATH(k, v) { .key = (k), .kind = WV__PATH, .str = (v) }    /* not UTF-8: k_b64 instead */
#define M_OPT_STR(k, v) { .key = (k), .kind = (v) ? WV__STR : WV__SKIP, .str = (v) }
#define M_OPT_DOC(k, v) { .key = (k), .kind = (v) ? WV__DOC : WV__SKIP, .doc = (v) }

/* wv__doc_build(ctx, &doc, M_STR("volume", uuid), M_U64("size", n)) */
#define wv__doc_build(ctx, ret, ...) \
	wv__doc_build_list((ctx), (ret), (const struct wv__member[]){ __VA_ARGS__, { .kind = WV__END } })
int wv__doc_build_list(struct wv_ctx *ctx, struct wv_doc **ret, const struct wv__member *members);

/* Add or replace members of an object that exists. */
#define wv__doc_set(ctx, doc, ...) \
	wv__doc_set_list((ctx), (doc), (const struct wv__member[]){ __VA_ARGS__, { .kind = WV__END } })
int wv__doc_set_list(struct wv_ctx *ctx, struct wv_doc *doc, const struct wv__member *members);

int wv__doc_array(struct wv_ctx *ctx, struct wv_doc **ret);
int wv__doc_append(struct wv_ctx *ctx, struct wv_doc *array, struct wv_doc *item); /* takes a reference of its own */
/* An object of these members, at the end of an array. */
#define wv__doc_append_row(ctx, array, ...) \
	wv__doc_append_list((ctx), (array), (const struct wv__member[]){ __VA_ARGS__, { .kind = WV__END } })
int wv__doc_append_list(struct wv_ctx *ctx, struct wv_doc *array, const struct wv__member *members);
/* A sentence, and whether it holds. */
struct wv__remark {
	bool holds;
	const char *text;
};
/* An array of those that hold, in their order. */
int wv__doc_remarks(struct wv_ctx *ctx, const struct wv__remark *rows, size_t n, struct wv_doc **ret);
int wv__doc_append_real(struct wv_ctx *ctx, struct wv_doc *array, double number); /* results only */
int wv__doc_append_u64(struct wv_ctx *ctx, struct wv_doc *array, uint64_t number);
double wv__doc_real_at(struct wv_doc *array, size_t index); /* 0: no such item, or no number */
int wv__doc_append_str(struct wv_ctx *ctx, struct wv_doc *array, const char *text);
int wv__doc_copy(struct wv_ctx *ctx, struct wv_doc *doc, struct wv_doc **ret); /* deep */
int wv__doc_remove(struct wv_doc *doc, const char *key);

/**
 * wv__doc_canonical() - the bytes that are hashed and signed
 *
 * UTF-8, members sorted by byte, no spaces, integers only: a real is -EINVAL.
 */
int wv__doc_canonical(struct wv_ctx *ctx, struct wv_doc *doc, struct wv_buf *ret);
/* Lower-case hex SHA-256 of the canonical bytes. */
int wv__doc_digest(struct wv_ctx *ctx, struct wv_doc *doc, char ret[65]);
/* Are the canonical bytes of both the same: 1, or 0, also where one is NULL; or a negative errno. */
int wv__doc_same(struct wv_ctx *ctx, struct wv_doc *a, struct wv_doc *b);

/**
 * wv__doc_parse() - a document from outside
 * @name: what it is called in messages
 *
 * Strict: one object or array, UTF-8 without \u0000, no member twice, depth at
 * most 32, WV_DOC_MAX at most, and canonical: printing it gives the same bytes (one
 * newline at the end is allowed). Return: -EBADMSG with a sentence for anything
 * else.
 */
int wv__doc_parse(struct wv_ctx *ctx, const char *data, size_t len, const char *name,
		  struct wv_doc **ret);
/* What another library printed, valid JSON of any layout (a LUKS2 header). Never for a document of ours. */
int wv__doc_parse_foreign(struct wv_ctx *ctx, const char *data, size_t len, const char *name,
			  struct wv_doc **ret);
/* Read and parse a file. */
int wv__doc_load(struct wv_ctx *ctx, const char *path, struct wv_doc **ret);
/* Write canonical bytes in place at once. */
int wv__doc_save(struct wv_ctx *ctx, const char *path, struct wv_doc *doc, mode_t mode);

/*
 * Members that must be there, of that type: -EBADMSG naming `name` and the key
 * otherwise. Borrowed. The forgiving readers are wv_doc_str() and its kin in
 * workvol.h.
 */
int wv__doc_need_str(struct wv_ctx *ctx, struct wv_doc *doc, const char *name, const char *key,
		     const char **ret);
int wv__doc_need_u64(struct wv_ctx *ctx, struct wv_doc *doc, const char *name, const char *key,
		     uint64_t *ret);
int wv__doc_need_doc(struct wv_ctx *ctx, struct wv_doc *doc, const char *name, const char *key,
		     struct wv_doc **ret);
/* The text of one string or real as JSON: 0 or -ENOMEM. */
int wv__json_string(struct wv_buf *buf, const char *text, size_t len);
int wv__json_real(struct wv_buf *buf, double real);
/* Bytes that are the same, from the start. */
size_t wv__json_common(const struct wv_buf *buf, const char *data, size_t len);
bool wv__is_utf8(const char *text, size_t len);
/* How many bytes a text has where it is cut after max of them, yet inside no character. */
size_t wv__utf8_cut(const char *text, size_t max);

#endif
