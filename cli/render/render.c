/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * render.c - workvol-render: a document on stdin, its PDF on stdout, and nothing else
 *
 * It opens one font, reads what it is given, and gives up every right before the first byte
 * of it is looked at. It verifies nothing: that is its caller's part; it prints the digest of
 * what it read.
 */
#include "media/jail.h"
#include "pages.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define INPUT_MAX (64 * MiB)
/* of wv__jail() */
#define TOO_LARGE "the document is too large for pages in 20 s of processor time and 256 MiB of memory: give a shorter period, or another --format"

static int fail(const char *sentence)
{
	fprintf(stderr, "workvol-render: %s\n", sentence);
	return EXIT_FAILURE;
}

static int usage(FILE *to)
{
	fputs("usage: workvol-render [--lang ja|en|both] <DOCUMENT.json | cat >PAGE.pdf\n"
	      "A certificate, a report or another paper as PDF. It verifies nothing: use workvol certificate show --format pdf\n", to);
	return to == stdout ? EXIT_SUCCESS : 2;
}

static GByteArray *read_all(int fd)
{
	GByteArray *bytes = g_byte_array_new();
	guint8 chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || bytes->len + (size_t)n > INPUT_MAX) {
			g_byte_array_unref(bytes);
			return NULL;
		}
		g_byte_array_append(bytes, chunk, (guint)n);
	}
	return bytes;
}

static int write_all(int fd, const GByteArray *bytes)
{
	for (guint done = 0; done < bytes->len;) {
		const ssize_t n = write(fd, bytes->data + done, bytes->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (guint)n : 0;
	}
	return 0;
}

static int draw(const struct fonts *fonts, enum wv__lang lang, const GByteArray *input, GByteArray *pdf)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, input->data, input->len);
	struct wv_ctx *ctx = NULL;
	const char *type;
	page_fn page;
	int r = wv_ctx_new(&ctx);

	if (r == 0)
		r = wv__doc_parse(ctx, (const char *)input->data, input->len, "the document", &doc);
	type = r == 0 ? wv_doc_str(doc, "type") : NULL;
	page = page_of(type);
	if (r < 0)
		fail(!ctx ? "out of memory" : r == -ENOMEM ? TOO_LARGE : wv_ctx_error(ctx));
	else if (page)
		r = page(fonts, lang, doc, digest, pdf);
	else if (type && strcmp(type, "report") == 0)
		r = page_of_report(ctx, fonts, lang, doc, digest, pdf);
	else
		r = fail("there is no page for a document of this type") ? -EBADMSG : 0;
	if (r == -EIO)
		fail("Cairo could not draw the page");
	else if (page && r == -EBADMSG)
		fail("there is no page for a form of this name");
	wv_ctx_free(ctx);
	g_free(digest);
	return r;
}

/* GLib ends by SIGTRAP or SIGABRT when it has no memory. */
static void too_large(int sig)
{
	static const char text[] = "workvol-render: " TOO_LARGE "\n";
	const ssize_t said = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)sig;
	_exit(said < 0 ? 2 : EXIT_FAILURE);
}

/* From here on it computes, reads no file and writes to its pipe only. */
static int confine(void)
{
	static const int ends[] = { SIGXCPU, SIGTRAP, SIGABRT };

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		signal(ends[i], too_large);
	signal(SIGXFSZ, SIG_IGN);
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : wv__jail();
}

static int run(enum wv__lang lang)
{
	GByteArray *input, *pdf = g_byte_array_new();
	struct fonts fonts;
	int r;

	close_range(STDERR_FILENO + 1, ~0U, 0); /* whatever its caller left open */
	if (fonts_open(&fonts) < 0)
		return fail("no font for Japanese is installed: install fonts-ipaexfont-gothic or fonts-noto-cjk");
	input = read_all(STDIN_FILENO);
	if (!input)
		return fail("stdin cannot be read, or is more than 64 MiB");
	if (confine() < 0)
		return fail("it cannot give up its rights here, and does nothing with them");
	r = draw(&fonts, lang, input, pdf);
	if (r < 0)
		return EXIT_FAILURE;
	r = write_all(STDOUT_FILENO, pdf);
	if (r == -EFBIG)
		return fail("it writes to a pipe only: workvol-render <DOCUMENT.json | cat >PAGE.pdf");
	return r < 0 ? fail("stdout cannot be written") : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "lang", required_argument, NULL, 'l' }, { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' }, { 0 },
	};
	enum wv__lang lang = WV__LANG_BOTH;

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'h')
			return usage(stdout);
		if (c == 'v')
			return puts("workvol-render " WV_VERSION) < 0;
		if (c != 'l' || wv__lang_parse(optarg, &lang) < 0)
			return usage(stderr);
	}
	if (argc > optind)
		return usage(stderr);
	_exit(run(lang)); /* a sanitizer's look for leaks at the end wants rights that are gone */
}
