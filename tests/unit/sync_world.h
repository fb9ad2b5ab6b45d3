/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sync_world.h - a source tree with awkward names, its declaration, a server's
 * root and keys: what the tests of lib/sync stand on
 */
#ifndef TEST_SYNC_WORLD_H
#define TEST_SYNC_WORLD_H

#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/fs.h"
#include "sync/receipt.h"
#include "sync/slot.h"
#include "support.h"
#include "support_sshd.h"

#define TAKEOUT "0a1b2c3d-0000-4000-8000-00000000000a"
#define VOLUME "0a1b2c3d-0000-4000-8000-00000000000b"

struct world {
	char *dir; /* of this test alone: one that failed leaves its own behind */
	char *source, *root, *data; /* data: ROOT/TAKEOUT/data */
	int fd;                     /* source, open */
	char *key, *public;         /* receipt key: file, "TYPE BASE64" */
	struct wv__declaration *decl;
	struct wv__target *target;
	struct wv__server server;
	struct wv__receipt_terms terms;
	char nonce[WV_RECEIPT_NONCE];
	struct test_sshd sshd;
};

static struct world w;

static inline void put(const char *dir, const char *name, const void *data, size_t len)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	ck_assert_msg(fd >= 0, "%s: %m", path);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static inline void declare_file(const char *name, const void *data, size_t len)
{
	unsigned char sha256[WV_SHA256_SIZE];

	put(w.source, name, data, len);
	ck_assert_int_eq(wv__sha256(data, len, sha256), 0);
	ck_assert_int_eq(wv__declaration_add(ctx, w.decl, name, len, sha256), 0);
}

static inline void declare_dir(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", w.source, name);
	ck_assert_int_eq(mkdir(path, 0750), 0);
	ck_assert_int_eq(wv__declaration_add(ctx, w.decl, name, 0, NULL), 0);
}

/* What rsync, ssh or a shell could trip over. */
static const char *const awkward_names[] = {
	"-a", "--delete", "#comment", ";comment", "a b", "[x]*?", "\"quoted\"", "'", "$HOME", "back\\slash",
	"\xff\xfe", "\xe6\x97\xa5\xe6\x9c\xac", "~", "user@host:file", "d/inside", "empty",
};

static inline void world_target(const char *text)
{
	wv__target_free(w.target);
	ck_assert_int_eq(wv__target_parse(ctx, text, &w.target), 0);
	w.server.target = w.target;
}

static inline void world_new_nonce(void)
{
	ck_assert_int_eq(wv__receipt_nonce(w.nonce), 0);
}

static inline void world_setup(void)
{
	w.dir = wv__printf("%s/%d", test_dir(), getpid());
	w.source = wv__printf("%s/source with space", w.dir);
	w.root = wv__printf("%s/server", w.dir);
	w.key = wv__printf("%s/receipt-key", w.dir);
	ck_assert_int_eq(mkdir(w.dir, 0700), 0);
	ck_assert_int_eq(mkdir(w.source, 0700), 0);
	ck_assert_int_eq(mkdir(w.root, 0700), 0);
	w.data = wv__printf("%s/" TAKEOUT "/data", w.root);
	w.public = test_keygen(w.key);
	w.fd = open(w.source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(w.fd, 0);
	ck_assert_int_eq(wv__declaration_new(ctx, &w.decl), 0);
	declare_dir("d");
	declare_dir("empty dir");
	for (size_t i = 0; i < ARRAY_SIZE(awkward_names); i++)
		declare_file(awkward_names[i], awkward_names[i],
			     strcmp(awkward_names[i], "empty") ? strlen(awkward_names[i]) : 0);
	world_target(w.root);
	w.server.key = w.key;
	world_new_nonce();
	w.terms = (struct wv__receipt_terms){
		.takeout = TAKEOUT, .volume = VOLUME, .nonce = w.nonce, .decl = w.decl, .root = w.root,
		.key = w.public, .now = wv__now(), .max_age = 3600, .self_verified = true,
	};
}

/* Check runs it only after a test that passed; the parent removes the files of all. */
static inline void world_teardown(void)
{
	test_sshd_stop(&w.sshd);
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, w.dir), 0);
	free(w.dir);
	free(w.source);
	free(w.root);
	free(w.key);
	wv__declaration_free(w.decl);
	wv__target_free(w.target);
	close(w.fd);
	free(w.data);
	free(w.public);
}

/* The server is this very program, behind a real sshd: see world_main(). */
static inline void world_over_ssh(void)
{
	char self[PATH_MAX], command[3 * PATH_MAX], target[PATH_MAX];
	char *dir = wv__printf("%s/sshd", w.dir);
	const ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(len, 0);
	self[len] = '\0';
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	snprintf(command, sizeof(command), "'%s' serve '%s' '%s'", self, w.root, w.key);
	test_sshd_start(&w.sshd, dir, command);
	snprintf(target, sizeof(target), "ssh://%s@127.0.0.1:%u%s", getpwuid(getuid())->pw_name,
		 w.sshd.port, w.root);
	world_target(target);
	w.server.host_key = w.sshd.host_key;
	w.server.identity = w.sshd.identity;
	w.terms.self_verified = false;
	free(dir);
}

static inline int send_all(void)
{
	return wv__sync_send(ctx, &w.server, TAKEOUT, w.fd, w.decl);
}

/* ROOT/TAKEOUT/data/NAME */
static inline char *data_path(const char *name)
{
	char *path = wv__printf("%s/%s", w.data, name);

	ck_assert_ptr_nonnull(path);
	return path;
}

/* Is everything declared there, and like the source? */
static inline void assert_sent(void)
{
	for (size_t i = 0; i < w.decl->entries.count; i++) {
		const struct wv__entry *entry = w.decl->entries.at[i];
		struct wv_buf text = WV_BUF_INIT;
		unsigned char sha256[WV_SHA256_SIZE];
		char *path = data_path(entry->path);
		struct stat st;

		ck_assert_msg(stat(path, &st) == 0, "%s: %m", path);
		ck_assert_int_eq(S_ISDIR(st.st_mode), entry->is_dir);
		ck_assert_int_eq(st.st_mode & 07777, entry->is_dir ? 0700 : 0600);
		if (!entry->is_dir) {
			ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, path, 64 * MiB, &text), 0);
			ck_assert_int_eq(wv__sha256(text.data ? text.data : "", text.len, sha256), 0);
			ck_assert_mem_eq(sha256, entry->sha256, sizeof(sha256));
			wv__buf_free(&text);
		}
		free(path);
	}
}

/* main() of a program that is the forced command of its own tests: "PROGRAM serve ROOT KEY". */
static inline int world_main(int argc, char **argv, Suite *(*suite)(void))
{
	struct wv_ctx *server;
	int r;

	if (argc != 4 || strcmp(argv[1], "serve"))
		return run_suite(suite());
	if (wv_ctx_new(&server) < 0)
		return 1;
	r = wv_sync_serve(server, argv[2], argv[3], getenv("SSH_ORIGINAL_COMMAND"));
	if (r < 0)
		fprintf(stderr, "workvol: %s\n", wv_ctx_error(server));
	wv_ctx_free(server);
	return r == 0 ? 0 : r == -EBADMSG ? 4 : r == -EPERM || r == -EBUSY ? 3 : 1;
}

static inline TCase *world_case(Suite *suite, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, world_setup, world_teardown);
	suite_add_tcase(suite, tc);
	return tc;
}

#endif
