/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kind.c - the kinds of erasure, and the method that names one
 */
#include <string.h>

#include "kind.h"

static const struct wv__kind_info kinds[WV__KINDS] = {
	[WV__KIND_BLOCK] = { "block", "purge", true, false },
	[WV__KIND_OVERWRITE] = { "overwrite", "purge", true, false },
	[WV__KIND_CRYPTO] = { "crypto", "purge", true, true },
	[WV__KIND_FORMAT_CRYPTO] = { "format-crypto", "clear", true, true },
	[WV__KIND_FORMAT] = { "format", "clear", true, false },
	[WV__KIND_DISCARD] = { "discard", "clear", true, false },
	[WV__KIND_SECURITY_ENHANCED] = { "security-erase-enhanced", "clear", false, false },
	[WV__KIND_SECURITY] = { "security-erase", "clear", false, false },
};

const struct wv__kind_info *wv__kind_info(enum wv__kind kind)
{
	return &kinds[kind];
}

static int find_kind(struct wv_ctx *ctx, const char *name, size_t len, enum wv__kind *ret)
{
	for (unsigned int i = 0; i < WV__KINDS; i++) {
		if (strlen(kinds[i].name) != len || memcmp(kinds[i].name, name, len) != 0)
			continue;
		*ret = i;
		return 0;
	}
	return wv__fail(
		ctx, -EINVAL,
		"%.*s is no kind of sanitize: block, overwrite, crypto, format-crypto, format, "
		"discard, security-erase-enhanced or security-erase",
		(int)len, name);
}

int wv__sanitize_method(struct wv_ctx *ctx, const char *text, struct wv__sanitize_method *ret)
{
	static const char word[] = "sanitize";
	struct wv__sanitize_method method = { .kind = WV__KINDS };
	const char *rest;
	size_t len;
	int r;

	if (!text || strncmp(text, word, strlen(word)) != 0)
		return 0;
	rest = text + strlen(word);
	if (*rest && !strchr(":+", *rest))
		return 0;
	if (*rest == ':') {
		len = strcspn(++rest, "+");
		r = find_kind(ctx, rest, len, &method.kind);
		if (r < 0)
			return r;
		rest += len;
	}
	method.then = *rest ? rest + 1 : NULL;
	*ret = method;
	return 1;
}
