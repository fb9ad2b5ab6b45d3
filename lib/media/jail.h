/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jail.h - a process that can read one descriptor, write to another, compute,
 * and nothing else
 */
#ifndef WV_JAIL_H
#define WV_JAIL_H

/*
 * What is left in it, by number. Every other descriptor is closed, stderr too:
 * nobody is to read there what a medium's bytes have made of this process.
 */
#define WV__JAIL_IN  0
#define WV__JAIL_OUT 1
#define WV__JAIL_SECONDS 20 /* of processor time; then SIGXCPU, a second later SIGKILL */

/**
 * wv__jail_descriptors() - keep these two, as WV__JAIL_IN and WV__JAIL_OUT
 *
 * Return: 0 or a negative errno, without a sentence.
 */
int wv__jail_descriptors(int in, int out);

/**
 * wv__jail() - give up everything else, for good; for a child that has forked, or a helper
 *
 * No user (nobody, where it may change that), no capabilities, no new
 * privileges; no memory beyond 256 MiB more than it has, 20 s of processor
 * time, no file may grow; and of the system calls those that read, write,
 * seek, ask the size and geometry of a disk, and manage memory that cannot be
 * executed. The rest fails with EPERM. It holds for every thread.
 *
 * Return: 0, or a negative errno, without a sentence, when it could not be made.
 */
int wv__jail(void);

#endif
