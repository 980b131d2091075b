// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* verify_registry_main.c - latchkit verify registry as a program, to be built with sanitizers. */
#include <argp.h>

#include "cli/diag.h"
#include "verify/registry/registry.h"

int main(int argc, char **argv)
{
	argp_err_exit_status = EXIT_USAGE;
	return cmd_verify_registry(argc, argv);
}
