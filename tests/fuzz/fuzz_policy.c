/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_policy.c - a policy file: refused with a sentence, or every value in its range;
 * the same as an instruction: refused, or nothing of the policy is looser for it
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/fs.h"
#include "../../lib/policy/policy_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libeconf wants a name: one file in memory, written anew each time. */
static const char *put(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		snprintf(path, sizeof(path), "/dev/shm/workvol-fuzz-%d.conf", getpid());
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	}
	if (fd < 0 || ftruncate(fd, 0) < 0 || wv__pwrite_all(fd, data, size, 0) < 0)
		abort();
	return path;
}

static void remove_file(void)
{
	unlink(put(NULL, 0));
}

static void load(struct wv_ctx *ctx, const uint8_t *data, size_t size, struct wv__policy **ret)
{
	if (wv__policy_load(ctx, put(data, size), ret) < 0)
		abort();
}

static void instruct(struct wv_ctx *ctx, const uint8_t *data, size_t size, bool refuse)
{
	cleanup(wv__policy_freep) struct wv__policy *own = NULL;
	cleanup(wv__policy_freep) struct wv__policy *with = NULL;

	load(ctx, (const uint8_t *)"", 0, &own);
	load(ctx, (const uint8_t *)"", 0, &with);
	if (wv__policy_instruct(ctx, with, put(data, size), refuse) < 0) {
		if (!*wv_ctx_error(ctx))
			abort();
		return;
	}
	for (size_t i = 0; i < wv__settings_count; i++)
		if (wv__settings[i].stricter != WV__NOT_INSTRUCTED &&
		    wv__setting_looser(&wv__settings[i], with, own))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(wv__policy_freep) struct wv__policy *policy = NULL;
	cleanup_doc struct wv_doc *list = NULL;
	static struct wv_ctx *ctx;
	char digest[65];
	int r;

	if (!ctx && (wv_ctx_new(&ctx) < 0 || atexit(remove_file) != 0))
		abort();
	instruct(ctx, data, size, true);
	instruct(ctx, data, size, false);
	r = wv__policy_load(ctx, put(data, size), &policy);
	if (r < 0) {
		if (!*wv_ctx_error(ctx) || policy)
			abort();
		return 0;
	}
	if (policy->pbkdf_iterations < 4 || policy->approval_hours > 8760 || !policy->state_dir ||
	    policy->ledger[0] != '/' || policy->mapper > WV__CHOOSE_FUSE ||
	    wv__policy_digest(ctx, policy, digest) < 0 || wv__policy_list(ctx, policy, &list) < 0)
		abort();
	return 0;
}
