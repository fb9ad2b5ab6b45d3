/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - workvol: the table of commands
 */
#include <signal.h>

#include "cli.h"

#define NAME_MAX_LEN 16 /* of a command, and more */

/* In the order in which a newcomer meets them. */
static const struct cmd *const commands[] = {
	&cmd_init, &cmd_factor, &cmd_declare, &cmd_prepare, &cmd_approve, &cmd_handover,
	&cmd_open, &cmd_check, &cmd_amend, &cmd_sync, &cmd_close, &cmd_return,
	&cmd_wipe, &cmd_verify, &cmd_methods, &cmd_devices,
	&cmd_list, &cmd_incident, &cmd_register, &cmd_recall, &cmd_certificate, &cmd_ledger, &cmd_inspect,
	&cmd_report, &cmd_policy, &cmd_receipt, &cmd_insert,
};

static const struct cmd *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters are wrong, missing, added or swapped with a neighbour (optimal
 * string alignment); anything longer than a command is far from all.
 */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][NAME_MAX_LEN + 1], m = strlen(a), n = strlen(b);
	size_t *now = row[0], *last = row[1], *before = row[2];

	if (m > NAME_MAX_LEN || n > NAME_MAX_LEN)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		now[j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *spare = before;

		before = last, last = now, now = spare;
		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			now[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
			now[j] = smaller(now[j], smaller(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = smaller(now[j], before[j - 2] + 1);
		}
	}
	return now[n];
}

static int unknown_command(struct cli *cli, const char *name)
{
	const char *near = NULL;
	size_t best = 3; /* more would suggest what nobody meant */

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const size_t d = distance(name, commands[i]->name);

		if (d < best && d < strlen(commands[i]->name) / 2)
			best = d, near = commands[i]->name;
	}
	if (near)
		return usage_error(cli, "there is no command %s: did you mean %s", name, near);
	return usage_error(cli, "there is no command %s", name);
}

static int print_version(void)
{
	printf("workvol %s\n", wv_version());
	return EXIT_OK;
}

static void print_headed(const char *head, const char *text)
{
	fputs(head, stdout);
	print_wrapped(stdout, text, columns_of(head));
}

static int print_overview(void)
{
	print_headed("workvol - ", _("encrypted work volumes that are declared, returned and wiped with proof"));
	fputs(_("\nusage: workvol [OPTION...] COMMAND [ARGUMENT...]\n\ncommands:\n"), stdout);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		printf("  %-12s ", commands[i]->name);
		print_wrapped(stdout, tr(commands[i]->summary), 15);
	}
	fputs(_("\noptions of every command:\n"), stdout);
	print_options(stdout, global_options);
	fputs(_("\nexit status: 0 done and proven, 1 failed, 2 wrong command line, 3 refused or\n"
		"waiting, 4 a proof failed, 130 interrupted. `workvol help COMMAND` says more.\n"), stdout);
	return EXIT_OK;
}

static int print_help(const struct cmd *cmd)
{
	char head[64], usage[160];

	snprintf(head, sizeof(head), "workvol %s - ", cmd->name);
	print_headed(head, tr(cmd->summary));
	putchar('\n');
	snprintf(head, sizeof(head), _("usage: workvol %s"), cmd->name);
	snprintf(usage, sizeof(usage), "%s%s%s", cmd->options ? " [OPTION...]" : "", *cmd->args ? " " : "", cmd->args);
	print_headed(head, usage);
	if (cmd->about)
		printf("\n%s\n", tr(cmd->about));
	if (cmd->options) {
		puts(_("\noptions:"));
		print_options(stdout, cmd->options);
	}
	printf(_("\nOptions of every command: workvol help. Manual: workvol-%s(1)\n"), cmd->name);
	return EXIT_OK;
}

static int help(struct cli *cli)
{
	const char *topic = cli->args.argc > 1 ? cli->args.argv[1] : NULL;
	const struct cmd *cmd;

	if (cli->args.argc > 2)
		return usage_error(cli, "help takes one command");
	if (!topic)
		return print_overview();
	cmd = find_command(topic);
	if (!cmd)
		return unknown_command(cli, topic);
	return print_help(cmd);
}

static int run_command(struct cli *cli)
{
	const struct cmd *cmd = cli->cmd;
	int rc;

	rc = args_parse(cli, cli->args.argc, cli->args.argv);
	if (rc)
		return rc;
	if (cli->args.help)
		return print_help(cmd);
	if (cli->args.version)
		return print_version();
	if (cli->args.argc < cmd->min)
		return usage_error(cli, "give %s", cmd->args);
	if (cmd->max >= 0 && cli->args.argc > cmd->max)
		return usage_error(cli, "one argument too many: %s", cli->args.argv[cmd->max]);
	for (int i = 0; i < cli->args.argc; i++) /* a variable that is not set: no sentence could name it */
		if (!*cli->args.argv[i])
			return usage_error(cli, "argument %d is empty: give %s", i + 1, cmd->args);
	rc = progress_start(cli);
	if (rc)
		return rc;
	signals_start(cli->ctx);
	rc = cmd->run(cli);
	progress_end();
	return rc;
}

static int dispatch(struct cli *cli, int argc, char **argv)
{
	int rc;

	rc = args_parse(cli, argc, argv);
	if (rc)
		return rc;
	if (cli->args.version)
		return print_version();
	if (cli->args.help)
		return print_overview();
	if (cli->args.argc == 0)
		return usage_error(cli, "give a command");
	if (strcmp(cli->args.argv[0], "help") == 0)
		return help(cli);
	cli->cmd = find_command(cli->args.argv[0]);
	if (!cli->cmd)
		return unknown_command(cli, cli->args.argv[0]);
	cli->words = argv;
	cli->command = cli->args.argv;
	return run_command(cli);
}

/* A result that did not reach its reader is a failure; a closed pipe is his choice. */
static int close_stdout(int rc)
{
	const bool lost = ferror(stdout);

	if (fclose(stdout) == 0 && !lost)
		return rc;
	if (errno == EPIPE)
		return rc;
	perror("workvol: stdout");
	return worse_exit(rc, EXIT_FAILED);
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	int rc;

	language_start();
	signal(SIGPIPE, SIG_IGN); /* a reader who leaves must not stop a step half-way */
	args_init(&cli.args);
	if (wv_ctx_new(&cli.ctx) < 0) {
		fputs("workvol: out of memory\n", stderr);
		return EXIT_FAILED;
	}
	language_of(cli.ctx);
	rc = dispatch(&cli, argc, argv);
	wv_ctx_free(cli.ctx);
	args_free(&cli.args);
	return close_stdout(rc);
}
