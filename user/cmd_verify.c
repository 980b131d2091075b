// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_verify.c - latchkit verify: one table of its subcommands makes dispatch and usage. */
#include <stdio.h>
#include <string.h>

#include "cmd_verify.h"
#include "commands.h"
#include "diag.h"
#include "suggest.h"
#include "verify_registry.h"

static const struct verify_command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"latch", cmd_verify_latch, "try to break the latches, and see the broken ones fail"},
	{"registry", cmd_verify_registry,
	 "try to break the registry, and see the published one fail"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *to, int code)
{
	fputs("Usage: latchkit verify [COMMAND] [OPTIONS]...\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fprintf(to, "\nWithout a command: %s, of all latches.\n", commands[0].name);
	return code;
}

static int unknown_command(const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&near, commands[i].name);
	if (suggest_best(&near))
		return fail_usage("verify %s: no such command; did you mean %s?", name,
				  suggest_best(&near));
	return fail_usage("verify %s: no such command; see latchkit verify --help", name);
}

int cmd_verify(int argc, char **argv)
{
	char name[64];

	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return usage(stdout, EXIT_OK);
	/* Options without a command are those of the first one. */
	if (argc < 2 || argv[1][0] == '-') {
		snprintf(name, sizeof(name), "%s %s", argv[0], commands[0].name);
		argv[0] = name;
		return commands[0].run(argc, argv);
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, argv[1]))
			continue;
		snprintf(name, sizeof(name), "%s %s", argv[0], commands[i].name);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	return unknown_command(argv[1]);
}
