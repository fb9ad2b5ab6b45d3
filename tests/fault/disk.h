/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.h - a faulty disk in memory: faultdisk.c shows it as a file, the unit
 * programs use it in place
 *
 * Faults are lines of text; RW is read, write or both; numbers are bytes:
 *	bad RW FROM LENGTH        EIO
 *	flaky RW FROM LENGTH N    EIO N times, then it works
 *	sticky RW BYTES           EIO for ever after so many bytes
 *	vanish BYTES              ENXIO for ever, reads and writes
 *	hang BYTES                no answer until the disk is cleared
 *	late BYTES N              after so many bytes N writes are done and answered only when the disk is cleared
 *	wrap REAL, drop REAL      it has REAL bytes only
 *	flip AT                   a bit of what is read
 *	stuck AT                  a bit that is always 1
 *	misdirect FROM LENGTH TO  writes there go elsewhere
 *	torn AT                   a write across AT ends there, and says that it went well
 *	stale FROM LENGTH         reads give what was there before the last write
 *	dropped FROM LENGTH       writes there are lost
 *	shrink BYTES SIZE         after so many bytes it says that it has SIZE bytes, and has no more
 *	replace BYTES N           after so many bytes another medium is there: EIO N times, then it answers
 *	throttle READ WRITE       megabytes a second each way; throttle BOTH: one way for both
 *	clear                     none of it any more
 */
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define FAULTS_MAX 32
#define SECTOR 512u
#define CREDIT_NS 20000000 /* a throttled disk catches up that much: its own threads wake late */

enum fault_kind { BAD, FLAKY, STICKY, VANISH, HANG, FLIP, STUCK, MISDIRECT, TORN, STALE, DROPPED,
		  SHRINK, REPLACE, LATE };

struct fault {
	enum fault_kind kind;
	bool on[2]; /* reads, writes */
	uint64_t from, length, n;
	unsigned char *old; /* stale: what was there */
};

struct fault_disk {
	pthread_mutex_t lock;
	pthread_cond_t cleared;
	unsigned char *memory;
	uint64_t size, real;
	bool wraps;
	struct fault faults[FAULTS_MAX];
	unsigned int n;
	uint64_t bytes[2], requests[2], flushes, refused;
	uint64_t foreign; /* writes that a medium got which was put in the other's place */
	unsigned char *told; /* watched: what the host was told is there; NULL: not watched */
	uint64_t lies;       /* reads that gave anything else */
	uint64_t rate[2];  /* bytes a second; 0: no limit */
	uint64_t ready[2]; /* when the next request of that way may begin, in ns */
	bool half;
	bool shared;		      /* by processes that may be killed: see fault_disk_mend() */
	unsigned char before[SECTOR]; /* what a sector held that is being written now */
	uint64_t before_at, before_len;
};

static inline int fault_disk_init(struct fault_disk *d, uint64_t size)
{
	memset(d, 0, sizeof(*d));
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->cleared, NULL);
	d->size = d->real = size;
	d->memory = mmap(NULL, size + SECTOR, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return d->memory == MAP_FAILED ? -ENOMEM : 0;
}

static inline void fault_disk_clear(struct fault_disk *d)
{
	pthread_mutex_lock(&d->lock);
	for (unsigned int i = 0; i < d->n; i++)
		free(d->faults[i].old);
	d->n = 0;
	d->real = d->size;
	d->rate[0] = d->rate[1] = 0;
	pthread_cond_broadcast(&d->cleared);
	pthread_mutex_unlock(&d->lock);
}

/* From here on count the reads that give anything else than what was written last. */
static inline int fault_disk_watch(struct fault_disk *d)
{
	d->told = malloc(d->size);
	if (!d->told)
		return -ENOMEM;
	memcpy(d->told, d->memory, d->size);
	return 0;
}

static inline void fault_disk_free(struct fault_disk *d)
{
	fault_disk_clear(d);
	free(d->told);
	munmap(d->memory, d->size + SECTOR);
}

