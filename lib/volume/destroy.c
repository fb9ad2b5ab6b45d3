/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * destroy.c - key destruction, and its proof from the medium itself
 *
 * luksErase is not destruction: both headers, the tokens and the volume key's
 * digest remain, a header backup opens the volume again, and a zeroed primary
 * header is restored from the secondary. So all that lies before the data is
 * overwritten and read back.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../base/crypto.h"
#include "../base/fs.h"
#include "../media/probe.h"
#include "destroy.h"
#include "direct.h"
#include "luks.h"
#include "mapper.h"

#define CHUNK MiB
#define FIRST WV__DESTROY_FIRST /* of the primary header; the secondary begins at 16 KiB or later */

/* The medium, the pattern, and room for a chunk of each. */
struct area {
	const char *name;
	uint64_t size; /* [0, size) is the pattern's */
	int fd;
	bool direct;
	struct wv__ctr *stream;
	unsigned char *pattern;
	unsigned char *data;
};

#define cleanup_area cleanup(area_clear)

static void area_clear(struct area *area)
{
	wv__closep(&area->fd);
	wv__ctr_free(area->stream);
	free(area->pattern);
	free(area->data);
}

/* A descriptor of our own, and nothing is done with it before it is known to lead to the caller's medium. */
static int open_medium(struct wv_ctx *ctx, const struct wv_device *dev, int flags,
		       struct area *ret)
{
	int r;

	ret->fd = wv__direct_open(wv__device_proc_path(dev), flags, &ret->direct);
	if (ret->fd == -EBUSY)
		return wv__fail(ctx, -EBUSY, "%s is in use", dev->path);
	if (ret->fd < 0)
		return wv__fail_sys(ctx, ret->fd, "cannot open %s", dev->path);
	r = wv__device_is(dev, ret->fd);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot learn about %s", dev->path);
	return r ? 0 : wv__fail(ctx, -EPERM, "%s is another medium than the one that was examined",
				dev->path);
}

static int area_open(struct wv_ctx *ctx, const struct wv_device *dev, int flags,
		     const unsigned char pattern_key[32], uint64_t size, struct area *ret)
{
	int r;

	ret->name = dev->path;
	if (size == 0 || size % 4096 != 0)
		return wv__fail(ctx, -EINVAL, "the data of %s cannot begin at %" PRIu64, ret->name, size);
	ret->size = size;
	r = wv__ctr_new(pattern_key, &ret->stream);
	ret->pattern = wv__direct_buffer(CHUNK);
	ret->data = wv__direct_buffer(CHUNK);
	if (r < 0 || !ret->pattern || !ret->data)
		return wv__fail_memory(ctx);
	if (dev->rdev && flags == O_RDWR)
		flags |= O_EXCL;
	return open_medium(ctx, dev, flags, ret);
}

/* ---- overwriting ------------------------------------------------------------------------ */

/* A bad block keeps what it held; its neighbours shall not. The first failure is returned. */
static int write_chunk(const struct area *area, uint64_t at, size_t len)
{
	int first = wv__pwrite_all(area->fd, area->pattern, len, at);

	if (first == 0)
		return 0;
	for (size_t done = 0; done < len; done += FIRST)
		wv__pwrite_all(area->fd, area->pattern + done, FIRST, at + done);
	return first;
}

/* All of it is tried, also after a failure. */
static int write_range(struct wv_ctx *ctx, const struct area *area, uint64_t from, uint64_t to)
{
	int failed = 0;

	for (uint64_t at = from; at < to; at += CHUNK) {
		const size_t len = MIN(CHUNK, to - at);
		int r;

		r = wv__ctr_fill(area->stream, at, area->pattern, len);
		if (r == 0)
			r = write_chunk(area, at, len);
		failed = failed ? failed : r;
	}
	if (fsync(area->fd) < 0 && !failed)
		failed = -errno;
	return failed ? wv__fail_sys(ctx, failed, "cannot overwrite the header of %s", area->name) : 0;
}

