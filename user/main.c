// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* main.c - the latchkit command: the table of its subcommands. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/subcommand.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct subcommand commands[] = {
	{"trace", cmd_trace, .summary = "show what this host is doing"},
	{"ctl", cmd_ctl, .summary = "look at a running trace, swap what it does with events"},
	{"bench", cmd_bench, .summary = "compare the latches and their peers on this machine"},
	{"verify", cmd_verify,
	 .summary = "try to break what is here, and see the broken ones fail"},
	{"doctor", cmd_doctor, .summary = "say what this host can do, by trying it"},
	{"list", cmd_list, .summary = "list the latch variants and their properties"},
	{"help", cmd_help,
	 .summary = "this text; latchkit COMMAND --help for each command's options"},
	{"version", cmd_version, .summary = "the version"},
};

static const struct subcommands latchkit = {"latchkit", "", commands,
					    sizeof(commands) / sizeof(commands[0]), false};

static int cmd_help(int argc, char **argv)
{
	char *help[] = {argv[0], "--help", NULL};

	(void)argc;
	return subcommands_run(&latchkit, 2, help);
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("latchkit " LATCHKIT_VERSION);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	argp_err_exit_status = EXIT_USAGE;
	if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return cmd_version(0, NULL);
	return subcommands_run(&latchkit, argc, argv);
}
