// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * verify_main.c - latchkit verify alone: what a latch with a broken header is linked to. Nothing
 * but user/verify_latch.c, verify_code.c, latch_ops.c and latch_table.c depends on the latches.
 */
#include <argp.h>

#include "commands.h"
#include "diag.h"

int main(int argc, char **argv)
{
	argp_err_exit_status = EXIT_USAGE;
	return cmd_verify(argc, argv);
}
