// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit verify: the table of its sets, each of which is a subcommand. */
#include "cli/commands.h"
#include "cli/subcommand.h"
#include "verify/command.h"
#include "verify/dispatch/set.h"
#include "verify/keyed/set.h"
#include "verify/latch/set.h"
#include "verify/registry/set.h"
#include "verify/scratch/set.h"
#include "verify/spans/set.h"

/* The first one is what `latchkit verify` alone checks. */
static const struct verify_set *const sets[] = {
	&verify_latches,
	&verify_dispatch,
	&verify_registry,
	&verify_keyed,
	&verify_scratch,
	&verify_spans,
	NULL,
};
#define SETS (sizeof(sets) / sizeof(sets[0]) - 1)

static int run(const void *data, int argc, char **argv)
{
	return verify_command(sets, data, argc, argv);
}

int cmd_verify(int argc, char **argv)
{
	struct subcommand commands[SETS];
	const struct subcommands verify = {"latchkit verify", "verify ", commands, SETS, true};

	for (size_t i = 0; i < SETS; i++)
		commands[i] = (struct subcommand){sets[i]->name, .summary = sets[i]->summary,
						  .run_on = run, .data = sets[i]};
	return subcommands_run(&verify, argc, argv);
}
