/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_sshd.h - a real sshd on 127.0.0.1 with one key and one forced command
 */
#ifndef TEST_SUPPORT_SSHD_H
#define TEST_SUPPORT_SSHD_H

#include <sys/types.h>

struct test_sshd {
	char *host_key; /* "TYPE BASE64" */
	char *identity; /* private key file of the client */
	unsigned int port;
	pid_t pid; /* dies with this process */
};

/* Files in @dir, which exists. @command: what the key may run, whatever is asked for. */
void test_sshd_start(struct test_sshd *ret, const char *dir, const char *command);
void test_sshd_stop(struct test_sshd *sshd);

/* A new Ed25519 key at path and path.pub; "TYPE BASE64" of it, free() it. */
char *test_keygen(const char *path);

/* Run a program to its end, 20 s at most; its exit status. Output goes to stderr. */
int test_run(const char *const *argv);

#endif
