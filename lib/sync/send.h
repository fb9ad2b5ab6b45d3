/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * send.h - send a declared tree to the designated server
 *
 * The server keeps, below its root (see slot.h):
 *
 *	TAKEOUT/data/...                  what was sent last
 *	TAKEOUT/sealed-1/...              what was sent, and signed for, before that
 *	TAKEOUT/closed                    data/ was signed for: it is not written again
 *	TAKEOUT/receipts/NONCE.json, .sig every receipt given
 *	TAKEOUT/lock                      flock: one writer or signer at a time
 */
#ifndef WV_SEND_H
#define WV_SEND_H

#include "../declare/declaration.h"
#include "target.h"

/* The designated server, as the take-out record has it. Strings are the caller's. */
struct wv__server {
	const struct wv__target *target;
	const char *host_key; /* "TYPE BASE64"; of an ssh target */
	const char *identity; /* as for wv__ssh_open(); NULL: agent and ~/.ssh */
	const char *key;      /* private receipt key file of a path target: this machine signs for itself */
};

/**
 * wv__sync_send() - send exactly what is declared
 * @source: the tree's root, open
 * @takeout: the take-out's UUID
 *
 * rsync by checksum into TAKEOUT/data; sending again goes on where it stopped.
 * Nothing is deleted there, and no earlier, signed copy is written over. That
 * it returns 0 proves nothing: the receipt does. A server that says nothing
 * for wv__sync_patience() is given up; so is a directory of this machine whose
 * file system hangs, as soon as rsync has begun.
 *
 * Return: 0; -EIO with rsync's last line; -ENOSPC when the server is full;
 * -EKEYREJECTED when its host key is another; -EBUSY when somebody writes
 * there; -ECANCELED.
 */
int wv__sync_send(struct wv_ctx *ctx, const struct wv__server *server, const char *takeout,
		  int source, const struct wv__declaration *decl);

/* Seconds of silence that a server may need for a take-out of that many bytes. */
unsigned int wv__sync_patience(uint64_t bytes);

#endif
