/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.h - what the commands share
 *
 * A command is a row: its options (parsed into struct args by options.c), how
 * many arguments it takes, and a short run() that calls one wv_ function and
 * hands the result to finish().
 */
#ifndef WV_CLI_H
#define WV_CLI_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <workvol.h>

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_PROOF = 4,
	EXIT_GONE = 5,
	EXIT_INTERRUPTED = 130,
};

/* ---- the command line, parsed (options.c) ---- */

struct list {
	const char **items; /* ended by NULL; NULL: never given */
	size_t count;
};

struct args {
	char **argv; /* what is no option */
	int argc;

	const char *policy, *progress;
	bool json, quiet, verbose, no_input, help, version;

	const char *approve_with, *certificate, *checkpoint, *client, *client_approval, *contact;
	const char *declaration, *destination, *due, *format, *from, *holder, *key, *key_file, *lang, *map, *method, *output, *passphrase_file;
	const char *pattern, *property, *purpose, *root, *roster, *server, *server_hostkey, *server_key;
	const char *sign_with, *source, *takeout, *to, *unrecoverable, *verify;
	const char *how, *key_was, *ledger, *notified_at, *recognised_at, *since, *station, *whom;
	struct list approvers, outputs, yes;
	struct list typed; /* serials typed at the terminal, owned; yes has them too */
	uint64_t size, offset, length;
	int fd, passphrase_fd; /* -1: not given */
	bool all, all_stations, diskseq, dry_run, lab, lift_hidden, notify, overdue, read_only, resume;
	bool ask_agent, copies_known, other, published, request_only, suspected, warn;
};

enum opt_kind { OPT_KIND_FLAG, OPT_KIND_STR, OPT_KIND_LIST, OPT_KIND_SIZE, OPT_KIND_FD };

struct opt {
	const char *name;
	const char *arg; /* what its argument is called; NULL: a flag */
	const char *help; /* N_(), by the macros below */
	size_t offset; /* in struct args */
	enum opt_kind kind;
	char letter; /* 0: none */
};

#define OPT_(n, l, a, m, k, h) \
	{ .name = n, .letter = l, .arg = a, .help = h, .kind = k, .offset = offsetof(struct args, m) }
#define OPT_FLAG(n, m, h) OPT_(n, 0, NULL, m, OPT_KIND_FLAG, h)
#define OPT_STR(n, a, m, h) OPT_(n, 0, a, m, OPT_KIND_STR, h)
#define OPT_LIST(n, a, m, h) OPT_(n, 0, a, m, OPT_KIND_LIST, h)
#define OPT_SIZE(n, m, h) OPT_(n, 0, "BYTES", m, OPT_KIND_SIZE, h)
#define OPT_FD(n, m, h) OPT_(n, 0, "N", m, OPT_KIND_FD, h)
#define OPT_END { .name = NULL }

#define OPT_FACTORS                                                               \
	OPT_STR("key-file", "FILE", key_file, "the key-file factor"),             \
	OPT_STR("passphrase-file", "FILE", passphrase_file,                       \
		"read the passphrase from FILE (- is stdin)"),                    \
	OPT_FD("passphrase-fd", passphrase_fd, "read the passphrase from descriptor N")
#define OPT_TAKEOUT \
	OPT_STR("takeout", "FILE", takeout, "the take-out record that the holder carries")

struct cli;

struct cmd {
	const char *name;
	const char *args;
	const char *summary;
	const char *about; /* more, for its help; may be NULL */
	const char *go_on; /* how, after an interruption; NULL: by running it again */
	const struct opt *options;
	int (*run)(struct cli *cli);
	int min, max; /* arguments; max -1: any number */
};

struct cli {
	struct wv_ctx *ctx;
	const struct cmd *cmd;
	struct args args;
	char **words;   /* the whole command line, the program's name first */
	char **command; /* of them, the command's name */
	const char *go_on; /* the command's, unless it knows better */
};

/* Commands with verbs (ledger verify, ledger export): the first argument names one. */
struct verb {
	const char *name;
	int (*run)(struct cli *cli); /* argv starts after the verb */
	int min, max;
};

