/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target_call.h - how the lab's targets are called: a medium in a file, words
 * for how the disk lies, SIGTERM for its end
 */
#ifndef TARGET_CALL_H
#define TARGET_CALL_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "target_disk.h"

static volatile sig_atomic_t ends;

static inline void on_signal(int sig)
{
	(void)sig;
	ends = 1;
}

static inline void end_at_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

__attribute__((format(printf, 1, 2), noreturn)) static inline void die(const char *fmt, ...)
{
	const int error = errno;
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, fmt, args);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(1);
}

/* For the test, which waits for it. */
static inline void say_ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* A word that every disk knows: lies, half, fails, aborts or hangs=N. */
static inline bool take_lie(struct disk *d, const char *word)
{
	static const char *const lies[] = { [LIES] = "lies", "half", "fails", "aborts" };

	for (unsigned int i = LIES; i < ARRAY_SIZE(lies); i++)
		if (!strcmp(word, lies[i])) {
			d->lie = i;
			return true;
		}
	return sscanf(word, "hangs=%u", &d->hangs) == 1;
}

/* The medium lies in that file; its bytes. */
static inline size_t open_medium(struct disk *d, const char *path)
{
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("cannot open %s", path);
	d->medium = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (d->medium == MAP_FAILED)
		die("cannot map %s", path);
	close(fd);
	d->factory = d->native = d->max = (uint64_t)st.st_size / SECTOR;
	return (size_t)st.st_size;
}

static inline void take_words(struct disk *d, char **words,
			      bool (*take)(struct disk *d, const char *word))
{
	for (; *words; words++)
		if (!take_lie(d, *words) && !take(d, *words)) {
			errno = EINVAL;
			die("%s", *words);
		}
}

#endif
