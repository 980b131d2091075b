/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* die.h - an entry of debug information: what it is, and the attributes that are looked at. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_DIE_H
#define LATCHKIT_USER_SYMBOLS_DWARF_DIE_H

#include "symbols/dwarf/constants.h"
#include "symbols/dwarf/unit.h"

enum die_attribute {
	DIE_SIBLING,
	DIE_NAME,
	DIE_TYPE,
	DIE_ORIGIN, /* DW_AT_abstract_origin or DW_AT_specification: what else is said of it */
	DIE_IMPORT, /* the entry of another unit, whose entries count as being here */
	DIE_LOW_PC,
	DIE_RANGES,
	DIE_BYTE_SIZE,
	DIE_BIT_SIZE,
	DIE_BIT_OFFSET,
	DIE_DATA_BIT_OFFSET,
	DIE_MEMBER_LOCATION,
	DIE_CONST_VALUE,
	DIE_UPPER_BOUND,
	DIE_COUNT,
	DIE_ENCODING,
	DIE_DECLARATION,
	DIE_CALLING_CONVENTION,
	DIE_LANGUAGE,
	DIE_STRINGS,
	DIE_ADDRESSES,
	DIE_RANGE_LISTS,
	DIE_ATTRIBUTES,
};

enum die_value_kind {
	DIE_ABSENT,
	DIE_NUMBER,
	DIE_ADDRESS,
	DIE_STRING,
	DIE_PLACE, /* of another entry */
	DIE_BLOCK, /* what is worked out by whoever debugs */
	DIE_ELSEWHERE, /* in a file that is not read */
};

struct die_value {
	enum die_value_kind kind;
	bool is_signed;
	union {
		uint64_t number; /* also addresses and places */
		const char *string;
		struct bytes block;
	};
};

struct die {
	struct dwarf_unit *unit;
	uint64_t place;
	uint64_t next; /* the entry behind it: its first child, if it has children */
	unsigned int tag; /* 0: the end of a list of children */
	bool children;
	struct die_value value[DIE_ATTRIBUTES];
};

/*
 * Read the entry at a place of a unit. *budget: of abbreviations, see unit.h. Returns false: it is
 * malformed.
 */
bool die_read(struct dwarf_unit *unit, uint64_t place, size_t *budget, struct die *die);
/* Address number `index` of the unit's; 0: there is none. */
uint64_t die_address(const struct dwarf_unit *unit, uint64_t index);
/* A number; `otherwise` when there is none. */
uint64_t die_number(const struct die *die, enum die_attribute which, uint64_t otherwise);
/* The name, or "". */
const char *die_name(const struct die *die);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_DIE_H */