extern const struct cmd cmd_amend, cmd_approve, cmd_certificate, cmd_check, cmd_close, cmd_declare,
	cmd_devices, cmd_factor, cmd_handover, cmd_incident, cmd_init, cmd_insert, cmd_inspect, cmd_ledger,
	cmd_list, cmd_methods, cmd_open, cmd_policy, cmd_prepare, cmd_recall, cmd_receipt, cmd_register, cmd_report, cmd_return, cmd_sync,
	cmd_verify, cmd_wipe;

extern const struct opt global_options[];

void args_init(struct args *args);
void args_free(struct args *args);
int list_add(struct list *list, const char *item); /* 0 or -ENOMEM; the item stays the caller's */
/* Return: EXIT_OK, or EXIT_USAGE and it was said. argv[0] is the command's or program's name. */
int args_parse(struct cli *cli, int argc, char **argv);
void print_options(FILE *to, const struct opt *options);
int run_verb(struct cli *cli, const struct verb *verbs);

/* ---- languages (language.c) ---- */

void language_start(void);
const char *language_name(void);      /* "en", "ja" */
void language_of(struct wv_ctx *ctx); /* its sentences are for this person */
/* In the person's language, or the text itself; "" is "". */
const char *tr(const char *text) __attribute__((format_arg(1)));
const char *tr_n(const char *one, const char *more, unsigned long n)
	__attribute__((format_arg(1), format_arg(2)));
const char *tr_in(const char *key, const char *text);
const char *tr_said(const char *sentence); /* one that stands in a result; good until some more were asked for */
#define SENTENCE_TEXT 1024
bool tr_form(const char *sentence, char *buf, size_t size); /* one of an older document; false: not known (words.c) */
const char *tr_word(const char *word);     /* a state, a verdict (words.c) */
#define _(text) tr(text)
#define C_(context, text) tr_in(context "\004" text, text) /* where one English word has two meanings */
#define N_(text) text /* translated where it is shown */

/* ---- days and times (when.c): of English as in the document, of Japanese by the reader's clock ---- */

#define WHEN_TEXT 64
const char *day_text(const char *text, char ret[WHEN_TEXT]);  /* of "YYYY-MM-DD..." */
const char *time_text(const char *text, char ret[WHEN_TEXT]); /* of RFC 3339 in UTC; any other text as it is */
void put_sentence(FILE *to, const char *text);                /* a line, with the times that are in it */

/* ---- results and errors (output.c) ---- */

typedef void (*printer)(struct wv_doc *doc);

