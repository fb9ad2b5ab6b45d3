/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * init.c - make a station: keys, roster, ledger, and last of all the policy,
 * so that a station either is whole or can be made again
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/utsname.h>

#include "station.h"
#include "../../base/clock.h"
#include "../../base/crypto.h"
#include "../../sync/target.h"
#include "../../trust/keys.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

#define SYSTEM_DIR "/etc/workvol"
#define SYSTEM_STATE "/var/lib/workvol"

/* An approver's or a station's line holds this long; then the roster is renewed. */
#define ROSTER_SECONDS (UINT64_C(5) * 365 * 86400)

struct init {
	struct wv_ctx *ctx;
	const struct wv_init_opts *opts;
	char *dir, *conf, *state;
	char station[65];
	struct wv_buf roster;
	struct wv__policy_value policy[16]; /* ended by a NULL key */
	size_t settings;
	char *server;
	char *fingerprint;
	int lock;		 /* the directory, held as long as this init lasts */
	bool new_dir, new_state; /* we made it, and under the lock: all in it is ours */
};

static void init_clear(struct init *in)
{
	wv__closep(&in->lock);
	free(in->dir);
	free(in->conf);
	free(in->state);
	free(in->fingerprint);
	free(in->server);
	wv__buf_free(&in->roster);
}

/* The value lives as long as the init does; there is room for all that is set here. */
static void set(struct init *in, const char *key, const char *value)
{
	in->policy[in->settings++] = (struct wv__policy_value){ .key = key, .value = value };
}

/* A member that older callers do not have. */
#define OPTION(in, member) \
	((in)->opts->struct_size > offsetof(struct wv_init_opts, member) ? (in)->opts->member : NULL)

/* The host's name, as far as it may stand in a roster. */
static void name_station(struct init *in)
{
	const char *given = OPTION(in, station);
	struct utsname host;
	size_t n = 0;

	if (given)
		memcpy(in->station, given, strnlen(given, sizeof(in->station) - 1));
	else if (uname(&host) == 0)
		for (const char *c = host.nodename; *c && n < sizeof(in->station) - 1; c++)
			if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", *c))
				in->station[n++] = *c;
	if (!*in->station)
		memcpy(in->station, "station", sizeof("station"));
}

static int add_line(struct init *in, const char *principal, const char *key,
		    const char *const *namespaces)
{
	const uint64_t today = round_down(wv__now(), 86400);

	return wv__roster_line(in->ctx, principal, key, namespaces, today, today + ROSTER_SECONDS,
			       &in->roster);
}

static int add_approver(struct init *in, const char *spec)
{
	static const char *const namespaces[] = { WV_NS_TAKEOUT, WV_NS_RETURN, WV_NS_ROSTER,
						  WV_NS_INSTRUCTION, NULL };
	const char *file = strchr(spec, '=');
	cleanup_free char *id = NULL;
	cleanup_free char *key = NULL;
	int r;

	if (!file || file == spec || !file[1])
		return wv__fail(in->ctx, -EINVAL, "approver %s is not ID=FILE.pub", spec);
	id = strndup(spec, file - spec);
	if (!id)
		return wv__fail_memory(in->ctx);
	r = wv__key_public(in->ctx, file + 1, &key);
	if (r < 0)
		return r;
	return add_line(in, id, key, namespaces);
}

/* A key of the station's own; one left by an init that did not end is used again. */
static int own_key(struct init *in, const char *name, char **ret_path, char **ret_public)
{
	cleanup_free char *path = wv__printf("%s/keys/%s", in->dir, name);
	cleanup_free char *comment = wv__printf("workvol %s %s", name, in->station);
	int r;

	if (!path || !comment)
		return wv__fail_memory(in->ctx);
	r = wv__key_generate(in->ctx, path, comment);
	if (r < 0 && r != -EEXIST)
		return r;
	r = wv__key_public(in->ctx, path, ret_public);
	if (r < 0)
		return r;
	*ret_path = take_ptr(path);
	return 0;
}

