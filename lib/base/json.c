/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json.c - documents: built, read, parsed strictly, printed canonically.
 * The only file that knows json-c: a struct wv_doc * is a json_object *.
 */
#include <json-c/json.h>
#include <string.h>

#include "crypto.h"
#include "json.h"

#define DEPTH_MAX 32

static json_object *obj(struct wv_doc *doc)
{
	return (json_object *)doc;
}

static struct wv_doc *doc_of(json_object *object)
{
	return (struct wv_doc *)object;
}

static void json_freep(json_object **object)
{
	json_object_put(*object);
}

/* ---- building ----------------------------------------------------------- */

WV_API void wv_doc_free(struct wv_doc *doc)
{
	json_object_put(obj(doc));
}

void wv__doc_freep(struct wv_doc **doc)
{
	wv_doc_free(*doc);
}

struct wv_doc *wv__doc_ref(struct wv_doc *doc)
{
	return doc_of(json_object_get(obj(doc)));
}

/* Takes over value, also when it fails. */
static int add(struct wv_ctx *ctx, struct wv_doc *doc, const char *key, json_object *value)
{
	if (json_object_object_add(obj(doc), key, value) == 0)
		return 0;
	json_object_put(value);
	return wv__fail_memory(ctx);
}

static int add_string(struct wv_ctx *ctx, struct wv_doc *doc, const char *key, const char *text)
{
	json_object *value;

	if (!text)
		return add(ctx, doc, key, NULL);
	if (!wv__is_utf8(text, strlen(text)))
		return wv__fail(ctx, -EILSEQ, "%s is not UTF-8", key);
	value = json_object_new_string(text);
	return value ? add(ctx, doc, key, value) : wv__fail_memory(ctx);
}

static int add_path(struct wv_ctx *ctx, struct wv_doc *doc, const char *key, const char *path)
{
	cleanup_free char *key_b64 = wv__printf("%s_b64", key);
	cleanup_free char *b64 = NULL;

	if (!key_b64)
		return wv__fail_memory(ctx);
	if (!path || wv__is_utf8(path, strlen(path))) {
		json_object_object_del(obj(doc), key_b64);
		return add_string(ctx, doc, key, path);
	}
	b64 = wv__base64(path, strlen(path));
	if (!b64)
		return wv__fail_memory(ctx);
	json_object_object_del(obj(doc), key);
	return add_string(ctx, doc, key_b64, b64);
}

static int add_member(struct wv_ctx *ctx, struct wv_doc *doc, const struct wv__member *member)
{
	json_object *value = NULL;

	switch (member->kind) {
	case WV__STR:
		return add_string(ctx, doc, member->key, member->str);
	case WV__PATH:
		return add_path(ctx, doc, member->key, member->str);
	case WV__DOC:
		return add(ctx, doc, member->key, json_object_get(obj(member->doc)));
	case WV__U64:
		value = json_object_new_uint64(member->u64);
		break;
	case WV__BOOL:
		value = json_object_new_boolean(member->boolean);
		break;
	case WV__REAL:
		value = json_object_new_double(member->real);
		break;
	case WV__SKIP:
	case WV__END:
		return 0;
	}
	return value ? add(ctx, doc, member->key, value) : wv__fail_memory(ctx);
}

int wv__doc_set_list(struct wv_ctx *ctx, struct wv_doc *doc, const struct wv__member *members)
{
	for (; members->kind != WV__END; members++) {
		const int r = add_member(ctx, doc, members);

		if (r < 0)
			return r;
	}
	return 0;
}

int wv__doc_build_list(struct wv_ctx *ctx, struct wv_doc **ret, const struct wv__member *members)
{
	cleanup_doc struct wv_doc *doc = doc_of(json_object_new_object());
	int r;

	if (!doc)
		return wv__fail_memory(ctx);
	r = wv__doc_set_list(ctx, doc, members);
	if (r < 0)
		return r;
	*ret = take_ptr(doc);
	return 0;
}

