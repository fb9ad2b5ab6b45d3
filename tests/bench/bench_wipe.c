/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_wipe.c - one wipe or read-back of given devices, its rates on a line
 *
 * bench_wipe [-m METHOD] [-v VERIFY] [-r DIR (resume, checkpoints in DIR)] [-t (threads, no io_uring)]
 *	[-l SECONDS] [-j (the JSON)] [-d (dry run)] [-p PATTERN (only read back)] DEVICE...
 */
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "media/device.h"
#include "wipe/wipe.h"

static struct wv_ctx *the_ctx;

static void on_signal(int sig)
{
	(void)sig;
	wv_ctx_cancel(the_ctx);
}

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_job(const struct wv__wipe_job *job, bool json)
{
	struct wv_doc *passes = wv_doc_get(job->result, "passes");
	char *text = json ? wv_doc_text(job->result) : NULL;

	if (text)
		printf("%s\n", text);
	free(text);
	if (json)
		return;
	printf("%s %s", wv_doc_str(job->result, "device"), wv_doc_str(job->result, "status"));
	for (size_t i = 0; i < wv_doc_count(passes); i++)
		printf("  %s write %.0f verify %.0f MB/s", wv_doc_str(wv_doc_at(passes, i), "pattern"),
		       wv_doc_real(wv_doc_at(passes, i), "mb_per_s"),
		       wv_doc_real(wv_doc_at(passes, i), "verify_mb_per_s"));
	printf("\n");
}

/* Read the first device back, nothing else. */
static int verify(struct wv_device *dev, const char *pattern)
{
	struct wv_doc *want = NULL, *result = NULL;
	int r;

	r = wv__wipe_pattern_parse(the_ctx, pattern, &want);
	if (r >= 0)
		r = wv__wipe_verify(the_ctx, dev, want, &result);
	if (result)
		printf("%s %s  %s write 0 verify %.0f MB/s\n", dev->path, wv_doc_str(result, "status"),
		       pattern, wv_doc_real(result, "mb_per_s"));
	wv_doc_free(want);
	wv_doc_free(result);
	return r;
}

int main(int argc, char **argv)
{
	struct wv__wipe_opts opts = { 0 };
	struct wv__wipe_job jobs[64] = { 0 };
	struct rusage usage;
	const char *pattern = NULL;
	uint64_t since;
	bool json = false;
	int c, r, n;

	while ((c = getopt(argc, argv, "m:v:r:tl:jdp:")) > 0) {
		if (c == 'm')
			opts.method = optarg;
		else if (c == 'v')
			opts.verify = optarg;
		else if (c == 'r')
			opts.checkpoint_dir = optarg, opts.flags |= WV_WIPE_RESUME;
		else if (c == 't')
			opts.no_ring = true;
		else if (c == 'l')
			opts.request_seconds = (uint32_t)atoi(optarg);
		else if (c == 'j')
			json = true;
		else if (c == 'p')
			pattern = optarg;
		else if (c == 'd')
			opts.flags |= WV_WIPE_DRY_RUN;
		else
			return 2;
	}
	n = argc - optind;
	if (n < 1 || n > 64 || wv_ctx_new(&the_ctx) < 0)
		return 2;
	signal(SIGINT, on_signal);
	for (int i = 0; i < n; i++) {
		r = wv__device_open(the_ctx, argv[optind + i], WV__DEV_EXCL, &jobs[i].dev);
		if (r < 0) {
			fprintf(stderr, "%s\n", wv_ctx_error(the_ctx));
			return 1;
		}
	}
	since = wv__monotonic_ns();
	r = pattern ? verify(jobs[0].dev, pattern) : wv__wipe_run(the_ctx, jobs, (size_t)n, &opts);
	since = wv__monotonic_ns() - since;
	for (int i = 0; i < n; i++)
		if (jobs[i].result)
			print_job(&jobs[i], json);
	getrusage(RUSAGE_SELF, &usage);
	fprintf(stderr, "%.3f s, %.3f s of processor, %ld KiB resident%s%s\n", (double)since / 1e9,
		cpu_seconds(), usage.ru_maxrss, r < 0 ? ", " : "",
		r < 0 ? wv_ctx_error(the_ctx) : "");
	for (int i = 0; i < n; i++) {
		wv_doc_free(jobs[i].result);
		wv_doc_free(jobs[i].pattern);
		wv__device_free(jobs[i].dev);
	}
	wv_ctx_free(the_ctx);
	return r < 0;
}
