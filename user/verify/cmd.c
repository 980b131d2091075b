// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit verify: each set of verify/sets.c is a subcommand, and the registry. */
#include "cli/commands.h"
#include "cli/subcommand.h"
#include "verify/core/verify.h"
#include "verify/registry/registry.h"

#define SETS_MAX 8

int cmd_verify(int argc, char **argv)
{
	struct subcommand commands[SETS_MAX];
	struct subcommands verify = {"latchkit verify", "verify ", commands, 0, true};

	for (; verify.count < verify_sets_count() && verify.count < SETS_MAX - 1; verify.count++) {
		const struct verify_set *set = verify_set_get(verify.count);

		commands[verify.count] =
			(struct subcommand){set->name, set->command, .summary = set->summary};
	}
	commands[verify.count++] = (struct subcommand){
		"registry", cmd_verify_registry,
		.summary = "try to break the registry, and see the published one fail"};
	return subcommands_run(&verify, argc, argv);
}
