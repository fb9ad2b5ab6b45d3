/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * method.c - the table of methods, and a row's passes
 */
#include <stdio.h>
#include <string.h>

#include "../base/crypto.h"
#include "method.h"
#include "wipe.h"

static const struct wv__method methods[] = {
	{ "zero", "00 V", NULL },
	{ "random", "R V", N_("the default for reuse") },
	{ "nist-clear-flash", "r ~r V", N_("a pattern, then its complement") },
	{ "dod-5220.22-m", "r ~r R V", N_("a legacy pattern: the rule never specified overwriting") },
	{ "dod-ece", "r ~r R r r ~r R V", N_("a legacy pattern") },
	{ "schneier", "FF 00 R R R R R V", NULL },
	{ "hmg-is5-baseline", "00 V", NULL },
	{ "hmg-is5-enhanced", "00 FF R V", N_("the read-back is mandatory") },
	{ "vsitr", "00 FF 00 FF 00 FF AA V", N_("superseded in 2009") },
	{ "bsi", "FF FE FD FB F7 EF DF BF 7F V", N_("as scrub has it") },
	{ "nnsa-nap-14.1-c", "R R 00 V", N_("leaves zeros, not random bytes") },
	{ "ncsc-tg-025", "00 V FF V r V", N_("every pass is read back") },
	{ "rcmp-ops-ii", "00 FF 00 FF 00 FF R V", N_("the random pass stays on the disk") },
	{ "afssi-5020", "00 FF r V", NULL },
	{ "ar-380-19", "r r ~r V", NULL },
	{ "itsg-06", "r ~r R V", N_("superseded") },
	{ "gost-p50739", "00 R V", NULL },
	{ "gutmann",
	  "R R R R ( 55 AA 924924 492492 249249 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF "
	  "924924 492492 249249 6DB6DB B6DB6D DB6DB6 ) R R R R V",
	  N_("passes 5 to 31 in random order; made for disks of the 1990s") },
};

const struct wv__method *wv__method_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (!strcmp(methods[i].name, name))
			return &methods[i];
	return NULL;
}

int wv__wipe_derive(const unsigned char seed[32], const char *what, unsigned int n,
		    unsigned char ret_key[32])
{
	char info[48];
	const int len = snprintf(info, sizeof(info), "workvol-wipe-%s-%u", what, n);

	return wv__hkdf_sha256(seed, 32, "", 0, info, (size_t)len, ret_key, 32);
}

/* Fisher and Yates; the choice of 32 bits modulo at most 48 is even enough. */
static int shuffle(const unsigned char seed[32], struct wv__pass *passes, unsigned int n)
{
	unsigned char key[32];
	struct wv__pass swap;
	uint32_t pick;
	int r;

	for (unsigned int i = n; i > 1; i--) {
		r = wv__wipe_derive(seed, "order", i, key);
		if (r < 0)
			return r;
		memcpy(&pick, key, sizeof(pick));
		pick %= i;
		swap = passes[i - 1];
		passes[i - 1] = passes[pick];
		passes[pick] = swap;
	}
	return 0;
}

/* One word that is a pass. */
static int expand_word(const char *word, size_t len, const unsigned char seed[32], unsigned int n,
		       unsigned char *byte, struct wv__pattern *ret)
{
	unsigned char key[32];
	char hex[2 * sizeof(ret->bytes) + 1];
	int r;

	memset(ret, 0, sizeof(*ret));
	if (len == 1 && *word == 'R') {
		ret->random = true;
		return wv__wipe_derive(seed, "pass", n, ret->key);
	}
	ret->len = 1;
	if (len == 1 && *word == 'r') {
		r = wv__wipe_derive(seed, "byte", n, key);
		if (r < 0)
			return r;
		*byte = key[0];
	} else if (len == 2 && !memcmp(word, "~r", 2)) {
		*byte = (unsigned char)~*byte;
	} else {
		ret->len = (uint32_t)len / 2;
		snprintf(hex, sizeof(hex), "%.*s", (int)len, word);
		return wv__unhex(hex, ret->bytes, ret->len);
	}
	ret->bytes[0] = *byte;
	return 0;
}

int wv__method_expand(const struct wv__method *method, const unsigned char seed[32],
		      struct wv__pass *ret_passes)
{
	unsigned int n = 0, open = 0;
	unsigned char byte = 0;
	size_t len;
	int r = 0;

	for (const char *word = method->sequence; *word; word += len + strspn(word + len, " ")) {
		len = strcspn(word, " ");
		if (*word == 'V') {
			ret_passes[n - 1].verify = true;
		} else if (*word == '(') {
			open = n;
		} else if (*word == ')') {
			r = shuffle(seed, ret_passes + open, n - open);
		} else {
			ret_passes[n].verify = false;
			r = expand_word(word, len, seed, n, &byte, &ret_passes[n].pattern);
			n++;
		}
		if (r < 0)
			return r;
	}
	return (int)n;
}

struct strictness {
	unsigned int passes, random, verified;
};

static int measure(const char *name, struct strictness *ret)
{
	static const unsigned char any_seed[32];
	const struct wv__method *method = wv__method_find(name);
	struct wv__pass passes[WV__PASSES_MAX];
	int n;

	if (!method)
		return -EINVAL;
	n = wv__method_expand(method, any_seed, passes);
	if (n < 0)
		return n;
	*ret = (struct strictness){ .passes = (unsigned int)n };
	for (int i = 0; i < n; i++) {
		ret->random += passes[i].pattern.random;
		ret->verified += passes[i].verify;
	}
	return 0;
}

int wv__wipe_method_at_least(const char *method, const char *minimum)
{
	struct strictness is = { 0 }, must = { 0 };
	int r;

	r = measure(method, &is);
	if (r >= 0)
		r = measure(minimum, &must);
	if (r < 0)
		return r;
	return is.passes >= must.passes && is.random >= must.random &&
	       is.verified >= must.verified;
}

WV_API int wv_wipe_methods(struct wv_ctx *ctx, struct wv_doc **ret_methods)
{
	cleanup_doc struct wv_doc *list = NULL;
	struct strictness is = { 0 };
	int r = wv__doc_array(ctx, &list);

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(methods); i++) {
		r = measure(methods[i].name, &is);
		if (r < 0)
			return wv__fail(ctx, r, "cannot expand the method %s", methods[i].name);
		r = wv__doc_append_row(ctx, list, M_STR("name", methods[i].name),
				       M_U64("passes", is.passes),
				       M_STR("sequence", methods[i].sequence),
				       M_STR("note", methods[i].note));
	}
	if (r >= 0)
		*ret_methods = take_ptr(list);
	return r;
}
