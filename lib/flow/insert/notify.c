/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notify.c - tell those who are logged in: by the notification service on the
 * message bus of each user (org.freedesktop.Notifications), or by wall
 *
 * A user's bus takes nobody else's calls, root's neither: the call is made by
 * busctl, as that user. What the user does to it harms nobody but the user.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "notify.h"
#include "../../base/exec.h"
#include "../../base/fs.h"
#include "../../base/json.h"
#include "../../evidence/markup.h"

#define RUN_USER "/run/user" /* pam_systemd(8): one directory for each who is logged in */
#define PATIENCE "5"         /* seconds for an answer of the service */
#define PATIENCE_MAX 10      /* for the program that asks it */
#define NOTIFICATIONS "org.freedesktop.Notifications"

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* For a terminal, which may be a console without the letters of a language; and a text that is no UTF-8 ends a connection to a bus. */
static char *plain(const char *text)
{
	char *copy = strdup(text);

	for (char *c = copy; c && *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return copy;
}

/* The body of a notification may be markup. */
static int escape(const char *text, char **ret)
{
	struct wv__markup m = { 0 };

	wv__markup_text(&m, text);
	return wv__markup_take(NULL, &m, ret);
}

/*
 * A link, or a socket of somebody else's, is no bus of theirs. Without CAP_DAC_READ_SEARCH,
 * which the service does well without, their directory is closed to us: they will see.
 */
static bool has_bus(const char *dir, const char *bus, uid_t uid, gid_t *ret_gid)
{
	struct stat st;

	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != uid)
		return false;
	*ret_gid = st.st_gid;
	if (lstat(bus, &st) < 0)
		return errno == EACCES;
	return S_ISSOCK(st.st_mode) && st.st_uid == uid;
}

static int call_as(uid_t uid, gid_t gid, const char *bus, bool alert, const char *body)
{
	char reuid[32], regid[32];
	cleanup_free char *address = wv__printf("--address=unix:path=%s", bus);
	/* name, id replaced, icon, summary, body, actions, hints {urgency}, expiry in ms: 0 never, -1 as it likes */
	const char *const argv[] = {
		"setpriv", reuid, regid, "--clear-groups", "--no-new-privs", "busctl", address,
		"--timeout=" PATIENCE, "--quiet", "--", "call", NOTIFICATIONS,
		"/org/freedesktop/Notifications", NOTIFICATIONS, "Notify", "susssasa{sv}i", "workvol", "0",
		alert ? "dialog-warning" : "drive-removable-media", "workvol", body, "0", "1", "urgency",
		"y", alert ? "2" : "1", alert ? "0" : "-1", NULL,
	};
	const struct wv__exec exec = { .argv = argv, .seconds = PATIENCE_MAX };

	snprintf(reuid, sizeof(reuid), "--reuid=%u", uid);
	snprintf(regid, sizeof(regid), "--regid=%u", gid);
	return address ? wv__exec_ok(NULL, &exec) : -ENOMEM;
}

/* Was the user of that directory told? */
static bool tell_user(const char *name, bool alert, const char *body)
{
	cleanup_free char *dir = wv__path_join(RUN_USER, name);
	cleanup_free char *bus = dir ? wv__path_join(dir, "bus") : NULL;
	char *end;
	unsigned long uid;
	gid_t gid;

	errno = 0;
	uid = strtoul(name, &end, 10);
	if (errno || !bus || *name < '0' || *name > '9' || *end || uid >= UINT_MAX)
		return false;
	return has_bus(dir, bus, uid, &gid) && call_as(uid, gid, bus, alert, body) == 0;
}

static int tell_desktops(bool alert, const char *text)
{
	cleanup(close_dirp) DIR *users = opendir(RUN_USER);
	cleanup_free char *body = NULL;
	const struct dirent *e;
	int told = 0;

	if (!users || escape(text, &body) < 0)
		return 0;
	while ((e = readdir(users)))
		told += tell_user(e->d_name, alert, body);
	return told;
}

static int tell_terminals(const char *text)
{
	cleanup_free char *line = wv__printf("workvol: %s\n", text);
	const struct wv__exec exec = {
		.argv = (const char *const[]){ "wall", NULL },
		.input = line,
		.input_len = line ? strlen(line) : 0,
		.seconds = PATIENCE_MAX,
	};

	return line ? wv__exec_ok(NULL, &exec) : -ENOMEM;
}

void wv__notify(struct wv_ctx *ctx, bool alert, const char *text, const char *local)
{
	const bool translated = local && strcmp(local, text) != 0 && wv__is_utf8(local, strlen(local));
	cleanup_free char *safe = plain(text);

	/* Without the context: the sentence of what went before stays, and a wish to stop silences nothing. */
	if (!safe || (tell_desktops(alert, translated ? local : safe) == 0 && tell_terminals(safe) < 0))
		wv__log(ctx, WV_LOG_WARNING, "nobody could be told that %s", safe ? safe : "a medium was inserted");
}