int wv__doc_array(struct wv_ctx *ctx, struct wv_doc **ret)
{
	json_object *array = json_object_new_array();

	if (!array)
		return wv__fail_memory(ctx);
	*ret = doc_of(array);
	return 0;
}

int wv__doc_append(struct wv_ctx *ctx, struct wv_doc *array, struct wv_doc *item)
{
	if (json_object_array_add(obj(array), json_object_get(obj(item))) == 0)
		return 0;
	wv_doc_free(item);
	return wv__fail_memory(ctx);
}

int wv__doc_append_real(struct wv_ctx *ctx, struct wv_doc *array, double number)
{
	cleanup_doc struct wv_doc *item = doc_of(json_object_new_double(number));

	return item ? wv__doc_append(ctx, array, item) : wv__fail_memory(ctx);
}

int wv__doc_append_str(struct wv_ctx *ctx, struct wv_doc *array, const char *text)
{
	cleanup_doc struct wv_doc *item = NULL;

	if (!wv__is_utf8(text, strlen(text)))
		return wv__fail(ctx, -EILSEQ, "a text is not UTF-8");
	item = doc_of(json_object_new_string(text));
	return item ? wv__doc_append(ctx, array, item) : wv__fail_memory(ctx);
}

int wv__doc_copy(struct wv_ctx *ctx, struct wv_doc *doc, struct wv_doc **ret)
{
	json_object *copy = NULL;

	if (json_object_deep_copy(obj(doc), &copy, NULL) < 0)
		return wv__fail_memory(ctx);
	*ret = doc_of(copy);
	return 0;
}

int wv__doc_remove(struct wv_doc *doc, const char *key)
{
	if (!json_object_object_get_ex(obj(doc), key, NULL))
		return -ENOENT;
	json_object_object_del(obj(doc), key);
	return 0;
}

/* ---- reading ------------------------------------------------------------- */

WV_API struct wv_doc *wv_doc_get(struct wv_doc *doc, const char *key)
{
	json_object *value = NULL;

	if (json_object_is_type(obj(doc), json_type_object))
		json_object_object_get_ex(obj(doc), key, &value);
	return doc_of(value);
}

static const char *string_of(struct wv_doc *doc)
{
	return json_object_is_type(obj(doc), json_type_string) ? json_object_get_string(obj(doc)) :
								 NULL;
}

static bool is_number(struct wv_doc *doc)
{
	return json_object_is_type(obj(doc), json_type_int) ||
	       json_object_is_type(obj(doc), json_type_double);
}

WV_API const char *wv_doc_str(struct wv_doc *doc, const char *key)
{
	return string_of(wv_doc_get(doc, key));
}

WV_API uint64_t wv_doc_u64(struct wv_doc *doc, const char *key)
{
	struct wv_doc *value = wv_doc_get(doc, key);

	return is_number(value) ? json_object_get_uint64(obj(value)) : 0;
}

WV_API uint64_t wv_doc_u64_at(struct wv_doc *array, size_t index)
{
	struct wv_doc *value = wv_doc_at(array, index);

	return is_number(value) ? json_object_get_uint64(obj(value)) : 0;
}

WV_API double wv_doc_real(struct wv_doc *doc, const char *key)
{
	struct wv_doc *value = wv_doc_get(doc, key);

	return is_number(value) ? json_object_get_double(obj(value)) : 0;
}

double wv__doc_real_at(struct wv_doc *array, size_t index)
{
	struct wv_doc *value = wv_doc_at(array, index);

	return is_number(value) ? json_object_get_double(obj(value)) : 0;
}

WV_API int wv_doc_bool(struct wv_doc *doc, const char *key)
{
	struct wv_doc *value = wv_doc_get(doc, key);

	return json_object_is_type(obj(value), json_type_boolean) && json_object_get_boolean(obj(value));
}

WV_API size_t wv_doc_count(struct wv_doc *doc)
{
	if (json_object_is_type(obj(doc), json_type_array))
		return json_object_array_length(obj(doc));
	if (json_object_is_type(obj(doc), json_type_object))
		return json_object_object_length(obj(doc));
	return 0;
}

