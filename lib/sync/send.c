/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * send.c - rsync to the designated server
 *
 * By checksum: equal size and time would be skipped else. Never --inplace,
 * --append, --delete, --ignore-errors. Without -r and -l: exactly the paths on
 * the list are sent, no link is followed or made. What is stored has no
 * set-id bit and is the server's alone. serve.c knows this command line.
 */
#include <stdio.h>
#include <string.h>

#include "../base/exec.h"
#include "slot.h"
#include "ssh.h"
#include "send.h"

#define PATIENCE_MIN 600 /* seconds */
#define PATIENCE_MAX (7 * 86400)
#define HASHED_PER_SECOND 10000000 /* bytes */

/* Each path begins with "./": one with '#' or ';' would be a comment, one with '-' looks like an option. */
static int list_paths(struct wv_ctx *ctx, const struct wv__declaration *decl, struct wv_buf *ret)
{
	for (size_t i = 0; i < decl->entries.count; i++) {
		const char *path = decl->entries.at[i]->path;

		if (wv__buf_puts(ret, "./") < 0 || wv__buf_append(ret, path, strlen(path) + 1) < 0)
			return wv__fail_memory(ctx);
	}
	return 0;
}

static void report(struct wv_ctx *ctx, uint64_t done, uint64_t total)
{
	const struct wv_progress progress = {
		.what = "server", .step = "sync", .done = done, .total = total,
		.all_done = done, .all_total = total,
	};

	wv__progress(ctx, &progress);
}

/*
 * How long rsync waits in silence: both sides hash what they have (--checksum)
 * before the first byte goes over, and say nothing meanwhile. 10 MB/s is less
 * than a USB 2 stick reads; a week is a bound for rsync's int.
 */
unsigned int wv__sync_patience(uint64_t bytes)
{
	return MIN(PATIENCE_MIN + bytes / HASHED_PER_SECOND, PATIENCE_MAX);
}

/* extra: options for this way of sending, ended by NULL; rsync runs in dir. */
static int run_rsync(struct wv_ctx *ctx, const char *const *extra, const char *dest,
		     const char *const *env, const char *dir, const int *fds,
		     const struct wv_buf *list, uint64_t bytes)
{
	static const char *const common[] = {
		"rsync", "--times", "--checksum", "--dirs", "--files-from=-", "--from0",
		"--partial-dir=.rsync-partial", "--fsync", "--no-links", "--chmod=D700,F600",
	};
	cleanup_buf struct wv_buf err = WV_BUF_INIT;
	const char *argv[ARRAY_SIZE(common) + 7];
	char source[32], timeout[32];
	size_t n = 0;
	int r, status;

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		argv[n++] = common[i];
	while (*extra)
		argv[n++] = *extra++;
	snprintf(timeout, sizeof(timeout), "--timeout=%u", wv__sync_patience(bytes));
	argv[n++] = timeout;
	snprintf(source, sizeof(source), "/proc/self/fd/%d/", fds[0]);
	argv[n++] = source;
	argv[n++] = dest;
	argv[n] = NULL;
	r = wv__exec(ctx, &(struct wv__exec){ .argv = argv, .env = env, .dir = dir, .err = &err,
					      .input = list->data, .input_len = list->len,
					      .keep_fds = fds }, &status);
	if (r < 0)
		return r;
	/* 23, 24, 25 and 30 are "partly": not what was asked for. */
	return status ? wv__ssh_failed(ctx, "sending to the server", wv__buf_str(&err), status) : 0;
}

static int send_over_ssh(struct wv_ctx *ctx, const struct wv__server *server, const char *takeout,
			 int source, const struct wv_buf *list, uint64_t bytes)
{
	static const char *const extra[] = { "-e", "ssh -F config", NULL };
	cleanup_ssh struct wv__ssh ssh = { 0 };
	const int fds[] = { source, -1 };
	char dest[80];
	int r;

	r = wv__ssh_open(ctx, server->target, server->host_key, server->identity, &ssh);
	if (r < 0)
		return r;
	snprintf(dest, sizeof(dest), WV_SSH_HOST ":%s/data/", takeout);
	return run_rsync(ctx, extra, dest, (const char *const *)ssh.env, ssh.dir, fds, list,
			 bytes);
}

static int send_to_dir(struct wv_ctx *ctx, const struct wv__server *server, const char *takeout,
		       int source, const struct wv_buf *list, uint64_t bytes)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	const char *extra[] = { NULL, NULL };
	char link_dest[64], dest[48];
	int r;

	r = wv__slot_open(ctx, server->target->dir, takeout, true, &slot);
	if (r == 0)
		r = wv__slot_begin_write(ctx, &slot);
	if (r < 0)
		return r;
	if (slot.sealed[0]) {
		snprintf(link_dest, sizeof(link_dest), "--link-dest=../%s", slot.sealed);
		extra[0] = link_dest;
	}
	snprintf(dest, sizeof(dest), "/proc/self/fd/%d/data/", slot.dir);
	return run_rsync(ctx, extra, dest, NULL, NULL, (const int[]){ source, slot.dir, slot.lock, -1 },
			 list, bytes);
}

int wv__sync_send(struct wv_ctx *ctx, const struct wv__server *server, const char *takeout,
		  int source, const struct wv__declaration *decl)
{
	cleanup_buf struct wv_buf list = WV_BUF_INIT;
	struct wv__totals totals;
	int r;

	if (!wv__is_takeout(takeout))
		return wv__fail(ctx, -EINVAL, "%s is not a take-out's id", takeout);
	r = wv__declaration_totals(ctx, decl, &totals);
	if (r == 0)
		r = list_paths(ctx, decl, &list);
	if (r < 0)
		return r;
	report(ctx, 0, totals.bytes);
	r = server->target->host ? send_over_ssh(ctx, server, takeout, source, &list, totals.bytes) :
				   send_to_dir(ctx, server, takeout, source, &list, totals.bytes);
	if (r < 0)
		return r;
	report(ctx, totals.bytes, totals.bytes);
	return 0;
}
