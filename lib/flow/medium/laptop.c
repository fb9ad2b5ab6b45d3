/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * laptop.c - a volume on the internal disk of the machine that it is used on
 */
#include <string.h>
#include <sys/stat.h>

#include "laptop.h"
#include "../../host/host.h"
#include "../../media/sysfs.h"

/* On a USB bus, or of a disk whose medium comes out: it goes home without the machine. */
static int is_external(const char *sysfs_dir)
{
	cleanup_free char *dir = strdup(sysfs_dir);
	uint64_t number = 0;
	int r;

	if (!dir)
		return -ENOMEM;
	if (strstr(dir, "/usb"))
		return 1;
	r = wv__sysfs_u64(dir, "partition", &number);
	if (r > 0)
		*strrchr(dir, '/') = '\0';
	if (r >= 0)
		r = wv__sysfs_u64(dir, "removable", &number);
	return r > 0 ? number != 0 : r;
}

/* A file system without a device of its own (tmpfs, btrfs, the network) is this machine's. */
static int is_internal(struct wv_ctx *ctx, const char *kind, const char *path)
{
	cleanup_free char *dir = NULL;
	struct stat st;
	int r;

	if (!kind || (strcmp(kind, "file") != 0 && strcmp(kind, "partition") != 0))
		return 0;
	if (stat(path, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at %s", path);
	r = wv__sysfs_dir(S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev, &dir);
	if (r > 0)
		r = is_external(dir);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot find the disk of %s", path) : !r;
}

static int add_cloud(struct wv_ctx *ctx, const char *dir, struct wv_doc *host)
{
	cleanup_free char *cloud = NULL;
	cleanup_free char *warning = NULL;
	int r = wv__cloud_folder(ctx, "", dir, &cloud);

	if (r <= 0)
		return r;
	warning = wv__say(ctx, "%s: its service may have copies of the container", cloud);
	if (!warning)
		return wv__fail_memory(ctx);
	r = wv__doc_append_str(ctx, wv_doc_get(host, "warnings"), warning);
	return r < 0 ? r : wv__doc_set(ctx, host, M_STR("cloud", cloud));
}

static int look(struct wv_ctx *ctx, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *warnings = NULL;
	cleanup_doc struct wv_doc *login = NULL;
	cleanup_doc struct wv_doc *host = NULL;
	int r = wv__doc_array(ctx, &warnings);

	if (r == 0)
		r = wv__exposure(ctx, "", warnings, &host);
	if (r == 0)
		r = wv__login(ctx, "", &login);
	if (r == 0)
		r = wv__doc_set(ctx, host, M_STR("cloud", NULL), M_DOC("login", login), M_DOC("warnings", warnings));
	if (r == 0)
		*ret = take_ptr(host);
	return r;
}

int wv__laptop_look(struct wv_station *st, const char *kind, const char *path, struct wv_doc **ret)
{
	const bool file = kind && strcmp(kind, "file") == 0;
	cleanup_doc struct wv_doc *host = NULL;
	cleanup_free char *dir = strdup(path);
	char *slash;
	int r;

	if (!dir)
		return wv__fail_memory(st->ctx);
	slash = strrchr(dir, '/');
	if (file && slash)
		slash[slash == dir] = '\0';
	r = is_internal(st->ctx, kind, dir);
	if (r <= 0)
		return r;
	r = look(st->ctx, &host);
	if (r == 0 && file)
		r = add_cloud(st->ctx, dir, host);
	if (r == 0)
		*ret = take_ptr(host);
	return r;
}

void wv__laptop_warn(struct wv_ctx *ctx, struct wv_doc *host)
{
	struct wv_doc *warnings = wv_doc_get(host, "warnings");

	for (size_t i = 0; i < wv_doc_count(warnings); i++)
		wv__log(ctx, WV_LOG_WARNING, "%s", wv_doc_str_at(warnings, i));
}

int wv__laptop_check(struct wv_station *st, struct wv__plan *plan)
{
	const char *path = wv_doc_str(plan->identity, "path");
	struct wv_doc *warnings;
	const char *cloud;
	int r;

	if (!path)
		return 0; /* a name that is not UTF-8: a device has none such, a container is refused later */
	r = wv__laptop_look(st, wv_doc_str(plan->identity, "kind"), path, &plan->host);
	if (r < 0 || !plan->host)
		return r;
	cloud = wv_doc_str(plan->host, "cloud");
	if (cloud)
		return wv__fail(st->ctx, -EPERM, "%s may not lie there: %s (R7)", path, cloud);
	warnings = wv_doc_get(plan->host, "warnings");
	if (wv_doc_count(warnings) && st->policy->exposed_host == WV__EXPOSED_REFUSE)
		return wv__fail(st->ctx, -EPERM, "%s (policy exposed-host = refuse)", wv_doc_str_at(warnings, 0));
	wv__laptop_warn(st->ctx, plan->host);
	return 0;
}
