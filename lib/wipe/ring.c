/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ring.c - requests in flight by io_uring; the only file that knows liburing
 */
#include <liburing.h>
#include <string.h>

#include "io.h"

#define BUFS_MAX 4

struct ring {
	struct wv__io io;
	struct io_uring uring;
	struct iovec bufs[BUFS_MAX]; /* registered: pinned once, not at each request */
	unsigned int n_bufs;
	size_t want[WV__IO_DEPTH_MAX]; /* by tag: the length asked for */
};

static int buffer_index(const struct ring *ring, const unsigned char *buf, size_t len)
{
	for (unsigned int i = 0; i < ring->n_bufs; i++) {
		const unsigned char *base = ring->bufs[i].iov_base;

		if (buf >= base && buf + len <= base + ring->bufs[i].iov_len)
			return (int)i;
	}
	return -1;
}

static int ring_submit(struct wv__io *io, unsigned int tag, enum wv__op op, void *buf, size_t len,
		       uint64_t offset)
{
	static const int codes[][2] = { /* by op; plain, or in a registered buffer */
		[WV__READ] = { IORING_OP_READ, IORING_OP_READ_FIXED },
		[WV__WRITE] = { IORING_OP_WRITE, IORING_OP_WRITE_FIXED },
	};
	struct ring *ring = (struct ring *)io;
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);
	const int index = buffer_index(ring, buf, len);
	int r;

	if (!sqe)
		return -EBUSY;
	if (op == WV__FLUSH)
		io_uring_prep_fsync(sqe, 0, IORING_FSYNC_DATASYNC);
	else
		io_uring_prep_rw(codes[op][index >= 0], sqe, 0, buf, (unsigned int)len, offset);
	if (index >= 0)
		sqe->buf_index = (uint16_t)index;
	sqe->flags |= IOSQE_FIXED_FILE;
	io_uring_sqe_set_data64(sqe, tag);
	ring->want[tag] = len;
	do
		r = io_uring_submit(&ring->uring);
	while (r == -EINTR || r == -EAGAIN);
	return r < 0 ? r : 0;
}

static int ring_reap(struct wv__io *io, unsigned int ms, unsigned int *ret_tag, int *ret_result)
{
	struct ring *ring = (struct ring *)io;
	struct __kernel_timespec wait = { .tv_sec = ms / 1000,
					  .tv_nsec = (long long)(ms % 1000) * 1000000 };
	struct io_uring_cqe *cqe;
	int r;

	r = io_uring_wait_cqe_timeout(&ring->uring, &cqe, &wait);
	if (r == -ETIME || r == -EINTR || r == -EAGAIN)
		return 0;
	if (r < 0)
		return r;
	*ret_tag = (unsigned int)io_uring_cqe_get_data64(cqe);
	/* A short transfer means that the rest failed. */
	*ret_result = cqe->res < 0 ? cqe->res :
		      (size_t)cqe->res == ring->want[*ret_tag] ? 0 : -EIO;
	io_uring_cqe_seen(&ring->uring, cqe);
	return 1;
}

/* An abandoned ring stays open: closing it could wait for the request that hangs. */
static void ring_close(struct wv__io *io, bool abandon)
{
	struct ring *ring = (struct ring *)io;

	if (abandon)
		return;
	io_uring_unregister_files(&ring->uring); /* now: the kernel takes its time over the ring itself */
	io_uring_queue_exit(&ring->uring);
	free(ring);
}

static const struct wv__io_kind ring_kind = { ring_submit, ring_reap, ring_close };

/* The flags came with Linux 6.0 and 6.1; an older kernel does without. */
static int queue_init(unsigned int depth, struct io_uring *uring)
{
	static const unsigned int flags[] = {
#ifdef IORING_SETUP_DEFER_TASKRUN
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
#endif
		IORING_SETUP_COOP_TASKRUN,
		0,
	};
	int r = -EINVAL;

	for (unsigned int i = 0; i < ARRAY_SIZE(flags) && r == -EINVAL; i++)
		r = io_uring_queue_init(depth, uring, flags[i]);
	return r;
}

int wv__ring_open(const struct wv__medium *medium, unsigned int depth, const struct iovec *bufs,
		  unsigned int n_bufs, struct wv__io **ret)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	int r;

	if (!ring)
		return -ENOMEM;
	ring->io = (struct wv__io){ .kind = &ring_kind, .medium = medium, .depth = depth };
	r = queue_init(depth, &ring->uring);
	if (r < 0) {
		free(ring);
		return r;
	}
	/* The hold, too: the ring of a killed process keeps it until the last request came back, and nobody begins before. */
	r = io_uring_register_files(&ring->uring, (int[]){ medium->fd, wv__medium_hold_fd(medium) }, 2);
	if (r < 0) {
		ring_close(&ring->io, false);
		return r;
	}
	for (unsigned int i = 0; i < n_bufs && i < BUFS_MAX; i++)
		if (bufs[i].iov_base)
			ring->bufs[ring->n_bufs++] = bufs[i];
	/* Pinning is a gain, not a need: RLIMIT_MEMLOCK may refuse it. */
	if (io_uring_register_buffers(&ring->uring, ring->bufs, ring->n_bufs) < 0)
		ring->n_bufs = 0;
	*ret = &ring->io;
	return 0;
}
