/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines.c - the settings files of a machine, below a root
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "../base/fs.h"

#define TEXT_MAX (4 * MiB)
#define FIRST_PERSON 1000 /* login.defs(5), UID_MIN */

bool wv__host_lacks(int r)
{
	return r == -ENOMEM || r == -EMFILE || r == -ENFILE;
}

/* O_PATH first: opening is an act of its own for some devices, and a link in a home leads where its owner likes. */
int wv__host_text(struct wv_ctx *ctx, const char *root, const char *path, struct wv_buf *ret)
{
	cleanup_free char *name = wv__printf("%s%s", root, path);
	cleanup_close int node = -1;
	char proc[32];
	struct stat st;
	int r;

	if (!name)
		return wv__fail_memory(ctx);
	node = open(name, O_PATH | O_CLOEXEC);
	if (node < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : wv__fail_sys(ctx, -errno, "cannot open %s", name);
	if (fstat(node, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at %s", name);
	if (!S_ISREG(st.st_mode))
		return 0;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", node);
	r = wv__read_file(ctx, AT_FDCWD, proc, TEXT_MAX, ret);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot read %s", name) : 1;
}

int wv__host_pass_over(struct wv_ctx *ctx, int r)
{
	if (r >= 0 || r == -ECANCELED || wv__host_lacks(r))
		return r;
	wv__log(ctx, WV_LOG_WARNING, "%s", wv_ctx_error(ctx));
	return 0;
}

static int each_line(struct wv_ctx *ctx, const char *root, const char *path, wv__line_fn fn, void *data)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	char *rest, *line;
	int r = wv__host_text(ctx, root, path, &text);

	if (r <= 0)
		return r;
	r = 0;
	rest = text.data;
	while (r == 0 && rest && (line = strsep(&rest, "\n"))) {
		size_t len;

		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t\r");
		len = strlen(line);
		while (len && strchr(" \t\r", line[len - 1]))
			line[--len] = '\0';
		if (len)
			r = fn(data, line);
	}
	return r;
}

static int is_conf(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

int wv__host_lines(struct wv_ctx *ctx, const char *root, const char *path, const char *dropins,
		   wv__line_fn fn, void *data)
{
	cleanup_free char *dir = wv__printf("%s%s", root, dropins ? dropins : "");
	struct dirent **entries = NULL;
	int n = 0, r;

	if (!dir)
		return wv__fail_memory(ctx);
	r = each_line(ctx, root, path, fn, data);
	if (r == 0 && dropins)
		n = scandir(dir, &entries, is_conf, alphasort);
	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		r = wv__fail_sys(ctx, -errno, "cannot read the directory %s", dir);
	for (int i = 0; i < n; i++) {
		cleanup_free char *file = wv__printf("%s/%s", dropins, entries[i]->d_name);

		if (r == 0)
			r = file ? each_line(ctx, root, file, fn, data) : wv__fail_memory(ctx);
		free(entries[i]);
	}
	free(entries);
	return r;
}

struct homes {
	wv__home_fn fn;
	void *data;
};

/* name:password:uid:gid:gecos:home:shell */
static int see_person(void *data, char *line)
{
	const struct homes *homes = data;
	char *field[6] = { NULL }, *rest = line;
	unsigned long uid;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		field[i] = strsep(&rest, ":");
	if (!field[5] || field[5][0] != '/' || !field[5][1])
		return 0;
	uid = strtoul(field[2], NULL, 10);
	return uid == 0 || (uid >= FIRST_PERSON && uid != 65534) ? homes->fn(homes->data, field[0], field[5]) : 0;
}

int wv__host_homes(struct wv_ctx *ctx, const char *root, wv__home_fn fn, void *data)
{
	struct homes homes = { fn, data };

	return wv__host_lines(ctx, root, "/etc/passwd", NULL, see_person, &homes);
}
