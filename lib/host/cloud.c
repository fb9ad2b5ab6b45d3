/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cloud.c - the folders that a cloud service copies elsewhere: by what its
 * program leaves in them, by its settings, by their usual names
 */
#include <dirent.h>
#include <fnmatch.h>
#include <string.h>

#include "host.h"

struct hint {
	const char *pattern;
	const char *service;
};

/* What lies in the top of such a folder. */
static const struct hint markers[] = {
	{ ".dropbox.cache", "Dropbox" },
	{ ".tmp.drivedownload", "Google Drive" },
	{ ".tmp.driveupload", "Google Drive" },
	{ ".sync_*.db", "Nextcloud or ownCloud" },
	{ "._sync_*.db", "Nextcloud or ownCloud" },
	{ ".nextcloudsync.log", "Nextcloud" },
	{ ".owncloudsync.log", "ownCloud" },
	{ ".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive" },
	{ "com~apple~CloudDocs", "iCloud" },
	{ ".stfolder", "Syncthing" },
	{ ".megaignore", "MEGA" },
};

/* What such a folder is called, alone or with more after a blank: "OneDrive - Contoso". */
static const struct hint names[] = {
	{ "Dropbox", "Dropbox" },	 { "OneDrive", "OneDrive" },
	{ "Google Drive", "Google Drive" }, { "GoogleDrive", "Google Drive" },
	{ "Nextcloud", "Nextcloud" },	 { "ownCloud", "ownCloud" },
	{ "iCloud Drive", "iCloud" },	 { "iCloudDrive", "iCloud" },
	{ "com~apple~CloudDocs", "iCloud" }, { "MEGAsync", "MEGA" },
	{ "pCloudDrive", "pCloud" },	 { "Box Sync", "Box" },
	{ "Yandex.Disk", "Yandex Disk" }, { "Insync", "Insync" },
};

/* Where a program's settings name the folder: after the key, up to the line's or the quotation's end. */
static const struct setting {
	const char *file, *key, *service;
} settings[] = {
	{ ".dropbox/info.json", "\"path\": \"", "Dropbox" },
	{ ".config/onedrive/config", "sync_dir = \"", "OneDrive" },
	{ ".config/Nextcloud/nextcloud.cfg", "localPath=", "Nextcloud" },
	{ ".config/ownCloud/owncloud.cfg", "localPath=", "ownCloud" },
	{ ".config/syncthing/config.xml", " path=\"", "Syncthing" },
	{ ".local/state/syncthing/config.xml", " path=\"", "Syncthing" },
};

struct search {
	struct wv_ctx *ctx;
	const char *root, *dir;
	const char *home; /* whose settings are read */
	char *sentence;
};

/* 1, or a negative errno. */
static int found(struct search *search, const char *folder, int len, const char *service)
{
	search->sentence = wv__say(search->ctx, "%.*s is a folder of %s", len, folder, service);
	return search->sentence ? 1 : wv__fail_memory(search->ctx);
}

static bool is_inside(const char *dir, const char *folder, size_t len)
{
	return len > 1 && strncmp(dir, folder, len) == 0 && (dir[len] == '/' || !dir[len]);
}

/* ---- by the settings ----------------------------------------------------------------------- */

static int see_folder(struct search *search, const struct setting *setting, const char *text, size_t len)
{
	const bool home = len && text[0] == '~';
	cleanup_free char *folder = wv__printf("%s%.*s", home ? search->home : "", (int)(len - home), text + home);
	size_t end;

	if (!folder)
		return wv__fail_memory(search->ctx);
	end = strlen(folder);
	while (end && folder[end - 1] == '/')
		end--;
	return is_inside(search->dir, folder, end) ? found(search, folder, end, setting->service) : 0;
}

static int see_setting(struct search *search, const struct setting *setting)
{
	cleanup_free char *path = wv__printf("%s/%s", search->home, setting->file);
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const char *at;
	int r;

	if (!path)
		return wv__fail_memory(search->ctx);
	r = wv__host_text(search->ctx, search->root, path, &text);
	if (r <= 0)
		return r;
	r = 0;
	at = wv__buf_str(&text);
	while (r == 0 && (at = strstr(at, setting->key))) {
		at += strlen(setting->key);
		r = see_folder(search, setting, at, strcspn(at, "\"\r\n"));
	}
	return r;
}

static int see_home(void *data, const char *user, const char *home)
{
	struct search *search = data;
	int r = 0;

	(void)user;
	search->home = home;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(settings); i++)
		r = wv__host_pass_over(search->ctx, see_setting(search, &settings[i]));
	return r;
}

/* ---- by what lies in it, and by its name ------------------------------------------------------ */

static const char *service_of_name(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const size_t n = strlen(names[i].pattern);

		if (n <= len && strncmp(name, names[i].pattern, n) == 0 && (n == len || name[n] == ' '))
			return names[i].service;
	}
	return NULL;
}

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* A folder that cannot be read tells nothing; its name still may. */
static const char *service_of_content(const char *path)
{
	cleanup(close_dirp) DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		for (size_t i = 0; i < ARRAY_SIZE(markers); i++)
			if (fnmatch(markers[i].pattern, entry->d_name, 0) == 0)
				return markers[i].service;
	return NULL;
}

static int see_path(struct search *search)
{
	for (size_t len = strlen(search->dir); len > 1;) {
		cleanup_free char *path = wv__printf("%s%.*s", search->root, (int)len, search->dir);
		const char *slash = memrchr(search->dir, '/', len);
		const char *name = slash ? slash + 1 : search->dir;
		const char *service = service_of_name(name, search->dir + len - name);

		if (!path)
			return wv__fail_memory(search->ctx);
		if (!service)
			service = service_of_content(path);
		if (service)
			return found(search, search->dir, len, service);
		len = slash ? slash - search->dir : 0;
	}
	return 0;
}

int wv__cloud_folder(struct wv_ctx *ctx, const char *root, const char *dir, char **ret_sentence)
{
	struct search search = { .ctx = ctx, .root = root, .dir = dir };
	int r = see_path(&search);

	if (r == 0)
		r = wv__host_homes(ctx, root, see_home, &search);
	if (r > 0)
		*ret_sentence = search.sentence;
	return r;
}