WV_API struct wv_doc *wv_doc_at(struct wv_doc *array, size_t index)
{
	if (!json_object_is_type(obj(array), json_type_array))
		return NULL;
	return doc_of(json_object_array_get_idx(obj(array), index));
}

WV_API const char *wv_doc_str_at(struct wv_doc *array, size_t index)
{
	return string_of(wv_doc_at(array, index));
}

static int missing(struct wv_ctx *ctx, const char *name, const char *key, const char *type)
{
	return wv__fail(ctx, -EBADMSG, "%s: the member \"%s\" is not %s", name, key, type);
}

int wv__doc_need_str(struct wv_ctx *ctx, struct wv_doc *doc, const char *name, const char *key,
		     const char **ret)
{
	const char *value = wv_doc_str(doc, key);

	if (!value)
		return missing(ctx, name, key, "a string");
	*ret = value;
	return 0;
}

int wv__doc_need_u64(struct wv_ctx *ctx, struct wv_doc *doc, const char *name, const char *key,
		     uint64_t *ret)
{
	json_object *value = obj(wv_doc_get(doc, key));

	if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return missing(ctx, name, key, "a whole number");
	*ret = json_object_get_uint64(value);
	return 0;
}

int wv__doc_need_doc(struct wv_ctx *ctx, struct wv_doc *doc, const char *name, const char *key,
		     struct wv_doc **ret)
{
	struct wv_doc *value = wv_doc_get(doc, key);

	if (!json_object_is_type(obj(value), json_type_object) &&
	    !json_object_is_type(obj(value), json_type_array))
		return missing(ctx, name, key, "an object or array");
	*ret = value;
	return 0;
}

/* ---- printing ------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The member names in byte order, borrowed, in an array to free. NULL: no memory. */
static const char **sorted_keys(json_object *object)
{
	const char **keys = calloc(json_object_object_length(object) + 1, sizeof(*keys));
	size_t n = 0;

	if (!keys)
		return NULL;
	json_object_object_foreach(object, key, value) {
		(void)value;
		keys[n++] = key;
	}
	qsort(keys, n, sizeof(*keys), compare_keys);
	return keys;
}

WV_API const char *wv_doc_key_at(struct wv_doc *object, size_t index)
{
	cleanup_free const char **keys = NULL;

	if (!json_object_is_type(obj(object), json_type_object) || index >= wv_doc_count(object))
		return NULL;
	keys = sorted_keys(obj(object));
	return keys ? keys[index] : NULL;
}

/* A C string would end at \u0000, so that two readers would not read the same: refused. */
static int print_string(struct wv_buf *buf, json_object *string)
{
	const char *text = json_object_get_string(string);
	const size_t len = json_object_get_string_len(string);

	return strlen(text) == len ? wv__json_string(buf, text, len) : -EINVAL;
}

static int print(struct wv_buf *buf, json_object *value, bool reals);

static int print_object(struct wv_buf *buf, json_object *object, bool reals)
{
	cleanup_free const char **keys = sorted_keys(object);
	int r = keys ? wv__buf_append(buf, "{", 1) : -ENOMEM;

	for (size_t i = 0; r == 0 && keys[i]; i++) {
		if (i)
			r = wv__buf_append(buf, ",", 1);
		if (r == 0)
			r = wv__json_string(buf, keys[i], strlen(keys[i]));
		if (r == 0)
			r = wv__buf_append(buf, ":", 1);
		if (r == 0)
			r = print(buf, json_object_object_get(object, keys[i]), reals);
	}
	return r < 0 ? r : wv__buf_append(buf, "}", 1);
}

static int print_array(struct wv_buf *buf, json_object *array, bool reals)
{
	const size_t count = json_object_array_length(array);
	int r = wv__buf_append(buf, "[", 1);

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (i)
			r = wv__buf_append(buf, ",", 1);
		if (r == 0)
			r = print(buf, json_object_array_get_idx(array, i), reals);
	}
	return r < 0 ? r : wv__buf_append(buf, "]", 1);
}

