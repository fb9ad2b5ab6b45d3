/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * io.c - requests in flight: the choice of the kind, and the kind that is
 * threads
 */
#include <pthread.h>
#include <string.h>

#include "../base/clock.h"
#include "io.h"

struct request {
	enum wv__op op;
	void *buf;
	size_t len;
	uint64_t offset;
	int result;
	unsigned int next; /* in one of the two lists; depth: the end */
};

/* As many threads as requests, so that one that hangs holds up no other. */
struct threads {
	struct wv__io io;
	pthread_mutex_t lock;
	pthread_cond_t asked, ended;
	pthread_t ids[WV__IO_DEPTH_MAX];
	unsigned int n;
	bool stop;
	unsigned int todo, done; /* lists of requests */
	struct request requests[WV__IO_DEPTH_MAX];
};

static void *thread_main(void *data)
{
	struct threads *t = data;
	struct request *request;
	unsigned int tag;

	pthread_mutex_lock(&t->lock);
	for (;;) {
		while (t->todo == t->io.depth && !t->stop)
			pthread_cond_wait(&t->asked, &t->lock);
		if (t->stop)
			break;
		tag = t->todo;
		request = &t->requests[tag];
		t->todo = request->next;
		pthread_mutex_unlock(&t->lock);
		request->result = wv__medium_do(t->io.medium, request->op, request->buf,
						request->len, request->offset);
		pthread_mutex_lock(&t->lock);
		request->next = t->done;
		t->done = tag;
		pthread_cond_signal(&t->ended);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static int threads_submit(struct wv__io *io, unsigned int tag, enum wv__op op, void *buf,
			  size_t len, uint64_t offset)
{
	struct threads *t = (struct threads *)io;

	pthread_mutex_lock(&t->lock);
	t->requests[tag] = (struct request){ op, buf, len, offset, 0, t->todo };
	t->todo = tag;
	pthread_cond_signal(&t->asked);
	pthread_mutex_unlock(&t->lock);
	return 0;
}

static int threads_reap(struct wv__io *io, unsigned int ms, unsigned int *ret_tag, int *ret_result)
{
	struct threads *t = (struct threads *)io;
	const struct timespec until = wv__deadline(ms * UINT64_C(1000000));
	int r = 0;

	pthread_mutex_lock(&t->lock);
	while (t->done == io->depth && r == 0)
		r = pthread_cond_clockwait(&t->ended, &t->lock, CLOCK_MONOTONIC, &until);
	r = t->done != io->depth;
	if (r) {
		*ret_tag = t->done;
		*ret_result = t->requests[t->done].result;
		t->done = t->requests[t->done].next;
	}
	pthread_mutex_unlock(&t->lock);
	return r;
}

static void threads_close(struct wv__io *io, bool abandon)
{
	struct threads *t = (struct threads *)io;

	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_broadcast(&t->asked);
	pthread_mutex_unlock(&t->lock);
	for (unsigned int i = 0; i < t->n; i++)
		if (abandon)
			pthread_detach(t->ids[i]);
		else
			pthread_join(t->ids[i], NULL);
	if (abandon)
		return;
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->asked);
	pthread_cond_destroy(&t->ended);
	free(t);
}

static const struct wv__io_kind threads_kind = { threads_submit, threads_reap, threads_close };

int wv__threads_open(const struct wv__medium *medium, unsigned int depth, struct wv__io **ret)
{
	struct threads *t = calloc(1, sizeof(*t));
	int r = 0;

	if (!t)
		return -ENOMEM;
	t->io = (struct wv__io){ .kind = &threads_kind, .medium = medium, .depth = depth };
	t->todo = t->done = depth;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->asked, NULL);
	pthread_cond_init(&t->ended, NULL);
	while (t->n < depth && r == 0) {
		r = pthread_create(&t->ids[t->n], NULL, thread_main, t);
		t->n += r == 0;
	}
	if (r) {
		threads_close(&t->io, false);
		return -r;
	}
	*ret = &t->io;
	return 0;
}

int wv__io_open(const struct wv__medium *medium, unsigned int depth, const struct iovec *bufs,
		unsigned int n_bufs, bool no_ring, struct wv__io **ret)
{
	if (!no_ring && !medium->ops && wv__ring_open(medium, depth, bufs, n_bufs, ret) == 0)
		return 0;
	return wv__threads_open(medium, depth, ret);
}
