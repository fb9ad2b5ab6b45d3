/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.c - the result on stdout, the failure, and the exit code that both mean
 */
#include <stdarg.h>
#include <unistd.h>

#include "cli.h"

int exit_of(int r)
{
	switch (-r) {
	case 0:
		return EXIT_OK;
	case EPERM:
	case EBUSY:
	case EROFS:
	case EAGAIN:
		return EXIT_REFUSED;
	case EBADMSG:
	case EKEYREJECTED:
	case EKEYEXPIRED:
		return EXIT_PROOF;
	case ENOMEDIUM:
		return EXIT_GONE;
	case ECANCELED:
		return EXIT_INTERRUPTED;
	default:
		return r > 0 ? EXIT_OK : EXIT_FAILED;
	}
}

int worse_exit(int a, int b)
{
	static const int order[] = { EXIT_PROOF, EXIT_FAILED, EXIT_GONE, EXIT_REFUSED, EXIT_INTERRUPTED };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return EXIT_OK;
}

static void print_error(struct cli *cli, const char *code, const char *message)
{
	if (!cli->args.json)
		return;
	fputs("{\"error\":{\"code\":", stdout);
	put_json_string(stdout, code);
	fputs(",\"message\":", stdout);
	put_json_string(stdout, message);
	fputs("}}\n", stdout);
}

/* "workvol: SENTENCE"; what waits for an approval is no error and stands alone. */
static void print_sentence(int r, const char *message)
{
	if (!*message)
		return; /* the result has said it */
	fputs(r == -EAGAIN ? "" : "workvol: ", stderr);
	put_sentence(stderr, message);
}

static void print_go_on(struct cli *cli, int r)
{
	const char *go_on = cli->go_on ? cli->go_on : cli->cmd ? cli->cmd->go_on : NULL;

	if (r == -ECANCELED)
		fprintf(stderr, _("to go on: %s\n"), go_on ? tr(go_on) : _("run it again"));
}

/* @message is for records of others (--json), @local for the person. */
static int report_sentence(struct cli *cli, int r, const char *message, const char *local)
{
	const char *code = strerrorname_np(-r);

	progress_end();
	if (!*message) {
		message = strerror(-r);
		local = tr(message);
	}
	print_error(cli, code ? code : "EIO", message);
	print_sentence(r, local);
	print_go_on(cli, r);
	return exit_of(r);
}

int report(struct cli *cli, int r)
{
	return report_sentence(cli, r, wv_ctx_error(cli->ctx), wv_ctx_error_local(cli->ctx));
}

int report_text(struct cli *cli, int r, const char *fmt, ...)
{
	char message[1024], local[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	va_start(args, fmt);
	vsnprintf(local, sizeof(local), tr(fmt), args);
	va_end(args);
	return report_sentence(cli, r, message, local);
}

int usage_error(struct cli *cli, const char *fmt, ...)
{
	char message[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	print_error(cli, "USAGE", message);
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), tr(fmt), args);
	va_end(args);
	fprintf(stderr, "workvol%s%s: ", cli->cmd ? " " : "", cli->cmd ? cli->cmd->name : "");
	put_safe(stderr, message);
	fprintf(stderr, _("; see workvol help%s%s\n"), cli->cmd ? " " : "",
		cli->cmd ? cli->cmd->name : "");
	return EXIT_USAGE;
}

/* ---- what a result's status means ---- */

/* Read-back that differs is a failed proof; a device that gave up is a failure. */
static int failed_exit(struct wv_doc *result)
{
	struct wv_doc *passes = wv_doc_get(result, "passes");
	const uint64_t real = wv_doc_u64(result, "real");

	for (size_t i = 0; i < wv_doc_count(passes); i++) {
		if (wv_doc_u64(wv_doc_at(passes, i), "mismatched"))
			return EXIT_PROOF;
	}
	return real && real < wv_doc_u64(result, "claimed") ? EXIT_PROOF : EXIT_FAILED;
}

/* Statuses not in the table are good ones. */
static int status_exit(struct wv_doc *result)
{
	static const struct {
		const char *status;
		int exit;
	} bad[] = {
		{ "cancelled", EXIT_INTERRUPTED }, { "refused", EXIT_REFUSED },
		{ "findings", EXIT_PROOF },	   { "broken", EXIT_PROOF },
		{ "mismatch", EXIT_PROOF },	   { "differs", EXIT_PROOF },
		{ "invalid", EXIT_PROOF },	   { "due", EXIT_REFUSED },
		{ "overrun", EXIT_PROOF },
	};
	const char *status = wv_doc_str(result, "status");

	if (!status)
		return EXIT_OK;
	if (strcmp(status, "failed") == 0)
		return failed_exit(result);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (strcmp(status, bad[i].status) == 0)
			return bad[i].exit;
	}
	return EXIT_OK;
}

