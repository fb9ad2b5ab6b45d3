/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_world.h - disks of memory that take ATA, SCSI and NVMe commands: honest
 * ones, and those that lie, stop half-way, hang, abort, or talk nonsense
 */
#ifndef TEST_SIM_WORLD_H
#define TEST_SIM_WORLD_H

#include "../../lib/sanitize/erasure.h"
#include "support.h"

#define SIM_SIZE (9 * MiB) /* a little more than the marks */
#define SIM_NSID 1
#define SIM_POLLS 4    /* an honest erasure is over after so many questions */
#define SIM_LOW 0x4000 /* HPA: sectors that are hidden */

struct sim {
	struct wv__transport t;
	unsigned char *mem;
	uint8_t what_follows; /* a byte that an erasure leaves, unless it is told one */

	/* how it misbehaves */
	bool lies;	 /* says that it erased, and erased nothing */
	bool half;	 /* erases its first half only */
	bool hangs;	 /* goes on for ever, its progress does not move */
	bool mute;	 /* SCSI: goes on for ever, and tells no progress */
	bool lost;	 /* NVMe: no answer to an erasing command */
	bool aborts;	 /* takes no erasing command */
	bool fails;	 /* says at the end that it failed */
	bool garbage;	 /* its status makes no sense */
	bool stale;	 /* its status is of an earlier sanitize */
	bool forgets;	 /* what is written does not stay */
	bool unreadable; /* one block, after the erasure */
	bool fixed;	 /* sense data of fixed format */
	bool usb;
	bool keeps_password;
	/* as it is */
	bool frozen, locked, enabled, sanitize_frozen, running_already;
	bool no_sanitize, no_security, only_crypto;
	bool hpa, dco, amac;
	unsigned int namespaces;

	/* what happened */
	unsigned int commands; /* that erase */
	uint64_t ms;
	unsigned int left; /* polls until it is over; 0: it is not running */
	bool done, failed, erased, attention;
	uint8_t byte;
	uint32_t scdw10;
	unsigned int pauses_until_cancel; /* 0: never */
};

/* No ck_assert in here: its calls would count as the library's (support.h). */
static inline void sim_must(bool holds)
{
	if (!holds)
		abort();
}

static inline void sim_erase(struct sim *s, int byte)
{
	s->commands++;
	s->erased = true;
	if (!s->lies)
		memset(s->mem, byte < 0 ? s->what_follows : byte,
		       s->half ? SIM_SIZE / 2 : SIM_SIZE);
}

static inline void sim_begin(struct sim *s, int byte)
{
	sim_erase(s, byte);
	s->left = SIM_POLLS;
	s->done = s->failed = false;
}

/* One question: is it over? */
static inline void sim_tick(struct sim *s)
{
	if (!s->left || s->hangs || s->mute)
		return;
	if (--s->left == 0) {
		s->done = !s->fails;
		s->failed = s->fails;
	}
}

static inline uint16_t sim_progress(const struct sim *s)
{
	return (uint16_t)(s->hangs ? 0x1000 : 0x4000 * (SIM_POLLS - s->left));
}

/* ---- SCSI and ATA ------------------------------------------------------------------- */

static inline int sim_sense(struct wv__scsi *cmd, uint8_t key, uint8_t asc, uint8_t ascq)
{
	memset(cmd->sense, 0, sizeof(cmd->sense));
	cmd->sense[0] = 0x72;
	cmd->sense[1] = key;
	cmd->sense[2] = asc;
	cmd->sense[3] = ascq;
	cmd->sense_len = 8;
	cmd->status = 2;
	return 0;
}

static inline int sim_regs(struct sim *s, struct wv__scsi *cmd, uint8_t status, uint8_t error,
			   uint16_t count, uint64_t lba)
{
	uint8_t *d = cmd->sense + 8;

	sim_sense(cmd, status & 1 ? 0x0b : 1, 0, 0x1d);
	if (s->fixed) {
		memset(cmd->sense, 0, sizeof(cmd->sense));
		cmd->sense[0] = 0x70;
		cmd->sense[2] = 1;
		cmd->sense[3] = error;
		cmd->sense[4] = status;
		cmd->sense[6] = (uint8_t)count;
		cmd->sense[7] = 10;
		cmd->sense[8] = count >> 8 ? 0x40 : 0;
		cmd->sense[13] = 0x1d;
		cmd->sense_len = 18;
		return 0;
	}
	cmd->sense[7] = 14;
	cmd->sense_len = 22;
	d[0] = 0x09;
	d[1] = 0x0c;
	d[2] = 1;
	d[3] = error;
	d[4] = (uint8_t)(count >> 8);
	d[5] = (uint8_t)count;
	d[6] = (uint8_t)(lba >> 24);
	d[7] = (uint8_t)lba;
	d[8] = (uint8_t)(lba >> 32);
	d[9] = (uint8_t)(lba >> 8);
	d[10] = (uint8_t)(lba >> 40);
	d[11] = (uint8_t)(lba >> 16);
	d[13] = status;
	return 0;
}

