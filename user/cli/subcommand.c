// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subcommand.c - see cli/subcommand.h. */
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/subcommand.h"
#include "cli/suggest.h"

static int usage(const struct subcommands *c, FILE *to, int code)
{
	fprintf(to, "Usage: %s %s [OPTIONS]...\n\n", c->of,
		c->may_be_left_out ? "[COMMAND]" : "COMMAND");
	for (size_t i = 0; i < c->count; i++)
		fprintf(to, "  %-8s %s\n", c->list[i].name, c->list[i].summary);
	if (c->may_be_left_out)
		fprintf(to, "\nWithout a command: %s, all of it.\n", c->list[0].name);
	return code;
}

static int unknown(const struct subcommands *c, const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	suggest_offer_rows(&near, c->list, c->count, sizeof(*c->list));
	return fail_usage("%s%s: no such command; %s", c->prefix, name,
			  suggest_hint(&near, "see %s --help", c->of));
}

/* Messages and usage show argv[0]: make it the whole name. */
static int run(const struct subcommands *c, const struct subcommand *command, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "%s %s", c->of, command->name);
	argv[0] = name;
	return command->run_on ? command->run_on(command->data, argc, argv)
			       : command->run(argc, argv);
}

int subcommands_run(const struct subcommands *c, int argc, char **argv)
{
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return usage(c, stdout, EXIT_OK);
	if (c->may_be_left_out && (argc < 2 || argv[1][0] == '-'))
		return run(c, &c->list[0], argc, argv);
	if (argc < 2)
		return usage(c, stderr, EXIT_USAGE);
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->list[i].name, argv[1]) == 0)
			return run(c, &c->list[i], argc - 1, argv + 1);
	return unknown(c, argv[1]);
}
