/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * luks.c - the LUKS2 header of a work volume. The only file that knows
 * libcryptsetup.
 */
#include <fcntl.h>
#include <libcryptsetup.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "direct.h"
#include "luks_header.h"

struct wv__luks {
	struct wv_ctx *ctx; /* for what the library says */
	struct crypt_device *cd;
	struct wv_doc *json;   /* the header's JSON area */
	struct wv_doc *header; /* the part of it that is signed */
	struct wv__luks_info info;
	char path[256]; /* for sentences */
	char said[256]; /* the library's last error */
};

void wv__luks_free(struct wv__luks *luks)
{
	if (!luks)
		return;
	crypt_free(luks->cd);
	wv_doc_free(luks->json);
	wv_doc_free(luks->header);
	free(luks);
}

void wv__luks_freep(struct wv__luks **luks)
{
	wv__luks_free(*luks);
}

static void listen(int level, const char *text, void *data)
{
	struct wv__luks *luks = data;
	const int len = strcspn(text, "\n");

	if (level == CRYPT_LOG_ERROR)
		snprintf(luks->said, sizeof(luks->said), ": %.*s", len, text);
	wv__log(luks->ctx, WV_LOG_DEBUG, "libcryptsetup: %.*s", len, text);
}

/*
 * Bytes of the medium. It is opened here first because the library, while it
 * has no handle to log by, would print to stderr that it cannot.
 */
static int medium_size(struct wv_ctx *ctx, const char *path, uint64_t *ret_size)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot read %s", path);
	if (S_ISREG(st.st_mode)) {
		*ret_size = st.st_size;
		return 0;
	}
	if (!S_ISBLK(st.st_mode))
		return wv__fail(ctx, -ENOTBLK, "%s is neither a block device nor a file", path);
	if (ioctl(fd, BLKGETSIZE64, ret_size) < 0)
		return wv__fail_sys(ctx, -errno, "cannot tell the size of %s", path);
	return 0;
}

static int start(struct wv_ctx *ctx, const char *path, uint64_t *ret_size, struct wv__luks **ret)
{
	cleanup_luks struct wv__luks *luks = NULL;
	int r;

	r = medium_size(ctx, path, ret_size);
	if (r < 0)
		return r;
	luks = calloc(1, sizeof(*luks));
	if (!luks)
		return wv__fail_memory(ctx);
	luks->ctx = ctx;
	wv__medium_name(path, luks->path, sizeof(luks->path));
	r = crypt_init(&luks->cd, path);
	if (r < 0)
		return wv__fail_sys(luks->ctx, r, "cannot take %s%s", luks->path, luks->said);
	crypt_set_log_callback(luks->cd, listen, luks);
	*ret = take_ptr(luks);
	return 0;
}

/* ---- making one ------------------------------------------------------------------ */

/* The costs are the policy's: measured on a fast station they would shut out a slow laptop. */
static int write_header(struct wv__luks *luks, const struct wv__luks_params *params,
			uint64_t size)
{
	const struct crypt_pbkdf_type pbkdf = {
		.type = CRYPT_KDF_ARGON2ID,
		.hash = "sha256",
		.iterations = params->pbkdf_iterations,
		.max_memory_kb = params->pbkdf_memory_kib,
		.parallel_threads = params->pbkdf_threads,
		.flags = CRYPT_PBKDF_NO_BENCHMARK,
	};
	struct crypt_params_luks2 luks2 = {
		.pbkdf = &pbkdf,
		.sector_size = params->sector_size,
		.label = params->label,
		.subsystem = WV__SUBSYSTEM,
	};
	int r;

	if (luks2.sector_size == 0)
		luks2.sector_size = size % 4096 == 0 ? 4096 : 512;
	r = crypt_format(luks->cd, CRYPT_LUKS2, "aes", "xts-plain64", params->uuid, NULL,
			 WV__VOLUME_KEY_SIZE, &luks2);
	return r < 0 ? wv__fail_sys(luks->ctx, r, "cannot format %s%s", luks->path, luks->said) : 0;
}

