// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* arguments.c - see cli/arguments.h */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/give_up.h"

static bool parsing;

int arguments_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	struct sigaction before;
	int err;

	sigaction(SIGABRT, NULL, &before);
	give_up_explain(); /* argp aborts when it has no memory for its help */
	parsing = true;
	errno = 0;
	err = argp_parse(argp, argc, argv, 0, NULL, input);
	parsing = false;
	sigaction(SIGABRT, &before, NULL);
	return err ? fail("%s: cannot read the command line: %s", argv[0], strerror(err)) : 0;
}

bool arguments_ended(void)
{
	return parsing;
}