/* 0, or -EINVAL for a line that says nothing known. */
static inline int fault_disk_set(struct fault_disk *d, const char *line)
{
	static const char *const names[] = { "bad",   "flaky",	   "sticky", "vanish", "hang",	  "flip",
					     "stuck", "misdirect", "torn",   "stale",  "dropped", "shrink",
					     "replace", "late" };
	struct fault f = { .on = { true, true } };
	unsigned long long a = 0, b = 0, c = 0;
	char name[16], rw[8];
	unsigned int k = 0;
	int at = 0;

	if (sscanf(line, "%15s%n", name, &at) != 1)
		return -EINVAL;
	if (!strcmp(name, "clear")) {
		fault_disk_clear(d);
		return 0;
	}
	if (sscanf(line + at, " %7[a-z]", rw) == 1) {
		f.on[0] = strcmp(rw, "write") != 0;
		f.on[1] = strcmp(rw, "read") != 0;
		at += 1 + (int)strlen(rw);
	}
	if (sscanf(line + at, "%llu %llu %llu", &a, &b, &c) < 1)
		return -EINVAL;
	pthread_mutex_lock(&d->lock);
	while (k < sizeof(names) / sizeof(*names) && strcmp(name, names[k]) != 0)
		k++;
	if (!strcmp(name, "wrap") || !strcmp(name, "drop")) {
		d->real = a;
		d->wraps = *name == 'w';
	} else if (!strcmp(name, "throttle")) {
		d->rate[0] = a * 1000000;
		d->rate[1] = (b ? b : a) * 1000000;
		d->half = !b;
	} else if (k == sizeof(names) / sizeof(*names) || d->n == FAULTS_MAX) {
		pthread_mutex_unlock(&d->lock);
		return -EINVAL;
	} else {
		f.kind = k;
		f.from = a;
		f.length = k == FLIP || k == STUCK || k == TORN ? 1 : b;
		f.n = c;
		if (k == STICKY || k == VANISH || k == HANG || k == SHRINK || k == REPLACE || k == LATE)
			f.n = d->bytes[0] + d->bytes[1] + a;
		if (k == STALE) {
			f.old = malloc(f.length);
			memcpy(f.old, d->memory + f.from, f.length);
		}
		d->faults[d->n++] = f;
	}
	pthread_mutex_unlock(&d->lock);
	return 0;
}

static inline bool fault_touches(const struct fault *f, uint64_t from, uint64_t len)
{
	return from < f->from + f->length && f->from < from + len;
}

/* What the disk answers; the lock is held, and given up while it hangs. */
static inline int fault_answer(struct fault_disk *d, bool write, uint64_t from, size_t len)
{
	const uint64_t bytes = d->bytes[0] + d->bytes[1];

	if (from + len > d->size)
		return -EINVAL;
	for (unsigned int i = 0; i < d->n; i++) {
		struct fault *f = &d->faults[i];

		if (!f->on[write])
			continue;
		if (f->kind == VANISH && bytes >= f->n)
			return -ENXIO;
		if (f->kind == STICKY && bytes >= f->n)
			return -EIO;
		if (f->kind == REPLACE && bytes >= f->n) {
			if (f->length) {
				f->length--;
				return -EIO;
			}
			d->foreign += write;
		}
		if (f->kind == SHRINK && bytes >= f->n && from + len > f->length)
			return -EIO;
		if (f->kind == HANG && bytes >= f->n) {
			pthread_cond_wait(&d->cleared, &d->lock);
			return -EIO;
		}
		if (f->kind == LATE && write && bytes >= f->n && f->length) {
			f->length--;
			pthread_cond_wait(&d->cleared, &d->lock);
			break; /* the faults are gone */
		}
		if (f->kind == BAD && fault_touches(f, from, len))
			return -EIO;
		if (f->kind == FLAKY && fault_touches(f, from, len) && f->n) {
			f->n--;
			return -EIO;
		}
	}
	d->bytes[write] += len;
	d->requests[write]++;
	return 0;
}

