/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit.h - the units of .debug_info, and the abbreviations that their entries are written with. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_UNIT_H
#define LATCHKIT_USER_SYMBOLS_DWARF_UNIT_H

#include "symbols/dwarf/part.h"

struct dwarf_abbrev {
	uint64_t code;
	unsigned int tag;
	bool children;
	struct bytes specs; /* pairs of attribute and form */
};

/*
 * Places are offsets into .debug_info; those in the file that dwz made of several, its second part,
 * have SECOND_PART added.
 */
#define SECOND_PART (1ULL << 40)

struct dwarf_unit {
	const struct dwarf_part *part;
	uint64_t base; /* 0 or SECOND_PART */
	uint64_t start, first, end; /* of the header, of the first entry, behind the last */
	unsigned int version, address_size, offset_size;
	bool split; /* the rest is in a .dwo file */
	uint64_t abbrevs; /* their place */
	struct dwarf_abbrev *abbrev; /* read when they are asked for */
	size_t abbrev_count;
	bool abbrevs_read;
	/* From its first entry, see dwarf_open(). */
	uint64_t strings, addresses; /* where its own are in .debug_str_offsets, .debug_addr */
	uint64_t ranges, low_pc; /* and in .debug_rnglists; what their offsets are added to */
	unsigned int language;
	bool turned; /* all its types were asked for: dwarf_types_of_unit() */
};

struct dwarf_units {
	struct dwarf_unit *unit; /* in order of their places */
	size_t count, room;
};

/* Append the units of a part. Returns 0 or -ENOMEM; what is malformed ends them. */
int dwarf_units_add(struct dwarf_units *units, const struct dwarf_part *part, uint64_t base);
void dwarf_units_free(struct dwarf_units *units);
/* The unit that a place is in; NULL: none. */
struct dwarf_unit *dwarf_unit_of(const struct dwarf_units *units, uint64_t place);
/*
 * The abbreviation of a code; NULL: none. Reads those of the unit at the first call, as many as
 * *budget, from which they are taken.
 */
const struct dwarf_abbrev *dwarf_abbrev_find(struct dwarf_unit *unit, uint64_t code,
					     size_t *budget);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_UNIT_H */
