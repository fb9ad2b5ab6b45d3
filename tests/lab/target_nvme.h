/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target_nvme.h - the controller of nvme_target.c: its admin commands (NVMe base
 * specification 2.0), with Sanitize and Format NVM, and which command is whose
 */
#ifndef TARGET_NVME_H
#define TARGET_NVME_H

#include "target_namespace.h"

#define CONTROLLER_ID 1
#define VERSION 0x10400

/* An empty page to reply with, as long as the host has room. */
static inline uint8_t *reply_page(struct command *c)
{
	static uint8_t page[NVME_PAGE];
	const size_t room = get_le(c->sqe + 32, 4); /* of the data pointer, an SGL descriptor */

	memset(page, 0, sizeof(page));
	c->reply = page;
	c->reply_len = room < sizeof(page) ? room : sizeof(page);
	return page;
}

/* Padded by blanks. */
static inline void put_text(uint8_t *p, size_t n, const char *text)
{
	memset(p, ' ', n);
	memcpy(p, text, strlen(text) < n ? strlen(text) : n);
}

static inline void subsystem_name(const struct nvme *n, char *ret, size_t len)
{
	snprintf(ret, len, "nqn.2026-01.org.example.workvol:%s", n->disk.serial);
}

/* ---- what it is ------------------------------------------------------------------------ */

static inline void controller(const struct nvme *n, uint8_t *data)
{
	put_text(data + 4, 20, n->disk.serial);
	put_text(data + 24, 40, "Lab controller");
	put_text(data + 64, 8, "1.0");
	data[77] = MDTS;
	put_le(data + 78, 2, CONTROLLER_ID);
	put_le(data + 80, 4, VERSION);
	data[111] = 1;		       /* CNTRLTYPE: it does I/O */
	put_le(data + 256, 2, 1 << 1); /* OACS: Format NVM */
	put_le(data + 320, 2, 10);     /* KAS: units of 100 ms */
	put_le(data + 328, 4, 7);      /* SANICAP: crypto, block erase, overwrite */
	data[512] = 0x66;	       /* sizes of the queues' entries: 64 and 16 bytes */
	data[513] = 0x44;
	put_le(data + 514, 2, QUEUE_DEPTH);
	put_le(data + 516, 4, 1);		/* NN */
	put_le(data + 520, 2, 1 << 3 | 1 << 2); /* ONCS: Write Zeroes, Dataset Management */
	data[524] = 1 << 2;			/* FNA: cryptographic erase */
	data[525] = 1;				/* VWC: it takes a Flush */
	put_le(data + 536, 4, 1 | 1 << 20);	/* SGLS: also with offsets into the capsule */
	subsystem_name(n, (char *)data + 768, 256);
	put_le(data + 1792, 4, (64 + IN_CAPSULE) / 16);
	put_le(data + 1796, 4, 1);
	data[1803] = 1; /* MSDBD */
}

static inline void namespace_of(const struct nvme *n, uint8_t *data)
{
	put_le(data, 8, n->disk.factory);
	put_le(data + 8, 8, n->disk.factory);
	put_le(data + 16, 8, n->disk.factory);
	data[33] = 1 << 3 | 1; /* DLFEAT: what is deallocated reads as zeros */
	put_text(data + 104, 16, n->disk.serial);
	data[130] = 9; /* LBADS of format 0 */
}

static inline uint16_t identify(struct nvme *n, struct command *c)
{
	uint8_t *data = reply_page(c);

	switch (cdw(c, 10) & 0xff) {
	case 0x00:
		if (nsid_of(c) != NSID)
			return BAD_NAMESPACE;
		namespace_of(n, data);
		return NVME_OK;
	case 0x01:
		controller(n, data);
		return NVME_OK;
	case 0x02: /* the active ones above that */
		put_le(data, 4, nsid_of(c) < NSID ? NSID : 0);
		return NVME_OK;
	case 0x03:
		data[0] = 2; /* NIDT: NGUID */
		data[1] = 16;
		put_text(data + 4, 16, n->disk.serial);
		return NVME_OK;
	default:
		return BAD_FIELD;
	}
}

