/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * util.h - ownership on the line that declares it, and checked arithmetic
 */
#ifndef WV_UTIL_H
#define WV_UTIL_H

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define WV_API __attribute__((visibility("default")))

/* A fixed sentence or fragment of one, in English; what it is in other languages is the program's to know. */
#define N_(text) text
#define C_(context, text) text /* C_("it", ...): what follows a name, "is a symbolic link" */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define KiB UINT64_C(1024)
#define MiB (KiB * KiB)
#define GiB (KiB * MiB)

#define cleanup(f) __attribute__((cleanup(f)))
#define cleanup_free cleanup(wv__freep)
#define cleanup_close cleanup(wv__closep)

static inline void wv__freep(void *p)
{
	free(*(void **)p);
}

/* Close without disturbing errno: it runs on the way out of a failure. */
static inline void wv__closep(int *fd)
{
	const int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

/* Hand over what a cleanup variable owns. */
#define take_ptr(p)                       \
	({                                \
		__auto_type taken_ = (p); \
		(p) = NULL;               \
		taken_;                   \
	})

static inline int take_fd(int *fd)
{
	const int taken = *fd;

	*fd = -1;
	return taken;
}

static inline bool add_overflows(uint64_t a, uint64_t b, uint64_t *ret_sum)
{
	return __builtin_add_overflow(a, b, ret_sum);
}

static inline uint64_t round_down(uint64_t n, uint64_t unit)
{
	return n - n % unit;
}

/* 10^6 bytes a second; 0 for what took no time. */
static inline double mb_per_s(uint64_t bytes, double seconds)
{
	return seconds > 0 ? (double)bytes / seconds / 1e6 : 0;
}

#endif
