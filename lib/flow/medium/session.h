/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session.h - a volume open for work, for as long as one operation takes
 */
#ifndef WV_SESSION_H
#define WV_SESSION_H

#include "../../base/secret.h"
#include "../../volume/mapper.h"
#include "subject.h"

struct wv__factors {
	const char *key_file;
	const struct wv_secret *passphrase;
};

/* Both NULL without options: then it has to be open already. */
struct wv__factors wv__factors_of(const struct wv_open_opts *opts);

struct wv__session {
	struct wv_station *st;
	struct wv__takeout *t; /* the subject's */
	struct wv_device *dev; /* the subject's */
	struct wv__mapping *map; /* NULL: an earlier `open` holds it */
	char *device;          /* the decrypted block device */
	char *dir;             /* where it is mounted */
	int root;              /* dir, open; -1 */
	bool ours;             /* mapped and mounted here: unmounted at the end */
	bool read_only;
};

#define cleanup_session cleanup(wv__session_drop)
#define WV_SESSION_INIT { .root = -1 }

/**
 * wv__volume_header() - the header on a medium, if it is the one that a take-out record signs
 *
 * One that is not may open with less than two factors.
 *
 * Return: 0; -EBADMSG when it is another, or none can be read; or another negative errno.
 */
int wv__volume_header(struct wv_ctx *ctx, const struct wv_device *dev, struct wv_doc *record,
		      struct wv__luks **ret_luks);

/**
 * wv__volume_unlock() - both factors, the header that was signed for, and the gate
 * @ret_luks: the header as it was read
 * @ret_key: the volume's key
 *
 * Return: 0; -EINVAL without factors; -EPERM when they are not this volume's;
 * -EBADMSG when the header is not the one of the take-out record, or a factor
 * alone opens it.
 */
int wv__volume_unlock(struct wv__subject *s, const struct wv__factors *factors,
		      struct wv__luks **ret_luks, struct wv_secret **ret_key);

/*
 * Map what wv__volume_unlock() read. All of it goes by the descriptor that the
 * subject holds: its name may lead to another medium meanwhile.
 */
int wv__volume_map(struct wv__subject *s, struct wv__luks *luks, const struct wv_secret *key,
		   bool persistent, struct wv__mapping **ret);

/* -EPERM when it is recorded as lost: whoever has it now, it stays closed. */
int wv__volume_found(struct wv__takeout *t);

/**
 * wv__session_begin() - have the volume's files before one
 * @s: with a take-out; it outlives the session
 * @factors: needed when the volume is not open already
 *
 * Of an earlier `open` that mount is used, as it is. Else it is unlocked,
 * mapped so that all of it ends with this process, its journal replayed and its
 * file system examined, and mounted where no other process sees it.
 */
int wv__session_begin(struct wv_station *st, struct wv__subject *s,
		      const struct wv__factors *factors, bool read_only, struct wv__session *ret);
/* Close the directory, unmount, unmap; 0 or the first failure. */
int wv__session_end(struct wv__session *session);
/* The same on the way out of a failure: the sentence stays. */
void wv__session_drop(struct wv__session *session);

#endif
