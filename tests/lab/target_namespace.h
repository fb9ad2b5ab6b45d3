/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target_namespace.h - a command to the controller of nvme_target.c, and those to
 * its namespace (NVMe NVM command set 1.0)
 */
#ifndef TARGET_NAMESPACE_H
#define TARGET_NAMESPACE_H

#include "target_disk.h"

#define NVME_PAGE 4096u
#define NSID 1u
#define NSID_ALL 0xffffffffu
#define IN_CAPSULE 8192u /* bytes of data that a command may carry itself */
#define QUEUE_DEPTH 128u
#define MDTS 5 /* 2^MDTS pages in one command */
#define TRANSFER_MAX (NVME_PAGE << MDTS)

/* Status: type and code; the host asks again unless DNR is set. */
#define NVME_OK 0x0000
#define DNR 0x4000
#define BAD_OPCODE (DNR | 0x01)
#define BAD_FIELD (DNR | 0x02)
#define BAD_NAMESPACE (DNR | 0x0b)
#define INTERNAL_ERROR 0x06
#define OPERATION_DENIED 0x15
#define SANITIZE_FAILED (DNR | 0x1c)
#define SANITIZING (DNR | 0x1d)
#define BAD_RANGE (DNR | 0x80)
#define BAD_LOG_PAGE (DNR | 0x109)
#define BAD_FORMAT (DNR | 0x10a)
#define BAD_CONNECT (DNR | 0x182)

struct nvme {
	struct disk disk;
	uint64_t cc;		   /* Controller Configuration, as it was set */
	uint32_t sanitize_command; /* dword 10 of the last Sanitize */
	bool stale;		   /* lies: its log stays that of another Sanitize, long ago */
};

/* One command. Its answer: data in reply, or a place in the medium that is read or to be written.
 */
struct command {
	const uint8_t *sqe;
	const uint8_t *data; /* what came with it */
	size_t data_len;

	uint64_t result;
	uint8_t *reply;
	size_t reply_len;
	unsigned char *into;
	size_t into_len;
	bool held;	      /* no answer, now or ever */
	unsigned int seconds; /* held: it is to be run again after so many; 0: never */
};

static inline uint64_t get_le(const uint8_t *p, size_t n)
{
	uint64_t x = 0;

	while (n--)
		x = x << 8 | p[n];
	return x;
}

static inline void put_le(uint8_t *p, size_t n, uint64_t x)
{
	for (; n--; x >>= 8)
		*p++ = (uint8_t)x;
}

static inline uint32_t cdw(const struct command *c, unsigned int n)
{
	return (uint32_t)get_le(c->sqe + 4 * (size_t)n, 4);
}

static inline uint32_t nsid_of(const struct command *c)
{
	return cdw(c, 1);
}

/* ---- reading and writing ----------------------------------------------------------------------
 */

/* The bytes from a block on; false: they are not all there. */
static inline bool piece_of(struct nvme *n, uint64_t lba, uint64_t blocks, struct command *c)
{
	if (lba > n->disk.factory || blocks > n->disk.factory - lba)
		return false;
	c->into = n->disk.medium + lba * SECTOR;
	c->into_len = blocks * SECTOR;
	return true;
}

static inline bool asked_piece(struct nvme *n, struct command *c)
{
	return piece_of(n, get_le(c->sqe + 40, 8), 1 + get_le(c->sqe + 48, 2), c);
}

static inline uint16_t read_blocks(struct nvme *n, struct command *c)
{
	if (!asked_piece(n, c))
		return BAD_RANGE;
	if (c->into_len > TRANSFER_MAX)
		return BAD_FIELD;
	c->reply = c->into;
	c->reply_len = c->into_len;
	c->into = NULL;
	return NVME_OK;
}

/* What did not come with the command is asked for. */
static inline uint16_t write_blocks(struct nvme *n, struct command *c)
{
	if (!asked_piece(n, c))
		return BAD_RANGE;
	if (c->into_len > TRANSFER_MAX || (c->data_len && c->data_len != c->into_len))
		return BAD_FIELD;
	if (!c->data_len)
		return NVME_OK;
	memcpy(c->into, c->data, c->data_len);
	c->into = NULL;
	return NVME_OK;
}

static inline uint16_t zero_blocks(struct nvme *n, struct command *c)
{
	if (!asked_piece(n, c))
		return BAD_RANGE;
	memset(c->into, 0, c->into_len);
	c->into = NULL;
	return NVME_OK;
}

static inline uint16_t deallocate(struct nvme *n, struct command *c)
{
	const size_t ranges = (cdw(c, 10) & 0xff) + 1;

	if (c->data_len < 16 * ranges)
		return BAD_FIELD;
	for (size_t i = 0; cdw(c, 11) & 1 << 2 && i < ranges; i++) {
		const uint8_t *range = c->data + 16 * i;

		if (!piece_of(n, get_le(range + 8, 8), get_le(range + 4, 4), c))
			return BAD_RANGE;
		memset(c->into, 0, c->into_len);
	}
	c->into = NULL;
	return NVME_OK;
}

#endif
