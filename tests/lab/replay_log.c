/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay_log.c - what dm-log-writes kept, written to another disk up to a point
 *
 *	replay_log LOG                     a line for each entry: its number, and of what kind it is
 *	replay_log LOG DISK FROM TO        the entries FROM <= n < TO, onto DISK, which has those before
 *
 * The format: struct log_write_super and log_write_entry in drivers/md/dm-log-writes.c. A sector
 * for the former, then for each entry a sector, and behind it what was written, but for a discard.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x6a736677736872)
#define FLUSH 1u
#define FUA 2u
#define DISCARD 4u
#define MARK 8u

struct super {
	uint64_t magic, version, entries;
	uint32_t sector_size;
};

struct entry {
	uint64_t sector, sectors, flags, data_len;
};

struct log {
	int fd;
	uint64_t entries, at; /* bytes */
	uint32_t sector_size;
};

static void fail(const char *what)
{
	fprintf(stderr, "replay_log: %s: %s\n", what, errno ? strerror(errno) : "it is no such log");
	exit(1);
}

static void read_all(int fd, void *buf, size_t size, uint64_t at)
{
	errno = 0;
	if (pread(fd, buf, size, at) != (ssize_t)size)
		fail("cannot read the log");
}

static struct log open_log(const char *path)
{
	struct log log = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct super super;

	if (log.fd < 0)
		fail(path);
	read_all(log.fd, &super, sizeof(super), 0);
	log.entries = le64toh(super.entries);
	log.sector_size = le32toh(super.sector_size);
	if (le64toh(super.magic) != MAGIC || le64toh(super.version) != 1 || log.sector_size < 512)
		fail(path);
	log.at = log.sector_size;
	return log;
}

/* Its data begins at log->at until the next call. */
static struct entry next_entry(struct log *log)
{
	struct entry e;

	read_all(log->fd, &e, sizeof(e), log->at);
	e = (struct entry){ le64toh(e.sector), le64toh(e.sectors), le64toh(e.flags), le64toh(e.data_len) };
	log->at += log->sector_size;
	return e;
}

static void skip_data(struct log *log, const struct entry *e)
{
	if (!(e->flags & DISCARD))
		log->at += e->sectors * log->sector_size;
}

static void write_entry(const struct log *log, const struct entry *e, int disk)
{
	const uint64_t length = e->sectors * log->sector_size, to = e->sector * log->sector_size;
	char *data;

	if (!length)
		return;
	data = calloc(1, length); /* a discarded place reads as zeros */
	if (!data)
		fail("no memory");
	if (!(e->flags & DISCARD))
		read_all(log->fd, data, length, log->at);
	if (pwrite(disk, data, length, to) != (ssize_t)length)
		fail("cannot write the disk");
	free(data);
}

static void list(struct log *log)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} names[] = { { FLUSH, "flush" }, { FUA, "fua" }, { DISCARD, "discard" } };
	char mark[64];

	for (uint64_t n = 0; n < log->entries; n++) {
		const uint64_t begin = log->at;
		const struct entry e = next_entry(log);

		printf("%" PRIu64, n);
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (e.flags & names[i].flag)
				printf(" %s", names[i].name);
		if (e.flags & MARK && e.data_len < sizeof(mark)) { /* its name lies behind it, in the same sector */
			read_all(log->fd, mark, e.data_len, begin + sizeof(e));
			printf(" mark %.*s", (int)e.data_len, mark);
		}
		putchar('\n');
		skip_data(log, &e);
	}
}

int main(int argc, char **argv)
{
	struct log log;
	uint64_t from, to;
	int disk;

	if (argc != 2 && argc != 5) {
		fputs("usage: replay_log LOG [DISK FROM TO]\n", stderr);
		return 2;
	}
	log = open_log(argv[1]);
	if (argc == 2) {
		list(&log);
		return 0;
	}
	from = strtoull(argv[3], NULL, 10);
	to = strtoull(argv[4], NULL, 10);
	disk = open(argv[2], O_WRONLY | O_CLOEXEC);
	if (disk < 0)
		fail(argv[2]);
	for (uint64_t n = 0; n < to && n < log.entries; n++) {
		const struct entry e = next_entry(&log);

		if (n >= from)
			write_entry(&log, &e, disk);
		skip_data(&log, &e);
	}
	if (fsync(disk) < 0)
		fail(argv[2]);
	return 0;
}
