// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* arguments.c - see cli/arguments.h */
#include <string.h>

#include "cli/arguments.h"
#include "cli/diag.h"

int arguments_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	int err = argp_parse(argp, argc, argv, 0, NULL, input);

	return err ? fail("%s: cannot read the command line: %s", argv[0], strerror(err)) : 0;
}
