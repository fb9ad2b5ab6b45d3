/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_clear.h - what the parent of a suite clears up
 */
#ifndef TEST_SUPPORT_CLEAR_H
#define TEST_SUPPORT_CLEAR_H

/* Kill the processes that the suite left and that became ours (we are their subreaper). */
void end_orphans(void);
/* Mounts below dir or from loops over files below it, then these loops. */
void clear_mounts_and_loops(const char *dir);
void remove_dir(const char *dir);

#endif