static inline void sim_word(uint8_t *data, unsigned int n, uint16_t w)
{
	data[2 * n] = (uint8_t)w;
	data[2 * n + 1] = (uint8_t)(w >> 8);
}

static inline void sim_checksum(uint8_t data[512])
{
	uint8_t sum = 0;

	data[510] = 0xa5;
	data[511] = 0;
	for (unsigned int i = 0; i < 512; i++)
		sum = (uint8_t)(sum + data[i]);
	data[511] = (uint8_t)-sum;
}

static inline void sim_identity(const struct sim *s, uint8_t data[512])
{
	memset(data, 0, 512);
	sim_word(data, 0, 0x0040);
	sim_word(data, 59, s->no_sanitize ? 0 : s->only_crypto ? 0x3000 : 0xf000);
	sim_word(data, 82, (uint16_t)((s->hpa ? 1 << 10 : 0) | 2));
	sim_word(data, 83, (uint16_t)(0x4000 | 1 << 10 | (s->dco ? 1 << 11 : 0)));
	sim_word(data, 89, 0x8000 | 30);
	sim_word(data, 90, 4);
	sim_word(data, 100, SIM_SIZE / 512);
	sim_word(data, 106, 0x4000);
	sim_word(data, 119, (uint16_t)(0x4000 | (s->amac ? 1 << 8 : 0)));
	sim_word(data, 128,
		 (uint16_t)((s->no_security ? 0 : 0x21) | s->enabled << 1 | s->locked << 2 |
			    s->frozen << 3));
	sim_checksum(data);
}

static inline int sim_ata_sanitize(struct sim *s, struct wv__scsi *cmd, uint16_t feature,
				   uint64_t lba)
{
	if (feature == 0) {
		if (s->garbage && s->erased)
			return sim_regs(s, cmd, 0x50, 0, 0xc000, 0);
		if (s->sanitize_frozen)
			return sim_regs(s, cmd, 0x50, 0, 0x2000, 0);
		sim_tick(s);
		if (s->failed)
			return sim_regs(s, cmd, 0x51, 4, 0, 1);
		if (s->left || s->running_already)
			return sim_regs(s, cmd, 0x50, 0, 0x4000, s->mute ? 0 : sim_progress(s));
		return sim_regs(s, cmd, 0x50, 0, s->done ? 0x8000 : 0, 0xffff);
	}
	if (s->aborts)
		return sim_regs(s, cmd, 0x51, 4, 0, 1);
	if (feature == 0x11 && lba == 0x43727970)
		sim_begin(s, 0x77);
	else if (feature == 0x12 && lba == 0x426b4572)
		sim_begin(s, -1);
	else if (feature == 0x14 && lba >> 32 == 0x4f57)
		sim_begin(s, (uint8_t)lba);
	else
		return sim_regs(s, cmd, 0x51, 4, 0, 2);
	return sim_regs(s, cmd, 0x50, 0, 0, 0);
}

static inline int sim_security(struct sim *s, struct wv__scsi *cmd, uint8_t command)
{
	static bool prepared;
	const char *password = cmd->data ? (const char *)cmd->data + 2 : "";

	if (s->frozen || s->no_security)
		return sim_regs(s, cmd, 0x51, 4, 0, 0);
	if (command == 0xf1) {
		s->enabled = true;
	} else if (command == 0xf3) {
		prepared = true;
		return sim_regs(s, cmd, 0x50, 0, 0, 0);
	} else if (command == 0xf4) {
		if (!prepared || s->aborts || !s->enabled ||
		    strcmp(password, WV__ATA_PASSWORD) != 0)
			return sim_regs(s, cmd, 0x51, 4, 0, 0);
		sim_erase(s, -1);
		s->enabled = s->keeps_password;
	} else if (s->keeps_password || strcmp(password, WV__ATA_PASSWORD) != 0) {
		return sim_regs(s, cmd, 0x51, 4, 0, 0);
	} else {
		s->enabled = false;
	}
	prepared = false;
	return sim_regs(s, cmd, 0x50, 0, 0, 0);
}

