// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_verify.c - latchkit verify: each set of verify_sets.c is a subcommand. */
#include "commands.h"
#include "subcommand.h"
#include "verify.h"

#define SETS_MAX 8

int cmd_verify(int argc, char **argv)
{
	struct subcommand commands[SETS_MAX];
	struct subcommands verify = {"latchkit verify", "verify ", commands, 0, true};

	for (; verify.count < verify_sets_count() && verify.count < SETS_MAX; verify.count++) {
		const struct verify_set *set = verify_set_get(verify.count);

		commands[verify.count] = (struct subcommand){set->name, set->command, set->summary};
	}
	return subcommands_run(&verify, argc, argv);
}
