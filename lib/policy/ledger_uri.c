/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ledger_uri.c - the URI of a shared ledger: it is printed, hashed and recorded, so
 * there is no secret in it
 */
#include <string.h>

#include "ledger_uri.h"

/* The form that libpq takes: PostgreSQL's manual, "Connection URIs". */
static const char *const schemes[] = { "postgresql://", "postgres://" };

/* What stands behind the scheme; NULL: it is none. */
static const char *behind_scheme(const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (!strncmp(value, schemes[i], strlen(schemes[i])))
			return value + strlen(schemes[i]);
	return NULL;
}

bool wv__ledger_uri_is(const char *value)
{
	return behind_scheme(value);
}

/* user:password@ comes first; libpq looks for it up to the first slash, past any question mark. */
static bool user_has_password(const char *rest)
{
	const size_t user = strcspn(rest, "@/");

	return rest[user] == '@' && memchr(rest, ':', user);
}

/* A name may be written with %, which hides it: then nobody can tell what it is. */
static int check_option(struct wv_ctx *ctx, const char *key, const char *option, size_t len)
{
	const size_t name = strcspn(option, "=&");

	if (strspn(option, "abcdefghijklmnopqrstuvwxyz_") < MIN(name, len))
		return wv__fail(ctx, -EINVAL, "%s has an option that is no word", key);
	for (size_t i = 0; i + 8 <= name; i++)
		if (!strncmp(option + i, "password", 8))
			return 1;
	return 0;
}

static int check_options(struct wv_ctx *ctx, const char *key, const char *rest)
{
	const char *option = strchr(rest, '?');
	int r = 0;

	for (; option && r == 0; option = strchr(option, '&')) {
		option++;
		r = check_option(ctx, key, option, strcspn(option, "&"));
	}
	return r;
}

int wv__ledger_uri_check(struct wv_ctx *ctx, const char *key, const char *uri)
{
	const char *rest = behind_scheme(uri);
	int r;

	r = user_has_password(rest) ? 1 : check_options(ctx, key, rest);
	if (r > 0)
		return wv__fail(ctx, -EINVAL,
				"%s holds a password: it belongs into a password file "
				"(PGPASSFILE), which passfile=FILE names",
				key);
	return r;
}