/* One pair of I/O queues; nothing else is kept. */
static inline uint16_t feature(struct nvme *n, struct command *c)
{
	(void)n;
	c->result = 0; /* also of 07h, Number of Queues: both counts are 0's based */
	return NVME_OK;
}

static inline uint16_t nothing(struct nvme *n, struct command *c)
{
	(void)n, (void)c;
	return NVME_OK;
}

/* Nothing ever happens. */
static inline uint16_t wait_for_event(struct nvme *n, struct command *c)
{
	(void)n;
	c->held = true;
	return NVME_OK;
}

/* ---- logs --------------------------------------------------------------------------- */

/* Sanitize Status (figure 292). To be asked is what moves it: see erase_step. */
static inline void sanitize_log(struct nvme *n, uint8_t *data)
{
	static const uint8_t states[] = { [DONE] = 1, [RUNNING] = 2, [FAILED] = 3 };
	static const uint32_t seconds[] = { 120, 60, 2 }; /* overwrite, block erase, crypto */
	struct disk *d = &n->disk;

	erase_step(d);
	put_le(data, 2, d->erasing == RUNNING ? erase_progress(d) : 0xffff);
	put_le(data + 2, 2, states[d->erasing]);
	put_le(data + 4, 4, n->sanitize_command);
	memset(data + 8, 0xff, 24); /* estimates: unknown, but for */
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++)
		put_le(data + 8 + 4 * i, 4, seconds[i]);
}

static inline uint16_t log_page(struct nvme *n, struct command *c)
{
	uint8_t *data = reply_page(c);

	switch (cdw(c, 10) & 0xff) {
	case 0x01: /* errors: none */
		return NVME_OK;
	case 0x02:
		put_le(data + 1, 2, 300); /* kelvin */
		data[3] = 100;		  /* available spare, and its threshold */
		data[4] = 10;
		return NVME_OK;
	case 0x81:
		sanitize_log(n, data);
		return NVME_OK;
	default:
		return BAD_LOG_PAGE;
	}
}

/* ---- erasing -------------------------------------------------------------------------- */

static inline uint16_t sanitize(struct nvme *n, struct command *c)
{
	/* what a crypto erase leaves reads as something else */
	static const uint8_t fills[] = { [2] = 0xff, [3] = 0, [4] = 0xc7 };
	const uint8_t action = cdw(c, 10) & 7;
	struct disk *d = &n->disk;

	if (d->lie == ABORTS)
		return OPERATION_DENIED;
	if (action == 1) { /* Exit Failure Mode */
		d->erasing = d->erasing == FAILED ? IDLE : d->erasing;
		return NVME_OK;
	}
	if (action < 2 || action > 4)
		return BAD_FIELD;
	if (n->stale) {
		say_erases(fills[action]);
		return NVME_OK;
	}
	n->sanitize_command = cdw(c, 10);
	/*
	 * Each pass of an overwrite has the same pattern, since it is not to be inverted; without
	 * No-Deallocate After Sanitize it is deallocated then, and reads as zeros.
	 */
	erase_begin(d, action == 3 ? (uint8_t)((cdw(c, 10) & (1 << 9)) ? cdw(c, 11) : 0) : fills[action]);
	return NVME_OK;
}

static inline uint16_t format(struct nvme *n, struct command *c)
{
	static const uint8_t fills[] = { 0x00, 0x00, 0xc7 };
	const uint32_t how = cdw(c, 10), ses = how >> 9 & 7;
	struct disk *d = &n->disk;

	if (d->lie == ABORTS)
		return OPERATION_DENIED;
	if (nsid_of(c) != NSID && nsid_of(c) != NSID_ALL)
		return BAD_NAMESPACE;
	if (ses >= ARRAY_SIZE(fills))
		return BAD_FIELD;
	if (how & 0x1ff) /* another format, metadata or protection */
		return BAD_FORMAT;
	if (d->hangs) {
		printf("holds a format for %u s\n", d->hangs);
		fflush(stdout);
		c->held = true;
		c->seconds = d->hangs;
		d->hangs = 0;
		return NVME_OK;
	}
	return erase_at_once(d, fills[ses]) < 0 ? INTERNAL_ERROR : NVME_OK;
}

/* ---- which command -------------------------------------------------------------------- */

