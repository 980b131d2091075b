// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* debug.c - see symbols/dwarf/debug.h */
#include <errno.h>

#include "symbols/dwarf/debug.h"

int debug_open(struct debug *debug, const char *path, const struct btf *base)
{
	if (debug->asked)
		return debug->err;
	debug->asked = true;
	debug->err = dwarf_open(path, &debug->dwarf);
	if (debug->err)
		return debug->err;
	debug->types = dwarf_types_new(debug->dwarf, base);
	if (!debug->types)
		debug->err = -ENOMEM;
	return debug->err;
}

void debug_close(struct debug *debug)
{
	dwarf_types_free(debug->types);
	dwarf_free(debug->dwarf);
	*debug = (struct debug){.asked = false};
}