static int result_exit(struct wv_doc *result, bool array)
{
	int rc = EXIT_OK;

	if (!array)
		return status_exit(result);
	for (size_t i = 0; i < wv_doc_count(result); i++)
		rc = worse_exit(rc, status_exit(wv_doc_at(result, i)));
	return rc;
}

static void print_line(struct wv_doc *doc)
{
	cleanup_free char *text = wv_doc_text(doc);

	puts(text ? text : "{\"error\":{\"code\":\"ENOMEM\",\"message\":\"out of memory\"}}");
}

static void print_result(struct cli *cli, struct wv_doc *result, bool array, printer print)
{
	if (cli->args.json) {
		for (size_t i = 0; array && i < wv_doc_count(result); i++)
			print_line(wv_doc_at(result, i));
		if (!array)
			print_line(result);
	} else if (print) {
		print(result);
	} else if (array) {
		print_items(stdout, result, 0);
		if (!wv_doc_count(result))
			puts(_("none"));
	} else {
		print_members(stdout, result, 0);
	}
}

/* Has a printed result given this sentence as its "error" already? */
static bool is_said(struct cli *cli, struct wv_doc *result, bool array)
{
	struct wv_doc *one = array && wv_doc_count(result) == 1 ? wv_doc_at(result, 0) : result;
	const char *error = cli->args.json ? NULL : wv_doc_str(one, "error");

	return error && strcmp(error, wv_ctx_error(cli->ctx)) == 0;
}

static int unknown_format(struct cli *cli, const struct format *formats)
{
	char names[128] = "";
	size_t len = 0;

	for (const struct format *f = formats; f->name && len < sizeof(names); f++)
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				f == formats ? "" : f[1].name ? ", " : " or ", f->name);
	return usage_error(cli, "--format is %s, not %s", names, cli->args.format);
}

int choose_format(struct cli *cli, const struct format *formats, printer *ret_print)
{
	const struct format *f = formats;

	while (cli->args.format && f->name && strcmp(f->name, cli->args.format) != 0)
		f++;
	if (!f->name)
		return unknown_format(cli, formats);
	if (strcmp(f->name, "json") == 0)
		cli->args.json = true;
	*ret_print = f->print;
	return EXIT_OK;
}

int finish(struct cli *cli, int r, struct wv_doc *result, printer print)
{
	cleanup_free char *text = result ? wv_doc_text(result) : NULL;
	const bool array = text && *text == '[';
	int rc = EXIT_OK;

	progress_end();
	if (result) {
		print_result(cli, result, array, print);
		rc = result_exit(result, array);
	}
	if (r >= 0)
		return rc;
	/* With --json a result speaks for itself: no error object beside it. */
	if (!result || (array && !wv_doc_count(result)))
		return worse_exit(rc, report(cli, r));
	fflush(stdout);
	if (!is_said(cli, result, array))
		print_sentence(r, wv_ctx_error_local(cli->ctx));
	print_go_on(cli, r);
	return worse_exit(rc, exit_of(r));
}

int put_pdf(struct cli *cli, const char *pdf, size_t size)
{
	progress_end();
	if (fwrite(pdf, 1, size, stdout) == size && fflush(stdout) == 0)
		return EXIT_OK;
	return report_text(cli, -errno, "the PDF cannot be written: %s", strerror(errno));
}

int put_paper(struct cli *cli, struct wv_doc *paper)
{
	cleanup_free char *pdf = NULL;
	size_t size;
	const int r = wv_paper_pdf(cli->ctx, paper, cli->args.lang ? cli->args.lang : "both", &pdf, &size);

	return r < 0 ? report(cli, r) : worse_exit(put_pdf(cli, pdf, size), result_exit(paper, false));
}

/* EXIT_OK, or EXIT_USAGE and it was said. */
static int check_lang(struct cli *cli)
{
	static const char *const names[] = { "ja", "en", "both" };
	const char *lang = cli->args.lang;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!lang || strcmp(lang, names[i]) == 0)
			return EXIT_OK;
	return usage_error(cli, "--lang is ja, en or both, not %s", lang);
}

int check_destination(struct cli *cli)
{
	static const char *const names[] = { "internal-reuse", "external-reuse", "recycling", "manufacturer", "other" };
	const char *destination = cli->args.destination;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!destination || strcmp(destination, names[i]) == 0)
			return EXIT_OK;
	return usage_error(cli, "--destination is internal-reuse, external-reuse, recycling, manufacturer or other, not %s",
			   destination);
}

int check_page(struct cli *cli, bool pdf)
{
	if (cli->args.json)
		return usage_error(cli, "--json is not --format %s: give one of them", cli->args.format);
	if (pdf && isatty(STDOUT_FILENO))
		return usage_error(cli, "a PDF is not for a terminal: write it to a file, >FILE.pdf");
	return check_lang(cli);
}
