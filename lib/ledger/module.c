/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * module.c - stores that are loaded when they are asked for
 *
 * The module is looked for beside what this code itself was loaded from, by the
 * kernel's or the loader's word for it and by nothing that a caller may set: no
 * variable of the environment, no argv[0], no search path.
 */
#include "module.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/fs.h"

/* The directory and the file of what has this code in it: a program, or libworkvol.so. */
static int find_self(struct wv_ctx *ctx, char **ret_dir, bool *ret_program)
{
	struct link_map *map = NULL;
	char self[PATH_MAX];
	ssize_t n = -1;
	Dl_info info;

	if (!dladdr1((void *)wv__module_load, &info, (void **)&map, RTLD_DL_LINKMAP))
		map = NULL;
	*ret_program = !map || !*map->l_name;
	if (*ret_program)
		n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	else if (map->l_name[0] == '/' && strlen(map->l_name) < sizeof(self))
		n = stpcpy(self, map->l_name) - self;
	if (n <= 0)
		return wv__fail(ctx, -ENOENT,
				"where workvol itself lies is not known: no module can be found");
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	*ret_dir = strdup(self);
	return *ret_dir ? 0 : wv__fail_memory(ctx);
}

/* Built beside us, or installed below the library's directory. */
static int find_module(struct wv_ctx *ctx, const char *name, char **ret)
{
	cleanup_free char *dir = NULL, *beside = NULL, *below = NULL;
	bool program;
	int r;

	r = find_self(ctx, &dir, &program);
	if (r < 0)
		return r;
	beside = wv__printf("%s/%s", dir, name);
	below = wv__printf("%s%s/workvol/%s", dir, program ? "/" WV_LIB_FROM_BIN : "", name);
	if (!beside || !below)
		return wv__fail_memory(ctx);
	*ret = access(beside, F_OK) == 0 ? take_ptr(beside) : take_ptr(below);
	return 0;
}

/* It becomes part of a process of root's: nobody else may put one there. */
static int check_owner(struct wv_ctx *ctx, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at %s", path);
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || st.st_mode & (S_IWGRP | S_IWOTH))
		return wv__fail(ctx, -EPERM, "%s could be changed by others: it is not loaded",
				path);
	return 0;
}

static int check_place(struct wv_ctx *ctx, const char *path)
{
	cleanup_free char *dir = strndup(path, strrchr(path, '/') - path);
	int r;

	if (!dir)
		return wv__fail_memory(ctx);
	r = check_owner(ctx, dir);
	return r < 0 ? r : check_owner(ctx, path);
}

static int load(struct wv_ctx *ctx, const char *path, const struct wv__store_module **ret)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!handle) /* its sentence begins with the file that is missing */
		return wv__fail(ctx, -ENOENT, "cannot load a module: %s", dlerror());
	*ret = dlsym(handle, WV_STORE_SYMBOL);
	dlclose(handle); /* it stays: see RTLD_NODELETE */
	if (!*ret || (*ret)->abi != WV_STORE_ABI || strcmp((*ret)->version, WV_VERSION) != 0)
		return wv__fail(ctx, -EINVAL, "%s is not of this workvol, %s", path,
				WV_VERSION);
	return 0;
}

int wv__module_load(struct wv_ctx *ctx, const char *name, const struct wv__store_ops **ret)
{
	const struct wv__store_module *module = NULL;
	cleanup_free char *path = NULL, *real = NULL;
	int r;

	r = find_module(ctx, name, &path);
	if (r < 0)
		return r;
	if (access(path, F_OK) < 0)
		return wv__fail(
			ctx, -ENOENT,
			"there is no %s, which this ledger needs: it is installed with workvol",
			name);
	r = wv__real_path(ctx, path, &real);
	if (r == 0)
		r = check_place(ctx, real);
	if (r == 0)
		r = load(ctx, real, &module);
	if (r < 0)
		return r;
	*ret = &module->ops;
	return 0;
}