static inline uint64_t fault_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Take one's turn on the way, then wait until it is over. */
static inline void fault_throttle(struct fault_disk *d, bool write, size_t len)
{
	const unsigned int way = d->half ? 0 : write;
	const uint64_t now = fault_now();
	uint64_t end;
	struct timespec ts;

	pthread_mutex_lock(&d->lock);
	if (!d->rate[write]) {
		pthread_mutex_unlock(&d->lock);
		return;
	}
	end = d->ready[way] + CREDIT_NS > now ? d->ready[way] : now - CREDIT_NS;
	end += (uint64_t)len * 1000000000 / d->rate[write];
	d->ready[way] = end;
	pthread_mutex_unlock(&d->lock);
	ts = (struct timespec){ .tv_sec = (time_t)(end / 1000000000),
				.tv_nsec = (long)(end % 1000000000) };
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* A sector of a shared disk is kept until the new one is whole. */
static inline void fault_put(struct fault_disk *d, uint64_t place, const unsigned char *out, uint64_t n)
{
	if (d->shared && n <= SECTOR) {
		memcpy(d->before, d->memory + place, n);
		d->before_at = place;
		__atomic_store_n(&d->before_len, n, __ATOMIC_SEQ_CST);
	}
	memcpy(d->memory + place, out, n);
	__atomic_store_n(&d->before_len, 0, __ATOMIC_SEQ_CST);
}

/*
 * After the process that wrote was killed: the lock is nobody's, and a disk has written the
 * sector that was under way or it has not. For a robust lock.
 */
static inline void fault_disk_mend(struct fault_disk *d)
{
	if (pthread_mutex_lock(&d->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&d->lock);
	memcpy(d->memory + d->before_at, d->before, d->before_len);
	d->before_len = 0;
	pthread_mutex_unlock(&d->lock);
}

/* One piece that lies in the real memory or not at all. */
static inline void fault_move(struct fault_disk *d, unsigned char *in, const unsigned char *out,
			      uint64_t at, size_t len)
{
	uint64_t n, place;

	for (; len; len -= n, at += n, in = in ? in + n : NULL, out = out ? out + n : NULL) {
		place = d->wraps ? at % d->real : at;
		n = place < d->real ? d->real - place : len;
		if (n > len)
			n = len;
		if (place >= d->real && in)
			memset(in, 0, n);
		else if (place < d->real && in)
			memcpy(in, d->memory + place, n);
		else if (place < d->real && out)
			fault_put(d, place, out, n);
	}
}

static inline int fault_disk_read(void *data, void *buf, size_t len, uint64_t at)
{
	struct fault_disk *d = data;
	unsigned char *bytes = buf;
	int r;

	fault_throttle(d, false, len);
	pthread_mutex_lock(&d->lock);
	r = fault_answer(d, false, at, len);
	d->refused += r < 0;
	if (r == 0)
		fault_move(d, bytes, NULL, at, len);
	for (unsigned int i = 0; r == 0 && i < d->n; i++) {
		const struct fault *f = &d->faults[i];
		const uint64_t from = f->from > at ? f->from : at;
		const uint64_t end = f->from + f->length < at + len ? f->from + f->length : at + len;

		if (from >= end)
			continue;
		if (f->kind == FLIP)
			bytes[from - at] ^= 1;
		if (f->kind == STALE)
			memcpy(bytes + (from - at), f->old + (from - f->from), end - from);
	}
	if (r == 0 && d->told && memcmp(bytes, d->told + at, len) != 0)
		d->lies++;
	pthread_mutex_unlock(&d->lock);
	return r;
}

static inline void fault_store(struct fault_disk *d, const unsigned char *bytes, size_t len,
			       uint64_t at)
{
	for (size_t i = 0; i < len; i += SECTOR) {
		uint64_t place = at + i;

		for (unsigned int k = 0; k < d->n && place != UINT64_MAX; k++) {
			const struct fault *f = &d->faults[k];

			if (f->kind == TORN && at < f->from && f->from <= at + i)
				place = UINT64_MAX;
			if (f->kind != MISDIRECT && f->kind != DROPPED)
				continue;
			if (fault_touches(f, at + i, SECTOR))
				place = f->kind == DROPPED ? UINT64_MAX : f->n + (at + i - f->from);
		}
		if (place != UINT64_MAX)
			fault_move(d, NULL, bytes + i, place, SECTOR);
	}
}

static inline int fault_disk_write(void *data, const void *buf, size_t len, uint64_t at)
{
	struct fault_disk *d = data;
	int r;

	fault_throttle(d, true, len);
	pthread_mutex_lock(&d->lock);
	r = fault_answer(d, true, at, len);
	d->refused += r < 0;
	for (unsigned int i = 0; r == 0 && i < d->n; i++) {
		struct fault *f = &d->faults[i];

		if (f->kind == STALE && fault_touches(f, at, len))
			memcpy(f->old, d->memory + f->from, f->length);
	}
	if (r == 0 && (d->n || d->shared)) /* sector by sector */
		fault_store(d, buf, len, at);
	else if (r == 0)
		fault_move(d, NULL, buf, at, len);
	if (r == 0 && d->told)
		memcpy(d->told + at, buf, len);
	for (unsigned int i = 0; r == 0 && i < d->n; i++)
		if (d->faults[i].kind == STUCK)
			d->memory[d->faults[i].from] |= 0x10;
	pthread_mutex_unlock(&d->lock);
	return r;
}

static inline int fault_disk_flush(void *data)
{
	struct fault_disk *d = data;

	pthread_mutex_lock(&d->lock);
	d->flushes++;
	pthread_mutex_unlock(&d->lock);
	return 0;
}

/* As the kernel's sequence numbers of media, from 1. */
static inline uint64_t fault_disk_diskseq(void *data)
{
	struct fault_disk *d = data;
	uint64_t seq = 1;

	pthread_mutex_lock(&d->lock);
	for (unsigned int i = 0; i < d->n; i++)
		seq += d->faults[i].kind == REPLACE && d->bytes[0] + d->bytes[1] >= d->faults[i].n;
	pthread_mutex_unlock(&d->lock);
	return seq;
}

static inline uint64_t fault_disk_size(void *data)
{
	struct fault_disk *d = data;
	uint64_t size = d->size;

	pthread_mutex_lock(&d->lock);
	for (unsigned int i = 0; i < d->n; i++)
		if (d->faults[i].kind == SHRINK && d->bytes[0] + d->bytes[1] >= d->faults[i].n)
			size = d->faults[i].length;
	pthread_mutex_unlock(&d->lock);
	return size;
}

#endif
