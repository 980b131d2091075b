// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_bench.c - latchkit bench: its subcommands. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "diag.h"
#include "suggest.h"

static const struct bench_command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"trace", cmd_bench_trace, "measure what tracing costs, beside other tools"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fputs("Usage: latchkit bench COMMAND [OPTIONS]...\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
}

static int unknown(const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&near, commands[i].name);
	if (suggest_best(&near))
		return fail_usage("bench %s: no such benchmark; did you mean %s?", name,
				  suggest_best(&near));
	return fail_usage("bench %s: no such benchmark; see latchkit bench --help", name);
}

int cmd_bench(int argc, char **argv)
{
	char name[48];

	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return EXIT_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, argv[1]) != 0)
			continue;
		snprintf(name, sizeof(name), "latchkit bench %s", argv[1]);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	return unknown(argv[1]);
}