int exit_of(int r);
int worse_exit(int a, int b);
/* Say the context's sentence about r. Return: the exit code. */
int report(struct cli *cli, int r);
/* The same with a sentence of the command line's own; the format is translated here, as usage_error()'s is. */
int report_text(struct cli *cli, int r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int usage_error(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Print the result (print is for people; NULL: member by member), then the
 * failure if r is one. An array is printed item by item with --json. Return:
 * the exit code, the worst of r's and of what the result's status says.
 */
int finish(struct cli *cli, int r, struct wv_doc *result, printer print);

/* What --format may be: the first is the default, "json" is the same as --json. Ended by a NULL name. */
struct format {
	const char *name;
	printer print; /* for finish() */
};
/* A page instead of a result: not with --json, and no PDF on a terminal. EXIT_OK, or EXIT_USAGE and it was said. */
int check_page(struct cli *cli, bool pdf);
int check_destination(struct cli *cli); /* the same of --destination */
int put_pdf(struct cli *cli, const char *pdf, size_t size); /* on stdout; the exit code */
int put_paper(struct cli *cli, struct wv_doc *paper);       /* the PDF of it in --lang; the worst of that and its status */
/* EXIT_OK, or EXIT_USAGE and it was said. */
int choose_format(struct cli *cli, const struct format *formats, printer *ret_print);

/* ---- text for people (text.c) ---- */

struct column {
	const char *title; /* N_() */
	const char *key;
	void (*format)(char *buf, size_t size, struct wv_doc *row); /* NULL: the member as it is */
};

/* There a line that begins with <N> is of priority N: sd-daemon(3). Elsewhere it is a line. */
bool stderr_is_journal(void);
/* Control bytes from media and names never reach the terminal. */
void put_safe(FILE *to, const char *text);
void put_safe_part(FILE *to, const char *text, size_t len);
void put_safe_line(FILE *to, const char *text); /* the same, and a newline */
void put_padded(FILE *to, const char *text, int width); /* to so many columns */
size_t cut_columns(const char *text, size_t columns);    /* the bytes that have room in so many columns */
size_t columns_of(const char *text);                     /* on a terminal; a wide (Japanese) character takes two */
void put_json_string(FILE *to, const char *text);
void put_shell_word(FILE *to, const char *text); /* as sh reads it back */
/* Goes on at column @left, and again on each line: broken at spaces, commas or Japanese before column 80. */
void print_wrapped(FILE *to, const char *text, size_t left);
void print_members(FILE *to, struct wv_doc *doc, int indent);
void print_items(FILE *to, struct wv_doc *array, int indent);
/* Fits 80 columns: the last column is wrapped. */
void print_table(struct wv_doc *rows, const struct column *columns, size_t count);
const char *doc_str(struct wv_doc *doc, const char *key, const char *otherwise);
/* The first eight digits of "volume" tell a few volumes apart; --json has all of it. */
void format_state(char *buf, size_t size, struct wv_doc *row); /* words.c */
void format_volume(char *buf, size_t size, struct wv_doc *row);
void format_size(char *buf, size_t size, uint64_t bytes);

/* ---- results that several commands print (results.c) ---- */

void print_findings(struct wv_doc *findings);
void print_wipe(struct wv_doc *wipe);
/* Declared content outside of the volume, and where it was not looked for. */
void print_copies(FILE *to, struct wv_doc *copies, int indent);
/* A line for each change of an amendment. */
void print_changes(FILE *to, struct wv_doc *amendment, int indent);

/* ---- progress and log (progress.c), signals (signals.c), questions (prompt.c) ---- */

int progress_start(struct cli *cli); /* EXIT_OK, or EXIT_USAGE and it was said */
void progress_end(void);

void signals_start(struct wv_ctx *ctx);
bool signals_stop_wanted(void);
bool signals_progress_wanted(void); /* SIGUSR1 came since the last call */

/* EXIT_OK, or an exit code and it was said. @twice: a new passphrase, typed twice. */
int ask_passphrase(struct cli *cli, bool twice, struct wv_secret **ret_secret);
/* The same, but NULL when no --key-file was given: the volume may be open, or need none. */
int ask_factors(struct cli *cli, struct wv_secret **ret_secret);
/* Both factors through systemd's password agents; the key file's path becomes args.key_file (agent.c). */
int ask_agent(struct cli *cli, struct wv_secret **ret_secret);
/* Show what will be lost and have the serial typed; it is added to args.yes. */
int ask_serial(struct cli *cli, const char *target);

/* ---- the station and the factors (desk.c) ---- */

/* EXIT_OK, or an exit code and it was said. */
int open_station(struct cli *cli, struct wv_station **ret_station);

/* The factors are asked for when --key-file was given; a command without that option has none. */
struct desk {
	struct wv_station *station;
	struct wv_secret *passphrase; /* NULL: the volume is open, or needs none */
	struct wv_open_opts open;     /* the options say so: key file, passphrase, take-out record */
};

#define DESK_INIT { .open = WV_OPEN_OPTS_INIT }
#define cleanup_desk cleanup(desk_clear)
/* EXIT_OK, or an exit code and it was said. */
int desk_open(struct cli *cli, struct desk *desk);
void desk_clear(struct desk *desk);

/* A command's one call of the library. */
typedef int (*desk_call)(struct cli *cli, struct desk *desk, struct wv_doc **ret_result);
/* Sit down, call, finish(). Return: the exit code. */
int at_desk(struct cli *cli, desk_call call, printer print);
/* The same with --format text, json or pdf, and --lang: of a document that wv_paper_pdf() takes, or an array of one. */
int at_desk_paper(struct cli *cli, desk_call call, printer print);

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define cleanup(f) __attribute__((cleanup(f)))
#define cleanup_doc cleanup(doc_freep)
#define cleanup_secret cleanup(secret_freep)
#define cleanup_station cleanup(station_freep)
#define cleanup_free cleanup(freep)

static inline void doc_freep(struct wv_doc **doc)
{
	wv_doc_free(*doc);
}

static inline void secret_freep(struct wv_secret **secret)
{
	wv_secret_free(*secret);
}

static inline void station_freep(struct wv_station **station)
{
	wv_station_free(*station);
}

static inline void freep(void *p)
{
	free(*(void **)p);
}

#endif