/* The beginning is on the medium before the rest is touched: see destroy.h, "killed at any point". */
static int overwrite(struct wv_ctx *ctx, const struct area *area)
{
	const int begin = write_range(ctx, area, 0, FIRST);
	const int rest = write_range(ctx, area, FIRST, area->size);

	return begin < 0 ? begin : rest;
}

/* ---- reading back ------------------------------------------------------------------------- */

/* Where the page cache cannot be passed by it is at least emptied. */
static int read_chunk(const struct area *area, uint64_t at, size_t len)
{
	if (!area->direct)
		posix_fadvise(area->fd, at, len, POSIX_FADV_DONTNEED);
	return wv__pread_all(area->fd, area->data, len, at);
}

/* Bytes from the begin that are the pattern's; hash, when given, gets those that were read. */
static int matching(struct wv_ctx *ctx, const struct area *area, struct wv__sha256 *hash,
		    uint64_t *ret_bytes)
{
	uint64_t at;

	for (at = 0; at < area->size; at += CHUNK) {
		const size_t len = MIN(CHUNK, area->size - at);
		size_t same = 0;
		int r;

		r = wv__ctr_fill(area->stream, at, area->pattern, len);
		if (r == 0)
			r = read_chunk(area, at, len);
		if (r == 0 && hash)
			r = wv__sha256_update(hash, area->data, len);
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot read %s back", area->name);
		if (memcmp(area->data, area->pattern, len) == 0)
			continue;
		while (area->data[same] == area->pattern[same])
			same++;
		*ret_bytes = at + same;
		return 0;
	}
	*ret_bytes = area->size;
	return 0;
}

static int read_back(struct wv_ctx *ctx, const struct area *area, char ret_sha256[WV_SHA256_HEX])
{
	cleanup(wv__sha256_freep) struct wv__sha256 *hash = NULL;
	unsigned char digest[WV_SHA256_SIZE];
	uint64_t bytes = 0;
	int r;

	r = wv__sha256_new(&hash);
	if (r < 0)
		return wv__fail_memory(ctx);
	r = matching(ctx, area, hash, &bytes);
	if (r < 0)
		return r;
	if (bytes < area->size)
		return wv__fail(ctx, -EBADMSG, "%s does not keep what is written at %" PRIu64,
				area->name, bytes);
	r = wv__sha256_final(hash, digest);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot hash the header of %s", area->name);
	wv__hex(digest, sizeof(digest), ret_sha256);
	return 0;
}

/* ---- the proofs ------------------------------------------------------------------------------ */

/* A live mapping holds the key, and can rebuild a header. */
static int check_unmapped(struct wv_ctx *ctx, const struct wv_device *dev, const char *uuid)
{
	int r = wv__map_reap(ctx, uuid);

	if (r == 0)
		r = wv__map_find(ctx, wv__device_proc_path(dev), uuid, NULL);
	return r > 0 ? wv__fail(ctx, -EBUSY, "volume %s is still mapped", uuid) : r;
}

/*
 * How many the overwrite takes away. They are not destroyed one by one before
 * it: killed in the midst of that, a keyslot is left that looks whole and opens
 * with nothing, and the volume can be neither compared nor told to be begun.
 */
static int count_slots(struct wv_ctx *ctx, const struct wv_device *dev, int *ret_count)
{
	cleanup_luks struct wv__luks *luks = NULL;
	struct wv__luks_slot slot;
	int r;

	*ret_count = 0;
	r = wv__luks_open(ctx, wv__device_proc_path(dev), &luks);
	if (r < 0) /* on a resumed run there may be no header any more */
		return r == -ENODATA || r == -EBADMSG ? 0 : r;
	for (int i = 0; i < WV__LUKS_SLOTS; i++)
		*ret_count += wv__luks_slot(NULL, luks, i, &slot) == 0 && slot.active;
	return 0;
}

