/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sig.c - the binary header of a work volume, read raw
 *
 * LUKS2 On-Disk Format Specification 1.1.1, section 2.1: magic 0 (6 bytes),
 * version 6 (big-endian 16 bits), hdr_size 8 (64 bits), label 24 (48), uuid 168
 * (40), subsystem 208 (48), hdr_offset 256 (64 bits: where this header itself
 * lies). The JSON area follows at 4096, to hdr_size.
 */
#include <ctype.h>
#include <endian.h>
#include <string.h>

#include "sig.h"
#include "../base/fs.h"

#define MAGIC_LEN 6
#define SIZE_AT 8
#define JSON_AT 4096
#define JSON_MAX (4 * MiB - JSON_AT)
#define LABEL_AT 24
#define UUID_AT 168
#define SUBSYSTEM_AT 208
#define OFFSET_AT 256
#define FIELD_LEN 48
#define UUID_LEN 36

/* Where the headers of a volume may lie: the first, then the second by the size of the area. */
static const uint32_t places[] = { 0,       0x4000,  0x8000,   0x10000,  0x20000,
				   0x40000, 0x80000, 0x100000, 0x200000, 0x400000 };

static void copy_text(const unsigned char *from, char *ret)
{
	size_t i;

	for (i = 0; i < FIELD_LEN && from[i]; i++)
		ret[i] = from[i] > ' ' && from[i] < 0x7f ? (char)from[i] : from[i] == ' ' ? ' ' : '?';
	ret[i] = '\0';
}

static void copy_uuid(const unsigned char *from, char *ret)
{
	size_t i;

	for (i = 0; i < UUID_LEN; i++) {
		const bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? from[i] != '-' : !isxdigit(from[i])) {
			strcpy(ret, "unknown");
			return;
		}
		ret[i] = tolower(from[i]);
	}
	ret[i] = '\0';
	if (from[i]) /* the field is longer than a UUID */
		strcpy(ret, "unknown");
}

bool wv__volume_sig_parse(const unsigned char *data, size_t len, uint64_t offset,
			  struct wv__volume_sig *ret)
{
	struct wv__volume_sig sig = { .offset = offset };
	uint64_t own, header;

	if (len < WV__SIG_BYTES)
		return false;
	if (memcmp(data, offset ? "SKUL\xba\xbe" : "LUKS\xba\xbe", MAGIC_LEN))
		return false;
	if (data[6] != 0 || data[7] != 2)
		return false;
	memcpy(&own, data + OFFSET_AT, sizeof(own));
	if (be64toh(own) != offset) /* else the data of another volume could look like a header */
		return false;
	memcpy(&header, data + SIZE_AT, sizeof(header));
	sig.size = be64toh(header);
	copy_text(data + LABEL_AT, sig.label);
	copy_uuid(data + UUID_AT, sig.uuid);
	copy_text(data + SUBSYSTEM_AT, sig.subsystem);
	*ret = sig;
	return true;
}

bool wv__volume_sig_is_work(const struct wv__volume_sig *sig)
{
	return sig->token || !strcmp(sig->subsystem, WV__SUBSYSTEM);
}

/*
 * Does the JSON area name the token? Looked for as text: whoever altered the
 * subsystem need not have left JSON. What cannot be read says nothing.
 */
static int find_token(int fd, uint64_t start, uint64_t size, struct wv__volume_sig *sig)
{
	static const char name[] = "\"" WV__TOKEN_TYPE "\"";
	const uint64_t at = sig->offset + JSON_AT;
	cleanup_free unsigned char *json = NULL;
	size_t len;
	int r;

	if (sig->size <= JSON_AT || at >= size)
		return 0;
	len = MIN(MIN(sig->size - JSON_AT, JSON_MAX), size - at);
	json = malloc(len);
	if (!json)
		return -ENOMEM;
	r = wv__pread_all(fd, json, len, start + at);
	if (r < 0)
		return r == -EIO ? 0 : r;
	sig->token = memmem(json, len, name, sizeof(name) - 1);
	return 0;
}

int wv__volume_sig_read(int fd, uint64_t start, uint64_t size, struct wv__volume_sig *ret)
{
	unsigned char data[WV__SIG_BYTES];
	struct wv__volume_sig sig;
	bool found = false;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (size < sizeof(data) || places[i] > size - sizeof(data))
			break;
		r = wv__pread_all(fd, data, sizeof(data), start + places[i]);
		if (r == -EIO) /* a bad block: the other header may be whole */
			continue;
		if (r < 0)
			return r;
		if (!wv__volume_sig_parse(data, sizeof(data), places[i], &sig))
			continue;
		r = find_token(fd, start, size, &sig);
		if (r < 0)
			return r;
		if (!found || wv__volume_sig_is_work(&sig))
			*ret = sig;
		if (wv__volume_sig_is_work(&sig))
			return 1;
		found = true;
	}
	return found;
}

int wv__media_find_volume(struct wv_ctx *ctx, const struct wv_device *dev,
			  struct wv__volume_sig *ret)
{
	cleanup_close int fd = wv__device_reopen(ctx, dev);
	struct wv__volume_sig sig;
	int r;

	if (fd < 0)
		return fd;
	r = wv__volume_sig_read(fd, 0, dev->size, &sig);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot read the header of %s", dev->path);
	if (r == 0 || !wv__volume_sig_is_work(&sig))
		return wv__fail(ctx, -ENOENT, "there is no work volume on %s", dev->path);
	*ret = sig;
	return 0;
}
