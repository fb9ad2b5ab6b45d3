/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt.h - the client's side of the receipt: ask for one, and hold it
 * against what was asked
 *
 * request: {"v":1,"type":"receipt-request","takeout","volume","nonce",
 *	     "declaration","files":[{"path","sha256","size"}],"checkpoint","lab"?}
 * receipt: {"v":1,"type":"receipt","takeout","volume","nonce","time",
 *	     "declaration","files","checkpoint","self_verified",
 *	     "server":{"id","root"},"lab"?}
 * answer:  {"receipt","sig"}, or {"refused": sentence,"path"?,"code"}
 *
 * Each is canonical JSON on one line, 512 MiB at most (a million files whose
 * paths have 400 bytes);
 * files are sorted by their paths' bytes. A path that is not UTF-8 is path_b64.
 */
#ifndef WV_RECEIPT_H
#define WV_RECEIPT_H

#include "../base/json.h"
#include "send.h"

#define WV_RECEIPT_NONCE 65 /* 64 hex digits and a NUL */
#define WV_RECEIPT_MAX WV_DOC_MAX

/* What a receipt must say. */
struct wv__receipt_terms {
	const char *takeout;		    /* UUID */
	const char *volume;		    /* UUID */
	const char *nonce;		    /* as wv__receipt_nonce() made it */
	const struct wv__declaration *decl; /* with all amendments: exactly these files */
	const char *root;		    /* the target's directory; NULL: any */
	const char *key;		    /* public receipt key, "TYPE BASE64" */
	uint64_t now;			    /* seconds since 1970 */
	uint64_t max_age;		    /* seconds; 0: it may be of any age */
	bool self_verified;		    /* of a path target, and marked so */
	bool lab;			    /* of a station for trials, and marked so */
};

int wv__receipt_nonce(char ret[WV_RECEIPT_NONCE]);

/**
 * wv__receipt_fetch() - have the server re-read, hash and sign
 * @terms: the nonce must be in the ledger before
 * @checkpoint: the ledger's, for the server to keep; NULL: none
 * @ret_receipt: checked against @terms already
 * @ret_sig: its armoured signature; append-only buffer
 *
 * Over ssh it runs "workvol receipt" there; for a path target a child process
 * of this program does the server's part with server->key (call it while no
 * thread of yours runs).
 *
 * Return: 0; -EBADMSG with the server's sentence when it gives none; what
 * wv__receipt_check() returns; -EBUSY when somebody writes there; -EFBIG for
 * too many files; -EIO; -ECANCELED.
 */
int wv__receipt_fetch(struct wv_ctx *ctx, const struct wv__server *server,
		      const struct wv__receipt_terms *terms, struct wv_doc *checkpoint,
		      struct wv_doc **ret_receipt, struct wv_buf *ret_sig);

/**
 * wv__receipt_check() - is this the receipt for exactly that?
 * @sig: its armoured SSHSIG
 *
 * Return: 0; -EKEYREJECTED for a signature that is not the server's;
 * -EKEYEXPIRED for a receipt older than max_age; -EBADMSG, each with its own
 * sentence, for another nonce, take-out, volume, declaration or server, and
 * for a file that is missing, different or more than was asked for.
 */
int wv__receipt_check(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
		      struct wv_doc *receipt, const char *sig, size_t sig_len);

#endif
