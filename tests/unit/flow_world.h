/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow_world.h - a lab station, its people and their keys, a tree to carry: what
 * the tests of lib/flow stand on, and the fault loop that they share
 *
 * The world is made once a program; each test works on a copy of a stage of it.
 */
#ifndef TEST_FLOW_WORLD_H
#define TEST_FLOW_WORLD_H

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/flow/return/homecoming.h"
#include "../../lib/flow/takeout/takeout_record.h"
#include "../../lib/volume/mapper.h"
#include "support.h"

#define WORLD_SIZE (24 * MiB)
#define RUN "/run/workvol"

struct world {
	char *dir, *work; /* work: what stages are copied of and to */
	char *station, *approver_line;
	char *conf, *server, *source, *declaration, *key, *approver, *holder, *volume, *mnt;
	struct wv_secret *passphrase;
	struct wv_station *st; /* of one test */
};

static struct world w;

/* Run a shell command, and have it succeed. */
static inline void __attribute__((format(printf, 1, 2))) must(const char *fmt, ...)
{
	cleanup_free char *command = NULL;
	cleanup_free char *quiet = NULL;
	va_list list;
	int n;

	va_start(list, fmt);
	n = vasprintf(&command, fmt, list);
	va_end(list);
	ck_assert_int_gt(n, 0);
	ck_assert_int_gt(asprintf(&quiet, "{ %s; } >/dev/null </dev/null", command), 0);
	ck_assert_msg(system(quiet) == 0, "%s", command);
}

/* TAP does not say what failed before the first test: stderr does. */
#define ck_done(call)                                                                        \
	do {                                                                                 \
		const int done_ = (call);                                                    \
		if (done_ < 0)                                                               \
			fprintf(stderr, "# %s: %d: %s\n", #call, done_, wv_ctx_error(ctx)); \
		ck_assert_msg(done_ == 0, "%d: %s", done_, wv_ctx_error(ctx));               \
	} while (0)

static inline char *below(const char *dir, const char *name)
{
	char *path = wv__path_join(dir, name);

	ck_assert_ptr_nonnull(path);
	return path;
}

/* ---- stages ---------------------------------------------------------------------- */

static inline void station_close(void)
{
	wv_station_free(w.st);
	w.st = NULL;
}

static inline void station_open(void)
{
	station_close();
	ck_done(wv_station_open(ctx, w.conf, &w.st));
}

/* Keep the work as it is now under a name; and have it again as it was then. */
static inline void stage_keep(const char *name)
{
	station_close();
	must("cp -a '%s' '%s/%s'", w.work, w.dir, name);
}

/* Locked memory is wiped in a child: each test has the secret anew. */
static inline void passphrase_make(void)
{
	wv_secret_free(w.passphrase);
	w.passphrase = NULL;
	ck_done(wv__secret_copy(ctx, "correct horse", 13, &w.passphrase));
}

static inline void stage(const char *name)
{
	passphrase_make();
	station_close();
	must("rm -rf '%s' && cp -a '%s/%s' '%s'", w.work, w.dir, name, w.work);
	station_open();
}

static inline struct wv_prepare_opts prepare_opts(void)
{
	struct wv_prepare_opts opts = WV_PREPARE_OPTS_INIT;

	opts.declaration = w.declaration;
	opts.source = w.source;
	opts.key_file = w.key;
	opts.passphrase = w.passphrase;
	opts.holder = "suzuki=";
	opts.due = "2099-12-31";
	opts.client_approval = "C-1,survey";
	opts.approve_with = w.approver;
	opts.size = WORLD_SIZE;
	return opts;
}

static inline int do_prepare(struct wv_doc **ret)
{
	struct wv_prepare_opts opts = prepare_opts();
	char holder[PATH_MAX];

	snprintf(holder, sizeof(holder), "suzuki=%s.pub", w.holder);
	opts.holder = holder;
	return wv_flow_prepare(w.st, w.volume, &opts, ret);
}

static inline int do_handover(struct wv_doc **ret)
{
	return wv_flow_handover(w.st, w.volume, w.holder, ret);
}

static inline struct wv_open_opts open_opts(void)
{
	struct wv_open_opts opts = WV_OPEN_OPTS_INIT;

	opts.key_file = w.key;
	opts.passphrase = w.passphrase;
	opts.dir = w.mnt;
	return opts;
}

static inline struct wv_return_opts return_opts(void)
{
	struct wv_return_opts opts = WV_RETURN_OPTS_INIT;

	opts.key_file = w.key;
	opts.passphrase = w.passphrase;
	opts.approve_with = w.approver;
	return opts;
}

static inline int do_return(struct wv_doc **ret)
{
	const struct wv_return_opts opts = return_opts();

	return wv_flow_return(w.st, w.volume, &opts, ret);
}

/* ---- the world -------------------------------------------------------------------- */

static inline void world_paths(void)
{
	w.dir = test_path("world");
	w.work = below(w.dir, "work");
	w.station = below(w.work, "station");
	w.conf = below(w.station, "workvol.conf");
	w.server = below(w.work, "server");
	w.volume = below(w.work, "volume.img");
	w.source = below(w.dir, "source");
	w.declaration = below(w.dir, "declaration");
	w.key = below(w.dir, "keys/factor");
	w.approver = below(w.dir, "keys/approver");
	w.approver_line = wv__printf("tanaka=%s.pub", w.approver);
	w.holder = below(w.dir, "keys/holder");
	w.mnt = below(w.dir, "mnt");
}

static inline int do_init(struct wv_doc **ret)
{
	const char *const approvers[] = { w.approver_line, NULL };
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;

	opts.dir = w.station;
	opts.server = w.server;
	opts.approvers = approvers;
	opts.client = "Example City";
	opts.lab = 1;
	return wv_station_init(ctx, &opts, ret);
}

/* Mounts of tests that run beside this one: a copy of them here would keep them in use. */
static inline void leave_others_mounts(void)
{
	FILE *in = fopen("/proc/self/mounts", "re");
	char line[8192], dir[4096];

	while (in && fgets(line, sizeof(line), in))
		if (sscanf(line, "%*s %4095s", dir) == 1 && strncmp(dir, "/dev/shm/", 9) == 0 &&
		    strncmp(dir, test_dir(), strlen(test_dir())) != 0)
			umount2(dir, MNT_DETACH);
	if (in)
		fclose(in);
}

/* Directories of a run are made below RUN: one of our own, so that what is left is seen. */
static inline void own_run(void)
{
	mkdir(RUN, 0700);
	ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
			      mount("workvol-test", RUN, "tmpfs", 0, "mode=700") == 0,
		      "mounts: %m");
	leave_others_mounts();
}

