/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ranges.h - where the parts of a function begin whose code is not in one piece. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_RANGES_H
#define LATCHKIT_USER_SYMBOLS_DWARF_RANGES_H

#include "symbols/dwarf/die.h"

struct ranges {
	const struct dwarf_unit *unit;
	struct bytes at;
	uint64_t base; /* that offsets are added to */
};

/* Begin with those of an entry, if it has any. */
struct ranges ranges_of(const struct die *die);
/* Go on to the next one. Returns false at their end. */
bool ranges_next(struct ranges *ranges, uint64_t *begin);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_RANGES_H */