static int make_station_key(struct init *in)
{
	static const char *const namespaces[] = { WV_NS_TAKEOUT_RECORD, WV_NS_CERTIFICATE,
						  WV_NS_CHECKPOINT, NULL };
	cleanup_free char *path = NULL;
	cleanup_free char *key = NULL;
	int r;

	r = own_key(in, "station", &path, &key);
	if (r < 0)
		return r;
	r = wv__key_fingerprint(in->ctx, key, &in->fingerprint);
	if (r < 0)
		return r;
	r = add_line(in, in->station, key, namespaces);
	if (r < 0)
		return r;
	set(in, "station-key", "keys/station");
	return 0;
}

/* Keep a public key that was given, as NAME in the station's directory. */
static int keep_public(struct init *in, const char *option, const char *from, const char *name)
{
	cleanup_free char *path = wv__printf("%s/%s", in->dir, name);
	cleanup_free char *key = NULL;
	cleanup_free char *line = NULL;
	int r;

	if (!from)
		return wv__fail(in->ctx, -EINVAL, "a server reached by ssh needs --%s", option);
	r = wv__key_public(in->ctx, from, &key);
	if (r < 0)
		return r;
	line = wv__printf("%s\n", key);
	if (!path || !line)
		return wv__fail_memory(in->ctx);
	r = wv__write_file(in->ctx, AT_FDCWD, path, line, strlen(line), 0644);
	if (r == 0)
		set(in, option, name);
	return r;
}

static int set_path_server(struct init *in)
{
	cleanup_free char *path = NULL;
	cleanup_free char *key = NULL;
	int r;

	r = wv__real_path(in->ctx, in->opts->server, &in->server);
	if (r < 0)
		return r;
	r = own_key(in, "receipt", &path, &key);
	if (r < 0)
		return r;
	set(in, "server", in->server);
	set(in, "receipt-key", "keys/receipt");
	set(in, "server-key", "keys/receipt.pub");
	return 0;
}

static int set_server(struct init *in)
{
	cleanup_target struct wv__target *target = NULL;
	int r;

	if (!in->opts->server)
		return 0;
	r = wv__target_parse(in->ctx, in->opts->server, &target);
	if (r < 0)
		return r;
	if (!target->host)
		return set_path_server(in);
	set(in, "server", in->opts->server);
	r = keep_public(in, "server-hostkey", in->opts->server_hostkey, "server-hostkey.pub");
	if (r < 0)
		return r;
	return keep_public(in, "server-key", in->opts->server_key, "server-receipt.pub");
}

static int write_policy(struct init *in)
{
	set(in, "station", in->station);
	set(in, "client", in->opts->client);
	set(in, "contact", in->opts->contact);
	return wv__policy_write_new(in->ctx, in->conf, in->policy);
}

static int write_roster(struct init *in)
{
	cleanup_free char *path = wv__path_join(in->dir, "roster");

	if (!path)
		return wv__fail_memory(in->ctx);
	for (const char *const *a = in->opts->approvers; a && *a; a++) {
		int r = add_approver(in, *a);

		if (r < 0)
			return r;
	}
	return wv__write_file(in->ctx, AT_FDCWD, path, in->roster.data, in->roster.len, 0644);
}

/* Names are checked before anything is made. */
static int check_names(struct init *in)
{
	const char *ledger = OPTION(in, ledger), *station = OPTION(in, station);
	int r = 0;

	if (ledger && !wv__ledger_is_uri(ledger))
		return wv__fail(in->ctx, -EINVAL, "the ledger that stations share is no postgresql:// URI");
	if (ledger)
		r = wv__policy_check(in->ctx, "ledger", ledger);
	if (r == 0 && station && strlen(station) >= sizeof(in->station))
		r = wv__fail(in->ctx, -EINVAL, "station is longer than %zu letters", sizeof(in->station) - 1);
	if (r == 0 && station)
		r = wv__policy_check(in->ctx, "station", station);
	return r;
}