static inline int sim_ata(struct sim *s, struct wv__scsi *cmd)
{
	const uint8_t *c = cmd->cdb;
	const uint64_t lba = c[8] | (uint64_t)c[10] << 8 | (uint64_t)c[12] << 16 |
			     (uint64_t)c[7] << 24 | (uint64_t)c[9] << 32 | (uint64_t)c[11] << 40;
	const uint16_t feature = (uint16_t)(c[3] << 8 | c[4]);
	const uint64_t native = SIM_SIZE / 512 + (s->hpa || s->amac ? SIM_LOW : 0);
	uint8_t *data = cmd->data;

	switch (c[14]) {
	case 0xec:
		sim_identity(s, cmd->data);
		return 0;
	case 0xb4:
		return sim_ata_sanitize(s, cmd, feature, lba);
	case 0x27:
	case 0x78:
		if (c[14] == 0x78 && feature == 1)
			s->amac = false;
		return sim_regs(s, cmd, 0x50, 0, 0, native - 1);
	case 0x37:
		s->hpa = lba + 1 != native;
		return sim_regs(s, cmd, 0x50, 0, 0, lba);
	case 0xb1:
		if (!s->dco)
			return sim_regs(s, cmd, 0x51, 4, 0, 0);
		if (feature == 0xc0) {
			s->dco = s->hpa;
			return sim_regs(s, cmd, s->hpa ? 0x51 : 0x50, s->hpa ? 4 : 0, 0, 0);
		}
		memset(data, 0, 512);
		for (unsigned int i = 0; i < 8; i++)
			data[6 + i] = (uint8_t)((native + 1000 - 1) >> 8 * i);
		sim_checksum(data);
		return 0;
	default:
		return c[14] >= 0xf1 && c[14] <= 0xf6 ? sim_security(s, cmd, c[14])
						      : sim_regs(s, cmd, 0x51, 4, 0, 0);
	}
}

static inline int sim_request_sense(struct sim *s, uint8_t *data)
{
	data[0] = 0x70;
	data[7] = 10;
	sim_tick(s);
	if (s->garbage && s->erased) {
		data[0] = 0x5a;
	} else if (s->left || s->running_already) {
		data[2] = 2;
		data[12] = 0x04;
		data[13] = 0x1b;
		data[15] = s->mute ? 0 : 0x80;
		data[16] = (uint8_t)(sim_progress(s) >> 8);
	} else if (s->failed) {
		data[2] = 3;
		data[12] = 0x31;
		data[13] = 0x03;
	}
	return 0;
}

static inline int sim_sanitize(struct sim *s, struct wv__scsi *cmd)
{
	const uint8_t *list = cmd->data;

	if (s->aborts)
		return sim_sense(cmd, 5, 0x24, 0);
	sim_must(cmd->cdb[1] & 0x80);
	if ((cmd->cdb[1] & 0x1f) == 1) {
		sim_must(cmd->cdb[8] == 5 && list[3] == 1);
		sim_begin(s, list[4]);
	} else {
		sim_begin(s, -1);
	}
	return 0;
}

static inline int sim_scsi(void *data, struct wv__scsi *cmd)
{
	struct sim *s = data;
	uint8_t *out = cmd->data;

	if (s->attention) {
		s->attention = false;
		return sim_sense(cmd, 6, 0x29, 0);
	}
	switch (cmd->cdb[0]) {
	case 0x00:
		if (s->failed)
			return sim_sense(cmd, 3, 0x31, 0x03);
		return 0;
	case 0x03:
		return sim_request_sense(s, out);
	case 0x12:
		if (cmd->cdb[1] & 1)
			return sim_sense(cmd, 5, 0x24, 0);
		out[2] = s->usb ? 4 : 6;
		memcpy(out + 8, s->t.bus == WV__BUS_ATA ? "ATA     " : "SIM     ", 8);
		return 0;
	case 0x48:
		return sim_sanitize(s, cmd);
	case 0x85:
		return sim_ata(s, cmd);
	case 0x9e:
		out[5] = (uint8_t)((SIM_SIZE / 512 - 1) >> 16);
		out[6] = (uint8_t)((SIM_SIZE / 512 - 1) >> 8);
		out[7] = (uint8_t)(SIM_SIZE / 512 - 1);
		out[10] = 2;
		return 0;
	case 0xa3:
		out[1] = s->no_sanitize || (s->only_crypto && cmd->cdb[5] != 3) ? 1 : 3;
		return 0;
	default:
		return sim_sense(cmd, 5, 0x20, 0);
	}
}

/* ---- NVMe ---------------------------------------------------------------------------- */

static inline void sim_put(uint8_t *at, uint64_t x, unsigned int n)
{
	while (n--) {
		*at++ = (uint8_t)x;
		x >>= 8;
	}
}

static inline int sim_nvme_identify(struct sim *s, const struct wv__nvme *cmd)
{
	uint8_t *data = cmd->data;

	if (cmd->cdw10 == 1) {
		sim_put(data + 256, 2, 2);
		sim_put(data + 328, s->no_sanitize ? 0 : s->only_crypto ? 1 : 7, 4);
		data[524] = 4;
	} else if (cmd->cdw10 == 0) {
		sim_put(data, SIM_SIZE / 512, 8);
		data[130] = 9;
	} else {
		for (unsigned int i = 0; i < s->namespaces; i++)
			sim_put(data + 4 * i, SIM_NSID + i, 4);
	}
	return 0;
}

