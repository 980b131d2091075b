// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* main.c - the latchkit command: one table of subcommands makes dispatch and usage. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "diag.h"
#include "suggest.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"trace", cmd_trace, "show what this host is doing"},
	{"ctl", cmd_ctl, "look at a running trace, swap what it does with events"},
	{"bench", cmd_bench, "compare the latches and their peers on this machine"},
	{"verify", cmd_verify, "try to break the latches, and see the broken ones fail"},
	{"doctor", cmd_doctor, "say what this host can do, by trying it"},
	{"list", cmd_list, "list the latch variants and their properties"},
	{"help", cmd_help, "this text; latchkit COMMAND --help for each command's options"},
	{"version", cmd_version, "the version"},
};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void usage(FILE *to)
{
	fputs("Usage: latchkit COMMAND [OPTIONS]...\n\n", to);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
}

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	usage(stdout);
	return EXIT_OK;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("latchkit " LATCHKIT_VERSION);
	return EXIT_OK;
}

static int unknown_command(const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		suggest_offer(&near, commands[i].name);
	if (suggest_best(&near))
		return fail_usage("%s: no such command; did you mean %s?", name,
				  suggest_best(&near));
	return fail_usage("%s: no such command; see latchkit help", name);
}

/* Messages and usage show the first argument: make it the whole name. */
static int command_run(const struct command *command, int argc, char **argv)
{
	char name[32];

	snprintf(name, sizeof(name), "latchkit %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	const struct command *command;

	argp_err_exit_status = EXIT_USAGE;
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(0, NULL);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return cmd_version(0, NULL);
	command = command_find(argv[1]);
	return command ? command_run(command, argc - 1, argv + 1) : unknown_command(argv[1]);
}
