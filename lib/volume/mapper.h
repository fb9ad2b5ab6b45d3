/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper.h - the decrypted volume as a block device: by dm-crypt, or by a FUSE
 * process under a loop device. Same bytes either way.
 *
 * A mapping lives as long as somebody has its block device open or mounted,
 * and ends by itself then: the owner holds a descriptor, so a killed owner
 * leaves nothing behind. Mount it, let go of it, and it lives until it is
 * unmounted.
 */
#ifndef WV_MAPPER_H
#define WV_MAPPER_H

#include "luks.h"

enum wv__mapper_kind { WV__MAPPER_AUTO, WV__MAPPER_KERNEL, WV__MAPPER_FUSE };

struct wv__map_opts {
	enum wv__mapper_kind kind;
	bool read_only;
	/*
	 * It may outlive this process while it is mounted (for `open`). Else
	 * the FUSE process ends four seconds after its owner, whoever still
	 * uses the device.
	 */
	bool persistent;
};

struct wv__mapping; /* one volume, mapped by this process */
#define cleanup_mapping cleanup(wv__mapping_freep)

/* Can this machine do it: WV__MAPPER_KERNEL needs dm-crypt, WV__MAPPER_FUSE /dev/fuse and loop devices. */
bool wv__mapper_available(enum wv__mapper_kind kind);

/**
 * wv__map() - map a volume
 * @path: the one that luks was opened with
 * @key: of wv__gate()
 *
 * The mapping holds the container by itself until it ends (a block device
 * O_EXCL, a file by an OFD lock): nobody else may (wv__device_unhold()).
 *
 * Return: 0; -EBUSY when the volume, or one with its UUID, is mapped already
 * or somebody holds the container; -EOPNOTSUPP without a mapper; or another
 * negative errno.
 */
int wv__map(struct wv_ctx *ctx, const char *path, struct wv__luks *luks,
	    const struct wv_secret *key, const struct wv__map_opts *opts,
	    struct wv__mapping **ret_mapping);
const char *wv__mapping_device(const struct wv__mapping *mapping); /* "/dev/loop3", "/dev/dm-0" */

/* Let go; a mapping that nobody uses any more ends, the others when they are unmounted. */
void wv__mapping_free(struct wv__mapping *mapping);
void wv__mapping_freep(struct wv__mapping **mapping);

/**
 * wv__unmap() - let go, and wait until device and process are gone
 *
 * The mapping is freed in any case. Return: 0, -EBUSY when it is still in use
 * after ten seconds, or another negative errno.
 */
int wv__unmap(struct wv_ctx *ctx, struct wv__mapping *mapping);

/* What is mapped on this machine, by whichever process. */
struct wv__mapped {
	enum wv__mapper_kind kind;
	char device[32];
	char *dir; /* where it is mounted, as this process sees it; NULL: nowhere */
	bool read_only;
};
#define cleanup_mapped cleanup(wv__mapped_clear)
void wv__mapped_clear(struct wv__mapped *mapped);

/**
 * wv__map_find() - is a volume mapped now
 * @path: the container or device; NULL: it was pulled, only the mapping is there
 * @ret: zeroed by the caller, cleared with wv__mapped_clear(); may be NULL
 *
 * Asked of the system itself, no state is kept. A copy of a mapped container
 * (the same UUID on another path) is not mapped.
 *
 * Return: 1, 0, or a negative errno.
 */
int wv__map_find(struct wv_ctx *ctx, const char *path, const char *uuid, struct wv__mapped *ret);

/*
 * Does a mapping that was found lie on this medium, and not on a copy of it, or on one that was
 * pulled meanwhile? 1, 0, or a negative errno.
 */
int wv__mapped_on(struct wv_ctx *ctx, const struct wv__mapped *mapped, const struct wv_device *dev);

/*
 * A mapping that nobody has open is what was left of an owner that was killed with all its
 * processes: end it. For who holds the claim on the take-out: nobody else is mapping it.
 */
int wv__map_reap(struct wv_ctx *ctx, const char *uuid);

/* Wait, after an unmount, until the volume is not mapped any more. -EBUSY after ten seconds. */
int wv__map_wait_gone(struct wv_ctx *ctx, const char *path, const char *uuid);

#endif
