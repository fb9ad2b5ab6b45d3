/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prompt.c - what a person is asked: the passphrase, and the serial of a
 * medium that will be overwritten
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

/* A terminal gives a line of at most 4095 bytes (canonical mode, termios(3)). */
#define LINE_MAX_BYTES 4096

static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int open_terminal(struct cli *cli)
{
	return cli->args.no_input ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

/* One line, its newline with it. 0: end of file. */
static ssize_t read_line(int tty, char *line, size_t size)
{
	ssize_t n;

	do {
		n = read(tty, line, size - 1);
	} while (n < 0 && errno == EINTR && !signals_stop_wanted());
	line[n > 0 ? n : 0] = '\0';
	return n;
}

/* Asked for once nothing is shown any more: what is typed at the sight of it is neither shown nor lost. */
static ssize_t read_hidden(int tty, const char *prompt, char *line, size_t size)
{
	struct termios seen, hidden;
	ssize_t n;

	if (tcgetattr(tty, &seen) < 0)
		return -1;
	hidden = seen;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	tcsetattr(tty, TCSAFLUSH, &hidden);
	dprintf(tty, "%s", prompt);
	n = read_line(tty, line, size);
	tcsetattr(tty, TCSAFLUSH, &seen);
	return n;
}

/* A pipe holds 64 KiB in the kernel, which is never swapped: no second process needed. */
static int secret_from_line(struct cli *cli, const char *line, size_t len,
			    struct wv_secret **ret_secret)
{
	cleanup(closep) int in = -1;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return report_text(cli, -errno, "cannot make a pipe");
	in = ends[0];
	r = write(ends[1], line, len) == (ssize_t)len ? 0 : -EIO;
	close(ends[1]);
	if (r < 0)
		return report_text(cli, r, "cannot hand over the passphrase");
	r = wv_secret_from_fd(cli->ctx, in, "the passphrase", ret_secret);
	return r < 0 ? report(cli, r) : EXIT_OK;
}

static int ask_lines(struct cli *cli, int tty, bool twice, char *lines,
		     struct wv_secret **ret_secret)
{
	char *again = lines + LINE_MAX_BYTES;
	ssize_t n;

	n = read_hidden(tty, twice ? _("New passphrase: ") : _("Passphrase: "), lines, LINE_MAX_BYTES);
	if (n > 0 && twice)
		n = read_hidden(tty, _("The same again: "), again, LINE_MAX_BYTES);
	if (signals_stop_wanted())
		return report_text(cli, -ECANCELED, "interrupted");
	if (n <= 0)
		return report_text(cli, -EPERM, "no passphrase was given");
	if (twice && strcmp(lines, again) != 0)
		return report_text(cli, -EPERM, "the two passphrases differ");
	return secret_from_line(cli, lines, strlen(lines), ret_secret);
}

static int ask_terminal(struct cli *cli, bool twice, struct wv_secret **ret_secret)
{
	cleanup(closep) int tty = open_terminal(cli);
	char *lines;
	int rc;

	if (tty < 0)
		return report_text(cli, -EPERM, "a passphrase is needed and nobody can be asked: "
						"give --passphrase-file or --passphrase-fd");
	prctl(PR_SET_DUMPABLE, 0);
	lines = mmap(NULL, 2 * LINE_MAX_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	if (lines == MAP_FAILED)
		return report_text(cli, -errno, "no locked memory for the passphrase");
	madvise(lines, 2 * LINE_MAX_BYTES, MADV_DONTDUMP);
	madvise(lines, 2 * LINE_MAX_BYTES, MADV_WIPEONFORK);
	rc = ask_lines(cli, tty, twice, lines, ret_secret);
	explicit_bzero(lines, 2 * LINE_MAX_BYTES);
	munmap(lines, 2 * LINE_MAX_BYTES);
	return rc;
}

int ask_passphrase(struct cli *cli, bool twice, struct wv_secret **ret_secret)
{
	cleanup(closep) int opened = -1;
	const char *file = cli->args.passphrase_file;
	int fd = cli->args.passphrase_fd, r;

	if (file && fd >= 0)
		return usage_error(cli, "give --passphrase-file or --passphrase-fd, not both");
	if (!file && fd < 0)
		return ask_terminal(cli, twice, ret_secret);
	if (file && strcmp(file, "-") == 0) {
		fd = STDIN_FILENO;
	} else if (file) {
		fd = opened = open(file, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && signals_stop_wanted()) /* nobody writes to a FIFO */
			return report_text(cli, -ECANCELED, "interrupted");
		if (fd < 0)
			/* -EIO: the system's EACCES or EPERM is no refusal of ours */
			return report_text(cli, -EIO, "cannot open %s: %s", file, strerror(errno));
	}
	r = wv_secret_from_fd(cli->ctx, fd, file ? file : "the passphrase", ret_secret);
	return r < 0 ? report(cli, r) : EXIT_OK;
}

int ask_factors(struct cli *cli, struct wv_secret **ret_secret)
{
	if (cli->args.ask_agent)
		return ask_agent(cli, ret_secret);
	if (cli->args.key_file)
		return ask_passphrase(cli, false, ret_secret);
	if (cli->args.passphrase_file || cli->args.passphrase_fd >= 0)
		return usage_error(cli, "a passphrase alone opens nothing: give --key-file too");
	return EXIT_OK;
}

/* ---- the serial ---- */

static void show_contents(FILE *to, struct wv_doc *contents)
{
	if (!wv_doc_count(contents))
		fputs(_("  contents  nothing that is known\n"), to);
	for (size_t i = 0; i < wv_doc_count(contents); i++) {
		struct wv_doc *item = wv_doc_at(contents, i);

		fputs("  ", to);
		put_padded(to, i ? "" : _("contents"), 10);
		put_safe(to, tr_word(doc_str(item, "where", "")));
		fputs(": ", to);
		put_safe(to, doc_str(item, "type", _("unknown")));
		fputc(' ', to);
		put_safe_line(to, doc_str(item, "label", ""));
	}
}

static void show_device(FILE *to, const char *target, struct wv_doc *device, const char *serial)
{
	char size[32];

	format_size(size, sizeof(size), wv_doc_u64(device, "size"));
	fputs(_("Everything on this medium will be overwritten:\n  device    "), to);
	put_safe(to, target);
	fputs(_("\n  model     "), to);
	put_safe(to, doc_str(device, "model", _("unknown")));
	fputs(_("\n  serial    "), to);
	put_safe(to, serial);
	fprintf(to, _("\n  size      %s\n"), size);
	show_contents(to, wv_doc_get(device, "contents"));
	fputs(_("Type its serial to go on: "), to);
	fflush(to);
}

static int ask_terminal_serial(struct cli *cli, const char *target, struct wv_doc *device)
{
	const char *serial = wv_doc_str(device, "serial");
	char line[LINE_MAX_BYTES], *typed;
	int tty = open_terminal(cli);
	FILE *to;

	if (tty < 0)
		return report_text(cli, -EPERM, "%s would be overwritten and nobody can be asked: "
						"give --yes=SERIAL (workvol devices shows it)", target);
	to = fdopen(tty, "r+");
	if (!to)
		return report_text(cli, -ENOMEM, "out of memory");
	show_device(to, target, device, serial ? serial : "");
	if (read_line(tty, line, sizeof(line)) <= 0)
		line[0] = '\0';
	fclose(to);
	line[strcspn(line, "\n")] = '\0';
	if (signals_stop_wanted())
		return report_text(cli, -ECANCELED, "interrupted");
	if (!serial || strcmp(line, serial) != 0)
		return report_text(cli, -EPERM, "that is not the serial of %s: nothing was done", target);
	typed = strdup(line);
	if (!typed || list_add(&cli->args.typed, typed) < 0) {
		free(typed);
		return report_text(cli, -ENOMEM, "out of memory");
	}
	return list_add(&cli->args.yes, typed) < 0 ? report_text(cli, -ENOMEM, "out of memory") : EXIT_OK;
}

int ask_serial(struct cli *cli, const char *target)
{
	cleanup_doc struct wv_doc *device = NULL;
	const char *refused;
	int r;

	r = wv_device_describe(cli->ctx, target, &device);
	if (r < 0)
		return report(cli, r);
	refused = wv_doc_str(device, "refused");
	if (refused)
		return report_text(cli, -EBUSY, "%s", refused);
	return ask_terminal_serial(cli, target, device);
}
