/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ssh.h - the way to one server whose host key is known, and to no other
 */
#ifndef WV_SSH_H
#define WV_SSH_H

#include "target.h"

/* The only name that ssh is called with; the configuration says where it is. */
#define WV_SSH_HOST "workvol-server"

struct wv__ssh {
	char *dir;	   /* private and temporary: "config", "known_hosts", "identity" */
	char *env[2];	   /* SSH_AUTH_SOCK where there is an agent; for wv__exec */
};

#define cleanup_ssh cleanup(wv__ssh_free)
void wv__ssh_free(struct wv__ssh *ssh);

/**
 * wv__ssh_open() - write the configuration of a way to @target
 * @host_key: "TYPE BASE64", pinned: another one is refused
 * @identity: private key file, or a .pub file whose private half ssh-agent
 *            holds; NULL: what the agent and ~/.ssh have
 * @ret: zeroed by the caller; release with wv__ssh_free()
 *
 * Run "ssh -F config workvol-server ..." in ret->dir: every name in it is
 * relative, so that no path has to be quoted.
 */
int wv__ssh_open(struct wv_ctx *ctx, const struct wv__target *target, const char *host_key,
		 const char *identity, struct wv__ssh *ret);

/*
 * What ssh, or rsync over it, said on its way out: -EKEYREJECTED (host
 * key), -ENOSPC, -EBUSY, or -EIO, with the sentence.
 */
int wv__ssh_failed(struct wv_ctx *ctx, const char *what, const char *said, int status);

#endif
