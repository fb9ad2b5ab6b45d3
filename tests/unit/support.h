/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support.h - what every unit program stands on
 *
 * A program is a Suite and `int main(void) { return run_suite(my_suite()); }`.
 * Each test runs in a process of its own, ended after 60 s; what it leaves
 * (files, loop devices, mounts below test_dir()) is removed by the parent,
 * also when it failed or the parent is told to end.
 */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/workvol.h"

/* A context, made before the first test; every test has its own copy. */
extern struct wv_ctx *ctx;

/* Run it, print TAP ("ok N - suite:case:test: ..."). Return: main's exit code. */
int run_suite(Suite *suite);

/* The program's own directory on /dev/shm (or below $TMPDIR), mode 0700. */
const char *test_dir(void);
/* test_dir()/name; free() it. */
char *test_path(const char *name);
/* A file of that many zero bytes (sparse) in test_dir(); its path, free() it. */
char *make_image(const char *name, uint64_t size);
/* Put text in a file of test_dir(); its path, free() it. */
char *make_file(const char *name, const char *text);
/* Open descriptors of this process. */
int open_fds(void);
/* The sentence of the last failure holds this text. */
#define ck_error_has(text)                                                          \
	ck_assert_msg(strstr(wv_ctx_error(ctx), (text)), "'%s' does not hold '%s'", \
		      wv_ctx_error(ctx), (text))

/*
 * A loop device over a file; its path, free() it. sector_size 0: 512. The
 * test fails when there is none.
 */
char *loop_attach(const char *file, unsigned int sector_size, bool direct_io);
void loop_detach(const char *dev);

/*
 * Faults: after fault_after(n) the call number n (from 0) of the library to a
 * wrapped function fails (tests/unit/fault.c), once. fault_fired() tells
 * whether it did, and stops the counting. No ck_assert between the two: Check
 * is a static library, its own calls count too.
 *
 *	for (n = 0;; n++) {
 *		fault_after(n);
 *		r = wv_thing(ctx, &thing);
 *		if (!fault_fired())
 *			break;
 *		...r < 0, thing untouched, no descriptor left...
 *	}
 */
void fault_after(int n);
bool fault_fired(void);
/* As fault_after(), but before call number n something happens, and the call is made. */
void happens_at(int n, void (*what)(void));
void fault_off(void);

#endif