static inline int sim_nvme_log(struct sim *s, const struct wv__nvme *cmd)
{
	uint8_t *data = cmd->data;

	sim_tick(s);
	sim_put(data, s->left ? sim_progress(s) : 0xffff, 2);
	data[2] = s->left || s->running_already ? 2 : s->failed ? 3 : s->done || s->stale ? 1 : 0;
	if (s->garbage && s->erased)
		data[2] = 7;
	sim_put(data + 4, s->stale ? 2 : s->scdw10, 4);
	sim_put(data + 8, 119, 4);
	sim_put(data + 12, UINT32_MAX, 4);
	sim_put(data + 16, 1, 4);
	return 0;
}

static inline int sim_nvme(void *data, struct wv__nvme *cmd)
{
	struct sim *s = data;

	if (s->lost && cmd->opcode >= 0x80)
		return -ETIMEDOUT;
	switch (cmd->opcode) {
	case 0x06:
		return sim_nvme_identify(s, cmd);
	case 0x02:
		return sim_nvme_log(s, cmd);
	case 0x80:
		if (s->aborts)
			return 0x10a;
		sim_must(cmd->nsid == SIM_NSID);
		sim_erase(s, -1);
		return 0;
	case 0x84:
		if (s->aborts)
			return 0x02;
		if (s->stale) { /* takes it, and never begins */
			s->commands++;
			return 0;
		}
		s->scdw10 = cmd->cdw10;
		sim_begin(s, (cmd->cdw10 & 7) == 3 ? (uint8_t)cmd->cdw11 : -1);
		return 0;
	default:
		return 0x01;
	}
}

/* ---- blocks and time ------------------------------------------------------------------- */

static inline int sim_read(void *data, void *buf, size_t len, uint64_t offset)
{
	struct sim *s = data;

	sim_must(offset + len <= SIM_SIZE);
	if (s->unreadable && s->erased && offset <= SIM_SIZE / 4 && offset + len > SIM_SIZE / 4)
		return -EIO;
	memcpy(buf, s->mem + offset, len);
	return 0;
}

static inline int sim_write(void *data, const void *buf, size_t len, uint64_t offset)
{
	struct sim *s = data;

	sim_must(offset + len <= SIM_SIZE);
	if (!s->forgets)
		memcpy(s->mem + offset, buf, len);
	return 0;
}

static inline int sim_flush(void *data)
{
	(void)data;
	return 0;
}

static inline int sim_discard(void *data, uint64_t offset, uint64_t len)
{
	struct sim *s = data;

	if (s->t.bus != WV__BUS_NONE || s->no_sanitize)
		return -EOPNOTSUPP;
	if (offset % 512 || len % 512)
		return -EINVAL;
	sim_erase(s, 0);
	return 0;
}

static inline uint64_t sim_now(void *data)
{
	return ((struct sim *)data)->ms;
}

static inline void sim_pause(void *data, unsigned int ms)
{
	struct sim *s = data;

	s->ms += ms;
	if (s->pauses_until_cancel && --s->pauses_until_cancel == 0)
		wv_ctx_cancel(ctx);
}

static const struct wv__transport_ops sim_ops = {
	.scsi = sim_scsi,
	.nvme = sim_nvme,
	.read = sim_read,
	.write = sim_write,
	.flush = sim_flush,
	.discard = sim_discard,
	.now = sim_now,
	.pause = sim_pause,
};

static inline void sim_make(struct sim *s, enum wv__bus bus)
{
	memset(s, 0, sizeof(*s));
	s->mem = malloc(SIM_SIZE);
	ck_assert_ptr_nonnull(s->mem);
	memset(s->mem, 0xa5, SIM_SIZE);
	s->namespaces = 1;
	s->attention = true;
	s->t = (struct wv__transport){ .path = "sim",
				       .size = SIM_SIZE,
				       .block = 512,
				       .bus = bus,
				       .nsid = SIM_NSID,
				       .can_write = true,
				       .fd = -1,
				       .ops = &sim_ops,
				       .data = s };
}

static inline void sim_free(struct sim *s)
{
	free(s->mem);
}

/* One whole erasure; the context's sentence and the document are looked at by the test. */
static inline struct wv__erasure sim_run(struct sim *s, enum wv__kind kind, const char *verify)
{
	static struct wv__sanitize_opts opts;
	struct wv__erasure e = { .ctx = ctx, .parent = ctx, .opts = &opts, .t = &s->t };

	opts = (struct wv__sanitize_opts){
		.kind = kind, .verify = verify, .stall_seconds = 100, .limit_seconds = 300
	};
	wv__erasure_run(&e);
	return e;
}

#endif