/* No header, no keyslot: there is nothing left that a factor could be tried on. */
static int check_no_header(struct wv_ctx *ctx, const struct wv_device *dev)
{
	cleanup_luks struct wv__luks *luks = NULL;
	const int r = wv__luks_open(ctx, wv__device_proc_path(dev), &luks);

	if (r == -ENODATA)
		return 0;
	if (r < 0 && r != -EBADMSG)
		return r;
	return wv__fail(ctx, -EBADMSG, "a LUKS2 header on %s still loads", dev->path);
}

/*
 * What the medium looks like to others. Every byte of the header was read back as the
 * pattern's, and of some file systems two bytes of it are all that tells them (HFS Plus:
 * one pattern of 32,768 begins one): only a LUKS signature, 6 bytes long, is no chance.
 */
static int check_probe(struct wv_ctx *ctx, const struct wv_device *dev, char ret_looks[32])
{
	cleanup_free struct wv__region *regions = NULL;
	size_t count = 0;
	int r;

	r = wv__probe(ctx, dev, &regions, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		if (strncmp(regions[i].type, "crypto_LUKS", strlen("crypto_LUKS")) == 0)
			return wv__fail(ctx, -EBADMSG, "%s still looks like %s", dev->path, regions[i].type);
	snprintf(ret_looks, 32, "%s", count > 1 ? "partitions" : count && regions[0].type[0] ? regions[0].type : "nothing");
	return 0;
}

static int erase_area(struct wv_ctx *ctx, const struct wv_device *dev,
		      const unsigned char pattern_key[32], uint64_t data_offset, bool *ret_direct,
		      char ret_sha256[WV_SHA256_HEX])
{
	cleanup_area struct area area = { .fd = -1 };
	int r;

	r = area_open(ctx, dev, O_RDWR, pattern_key, data_offset, &area);
	if (r == 0)
		r = overwrite(ctx, &area);
	if (r == 0)
		r = read_back(ctx, &area, ret_sha256);
	if (r < 0)
		return r;
	*ret_direct = area.direct;
	return 0;
}

int wv__destroy_keys(struct wv_ctx *ctx, const struct wv_device *dev, const char *uuid,
		     const unsigned char pattern_key[32], uint64_t data_offset,
		     struct wv_doc **ret_proof)
{
	char sha256[WV_SHA256_HEX], key_hex[65], looks[32] = "";
	bool direct = false;
	int r, slots = 0;

	r = check_unmapped(ctx, dev, uuid);
	if (r == 0)
		r = count_slots(ctx, dev, &slots);
	if (r == 0)
		r = erase_area(ctx, dev, pattern_key, data_offset, &direct, sha256);
	if (r == 0)
		r = check_no_header(ctx, dev);
	if (r == 0)
		r = check_probe(ctx, dev, looks);
	if (r < 0)
		return r;
	wv__hex(pattern_key, 32, key_hex);
	return wv__doc_build(ctx, ret_proof, M_U64("data_offset", data_offset),
			     M_STR("pattern_key", key_hex), M_STR("sha256", sha256),
			     M_U64("slots_destroyed", slots), M_BOOL("read_back", true),
			     M_BOOL("direct", direct), M_BOOL("factors_fail", true),
			     M_STR("probe", looks));
}

int wv__destroy_matching(struct wv_ctx *ctx, const struct wv_device *dev,
			 const unsigned char pattern_key[32], uint64_t data_offset,
			 uint64_t *ret_bytes)
{
	cleanup_area struct area area = { .fd = -1 };
	int r;

	r = area_open(ctx, dev, O_RDONLY, pattern_key, data_offset, &area);
	return r < 0 ? r : matching(ctx, &area, NULL, ret_bytes);
}

int wv__keys_destroyed_check(struct wv_ctx *ctx, const struct wv_device *dev,
			     const unsigned char pattern_key[32], uint64_t data_offset)
{
	uint64_t bytes = 0;
	int r;

	r = wv__destroy_matching(ctx, dev, pattern_key, data_offset, &bytes);
	if (r < 0)
		return r;
	if (bytes < data_offset)
		return wv__fail(ctx, -EBADMSG, "%s is not the medium whose keys were destroyed: it differs at %" PRIu64,
				dev->path, bytes);
	return 0;
}
