// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* verify_registry_main.c - latchkit verify registry as a program, to be built with sanitizers. */
#include <argp.h>

#include "cli/diag.h"
#include "verify/command.h"
#include "verify/registry/set.h"

int main(int argc, char **argv)
{
	static const struct verify_set *const sets[] = {&verify_registry, NULL};

	argp_err_exit_status = EXIT_USAGE;
	return verify_command(sets, &verify_registry, argc, argv);
}
