/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate.c - the certificate's document
 */
#include <string.h>

#include "certificate.h"
#include "../base/clock.h"

static const char *const always_not_proven[] = {
	"that what was read from the medium before was not copied elsewhere",
};

/* The wipe's own list, the caller's, and what no overwrite by the host can show. */
static int not_proven_of(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			 struct wv_doc **ret)
{
	struct wv_doc *lists[] = { wv_doc_get(parts->wipe, "not_proven"), parts->not_proven };
	cleanup_doc struct wv_doc *all = NULL;
	int r;

	r = wv__doc_array(ctx, &all);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(lists); i++)
		for (size_t k = 0; r == 0 && lists[i] && k < wv_doc_count(lists[i]); k++)
			r = wv__doc_append(ctx, all, wv_doc_at(lists[i], k));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(always_not_proven); i++)
		r = wv__doc_append_str(ctx, all, always_not_proven[i]);
	if (r < 0)
		return r;
	*ret = take_ptr(all);
	return 0;
}

/*
 * Cryptographic erase is named with its conditions (SP 800-88, "Cryptographic
 * erase"): the key was made before any plaintext came, no copy of it is known
 * but those listed, and it was destroyed and read back.
 */
static int crypto_erase_of(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			   struct wv_doc **ret)
{
	if (!parts->keys)
		return 0;
	return wv__doc_build(ctx, ret, M_DOC("proof", parts->keys),
			     M_DOC("known_key_copies", parts->key_copies),
			     M_STR("cipher", "aes-xts-plain64, 512-bit key"),
			     M_STR("conditions", "encrypted from the first byte; copies of the header made by others are not known"));
}

int wv__certificate_said_check(struct wv_ctx *ctx, const struct wv__certificate_said *said)
{
	static const char *const destinations[] = { "internal-reuse", "external-reuse", "recycling",
						    "manufacturer", "other" };
	const char *property = said->property;
	size_t i = 0;

	for (const char *c = property; c && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return wv__fail(ctx, -EINVAL, "the property number holds a control character");
	if (property && (!*property || !wv__is_utf8(property, strlen(property))))
		return wv__fail(ctx, -EINVAL, "the property number is empty or not UTF-8");
	while (said->destination && i < ARRAY_SIZE(destinations) && strcmp(said->destination, destinations[i]) != 0)
		i++;
	if (i == ARRAY_SIZE(destinations))
		return wv__fail(ctx, -EINVAL, "the destination is internal-reuse, external-reuse, recycling, manufacturer or other, not %s",
				said->destination);
	return 0;
}

/* What nobody said is there, and null: the form has a field for it. */
static int performer_of(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			struct wv_doc **ret)
{
	const struct wv__policy *policy = parts->policy;

	return wv__doc_build(ctx, ret, M_STR("name", parts->operator_name),
			     M_STR("title", policy->operator_title),
			     M_STR("organization", policy->organization),
			     M_STR("location", policy->location), M_STR("phone", policy->phone),
			     M_STR("station", policy->station), M_STR("contact", policy->contact),
			     M_STR("client", policy->client));
}

static int medium_of(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
		     struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *medium = NULL;
	int r;

	r = wv__doc_copy(ctx, parts->medium, &medium);
	if (r == 0)
		r = wv__doc_set(ctx, medium, M_STR("vendor", parts->vendor),
				M_STR("property", parts->said.property), M_STR("classification", NULL),
				M_STR("backed_up", parts->backup ? "yes" : "unknown"),
				M_STR("backup", parts->backup));
	if (r < 0)
		return r;
	*ret = take_ptr(medium);
	return 0;
}

static int validator_of(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			struct wv_doc **ret)
{
	return parts->validator ? wv__doc_build(ctx, ret, M_STR("name", parts->validator)) : 0;
}

/* The host's overwrite, the device's own erasure by its command, or one after the other. */
static char *technique_of(struct wv_doc *wipe)
{
	const char *command = wv_doc_str(wv_doc_get(wipe, "sanitize"), "command");
	const char *method = wv_doc_str(wipe, "method");

	if (!command)
		return strdup("overwrite by the host");
	return wv__printf("the device's own erasure, %s%s", command,
			  method && strchr(method, '+') ? ", then overwrite by the host" : "");
}

static int sanitization_of(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			   struct wv_doc **ret)
{
	const char *status = wv_doc_str(parts->wipe, "status");
	const bool wiped = status && strcmp(status, "wiped") == 0;
	struct wv_doc *own = wv_doc_get(parts->wipe, "sanitize");
	const char *category = own ? wv_doc_str(parts->wipe, "category") : wiped ? "clear" : "none";
	cleanup_free char *technique = technique_of(parts->wipe);

	if (!technique)
		return wv__fail_memory(ctx);
	return wv__doc_build(ctx, ret, M_STR("technique", technique), M_STR("category", category),
			     M_STR("began", wv_doc_str(parts->wipe, "began")),
			     M_STR("ended", wv_doc_str(parts->wipe, "ended")),
			     M_STR("tool", "workvol"), M_STR("version", wv_version()),
			     M_STR("verification",
				   wiped ? "full read-back of the last pass" :
				   own && status && strcmp(status, "sampled") == 0 ?
					   "marks that were laid before are gone" :
					   "incomplete"),
			     M_STR("previous_contents", parts->previous_contents));
}

int wv__certificate_build(struct wv_ctx *ctx, const struct wv__certificate_parts *parts,
			  struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *not_proven = NULL;
	cleanup_doc struct wv_doc *crypto_erase = NULL;
	cleanup_doc struct wv_doc *performer = NULL;
	cleanup_doc struct wv_doc *medium = NULL;
	cleanup_doc struct wv_doc *validator = NULL;
	cleanup_doc struct wv_doc *sanitization = NULL;
	char created[WV_TIME_TEXT];
	int r;

	r = not_proven_of(ctx, parts, &not_proven);
	if (r < 0)
		return r;
	r = crypto_erase_of(ctx, parts, &crypto_erase);
	if (r < 0)
		return r;
	r = performer_of(ctx, parts, &performer);
	if (r == 0)
		r = medium_of(ctx, parts, &medium);
	if (r == 0)
		r = validator_of(ctx, parts, &validator);
	if (r == 0)
		r = sanitization_of(ctx, parts, &sanitization);
	if (r < 0)
		return r;
	wv__time_format(wv__now(), created);
	return wv__doc_build(ctx, ret, M_U64("v", 1), M_STR("type", "certificate"),
			     M_BOOL("lab", parts->policy->lab), M_STR("created", created),
			     M_STR("verdict", wv_doc_str(parts->wipe, "status")),
			     M_DOC("performer", performer), M_DOC("medium", medium),
			     M_STR("destination", parts->said.destination), M_DOC("validator", validator),
			     M_DOC("sanitization", sanitization), M_DOC("wipe", parts->wipe),
			     M_DOC("pattern", parts->pattern), M_DOC("crypto_erase", crypto_erase),
			     M_DOC("takeout", parts->takeout), M_DOC("not_proven", not_proven),
			     M_OPT_DOC("host", parts->host), M_OPT_DOC("copies", parts->copies),
			     M_OPT_DOC("unrecoverable", parts->unrecoverable),
			     M_DOC("checkpoint", parts->checkpoint));
}
