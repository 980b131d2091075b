// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* output_end.c - see cli/output_end.h */
#include <errno.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/json_line.h"
#include "cli/output_end.h"

int output_end(FILE *to, const char *name)
{
	int err = json_lines_end();

	errno = 0;
	if (!err && (fflush(to) || ferror(to)))
		err = errno ? errno : EIO;
	return err ? fail("%s: cannot write: %s", name ? name : "standard output", strerror(err))
		   : 0;
}