/* A stage "new": the station, and nothing taken out. Run once, before the first test. */
static inline void world_make(void)
{
	const char *const outputs[] = { "results/*:1M", NULL };
	struct wv_declare_opts declare = WV_DECLARE_OPTS_INIT;
	cleanup_doc struct wv_doc *init = NULL;
	cleanup_doc struct wv_doc *declared = NULL;

	own_run();
	world_paths();
	must("mkdir -p '%s'/keys '%s'/deep '%s' '%s' '%s'", w.dir, w.source, w.work, w.mnt, w.server);
	must("echo one >'%s'/a && echo two >'%s/deep/b c'", w.source, w.source);
	must("ssh-keygen -q -t ed25519 -N '' -f '%s' && ssh-keygen -q -t ed25519 -N '' -f '%s'",
	     w.approver, w.holder);
	ck_done(wv_factor_new(ctx, w.key));
	passphrase_make();
	declare.purpose = "site survey";
	declare.outputs = outputs;
	ck_done(wv_declare_tree(ctx, w.source, w.declaration, &declare, &declared));
	ck_done(do_init(&init));
	must("echo 'search-dirs = %s/home' >>'%s'", w.work, w.conf); /* not what else lies on this machine */
	stage_keep("new");
}

static inline void stage_after(int (*op)(struct wv_doc **), const char *name)
{
	cleanup_doc struct wv_doc *result = NULL;

	if (!w.st)
		station_open();
	ck_done(op(&result));
	stage_keep(name);
}

static inline void make_prepared(void)
{
	world_make();
	stage_after(do_prepare, "prepared");
}

static inline void make_out(void)
{
	make_prepared();
	stage_after(do_handover, "out");
}

/* The state of the one take-out. */
static inline const char *state_now(void)
{
	cleanup_doc struct wv_doc *list = NULL;
	static char state[32];

	ck_done(wv_flow_list(w.st, 0, &list));
	if (!wv_doc_count(list))
		return "none";
	ck_assert_uint_eq(wv_doc_count(list), 1);
	snprintf(state, sizeof(state), "%s", wv_doc_str(wv_doc_at(list, 0), "state"));
	return state;
}

