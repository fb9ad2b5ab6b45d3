/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * target.c - where the designated server is, read strictly
 *
 * User and host end up in ssh's configuration: only bytes that mean nothing
 * there are let through, and neither may look like an option.
 */
#include <limits.h>
#include <string.h>

#include "target.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define SCHEME "ssh://"
#define SSH_PORT 22

void wv__target_free(struct wv__target *target)
{
	if (!target)
		return;
	free(target->user);
	free(target->host);
	free(target->dir);
	free(target);
}

void wv__target_freep(struct wv__target **target)
{
	wv__target_free(*target);
}

static bool made_of(const char *text, size_t len, const char *bytes)
{
	return len > 0 && strspn(text, bytes) >= len;
}

static bool dir_is_plain(const char *dir)
{
	if (dir[0] != '/' || !dir[1] || strlen(dir) >= PATH_MAX / 2)
		return false;
	for (const char *p = dir; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	while (*dir) { /* at a slash: the name behind it */
		const size_t len = strcspn(dir + 1, "/");

		if (len == 0 || (len == 1 && dir[1] == '.') || (len == 2 && !strncmp(dir + 1, "..", 2)))
			return false;
		dir += 1 + len;
	}
	return true;
}

static int take_dir(const char *text, struct wv__target *target)
{
	size_t len = strlen(text);

	if (len > 1 && text[len - 1] == '/')
		len--;
	target->dir = strndup(text, len);
	if (!target->dir)
		return -ENOMEM;
	return dir_is_plain(target->dir) ? 0 : -EINVAL;
}

/* ":22" or nothing; then the directory must follow. */
static int take_port(const char **text, struct wv__target *target)
{
	char *end;
	unsigned long port;

	target->port = SSH_PORT;
	if (**text == '/')
		return 0;
	if ((*text)[0] != ':' || !made_of(*text + 1, strcspn(*text + 1, "/"), DIGITS))
		return -EINVAL;
	port = strtoul(*text + 1, &end, 10);
	if (port < 1 || port > UINT16_MAX || end - *text > 6)
		return -EINVAL;
	target->port = port;
	*text = end;
	return 0;
}

static int take_host(const char **text, struct wv__target *target)
{
	const bool ipv6 = **text == '[';
	const char *host = *text + ipv6;
	const size_t len = strcspn(host, ipv6 ? "]" : ":/");

	if (!made_of(host, len, ipv6 ? DIGITS "abcdefABCDEF:." : LETTERS DIGITS ".-") || host[0] == '-')
		return -EINVAL;
	if (ipv6 && host[len] != ']')
		return -EINVAL;
	target->host = strndup(host, len);
	if (!target->host)
		return -ENOMEM;
	*text = host + len + ipv6;
	return 0;
}

static int take_user(const char **text, struct wv__target *target)
{
	const size_t len = strcspn(*text, "@/");

	if ((*text)[len] != '@' || !made_of(*text, len, LETTERS DIGITS "._-") || **text == '-')
		return -EINVAL;
	target->user = strndup(*text, len);
	if (!target->user)
		return -ENOMEM;
	*text += len + 1;
	return 0;
}

static int take_all(const char *text, struct wv__target *target)
{
	int r;

	if (text[0] == '/')
		return take_dir(text, target);
	if (strncmp(text, SCHEME, strlen(SCHEME)))
		return -EINVAL;
	text += strlen(SCHEME);
	r = take_user(&text, target);
	if (r == 0)
		r = take_host(&text, target);
	if (r == 0)
		r = take_port(&text, target);
	return r < 0 ? r : take_dir(text, target);
}

int wv__target_parse(struct wv_ctx *ctx, const char *text, struct wv__target **ret)
{
	cleanup_target struct wv__target *target = calloc(1, sizeof(*target));
	int r;

	if (!target)
		return wv__fail_memory(ctx);
	r = take_all(text, target);
	if (r == -ENOMEM)
		return wv__fail_memory(ctx);
	if (r < 0)
		return wv__fail(ctx, r, "%s is neither a directory (/dir) nor ssh://user@host[:port]/dir",
				text);
	*ret = take_ptr(target);
	return 0;
}