static int write_token(struct wv__luks *luks, const struct wv__luks_params *params)
{
	cleanup_doc struct wv_doc *token = NULL;
	cleanup_free char *text = NULL;
	int r;

	r = wv__luks_header_token(luks->ctx, params, &token);
	if (r < 0)
		return r;
	text = wv_doc_text(token);
	if (!text)
		return wv__fail_memory(luks->ctx);
	r = crypt_token_json_set(luks->cd, 0, text);
	return r < 0 ? wv__fail_sys(luks->ctx, r, "cannot write the token of %s%s", luks->path, luks->said) : 0;
}

int wv__luks_format(struct wv_ctx *ctx, const char *path, const struct wv__luks_params *params,
		    const struct wv_secret *secret)
{
	cleanup_luks struct wv__luks *luks = NULL;
	uint64_t size;
	int r;

	r = start(ctx, path, &size, &luks);
	if (r < 0)
		return r;
	if (size < WV__LUKS_MIN_SIZE)
		return wv__fail(ctx, -ENOSPC, "%s is too small for a volume: %" PRIu64 " bytes",
				luks->path, size);
	r = write_header(luks, params, size);
	if (r < 0)
		return r;
	r = crypt_keyslot_add_by_volume_key(luks->cd, 0, NULL, 0, (const char *)secret->data,
					    secret->len);
	if (r < 0)
		return wv__fail_sys(luks->ctx, r, "cannot write the keyslot of %s%s", luks->path, luks->said);
	return write_token(luks, params);
}

/* ---- reading one ------------------------------------------------------------------- */

static int read_json(struct wv__luks *luks)
{
	const char *text = NULL;
	const int r = crypt_dump_json(luks->cd, &text, 0);

	if (r < 0)
		return wv__fail_sys(luks->ctx, r, "cannot read the header of %s%s", luks->path, luks->said);
	return wv__doc_parse_foreign(luks->ctx, text, strlen(text), luks->path, &luks->json);
}

static int read_info(struct wv__luks *luks, uint64_t medium)
{
	const char *uuid = crypt_get_uuid(luks->cd);
	const char *label = crypt_get_label(luks->cd);
	struct wv__luks_info *info = &luks->info;

	if (!uuid || strlen(uuid) != 36)
		return wv__fail(luks->ctx, -EBADMSG, "the volume on %s has no UUID", luks->path);
	memcpy(info->uuid, uuid, sizeof(info->uuid));
	snprintf(info->label, sizeof(info->label), "%s", label ? label : "");
	wv__luks_header_geometry(luks->json, info);
	if (medium < info->data_offset + info->sector_size)
		return wv__fail(luks->ctx, -EBADMSG, "%s ends before its volume begins", luks->path);
	info->size = round_down(medium - info->data_offset, info->sector_size);
	return 0;
}

static int load(struct wv__luks *luks)
{
	const int r = crypt_load(luks->cd, CRYPT_LUKS2, NULL);

	if (r == -EINVAL)
		return wv__fail(luks->ctx, -ENODATA, "%s holds no LUKS2 volume", luks->path);
	return r < 0 ? wv__fail_sys(luks->ctx, r, "cannot read the header of %s%s", luks->path, luks->said) : 0;
}

int wv__luks_open(struct wv_ctx *ctx, const char *path, struct wv__luks **ret_luks)
{
	cleanup_luks struct wv__luks *luks = NULL;
	const char *subsystem;
	uint64_t size;
	int r;

	r = start(ctx, path, &size, &luks);
	if (r == 0)
		r = load(luks);
	if (r < 0)
		return r;
	subsystem = crypt_get_subsystem(luks->cd);
	if (!subsystem || strcmp(subsystem, WV__SUBSYSTEM) != 0)
		return wv__fail(ctx, -EBADMSG, "the volume on %s is not a work volume", luks->path);
	r = read_json(luks);
	if (r == 0)
		r = wv__luks_header_check(ctx, luks->json, luks->path);
	if (r == 0)
		r = read_info(luks, size);
	if (r == 0)
		r = wv__luks_header_signed(ctx, luks->json, luks->info.uuid, &luks->header);
	if (r < 0)
		return r;
	*ret_luks = take_ptr(luks);
	return 0;
}

