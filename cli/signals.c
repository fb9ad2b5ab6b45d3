/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals.c - the first Ctrl-C stops at a safe point, the second leaves at
 * once; SIGUSR1 asks for a line of progress
 */
#include <signal.h>
#include <unistd.h>

#include "cli.h"

static struct wv_ctx *running;
static volatile sig_atomic_t stops;
static volatile sig_atomic_t progress_wanted;

static void on_stop(int sig)
{
	(void)sig;
	if (stops++)
		_exit(EXIT_INTERRUPTED);
	wv_ctx_cancel(running);
}

static void on_progress(int sig)
{
	(void)sig;
	progress_wanted = 1;
}

bool signals_stop_wanted(void)
{
	return stops != 0;
}

bool signals_progress_wanted(void)
{
	const bool wanted = progress_wanted;

	progress_wanted = 0;
	return wanted;
}

void signals_start(struct wv_ctx *ctx)
{
	/* No SA_RESTART for a stop: a read from the terminal must end. */
	const struct sigaction stop = { .sa_handler = on_stop };
	const struct sigaction show = { .sa_handler = on_progress, .sa_flags = SA_RESTART };

	running = ctx;
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGUSR1, &show, NULL);
}