/* ---- nothing is left ----------------------------------------------------------------- */

/* Processes of this program: the parent, the suite, the test; more are mappers. */
static inline int own_processes(void)
{
	char self[PATH_MAX] = "", path[64], exe[PATH_MAX];
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int n = 0;

	ck_assert_ptr_nonnull(proc);
	ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
	while ((entry = readdir(proc))) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%.16s/exe", entry->d_name);
		len = readlink(path, exe, sizeof(exe) - 1);
		if (len > 0 && (size_t)len == strlen(self) && memcmp(exe, self, len) == 0)
			n++;
	}
	closedir(proc);
	return n;
}

/* Lines of a file that hold a text. */
static inline int lines_with(const char *file, const char *text)
{
	FILE *in = fopen(file, "re");
	char line[8192];
	int n = 0;

	while (in && fgets(line, sizeof(line), in))
		n += strstr(line, text) != NULL;
	if (in)
		fclose(in);
	return n;
}

static inline int loops_left(void)
{
	DIR *blocks = opendir("/sys/block");
	const struct dirent *entry;
	char path[300];
	int n = 0;

	ck_assert_ptr_nonnull(blocks);
	while ((entry = readdir(blocks))) {
		snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", entry->d_name);
		n += lines_with(path, w.dir);
	}
	closedir(blocks);
	return n;
}

static inline int files_below(const char *dir)
{
	DIR *in = opendir(dir);
	int n = -2;

	while (in && readdir(in))
		n++;
	if (in)
		closedir(in);
	return in ? n : 0;
}

static inline int mounts_now(void)
{
	return lines_with("/proc/self/mounts", " ");
}

static int processes_before, mounts_before;

static inline void remember(void)
{
	processes_before = own_processes();
	mounts_before = mounts_now();
}

/* No child, mapper, loop, mount or directory, once a mapper had its five seconds: more on a slow machine. */
static inline void assert_nothing_left(int n)
{
	for (int wait = 0; wait < 3000 && own_processes() > processes_before; wait++)
		usleep(10000);
	ck_assert_msg(own_processes() <= processes_before, "fault %d: a process is left", n);
	ck_assert_msg(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "fault %d: a child is left", n);
	/* fewer: somebody else's, whose directory was removed, is gone here too */
	ck_assert_msg(mounts_now() <= mounts_before, "fault %d: a mount is left", n);
	ck_assert_msg(loops_left() == 0, "fault %d: a loop device is left", n);
	/* one may be: where the call that failed was part of its removal */
	ck_assert_msg(files_below(RUN) <= 1, "fault %d: directories in " RUN " are left", n);
	if (files_below(RUN)) {
		if (getenv("SHOW_FAULTS"))
			fprintf(stderr, "%d: a directory in " RUN " is left\n", n);
		must("rm -rf --one-file-system " RUN "/*");
	}
}

/* ---- the fault loop ------------------------------------------------------------------ */

struct fault_loop {
	int (*op)(struct wv_doc **ret);
	void (*before)(void);    /* have the state in which op begins; may be NULL: it changes none */
	void (*after)(int n, int r); /* is what fault n left right; may be NULL */
	bool leaves;             /* it may leave what after() clears up */
	int dense;               /* every call up to this one */
	int grow;                /* after that, the stride grows by 1/grow of n; 0: every call */
};

/* A sentence of an earlier failure does not count. */
#define STALE "/of an earlier failure"

static inline void make_stale(void)
{
	cleanup_doc struct wv_doc *doc = NULL;

	ck_assert_int_lt(wv_doc_read(ctx, STALE, &doc), 0);
}

static inline double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/*
 * The n-th call of the operation fails, until none does. Each time: a negative
 * errno with its sentence, or success where the call was not needed; nothing
 * handed out by a failure, no descriptor, process, mount or loop left. Return:
 * how many calls there are.
 */