const struct wv__luks_info *wv__luks_info(const struct wv__luks *luks)
{
	return &luks->info;
}

struct wv_doc *wv__luks_header(struct wv__luks *luks)
{
	return luks->header;
}

int wv__luks_digest(struct wv_ctx *ctx, struct wv__luks *luks, char ret[65])
{
	return wv__doc_digest(ctx, luks->header, ret);
}

int wv__luks_slot(struct wv_ctx *ctx, struct wv__luks *luks, int slot, struct wv__luks_slot *ret)
{
	const crypt_keyslot_info state = crypt_keyslot_status(luks->cd, slot);

	if (state == CRYPT_SLOT_INVALID)
		return wv__fail(ctx, -EBADMSG, "keyslot %d of %s is damaged", slot, luks->path);
	memset(ret, 0, sizeof(*ret));
	ret->active = state != CRYPT_SLOT_INACTIVE;
	/* A slot that is not for the volume's key is accounted for by nothing. */
	if (state == CRYPT_SLOT_ACTIVE || state == CRYPT_SLOT_ACTIVE_LAST)
		wv__luks_header_slot(luks->json, slot, ret);
	return 0;
}

/* ---- secrets and keyslots ------------------------------------------------------------ */

int wv__luks_opens(struct wv_ctx *ctx, struct wv__luks *luks, int slot,
		   const struct wv_secret *secret)
{
	const int r = crypt_activate_by_passphrase(luks->cd, NULL, slot, (const char *)secret->data,
						   secret->len, 0);

	if (r == -EPERM || r >= 0)
		return r >= 0;
	return wv__fail_sys(ctx, r, "cannot try keyslot %d of %s%s", slot, luks->path, luks->said);
}

int wv__luks_volume_key(struct wv_ctx *ctx, struct wv__luks *luks, int slot,
			const struct wv_secret *secret, struct wv_secret **ret_key)
{
	cleanup_secret struct wv_secret *key = NULL;
	size_t len = WV__VOLUME_KEY_SIZE;
	int r;

	r = wv__secret_new(ctx, len, &key);
	if (r < 0)
		return r;
	r = crypt_volume_key_get(luks->cd, slot, (char *)key->data, &len,
				 (const char *)secret->data, secret->len);
	if (r == -EPERM)
		return wv__fail(ctx, -EPERM, "the two factors do not open %s", luks->path);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot open keyslot %d of %s%s", slot, luks->path,
				    luks->said);
	if (len != WV__VOLUME_KEY_SIZE)
		return wv__fail(ctx, -EBADMSG, "the key of %s has not 512 bits", luks->path);
	*ret_key = take_ptr(key);
	return 0;
}

/* ---- dm-crypt -------------------------------------------------------------------------- */

/* Without CRYPT_ACTIVATE_ALLOW_DISCARDS; header flags that would add it are refused above. */
int wv__luks_activate(struct wv_ctx *ctx, struct wv__luks *luks, const char *name,
		      const struct wv_secret *key, bool read_only)
{
	const int r = crypt_activate_by_volume_key(luks->cd, name, (const char *)key->data, key->len,
						   read_only ? CRYPT_ACTIVATE_READONLY : 0);

	if (r == -EBUSY || r == -EEXIST)
		return wv__fail(ctx, -EBUSY, "%s is in use", luks->path);
	return r < 0 ? wv__fail_sys(luks->ctx, r, "cannot activate %s%s", luks->path, luks->said) : 0;
}

int wv__luks_deactivate(struct wv_ctx *ctx, const char *name, bool deferred)
{
	const int r = crypt_deactivate_by_name(NULL, name,
					       deferred ? CRYPT_DEACTIVATE_DEFERRED : 0);

	if (r == -ENODEV)
		return r;
	if (r == -EBUSY)
		return wv__fail(ctx, r, "the mapping %s is in use", name);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot end the mapping %s", name) : 0;
}
