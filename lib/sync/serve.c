/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * serve.c - the server's forced command: a receipt, or our own client's rsync
 *
 * The client's words are only compared. What is run is built here: rsync as a
 * receiver, in the take-out's directory, into data/; its own capability
 * letters and its patience are all that is taken over from the client. Where the kernel has
 * Landlock, rsync can besides write nowhere else.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "confine.h"
#include "serve.h"
#include "signer.h"
#include "slot.h"

#define RSYNC "/usr/bin/rsync"
#define COMMAND_MAX 256
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* "-" then d, t, c and R, each once, then "e", a protocol version or nothing, "." and letters. */
static bool flags_are_ours(const char *flags)
{
	const char *p = flags;
	unsigned int seen = 0;

	if (strlen(flags) >= WV_SERVE_FLAGS || *p++ != '-')
		return false;
	for (; *p && *p != 'e'; p++) {
		const char *at = strchr("dtcR", *p);
		const unsigned int bit = at ? 1u << (at - "dtcR") : 0;

		if (!bit || seen & bit)
			return false;
		seen |= bit;
	}
	if (seen != 0xf || *p++ != 'e')
		return false;
	p += strspn(p, DIGITS);
	if (*p++ != '.')
		return false;
	return p[strspn(p, LETTERS)] == '\0';
}

/* "--timeout=" and one to six digits */
static bool timeout_is_ours(const char *word)
{
	const size_t skip = strlen("--timeout=");
	const size_t digits = strncmp(word, "--timeout=", skip) ? 0 : strspn(word + skip, DIGITS);

	return digits >= 1 && digits <= 6 && word[skip + digits] == '\0';
}

/* "TAKEOUT/data/" */
static bool take_takeout(const char *path, char ret[37])
{
	if (strlen(path) != 36 + strlen("/data/") || strcmp(path + 36, "/data/"))
		return false;
	memcpy(ret, path, 36);
	ret[36] = '\0';
	return wv__is_takeout(ret);
}

static int refuse(struct wv_ctx *ctx)
{
	return wv__fail(ctx, -EPERM, "refused: this key may send to take-outs and ask for receipts, nothing else");
}

int wv__serve_parse(struct wv_ctx *ctx, const char *command, struct wv__serve_request *ret)
{
	/* As rsync 3.2.7 and 3.5.0 say it for the options of send.c; NULL: looked at below. */
	static const char *const expected[] = {
		"rsync", "--server", NULL, NULL, "--partial-dir", ".rsync-partial", "--fsync", ".", NULL,
	};
	struct wv__serve_request request = { 0 };
	const char *given[ARRAY_SIZE(expected)] = { NULL };
	const char *flags, *timeout, *path;
	char words[COMMAND_MAX];
	char *save, *word;
	size_t n = 0;

	if (!command || strlen(command) >= sizeof(words))
		return refuse(ctx);
	if (strcmp(command, "workvol receipt") == 0) {
		request.receipt = true;
		*ret = request;
		return 0;
	}
	strcpy(words, command);
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save), n++) {
		if (n >= ARRAY_SIZE(expected) || (expected[n] && strcmp(word, expected[n])))
			return refuse(ctx);
		given[n] = word;
	}
	if (n != ARRAY_SIZE(expected))
		return refuse(ctx);
	flags = given[2];
	timeout = given[3];
	path = given[n - 1];
	if (!flags_are_ours(flags) || !timeout_is_ours(timeout) || !take_takeout(path, request.takeout))
		return refuse(ctx);
	strcpy(request.timeout, timeout);
	strcpy(request.flags, flags);
	*ret = request;
	return 0;
}

/* The lock goes with it: a client that is gone does not free what its rsync still writes. */
static int become_rsync(struct wv_ctx *ctx, const struct wv__slot *slot,
			const struct wv__serve_request *request)
{
	static const char *const env[] = { "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL };
	const char *argv[] = { "rsync", "--server", request->flags, request->timeout,
			       "--partial-dir", ".rsync-partial", "--fsync", NULL, NULL, NULL, NULL };
	char link_dest[64];
	size_t n = 7;
	int r;

	if (slot->sealed[0]) {
		snprintf(link_dest, sizeof(link_dest), "--link-dest=../%s", slot->sealed);
		argv[n++] = link_dest;
	}
	argv[n++] = ".";
	argv[n] = "data/";
	if (fchdir(slot->dir) < 0 || fcntl(slot->lock, F_SETFD, 0) < 0)
		return wv__fail_sys(ctx, -errno, "cannot enter the take-out's directory");
	r = wv__confine_writes(ctx, slot->dir);
	if (r < 0)
		return r;
	umask(077);
	execve(RSYNC, (char *const *)argv, (char *const *)env);
	return wv__fail_sys(ctx, -errno, "cannot run %s", RSYNC);
}

WV_API int wv_sync_serve(struct wv_ctx *ctx, const char *root, const char *key, const char *command)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	struct wv__serve_request request;
	int r;

	r = wv__serve_parse(ctx, command, &request);
	if (r < 0)
		return r;
	if (request.receipt)
		return wv_sync_receipt(ctx, root, key, STDIN_FILENO, STDOUT_FILENO);
	r = wv__slot_open(ctx, root, request.takeout, true, &slot);
	if (r == 0)
		r = wv__slot_begin_write(ctx, &slot);
	return r < 0 ? r : become_rsync(ctx, &slot, &request);
}
