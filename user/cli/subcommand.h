/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* subcommand.h - a table of subcommands makes dispatch, usage and messages. */
#ifndef LATCHKIT_USER_CLI_SUBCOMMAND_H
#define LATCHKIT_USER_CLI_SUBCOMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct subcommand {
	const char *name;
	/* argv[0] is the whole name, such as "latchkit bench latch". Returns the exit code. */
	int (*run)(int argc, char **argv);
	const char *summary;
	/* Instead of `run`, for commands that share a function: `data` tells which one it is. */
	int (*run_on)(const void *data, int argc, char **argv);
	const void *data;
};

struct subcommands {
	const char *of; /* the command that they belong to, such as "latchkit bench" */
	const char *prefix; /* of messages about them, such as "bench " */
	const struct subcommand *list;
	size_t count;
	bool may_be_left_out; /* options alone are those of the first one */
};

/*
 * Run the one that argv[1] names, or show usage if that is --help, -h or, as a mistake, nothing.
 * Returns the exit code.
 */
int subcommands_run(const struct subcommands *commands, int argc, char **argv);

#endif /* LATCHKIT_USER_CLI_SUBCOMMAND_H */
