/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_wipe.c - workvol wipe: overwrite media and read them back
 */
#include <inttypes.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("method", "NAME", method, "of workvol methods, or sanitize[:KIND][+NAME]"),
	OPT_STR("verify", "HOW", verify, "none, last (default), all or sample[:PERCENT]"),
	OPT_LIST("yes", "SERIAL", yes, "a medium that may be wiped (repeatable)"),
	OPT_SIZE("offset", offset, "wipe a range from here"),
	OPT_SIZE("length", length, "wipe this much, not to the end"),
	OPT_FLAG("resume", resume, "go on from the checkpoint, proven first"),
	OPT_FLAG("lift-hidden", lift_hidden, "open what an HPA or DCO hides, for good, first"),
	OPT_FLAG("dry-run", dry_run, "say what would be done"),
	OPT_STR("certificate", "FILE", certificate, "write the signed certificate to FILE"),
	OPT_STR("property", "NUMBER", property, "the owner's number of the medium, for the certificate"),
	OPT_STR("destination", "WHERE", destination,
		"for the certificate: internal-reuse, external-reuse, recycling, manufacturer or other"),
	OPT_STR("map", "FILE.svg", map, "draw the rate over the surface into FILE.svg"),
	OPT_END,
};

/* ---- a dry run ---- */

static void print_about(double seconds)
{
	const unsigned long s = (unsigned long)(seconds + 0.5);

	if (seconds < 1)
		fputs(_("less than a second"), stdout);
	else if (s < 120)
		printf(_("about %lu s"), s);
	else if (s < 2 * 3600)
		printf(_("about %lu min"), (s + 30) / 60);
	else
		printf(_("about %lu h %lu min"), s / 3600, s / 60 % 60);
}

static void print_sweeps(struct wv_doc *plan)
{
	struct wv_doc *sweeps = wv_doc_get(plan, "sweeps");
	const size_t passes = wv_doc_count(wv_doc_get(plan, "passes"));

	for (size_t i = 0; i < wv_doc_count(sweeps); i++) {
		struct wv_doc *sweep = wv_doc_at(sweeps, i);

		printf("  %2zu  ", i + 1);
		put_padded(stdout, tr_word(doc_str(sweep, "step", "-")), 18);
		printf(_("pass %" PRIu64 " of %zu  %-8s  %" PRIu64 " bytes\n"), wv_doc_u64(sweep, "pass"), passes,
		       doc_str(sweep, "pattern", "-"), wv_doc_u64(sweep, "bytes"));
	}
}

static void print_plan(struct wv_doc *plan)
{
	const uint64_t work = wv_doc_u64(plan, "work");
	const double seconds = wv_doc_real(plan, "expected_seconds");
	char size[32];

	format_size(size, sizeof(size), wv_doc_u64(plan, "length"));
	put_safe(stdout, doc_str(plan, "device", "-"));
	printf(_(": planned (%s, %s, serial "), size, doc_str(plan, "method", "-"));
	put_safe(stdout, doc_str(plan, "serial", _("none")));
	puts(")");
	print_sweeps(plan);
	printf(_("  in all    %" PRIu64 " bytes written and read\n  expected  "), work);
	print_about(seconds);
	printf(_(", if it writes as fast as it was just read, %.0f MB/s\n"),
	       seconds > 0 ? (double)work / seconds / 1e6 : 0);
}

/* All at once: as long as the slowest of them. */
static void print_plan_of_all(struct wv_doc *results)
{
	uint64_t work = 0;
	double longest = 0;
	size_t n = 0;

	for (size_t i = 0; i < wv_doc_count(results); i++) {
		const double seconds = wv_doc_real(wv_doc_at(results, i), "expected_seconds");

		n += wv_doc_get(wv_doc_at(results, i), "sweeps") != NULL;
		work += wv_doc_u64(wv_doc_at(results, i), "work");
		longest = seconds > longest ? seconds : longest;
	}
	if (n < 2)
		return;
	printf(_("all %zu at once: %" PRIu64 " bytes, "), n, work);
	print_about(longest);
	puts(_(" or what the bus they share allows"));
}

