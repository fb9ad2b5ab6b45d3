/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_walk.c - tests of lib/declare/walk.c
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "tree_world.h"

START_TEST(a_plain_tree_is_listed_sorted_and_hashed)
{
	const int dir = new_tree("plain");
	char hex[WV_SHA256_HEX];
	struct wv__tree *tree;

	mkdirat(dir, "d", 0755);
	mkdirat(dir, "d/empty", 0755);
	put(dir, "d/b", "abc");
	put(dir, "a", "");
	put(dir, "d/\xff\xfe", "x");
	put(dir, ".hidden", "x");
	tree = walked(dir);
	ck_assert_uint_eq(tree->entries.count, 6);
	ck_assert_str_eq(tree->entries.at[0]->path, ".hidden");
	ck_assert_str_eq(tree->entries.at[5]->path, "d/\xff\xfe");
	for (size_t i = 0; i < tree->entries.count; i++)
		ck_good(tree, tree->entries.at[i]->path);
	ck_assert(wv__entries_find(&tree->entries, "d/empty")->is_dir);
	ck_assert_uint_eq(wv__entries_find(&tree->entries, "d/b")->size, 3);
	wv__hex(wv__entries_find(&tree->entries, "d/b")->sha256, 32, hex); /* FIPS 180-2, B.1 */
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

START_TEST(links_and_special_files_are_found_and_not_opened)
{
	const int dir = new_tree("special");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	struct wv__tree *tree;

	put(dir, "a", "x");
	ck_assert_int_eq(symlinkat("/etc", dir, "link"), 0);
	ck_assert_int_eq(symlinkat("nowhere", dir, "dangling"), 0);
	ck_assert_int_eq(linkat(dir, "a", dir, "hard", 0), 0);
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/sock", dir);
	ck_assert_int_eq(bind(sock, (void *)&addr, sizeof(addr)), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(mknodat(dir, "null", S_IFCHR | 0600, makedev(1, 3)), 0);
		ck_assert_int_eq(mknodat(dir, "block", S_IFBLK | 0600, makedev(7, 200)), 0);
	}
	put(dir, "suid", "x");
	put(dir, "sgid", "x");
	ck_assert_int_eq(fchmodat(dir, "suid", 04755, 0), 0);
	ck_assert_int_eq(fchmodat(dir, "sgid", 02755, 0), 0);
	tree = walked(dir);
	ck_fault(tree, "link", "is a symbolic link");
	ck_fault(tree, "dangling", "is a symbolic link");
	ck_fault(tree, "a", "2 names");
	ck_fault(tree, "hard", "2 names");
	ck_fault(tree, "fifo", "is a FIFO");
	ck_fault(tree, "sock", "is a socket");
	if (geteuid() == 0) {
		ck_fault(tree, "null", "is a character device");
		ck_fault(tree, "block", "is a block device");
	}
	ck_fault(tree, "suid", "set-user-id");
	ck_fault(tree, "sgid", "set-group-id");
	wv__tree_freep(&tree);
	close(sock);
	close(dir);
}
END_TEST

START_TEST(attributes_and_access_lists_are_found)
{
	/* version 2; user::rw-, user:1234:r--, group::r--, mask::r--, other::--- */
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} at[5];
	} acl = { 2, { { 1, 6, -1 }, { 2, 4, 1234 }, { 4, 4, -1 }, { 16, 4, -1 }, { 32, 0, -1 } } };
	const int dir = new_tree("attributes");
	struct wv__tree *tree;
	char path[64];

	put(dir, "acl", "x");
	put(dir, "cap", "x");
	mkdirat(dir, "d", 0755);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/acl", dir);
	ck_assert_int_eq(setxattr(path, "system.posix_acl_access", &acl, sizeof(acl), 0), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/d", dir);
	ck_assert_int_eq(setxattr(path, "system.posix_acl_default", &acl, sizeof(acl), 0), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/cap", dir);
	/* some kernels' tmpfs has no user.*; root may always set trusted.* */
	ck_assert_int_eq(setxattr(path, "trusted.x\n", "y", 1, 0), 0);
	tree = walked(dir);
	ck_fault(tree, "acl", "access control list");
	ck_fault(tree, "d", "access control list");
	ck_fault(tree, "cap", "attribute trusted.x?");
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

START_TEST(mounts_are_found_and_not_entered)
{
	const int dir = new_tree("mounts");
	char d[64], f[64];
	struct wv__tree *tree;

	mkdirat(dir, "d", 0755);
	put(dir, "d/below", "x");
	put(dir, "f", "x");
	put(dir, "other", "x");
	snprintf(d, sizeof(d), "/proc/self/fd/%d/d", dir);
	snprintf(f, sizeof(f), "/proc/self/fd/%d/f", dir);
	ck_assert_int_eq(mount("none", d, "tmpfs", 0, "size=64k"), 0);
	ck_assert_int_eq(mount("/etc/hostname", f, NULL, MS_BIND, NULL), 0);
	tree = walked(dir);
	ck_assert_int_eq(umount2(d, MNT_DETACH), 0);
	ck_assert_int_eq(umount2(f, MNT_DETACH), 0);
	ck_fault(tree, "d", "is a mount point");
	ck_fault(tree, "f", "is a mount point");
	ck_assert_ptr_null(fault_of(tree, "d/below"));
	ck_good(tree, "other");
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

START_TEST(control_bytes_and_colliding_names_are_found)
{
	const int dir = new_tree("names");
	struct wv__tree *tree;

	put(dir, "new\nline", "x");
	put(dir, "A", "x");
	put(dir, "a", "x");
	put(dir, "\xc3\xa9", "x");  /* é */
	put(dir, "E\xcc\x81", "x"); /* E and a combining acute */
	put(dir, "alone", "x");
	tree = walked(dir);
	ck_fault(tree, "new\nline", "control byte");
	ck_fault(tree, "A", "the same as a");
	ck_fault(tree, "a", "the same as A");
	ck_fault(tree, "\xc3\xa9", "the same as");
	ck_fault(tree, "E\xcc\x81", "the same as");
	ck_good(tree, "alone");
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

START_TEST(ten_thousand_levels_end_in_one_finding)
{
	const int top = new_tree("deep");
	const int fds = open_fds();
	struct wv__tree *tree;
	size_t unsafe = 0;
	int dir = dup(top);

	for (int i = 0; i < 10000; i++) {
		int next;

		ck_assert_int_eq(mkdirat(dir, "d", 0755), 0);
		next = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ge(next, 0);
		close(dir);
		dir = next;
	}
	put(dir, "bottom", "x");
	close(dir);
	tree = walked(top);
	for (size_t i = 0; i < tree->entries.count; i++)
		unsafe += tree->entries.at[i]->unsafe != NULL;
	ck_assert_uint_eq(unsafe, 1);
	ck_assert_uint_eq(tree->entries.count, 2001);
	ck_assert_ptr_nonnull(strstr(tree->entries.at[2000]->unsafe, "4000 bytes"));
	ck_assert_int_eq(open_fds(), fds);
	wv__tree_freep(&tree);
	close(top);
}
END_TEST

/* Grows the file after it was read and before it is asked again. */
static int grow(struct wv__worker *worker, void *data, int fd, const struct stat *st,
		struct wv__entry *entry)
{
	const int *dir = data;
	int r = wv__hash_file(worker, entry, fd, -1);

	(void)st;
	if (strcmp(entry->path, "grows") == 0)
		put(*dir, "grows", "more than before");
	if (strcmp(entry->path, "same-size") == 0)
		put(*dir, "same-size", "y");
	return r;
}

START_TEST(files_that_change_while_they_are_read_are_found)
{
	int dir = new_tree("changing");
	const struct wv__walk walk = { .dirfd = dir, .read = grow, .data = &dir };
	struct wv__tree *tree = NULL;

	put(dir, "grows", "x");
	put(dir, "same-size", "x");
	put(dir, "still", "x");
	usleep(20000); /* let the clock of the file system tick */
	ck_assert_int_eq(wv__walk(ctx, &walk, &tree), 0);
	ck_fault(tree, "grows", "changed while it was read");
	ck_fault(tree, "same-size", "changed while it was read");
	ck_good(tree, "still");
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

struct swapper {
	int dir;
	atomic_bool stop;
};

/* What a hostile neighbour does: file, link, FIFO, directory, nothing, in turn. */
static void *swap_about(void *data)
{
	struct swapper *s = data;

	while (!s->stop) {
		put(s->dir, "x", "content");
		unlinkat(s->dir, "x", 0);
		ck_assert_int_eq(symlinkat("/etc/passwd", s->dir, "x"), 0);
		unlinkat(s->dir, "x", 0);
		mkfifoat(s->dir, "x", 0600);
		unlinkat(s->dir, "x", 0);
		mkdirat(s->dir, "x", 0700);
		unlinkat(s->dir, "x", AT_REMOVEDIR);
	}
	return NULL;
}

START_TEST(a_tree_that_is_swapped_about_never_hangs_or_fails_the_walk)
{
	struct swapper s = { .dir = new_tree("swapped") };
	unsigned char content[WV_SHA256_SIZE];
	pthread_t id;

	wv__sha256("content", 7, content);
	put(s.dir, "still", "x");
	pthread_create(&id, NULL, swap_about, &s);
	for (int i = 0; i < 500; i++) {
		struct wv__tree *tree = walked(s.dir);
		const struct wv__entry *x = wv__entries_find(&tree->entries, "x");

		ck_good(tree, "still");
		if (x && !x->unsafe && !x->is_dir && x->size)
			ck_assert_mem_eq(x->sha256, content, sizeof(content));
		wv__tree_freep(&tree);
	}
	s.stop = true;
	pthread_join(id, NULL);
	close(s.dir);
}
END_TEST

START_TEST(what_cannot_be_read_is_a_finding)
{
	const int dir = new_tree("unreadable");
	struct wv__tree *tree;

	put(dir, "a", "x");
	mkdirat(dir, "d", 0000);
	ck_assert_int_eq(fchmodat(dir, "a", 0000, 0), 0);
	fchmod(dir, 0755);
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(test_dir(), 0755), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	tree = walked(dir);
	ck_fault(tree, "a", "cannot be opened: Permission denied");
	ck_fault(tree, "d", "cannot be opened: Permission denied");
	wv__tree_freep(&tree);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	close(dir);
}
END_TEST

START_TEST(five_thousand_files_all_come_back)
{
	const int dir = new_tree("many");
	struct wv__tree *tree;

	for (int i = 0; i < 5000; i++) {
		char name[32], text[32];

		if (i % 100 == 0) {
			snprintf(name, sizeof(name), "%02d", i / 100);
			mkdirat(dir, name, 0755);
		}
		snprintf(name, sizeof(name), "%02d/%04d", i / 100, i);
		snprintf(text, sizeof(text), "%d", i);
		put(dir, name, text);
	}
	tree = walked(dir);
	ck_assert_uint_eq(tree->entries.count, 5050);
	for (int i = 0; i < 5000; i++) {
		unsigned char want[WV_SHA256_SIZE];
		char name[32], text[32];

		snprintf(name, sizeof(name), "%02d/%04d", i / 100, i);
		wv__sha256(text, snprintf(text, sizeof(text), "%d", i), want);
		ck_good(tree, name);
		ck_assert_mem_eq(wv__entries_find(&tree->entries, name)->sha256, want, 32);
	}
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

START_TEST(a_wish_to_stop_is_heard)
{
	const int dir = new_tree("stopped");
	struct wv__tree *tree = NULL;

	put(dir, "a", "x");
	wv_ctx_cancel(ctx);
	ck_assert_int_eq(wv__walk_hash(ctx, dir, 0, 0, &tree), -ECANCELED);
	ck_assert_ptr_null(tree);
	ck_error_has("interrupted");
	close(dir);
}
END_TEST

/* With more than one thread the order of calls varies: each failure must fail or be a finding. */
START_TEST(a_walk_survives_every_failure)
{
	const int dir = new_tree("faults");
	struct wv__tree *tree = NULL;
	int fds, n, r;

	mkdirat(dir, "d", 0755);
	put(dir, "d/\xc3\xa9", "x");
	put(dir, "a", "y");
	ck_assert_int_eq(symlinkat("a", dir, "link"), 0);
	fds = open_fds();
	for (n = 0; n < 1000; n++) {
		size_t unsafe = 0;

		fault_after(n);
		r = wv__walk_hash(ctx, dir, 0, 0, &tree);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		if (r < 0) {
			ck_assert_ptr_null(tree);
			continue;
		}
		for (size_t i = 0; i < tree->entries.count; i++)
			unsafe += tree->entries.at[i]->unsafe != NULL;
		/* the link; a second thread that cannot start is done without */
		ck_assert(unsafe > 1 || tree->entries.count == 4 || fault_of(tree, "."));
		wv__tree_freep(&tree);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 30);
	wv__tree_freep(&tree);
	close(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_plain_tree_is_listed_sorted_and_hashed,
		links_and_special_files_are_found_and_not_opened,
		attributes_and_access_lists_are_found,
		mounts_are_found_and_not_entered,
		control_bytes_and_colliding_names_are_found,
		ten_thousand_levels_end_in_one_finding,
		files_that_change_while_they_are_read_are_found,
		a_tree_that_is_swapped_about_never_hangs_or_fails_the_walk,
		what_cannot_be_read_is_a_finding,
		five_thousand_files_all_come_back,
		a_wish_to_stop_is_heard,
		a_walk_survives_every_failure,
	};

	return run_suite(suite_of("walk", tests, ARRAY_SIZE(tests)));
}
