/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.c - the command line: tables of options, parsed by getopt_long
 */
#include <getopt.h>
#include <limits.h>

#include "cli.h"

/* Long options without a letter return this plus their index. */
#define FIRST_LONG 256
#define OPTIONS_MAX 48

const struct opt global_options[] = {
	OPT_STR("policy", "FILE", policy, "the station's policy (or WORKVOL_POLICY)"),
	OPT_FLAG("json", json, "one JSON object a line on stdout, errors too"),
	OPT_("quiet", 'q', NULL, quiet, OPT_KIND_FLAG, "errors only on stderr"),
	OPT_("verbose", 'v', NULL, verbose, OPT_KIND_FLAG, "say what is being done"),
	OPT_FLAG("no-input", no_input, "never ask: refuse (exit 3) instead"),
	OPT_STR("progress", "HOW", progress, "auto, tty, plain, json or none"),
	OPT_("help", 'h', NULL, help, OPT_KIND_FLAG, "this text"),
	OPT_FLAG("version", version, "the version"),
	OPT_END,
};

/* The options of a command and the global ones, as one table and as getopt wants it. */
struct table {
	const struct opt *opt[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
	int count;
};

void args_init(struct args *args)
{
	memset(args, 0, sizeof(*args));
	args->fd = -1;
	args->passphrase_fd = -1;
}

void args_free(struct args *args)
{
	free(args->approvers.items);
	free(args->outputs.items);
	free(args->yes.items);
	for (size_t i = 0; i < args->typed.count; i++)
		free((void *)args->typed.items[i]);
	free(args->typed.items);
}

static void add_options(struct table *t, const struct opt *options)
{
	size_t len = strlen(t->shorts);

	for (; options && options->name && t->count < OPTIONS_MAX; options++, t->count++) {
		t->opt[t->count] = options;
		t->longs[t->count] = (struct option){
			.name = options->name,
			.has_arg = options->arg ? required_argument : no_argument,
			.val = FIRST_LONG + t->count,
		};
		if (!options->letter)
			continue;
		t->shorts[len++] = options->letter;
		if (options->arg)
			t->shorts[len++] = ':';
	}
}

static const struct opt *find_option(const struct table *t, int c)
{
	if (c >= FIRST_LONG)
		return t->opt[c - FIRST_LONG];
	for (int i = 0; i < t->count; i++) {
		if (t->opt[i]->letter == c)
			return t->opt[i];
	}
	return NULL;
}

int list_add(struct list *list, const char *item)
{
	const char **items = reallocarray(list->items, list->count + 2, sizeof(*items));

	if (!items)
		return -ENOMEM;
	items[list->count++] = item;
	items[list->count] = NULL;
	list->items = items;
	return 0;
}

/* 4096, 40M, 2G, 1MiB: powers of 1024. */
static bool parse_size(const char *text, uint64_t *ret_size)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	uint64_t size;
	int shift = 0;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	size = strtoull(text, &end, 10);
	if (errno)
		return false;
	if (*end) {
		unit = strchr(units, *end);
		if (!unit || (end[1] && strcmp(end + 1, "iB") != 0))
			return false;
		shift = 10 * (int)(unit - units + 1);
	}
	if (size > UINT64_MAX >> shift)
		return false;
	*ret_size = size << shift;
	return true;
}

static bool parse_fd(const char *text, int *ret_fd)
{
	char *end;
	long fd;

	errno = 0;
	fd = strtol(text, &end, 10);
	if (errno || end == text || *end || fd < 0 || fd > INT_MAX)
		return false;
	*ret_fd = (int)fd;
	return true;
}

static int store(struct cli *cli, const struct opt *opt, const char *value)
{
	char *at = (char *)&cli->args + opt->offset;

	switch (opt->kind) {
	case OPT_KIND_FLAG:
		*(bool *)at = true;
		return EXIT_OK;
	case OPT_KIND_STR:
		*(const char **)at = value;
		return EXIT_OK;
	case OPT_KIND_LIST:
		return list_add((struct list *)at, value) < 0 ? EXIT_FAILED : EXIT_OK;
	case OPT_KIND_SIZE:
		/* A length of 0 would mean "to the end": the whole disk for a script's empty sum. */
		if (parse_size(value, (uint64_t *)at) &&
		    (*(uint64_t *)at || strcmp(opt->name, "offset") == 0))
			return EXIT_OK;
		return usage_error(cli, "--%s: %s is no size", opt->name, value);
	case OPT_KIND_FD:
		if (parse_fd(value, (int *)at))
			return EXIT_OK;
		return usage_error(cli, "--%s: %s is no descriptor", opt->name, value);
	}
	return EXIT_FAILED;
}

int args_parse(struct cli *cli, int argc, char **argv)
{
	/* "+": before the command, stop at the command. ":": tell a missing argument apart. */
	struct table t = { .shorts = "+:" };
	const struct opt *opt;
	int c, rc;

	if (cli->cmd)
		strcpy(t.shorts, ":");
	add_options(&t, cli->cmd ? cli->cmd->options : NULL);
	add_options(&t, global_options);
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		if (c == ':')
			return usage_error(cli, "%s needs an argument", argv[optind - 1]);
		opt = find_option(&t, c);
		if (!opt && optopt >= FIRST_LONG)
			return usage_error(cli, "--%s takes no argument",
					   t.opt[optopt - FIRST_LONG]->name);
		if (!opt && optopt)
			return usage_error(cli, "unknown option -%c", optopt);
		if (!opt)
			return usage_error(cli, "unknown option %s", argv[optind - 1]);
		rc = store(cli, opt, optarg);
		if (rc)
			return rc;
	}
	cli->args.argv = argv + optind;
	cli->args.argc = argc - optind;
	return EXIT_OK;
}

void print_options(FILE *to, const struct opt *options)
{
	char left[64];

	for (; options && options->name; options++) {
		snprintf(left, sizeof(left), "%s%c%s--%s%s%s", options->letter ? "-" : "  ",
			 options->letter ? options->letter : ' ', options->letter ? ", " : " ",
			 options->name, options->arg ? " " : "", options->arg ? options->arg : "");
		if (strlen(left) > 26)
			fprintf(to, "  %s\n  %-28s", left, "");
		else
			fprintf(to, "  %-28s", left);
		print_wrapped(to, tr(options->help), 30);
	}
}

static bool count_fits(int count, int min, int max)
{
	return count >= min && (max < 0 || count <= max);
}

int run_verb(struct cli *cli, const struct verb *verbs)
{
	const char *name = cli->args.argv[0];

	for (; verbs->name; verbs++) {
		if (strcmp(verbs->name, name) != 0)
			continue;
		cli->args.argv++;
		cli->args.argc--;
		if (!count_fits(cli->args.argc, verbs->min, verbs->max))
			return usage_error(cli, "wrong number of arguments for %s", name);
		return verbs->run(cli);
	}
	return usage_error(cli, "there is no %s", name);
}
