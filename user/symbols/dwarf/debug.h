/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* debug.h - the debug information of one file, opened when it is asked for the first time. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_DEBUG_H
#define LATCHKIT_USER_SYMBOLS_DWARF_DEBUG_H

#include "symbols/dwarf/types.h"

/* Begins as zeros. */
struct debug {
	bool asked;
	int err; /* of the opening */
	struct dwarf *dwarf;
	struct dwarf_types *types;
};

/*
 * Open that of the file at a path, with types behind those of `base` (see types.h), unless that was
 * done or tried before. Returns 0 or a negative errno of dwarf_open(), each time the same.
 */
int debug_open(struct debug *debug, const char *path, const struct btf *base);
void debug_close(struct debug *debug);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_DEBUG_H */