static int taken(struct init *in)
{
	return wv__fail(in->ctx, -EEXIST, "the ledger has a station %s already: this one needs another name",
			in->station);
}

/* A shared ledger may have a station of that name: only what an init of ours left is gone on with. */
static int check_chain(struct init *in, struct wv__ledger *ledger, uint64_t *ret_seq)
{
	cleanup_doc struct wv_doc *first = NULL;
	const char *fingerprint;
	char head[65];
	int r;

	r = wv__ledger_head(in->ctx, ledger, ret_seq, head);
	if (r < 0 || !*ret_seq || !OPTION(in, ledger))
		return r;
	r = wv__ledger_record(in->ctx, ledger, 1, &first);
	if (r < 0)
		return r;
	fingerprint = wv_doc_str(wv_doc_get(first, "body"), "fingerprint");
	return fingerprint && !strcmp(fingerprint, in->fingerprint) ? 0 : taken(in);
}

static int append_first(struct init *in, struct wv__ledger *ledger, struct wv_doc *body)
{
	uint64_t before, seq;
	int r;

	r = check_chain(in, ledger, &before);
	if (r < 0)
		return r;
	/* a shared ledger may keep it and not be able to say so: its chain needs these keys */
	if (OPTION(in, ledger))
		in->new_dir = false;
	r = wv__ledger_append(in->ctx, ledger, "station.init", NULL, body, &seq);
	if (r < 0)
		return r;
	return seq == before + 1 ? 0 : taken(in); /* another init of that name, at the same moment */
}

/* The ledger's first record says with what the station began. */
static int first_record(struct init *in, struct wv_doc **ret_result)
{
	cleanup(wv__ledger_closep) struct wv__ledger *ledger = NULL;
	const char *shared = OPTION(in, ledger);
	cleanup_free char *path = shared ? strdup(shared) : wv__path_join(in->state, "ledger.db");
	cleanup_doc struct wv_doc *doc = NULL;
	char roster[65];
	int r;

	if (!path)
		return wv__fail_memory(in->ctx);
	r = wv__sha256_hex(in->roster.data, in->roster.len, roster);
	if (r < 0)
		return wv__fail_sys(in->ctx, r, "cannot hash the roster");
	r = wv__ledger_open(in->ctx, path, in->station, true, &ledger);
	if (r < 0)
		return r;
	r = wv__doc_build(in->ctx, &doc, M_STR("station", in->station),
			  M_STR("fingerprint", in->fingerprint), M_STR("roster", roster),
			  M_OPT_STR("server", in->opts->server), M_BOOL("lab", in->opts->lab));
	if (r < 0)
		return r;
	r = append_first(in, ledger, doc);
	if (r < 0)
		return r;
	r = wv__doc_set(in->ctx, doc, M_PATH("policy", in->conf), M_PATH("ledger", path));
	if (r < 0)
		return r;
	*ret_result = take_ptr(doc);
	return 0;
}

/* As wv__mkdirs(); who made the last of them is told by mkdir() alone. */
static int make_dir(struct init *in, const char *path, mode_t mode, bool *ret_new)
{
	cleanup_free char *parent = strdup(path);
	char *slash = parent ? strrchr(parent, '/') : NULL;
	int r;

	*ret_new = false;
	if (!parent)
		return wv__fail_memory(in->ctx);
	if (slash && slash != parent) {
		*slash = '\0';
		r = wv__mkdirs(in->ctx, parent, mode);
		if (r < 0)
			return r;
	}
	*ret_new = mkdir(path, mode) == 0;
	if (*ret_new)
		return 0;
	if (errno != EEXIST)
		return wv__fail_sys(in->ctx, -errno, "cannot make the directory %s", path);
	return wv__mkdirs(in->ctx, path, mode); /* is it a directory? */
}

