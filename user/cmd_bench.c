// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_bench.c - latchkit bench: one table of its subcommands makes dispatch and usage. */
#include <stdio.h>
#include <string.h>

#include "cmd_bench.h"
#include "commands.h"
#include "diag.h"
#include "suggest.h"

static const struct bench_command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"latch", cmd_bench_latch, "measure the latches and their peers side by side"},
	{"trace", cmd_bench_trace, "measure what tracing costs, beside other tools"},
	{"dispatch", cmd_bench_dispatch,
	 "measure handlers that are swapped, and judge what is claimed"},
	{"registry", cmd_bench_registry,
	 "measure tables of objects found by an id, and judge what is claimed"},
	{"compare", cmd_bench_compare, "say what differs between two files of results"},
	{"plot", cmd_bench_plot, "draw a file of results with gnuplot"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *to, int code)
{
	fputs("Usage: latchkit bench COMMAND [OPTIONS]...\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
	return code;
}

static int unknown_command(const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&near, commands[i].name);
	if (suggest_best(&near))
		return fail_usage("bench %s: no such command; did you mean %s?", name,
				  suggest_best(&near));
	return fail_usage("bench %s: no such command; see latchkit bench --help", name);
}

int cmd_bench(int argc, char **argv)
{
	char name[64];

	if (argc < 2)
		return usage(stderr, EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return usage(stdout, EXIT_OK);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, argv[1]))
			continue;
		snprintf(name, sizeof(name), "%s %s", argv[0], commands[i].name);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	return unknown_command(argv[1]);
}