static void print(struct wv_doc *results)
{
	for (size_t i = 0; i < wv_doc_count(results); i++) {
		struct wv_doc *result = wv_doc_at(results, i);

		(wv_doc_get(result, "sweeps") ? print_plan : print_wipe)(result);
	}
	print_plan_of_all(results);
}

/* ---- the rest ---- */

/* What erases itself does so also without us, and has no checkpoint. */
static bool erases_itself(struct wv_doc *results)
{
	for (size_t i = 0; i < wv_doc_count(results); i++)
		if (!strncmp(doc_str(wv_doc_at(results, i), "method", ""), "sanitize", 8))
			return true;
	return false;
}

/* The same command line with --resume, and of the devices those that were interrupted. */
static void say_how_to_go_on(struct cli *cli, struct wv_doc *results)
{
	const size_t n = wv_doc_count(results);
	size_t interrupted = 0;

	for (size_t i = 0; i < n; i++)
		interrupted += strcmp(doc_str(wv_doc_at(results, i), "status", ""), "cancelled") == 0;
	if (!interrupted || n != (size_t)cli->args.argc || cli->args.quiet || cli->go_on)
		return;
	fflush(stdout);
	fputs(" ", stderr); /* below the sentence that says so */
	for (char **word = cli->words; word < cli->args.argv; word++) {
		fputc(' ', stderr);
		put_shell_word(stderr, *word);
		if (word == cli->command && !cli->args.resume)
			fputs(" --resume", stderr);
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(doc_str(wv_doc_at(results, i), "status", ""), "cancelled") != 0)
			continue;
		fputc(' ', stderr);
		put_shell_word(stderr, cli->args.argv[i]);
	}
	fputc('\n', stderr);
}

static int confirm(struct cli *cli)
{
	int rc = EXIT_OK;

	if (cli->args.dry_run || cli->args.yes.count)
		return EXIT_OK; /* the library holds each serial against --yes */
	for (int i = 0; rc == EXIT_OK && i < cli->args.argc; i++)
		rc = ask_serial(cli, cli->args.argv[i]);
	return rc;
}

static int check_said(struct cli *cli)
{
	const struct args *a = &cli->args;

	if (!a->certificate && (a->property || a->destination))
		return usage_error(cli, "--property and --destination are for the --certificate");
	if (a->property && a->argc > 1)
		return usage_error(cli, "--property is of one device");
	return check_destination(cli);
}

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	struct wv_wipe_opts opts = WV_WIPE_OPTS_INIT;
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *results = NULL;
	int r;

	r = check_said(cli);
	if (r)
		return r;
	r = open_station(cli, &station);
	if (r)
		return r;
	r = confirm(cli);
	if (r)
		return r;
	opts.method = a->method;
	opts.verify = a->verify;
	opts.yes = a->yes.items;
	opts.certificate = a->certificate;
	opts.map = a->map;
	opts.property = a->property;
	opts.destination = a->destination;
	opts.offset = a->offset;
	opts.length = a->length;
	opts.flags = (a->resume ? WV_WIPE_RESUME : 0) | (a->dry_run ? WV_WIPE_DRY_RUN : 0) |
		     (a->lift_hidden ? WV_WIPE_LIFT_HIDDEN : 0);
	r = wv_flow_wipe(station, (const char *const *)a->argv, &opts, &results);
	if (erases_itself(results))
		cli->go_on = N_("wait until workvol devices tells of no sanitize in it, then run it again");
	r = finish(cli, r, results, print);
	say_how_to_go_on(cli, results);
	return r;
}

const struct cmd cmd_wipe = {
	.name = "wipe",
	.args = "DEVICE...",
	.summary = N_("overwrite media, or have them erase themselves, and read them back"),
	.about = N_("Without --yes each medium is shown and its serial has to be typed."),
	.go_on = N_("the same command with --resume goes on from the checkpoint"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
