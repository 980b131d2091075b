// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* main.c - the latchkit command: the table of its subcommands. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
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
	{"list", cmd_list, .summary = "list the latch variants, or the recipes of trace"},
	{"help", cmd_help,
	 .summary = "this text; latchkit COMMAND --help for each command's options"},
	{"version", cmd_version, .summary = "the version"},
};

static const struct subcommands latchkit = {"latchkit", "", commands,
					    sizeof(commands) / sizeof(commands[0]), false};

static int cmd_help(int argc, char **argv)
{
	char *general[] = {argv[0], "--help", NULL};
	char *of_command[] = {argv[0], argc > 1 ? argv[1] : NULL, "--help", NULL};

	if (argc > 2)
		return fail_usage("help %s %s: give one command", argv[1], argv[2]);
	return argc > 1 ? subcommands_run(&latchkit, 3, of_command)
			: subcommands_run(&latchkit, 2, general);
}

static int cmd_version(int argc, char **argv)
{
	if (argc > 1)
		return fail_usage("version %s: it takes no arguments", argv[1]);
	puts("latchkit " LATCHKIT_VERSION);
	return EXIT_OK;
}

/* A file that is opened must not become standard output or error because those were closed. */
static bool secure_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

static bool failure_was_told;

/* Why something was not written before: what is tried now fails for the same cause. */
static int write_errno(void)
{
	return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

/* At every exit, also those of --help. A reader that went away is no failure. */
static void check_output(int code, void *arg)
{
	(void)arg;
	/* argp leaves out what it has no memory for. No buffer: nothing was ever printed. */
	if (code == EXIT_OK && arguments_ended() && (errno == ENOMEM || !__fbufsize(stdout))) {
		fail("standard output: out of memory for the help");
		_exit(EXIT_FAILED);
	}
	errno = 0;
	if (failure_was_told || (!fflush(stdout) && !ferror(stdout)) || errno == EPIPE)
		return;
	fail("standard output: cannot write: %s", strerror(errno ? errno : write_errno()));
	_exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	int code;

	if (!secure_descriptors())
		return EXIT_FAILED;
	on_exit(check_output, NULL);
	argp_err_exit_status = EXIT_USAGE;
	if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		code = cmd_version(0, NULL);
	else
		code = subcommands_run(&latchkit, argc, argv);
	failure_was_told = code != EXIT_OK;
	return code;
}