/* Without waiting: what another init makes here is a station soon, or gone again. */
static int hold_dir(struct init *in)
{
	struct stat held, there = { 0 };
	int r;

	in->lock = open(in->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->lock < 0 || fstat(in->lock, &held) < 0)
		return wv__fail_sys(in->ctx, -errno, "cannot open the directory %s", in->dir);
	r = flock(in->lock, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
	if (r < 0 && r != -EWOULDBLOCK)
		return wv__fail_sys(in->ctx, r, "cannot lock %s", in->dir);
	if (r == 0 && stat(in->dir, &there) < 0 && errno != ENOENT)
		return wv__fail_sys(in->ctx, -errno, "cannot stat %s", in->dir);
	/* one that failed has removed it since it was opened: another may be there now */
	if (r < 0 || there.st_dev != held.st_dev || there.st_ino != held.st_ino)
		return wv__fail(in->ctx, -EBUSY, "another workvol is making a station in %s",
				in->dir);
	return 0;
}

static int make_dirs(struct init *in)
{
	cleanup_free char *keys = wv__path_join(in->dir, "keys");
	bool made;
	int r;

	in->state = in->opts->dir ? wv__path_join(in->dir, "state") : strdup(SYSTEM_STATE);
	if (!keys || !in->state)
		return wv__fail_memory(in->ctx);
	r = make_dir(in, in->dir, 0755, &made);
	if (r < 0)
		return r;
	r = hold_dir(in);
	if (r < 0) {
		if (made && r != -EBUSY)
			rmdir(in->dir); /* not its tree: who has the lock may have begun */
		return r;
	}
	if (access(in->conf, F_OK) == 0)
		return wv__fail(in->ctx, -EEXIST, "%s is there already: this is a station",
				in->conf);
	/* between our mkdir() and our lock another may have held it: then there are its keys */
	in->new_dir = made && access(keys, F_OK) < 0 && errno == ENOENT;
	r = wv__mkdirs(in->ctx, keys, 0700);
	return r < 0 ? r : make_dir(in, in->state, 0700, &in->new_state);
}

/* What did not become a station leaves nothing behind, but in directories that others made. */
static void remove_new(const struct init *in)
{
	if (in->new_state)
		wv__remove_tree(NULL, AT_FDCWD, in->state);
	if (in->new_dir)
		wv__remove_tree(NULL, AT_FDCWD, in->dir);
}

static int make(struct init *in, struct wv_doc **ret_result)
{
	int r;

	r = check_names(in);
	if (r < 0)
		return r;
	r = make_dirs(in);
	if (r < 0)
		return r;
	name_station(in);
	/* Only init writes this line: see protocol, "Trials". */
	set(in, "lab", in->opts->lab ? "yes" : NULL);
	set(in, "state-dir", in->opts->dir ? "state" : SYSTEM_STATE);
	set(in, "roster", "roster");
	set(in, "ledger", OPTION(in, ledger));
	r = make_station_key(in);
	if (r < 0)
		return r;
	r = write_roster(in);
	if (r < 0)
		return r;
	r = set_server(in);
	if (r < 0)
		return r;
	r = first_record(in, ret_result);
	return r < 0 ? r : write_policy(in);
}

/* "DIR/" is no name that can be removed again. */
static char *without_slashes(const char *dir)
{
	char *name = strdup(dir);

	for (size_t n = name ? strlen(name) : 0; n > 1 && name[n - 1] == '/'; n--)
		name[n - 1] = '\0';
	return name;
}

WV_API int wv_station_init(struct wv_ctx *ctx, const struct wv_init_opts *opts,
			   struct wv_doc **ret_result)
{
	cleanup(init_clear) struct init in = {
		.ctx = ctx, .opts = opts, .dir = without_slashes(opts->dir ? opts->dir : SYSTEM_DIR),
		.lock = -1,
	};
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	in.conf = in.dir ? wv__path_join(in.dir, "workvol.conf") : NULL;
	if (!in.conf)
		return wv__fail_memory(ctx);
	r = make(&in, &result);
	if (r < 0) {
		if (access(in.conf, F_OK) < 0) /* else it is a station, though its last fsync failed */
			remove_new(&in);
		return r;
	}
	*ret_result = take_ptr(result);
	return 0;
}