#define NOT_SANITIZING 1 /* aborted while one goes on */
#define NOT_FAILED 2	 /* aborted after one that failed */

struct handler {
	uint8_t opcode, bars;
	uint16_t (*run)(struct nvme *n, struct command *c);
};

static const struct handler admin_commands[] = {
	{ 0x02, 0, log_page },
	{ 0x06, 0, identify },
	{ 0x09, 0, feature }, /* Set Features */
	{ 0x0a, 0, feature }, /* Get Features */
	{ 0x0c, 0, wait_for_event },
	{ 0x18, 0, nothing }, /* Keep Alive */
	{ 0x80, NOT_SANITIZING | NOT_FAILED, format },
	{ 0x84, NOT_SANITIZING, sanitize },
};

static const struct handler io_commands[] = {
	{ 0x00, NOT_SANITIZING | NOT_FAILED, nothing }, /* Flush */
	{ 0x01, NOT_SANITIZING | NOT_FAILED, write_blocks },
	{ 0x02, NOT_SANITIZING | NOT_FAILED, read_blocks },
	{ 0x08, NOT_SANITIZING | NOT_FAILED, zero_blocks },
	{ 0x09, NOT_SANITIZING | NOT_FAILED, deallocate },
};

static inline uint16_t serve_by(const struct handler *rows, size_t count, struct nvme *n,
				struct command *c)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].opcode != c->sqe[0])
			continue;
		if (rows[i].bars & NOT_SANITIZING && n->disk.erasing == RUNNING)
			return SANITIZING;
		if (rows[i].bars & NOT_FAILED && n->disk.erasing == FAILED)
			return SANITIZE_FAILED;
		return rows[i].run(n, c);
	}
	return BAD_OPCODE;
}

static inline uint16_t nvme_admin(struct nvme *n, struct command *c)
{
	return serve_by(admin_commands, ARRAY_SIZE(admin_commands), n, c);
}

static inline uint16_t nvme_io(struct nvme *n, struct command *c)
{
	if (nsid_of(c) != NSID && !(c->sqe[0] == 0x00 && nsid_of(c) == NSID_ALL))
		return BAD_NAMESPACE;
	return serve_by(io_commands, ARRAY_SIZE(io_commands), n, c);
}

/* ---- fabrics commands (NVMe base specification 2.0, 6) ------------------------------------ */

static inline uint16_t connect_queue(const struct nvme *n, struct command *c, uint16_t *ret_queue)
{
	char name[256];

	subsystem_name(n, name, sizeof(name));
	if (c->data_len < 1024 || strncmp((const char *)c->data + 256, name, sizeof(name)) != 0)
		return BAD_CONNECT;
	*ret_queue = (uint16_t)get_le(c->sqe + 42, 2);
	c->result = CONTROLLER_ID;
	return NVME_OK;
}

static inline uint16_t property_get(const struct nvme *n, struct command *c)
{
	const bool ready = n->cc & 1, is_shut = n->cc >> 14 & 3;

	switch (cdw(c, 11)) {
	case 0x00: /* CAP: depth, contiguous queues, 10 s, NVM commands */
		c->result = (QUEUE_DEPTH - 1) | 1 << 16 | 20 << 24 | UINT64_C(1) << 37;
		return NVME_OK;
	case 0x08: /* VS */
		c->result = VERSION;
		return NVME_OK;
	case 0x14:
		c->result = n->cc;
		return NVME_OK;
	case 0x1c: /* CSTS */
		c->result = (uint64_t)ready | (uint64_t)is_shut << 3;
		return NVME_OK;
	default:
		return BAD_FIELD;
	}
}

/* One of them; Connect says which queue the connection is. */
static inline uint16_t nvme_fabrics(struct nvme *n, struct command *c, uint16_t *ret_queue)
{
	switch (c->sqe[4]) {
	case 0x00: /* Property Set: CC only */
		if (cdw(c, 11) != 0x14)
			return BAD_FIELD;
		n->cc = get_le(c->sqe + 48, 8);
		return NVME_OK;
	case 0x01:
		return connect_queue(n, c, ret_queue);
	case 0x04:
		return property_get(n, c);
	default:
		return BAD_OPCODE;
	}
}

#endif
