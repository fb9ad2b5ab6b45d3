/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper_impl.h - what the two mappers have in common; for this room only
 */
#ifndef WV_MAPPER_IMPL_H
#define WV_MAPPER_IMPL_H

#include "mapper.h"

#define WV__MAPPING_NAME 48 /* "workvol-UUID" and its NUL */

struct wv__mapping {
	enum wv__mapper_kind kind;
	bool read_only;
	char name[WV__MAPPING_NAME];
	char *device;
	int fd;   /* the block device: it lives while somebody has it open */
	int sock; /* FUSE: its other end closes when the serving process is gone; else -1 */
};

bool wv__mapper_kernel_available(void);
bool wv__mapper_fuse_available(void);
/* Fill in device, fd and sock of a mapping whose name is set. */
int wv__mapper_kernel_map(struct wv_ctx *ctx, struct wv__luks *luks, const struct wv_secret *key,
			  const struct wv__map_opts *opts, struct wv__mapping *mapping);
/* End one that nobody has open: 0, -EBUSY, -ENXIO there is none, or another negative errno. No sentence. */
int wv__mapper_kernel_remove(const char *name);
int wv__mapper_fuse_map(struct wv_ctx *ctx, const char *path, struct wv__luks *luks,
			const struct wv_secret *key, const struct wv__map_opts *opts,
			struct wv__mapping *mapping);
/* Is the block device of that kernel name the mapping of that name: 1, 0, or a negative errno. No sentence. */
int wv__mapper_kernel_is(const char *kname, const char *name);
int wv__mapper_fuse_is(const char *kname, const char *name);

/**
 * wv__mapper_find() - the mapping of that name, whoever made it
 * @ret_device: "/dev/..."
 *
 * Return: 1, 0, or a negative errno.
 */
int wv__mapper_find(struct wv_ctx *ctx, const char *name, enum wv__mapper_kind *ret_kind,
		    char ret_device[32]);

/* What the serving process is given. */
struct wv__serve {
	const char *path;
	const struct wv__luks_info *info;
	int fuse_fd; /* of a FUSE file system that is mounted already */
	int sock;    /* the key comes in, a report goes out, its end is the owner's end */
	bool read_only;
	bool persistent;
};

/* The report: 0 or why it cannot serve. */
struct wv__serve_report {
	int result;
	char sentence[512];
};

#define WV__SERVE_MAX_IO (1u << 20) /* bytes of one request */

/* The life of the serving process, in a child that never returns. */
void wv__mapper_serve(struct wv_ctx *ctx, struct wv__serve *serve) __attribute__((noreturn));

/* Its parts (mapper_process.c): take the container; keep only these descriptors; belong to no owner; leave its mounts. */
int wv__mapper_take_container(struct wv_ctx *ctx, const struct wv__serve *serve, int *ret_fd);
void wv__mapper_detach(struct wv_ctx *ctx, int sock, int fuse_fd, int container);
int wv__mapper_leave_mounts(struct wv_ctx *ctx);

#endif
