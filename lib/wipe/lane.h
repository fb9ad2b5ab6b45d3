/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lane.h - a thread with requests in flight: produce, submit, reap, compare
 */
#ifndef WV_LANE_H
#define WV_LANE_H

#include "run.h"

enum wv__stage { WV__STAGE_STAMP, WV__STAGE_READ, WV__STAGE_WRITE };

struct wv__slot {
	bool busy;       /* it has a chunk; written under the run's lock */
	uint64_t at;     /* of the chunk in the sweep's space; likewise */
	enum wv__stage stage;
	bool out;        /* its request is in flight */
	int error;       /* the request failed: to be rescued */
	uint64_t offset; /* on the medium */
	size_t len;
	uint64_t since;  /* when the request was made */
	unsigned char *buf;
};

struct wv__lane {
	struct wv__run *run;
	struct wv__io *io;
	unsigned int index;
	unsigned int n_out, n_failed;
	bool abandoned; /* left with requests out: nothing of it may be freed */
	unsigned char *memory;
	size_t memory_len;
	struct wv__source fresh, old, stamp; /* what is written, what is compared */
	struct wv__slot slots[WV__IO_DEPTH_MAX];
	pthread_t thread;
	double cpu_seconds;
};

/* Buffers, a ring, and the sources of a sweep, whose sheets are open (NULL: none). Called by the thread that uses it. */
int wv__lane_open(struct wv__lane *lane, struct wv__run *run, const struct wv__sweep *sweep,
		  unsigned int depth);
void wv__lane_close(struct wv__lane *lane);

/* Take chunks until the sweep is over or the run stops. */
void wv__lane_work(struct wv__lane *lane);

/**
 * wv__lane_one() - one request, waited for; nothing else may be out
 * @buf: what is read goes here all the same
 *
 * Return: 0 or a negative errno; when the medium was given up (run->dead) it is no use to try again.
 */
int wv__lane_one(struct wv__lane *lane, enum wv__op op, const void *buf, size_t len,
		 uint64_t offset);

/* The same, three times if it must be: some blocks come back at the second or third. */
int wv__lane_try(struct wv__lane *lane, enum wv__op op, const void *buf, size_t len,
		 uint64_t offset);

/* All that was written is on the medium; a failure gives it up. */
int wv__lane_flush(struct wv__lane *lane);

/* Is a block what is wanted, or what the process before this one, further than its checkpoint says, put there? */
bool wv__lane_holds(struct wv__lane *lane, struct wv__source *want, const unsigned char *data,
		    uint64_t offset);
/* Compare what was read with the pass, block by block where it differs; record and count. */
void wv__lane_check(struct wv__lane *lane, const unsigned char *data, uint64_t offset, size_t len);

/* rescue.c: do a slot's work again in ever smaller pieces, step over what cannot be done. False: the run stops before it is through. */
bool wv__rescue(struct wv__lane *lane, struct wv__slot *slot);
/* Write a range of the pass: retried, narrowed, recorded. buf: WV__CHUNK_MAX at most. */
bool wv__rescue_write(struct wv__lane *lane, uint64_t offset, size_t len, unsigned char *buf);

#endif