static inline int fault_loop(const struct fault_loop *loop)
{
	const char *grow = getenv("FAULT_GROW"); /* to look closer: 0 is every call */
	const int divisor = grow ? atoi(grow) : loop->grow;
	int n, step;

	if (loop->before)
		loop->before();
	remember();
	for (n = 0;; n += step) {
		struct wv_doc *doc = NULL;
		bool fired;
		const double begin = seconds_now();
		int fds, r;

		if (loop->before && n)
			loop->before();
		make_stale();
		fds = open_fds();
		fault_after(n);
		r = loop->op(&doc);
		fired = fault_fired();
		ck_assert_msg(r <= 0, "fault %d: returned %d", n, r);
		if (r < 0) {
			ck_assert_msg(fired, "no fault, but %d: %s", r, wv_ctx_error(ctx));
			ck_assert_msg(!doc, "fault %d: a failure handed a document out", n);
			ck_assert_msg(!strstr(wv_ctx_error(ctx), STALE), "fault %d: %d without a sentence", n, r);
		}
		wv_doc_free(doc);
		ck_assert_msg(open_fds() == fds, "fault %d: %d descriptors, %d before", n, open_fds(), fds);
		if (!loop->leaves)
			assert_nothing_left(n);
		if (getenv("SHOW_FAULTS"))
			fprintf(stderr, "%d: %d %s (%.2f s)\n", n, r, r < 0 ? wv_ctx_error(ctx) : "",
				seconds_now() - begin);
		if (loop->after)
			loop->after(n, r);
		if (loop->leaves)
			assert_nothing_left(n);
		if (!fired)
			break;
		step = divisor && n >= loop->dense ? 1 + n / divisor : 1;
	}
	printf("# %d calls\n", n);
	return n;
}

/* ---- a return, step by step -------------------------------------------------------------- */

struct coming {
	struct wv__homecoming h;
	struct wv_return_opts opts;
};

static inline void coming_end(struct coming *c)
{
	if (c->h.session_open)
		wv__session_drop(&c->h.session);
	wv__declaration_free(c->h.decl);
	wv_doc_free(c->h.record);
	wv_doc_free(c->h.wipe);
	wv_doc_free(c->h.pattern);
	wv_doc_free(c->h.copies);
	wv__subject_clear(&c->h.s);
}

static inline void coming_begin(struct coming *c)
{
	*c = (struct coming){ .h = { .st = w.st, .session = WV_SESSION_INIT }, .opts = return_opts() };
	c->h.opts = &c->opts;
	ck_done(wv__subject_need(w.st, w.volume, &c->h.s));
	ck_done(wv__takeout_claim(&c->h.s.t));
	ck_done(wv__record_of(c->h.s.t, &c->h.record));
}

/* One step of a return that begins with it, as wv_flow_return() takes it. */
static struct coming step_of;

static inline void step_end(void)
{
	coming_end(&step_of);
	step_of = (struct coming){ .h.session = WV_SESSION_INIT };
}

static inline void step_begin(const char *from)
{
	step_end();
	stage(from);
	coming_begin(&step_of);
}

static inline int step_run(int (*step)(struct wv__homecoming *))
{
	const int r = step(&step_of.h);

	if (step_of.h.session_open)
		wv__session_drop(&step_of.h.session);
	step_of.h.session_open = false;
	return r;
}

/* After a failure the whole return goes on to its end. */
static inline void return_goes_on(void)
{
	cleanup_doc struct wv_doc *result = NULL;

	step_end();
	ck_done(do_return(&result));
	ck_assert_str_eq(state_now(), "closed");
}

/* Stages of a return: "out" up to that state, by the state's name. */
static inline void make_until(enum wv__state state)
{
	static int (*const steps[])(struct wv__homecoming *) = {
		wv__return_check, wv__return_sync, wv__return_approve,
		wv__return_destroy, wv__return_wipe, wv__return_certify,
	};
	cleanup(coming_end) struct coming c;

	make_out();
	station_open();
	coming_begin(&c);
	for (size_t i = 0; c.h.s.t->state != state; i++)
		ck_done(steps[i](&c.h));
	coming_end(&c);
	c = (struct coming){ .h.session = WV_SESSION_INIT };
	stage_keep(wv__state_name(state));
}

#define FLOW_MAIN(name, make, ...)                                                     \
	int main(void)                                                                 \
	{                                                                              \
		const TTest *const tests[] = { __VA_ARGS__ };                          \
		return run_suite(flow_suite((name), (make), tests, ARRAY_SIZE(tests))); \
	}

static inline Suite *flow_suite(const char *name, void (*make)(void), const TTest *const *tests,
				size_t count)
{
	static Suite *suite; /* to be found until the end: only run_suite()'s child frees it */
	TCase *tcase = tcase_create("all");

	suite = suite_create(name);
	tcase_add_unchecked_fixture(tcase, make, NULL);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}

#endif
