/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wipe_world.h - a wipe on a faulty disk of memory, for the unit programs of
 * the room
 */
#ifndef TEST_WIPE_WORLD_H
#define TEST_WIPE_WORLD_H

#include "../../lib/wipe/run.h"
#include "../fault/disk.h"
#include "support.h"

#define FILL 0xA5

static const struct wv__medium_ops fault_ops = { .read = fault_disk_read,
						 .write = fault_disk_write,
						 .flush = fault_disk_flush,
						 .size = fault_disk_size,
						 .diskseq = fault_disk_diskseq };

static inline void world_disk(struct fault_disk *d, uint64_t size)
{
	ck_assert_int_eq(fault_disk_init(d, size), 0);
}

static inline struct wv__medium world_medium(struct fault_disk *d, uint32_t block)
{
	return (struct wv__medium){ .path = "disk",
				    .model = "Memory",
				    .serial = "M1",
				    .serial_origin = "device",
				    .media = "unknown",
				    .size = d->size,
				    .block = block,
				    .unit = block,
				    .diskseq = 1,
				    .fd = -1,
				    .ops = &fault_ops,
				    .data = d };
}

/* One wipe of one disk; the job's documents are the caller's. */
static inline struct wv__wipe_job world_wipe_opts(struct fault_disk *d, uint32_t block,
						  const struct wv__wipe_opts *opts)
{
	struct wv__medium medium = world_medium(d, block);
	struct wv__wipe_job job = { 0 };
	const int r = wv__wipe_media(ctx, &medium, &job, 1, opts);

	ck_assert_int_eq(r, job.error);
	ck_assert_ptr_nonnull(job.result);
	return job;
}

static inline struct wv__wipe_job world_wipe(struct fault_disk *d, const char *method,
					     const char *verify)
{
	const struct wv__wipe_opts opts = { .method = method, .verify = verify,
					    .request_seconds = 60 };

	return world_wipe_opts(d, 512, &opts);
}

static inline void world_done(struct wv__wipe_job *job)
{
	wv_doc_free(job->result);
	wv_doc_free(job->pattern);
	*job = (struct wv__wipe_job){ 0 };
}

static inline const char *world_status(const struct wv__wipe_job *job)
{
	return wv_doc_str(job->result, "status");
}

/* What a second tool would find: does every byte read from the disk be the last pass's? */
static inline bool world_holds_last_pass(struct fault_disk *d, const struct wv__wipe_job *job)
{
	struct wv__sheet sheet = { 0 };
	struct wv__source source;
	struct wv__pattern pattern;
	unsigned char *buf = malloc(WV__CHUNK_MAX);
	bool same = true;
	size_t len;

	ck_assert_ptr_nonnull(buf);
	if (!job->pattern)
		return false;
	ck_assert_int_eq(wv__pattern_from_doc(ctx, job->pattern, &pattern), 0);
	ck_assert_int_eq(wv__sheet_open(&pattern, &sheet), 0);
	ck_assert_int_eq(wv__source_open(&pattern, &sheet, &source), 0);
	for (uint64_t at = 0; same && at < d->size; at += len) {
		len = MIN(d->size - at, WV__CHUNK_MAX);
		same = fault_disk_read(d, buf, len, at) == 0 &&
		       wv__source_differs(&source, at, buf, len) == len;
	}
	wv__source_close(&source);
	wv__sheet_close(&sheet);
	free(buf);
	return same;
}

/* The job lists exactly this range as bad, and no other. */
static inline void world_bad_is(const struct wv__wipe_job *job, uint64_t offset, uint64_t length,
				const char *op)
{
	struct wv_doc *bad = wv_doc_get(job->result, "bad");
	char *text = wv_doc_text(job->result);

	ck_assert_msg(wv_doc_count(bad) == 1, "%s", text);
	ck_assert_uint_eq(wv_doc_u64(wv_doc_at(bad, 0), "offset"), offset);
	ck_assert_uint_eq(wv_doc_u64(wv_doc_at(bad, 0), "length"), length);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(bad, 0), "op"), op);
	free(text);
}

#endif