static int print(struct wv_buf *buf, json_object *value, bool reals)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return wv__buf_puts(buf, "null");
	case json_type_boolean:
		return wv__buf_puts(buf, json_object_get_boolean(value) ? "true" : "false");
	case json_type_int:
		if (json_object_get_int64(value) < 0)
			return wv__buf_printf(buf, "%" PRId64, json_object_get_int64(value));
		return wv__buf_printf(buf, "%" PRIu64, json_object_get_uint64(value));
	case json_type_double:
		return reals ? wv__json_real(buf, json_object_get_double(value)) : -EINVAL;
	case json_type_string:
		return print_string(buf, value);
	case json_type_array:
		return print_array(buf, value, reals);
	case json_type_object:
		return print_object(buf, value, reals);
	}
	return -EINVAL;
}

WV_API char *wv_doc_text(struct wv_doc *doc)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	return print(&buf, obj(doc), true) < 0 ? NULL : wv__buf_take(&buf);
}

int wv__doc_canonical(struct wv_ctx *ctx, struct wv_doc *doc, struct wv_buf *ret)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	const int r = print(&buf, obj(doc), false);

	if (r == -EINVAL)
		return wv__fail(ctx, r, "a document to be signed holds a real number or a NUL");
	if (r < 0)
		return wv__fail_memory(ctx);
	wv__buf_free(ret);
	*ret = buf;
	buf = (struct wv_buf)WV_BUF_INIT;
	return 0;
}

/* ---- from outside ------------------------------------------------------------ */

static void tokener_freep(json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

/* One object or array, from UTF-8 text of bounded length and depth. */
static int tokenize(struct wv_ctx *ctx, const char *data, size_t len, const char *name, json_object **ret)
{
	cleanup(tokener_freep) json_tokener *tokener = NULL;
	cleanup(json_freep) json_object *object = NULL;

	if (len > WV_DOC_MAX)
		return wv__fail(ctx, -EBADMSG, "%s is longer than %" PRIu64 " MiB", name, WV_DOC_MAX / MiB);
	if (!wv__is_utf8(data, len))
		return wv__fail(ctx, -EBADMSG, "%s is not UTF-8 text", name);
	tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!tokener)
		return wv__fail_memory(ctx);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, data, len);
	/* without memory json-c stops in the middle, and calls it a success */
	if (!object && len && strchr("{[", *data) && json_tokener_get_error(tokener) == json_tokener_success)
		return wv__fail_memory(ctx);
	if (!json_object_is_type(object, json_type_object) && !json_object_is_type(object, json_type_array))
		return wv__fail(ctx, -EBADMSG, "%s is not JSON from byte %zu on", name, json_tokener_get_parse_end(tokener));
	*ret = take_ptr(object);
	return 0;
}

int wv__doc_parse_foreign(struct wv_ctx *ctx, const char *data, size_t len, const char *name,
			  struct wv_doc **ret)
{
	json_object *object = NULL;
	const int r = tokenize(ctx, data, len, name, &object);

	if (r < 0)
		return r;
	*ret = doc_of(object);
	return 0;
}

int wv__doc_parse(struct wv_ctx *ctx, const char *data, size_t len, const char *name,
		  struct wv_doc **ret)
{
	cleanup(json_freep) json_object *object = NULL;
	cleanup_buf struct wv_buf again = WV_BUF_INIT;
	int r;

	if (len && data[len - 1] == '\n')
		len--;
	r = tokenize(ctx, data, len, name, &object);
	if (r < 0)
		return r;

	/* Also finds a member that is there twice, numbers out of range and bytes behind the end. */
	r = print(&again, object, false);
	if (r == -ENOMEM)
		return wv__fail_memory(ctx);
	if (r < 0 || again.len != len || memcmp(again.data, data, len) != 0)
		return wv__fail(ctx, -EBADMSG, "%s is not canonical JSON from byte %zu on", name,
				wv__json_common(&again, data, len));
	*ret = doc_of(take_ptr(object));
	return 0;
}
