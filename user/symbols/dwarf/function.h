/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* function.h - what debug information says of a function: its parameters, and where they are. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_FUNCTION_H
#define LATCHKIT_USER_SYMBOLS_DWARF_FUNCTION_H

#include "symbols/dwarf/dwarf.h"

#define DWARF_PARAMETERS 16

/* Where a parameter is when the function is entered, by the calling convention of C. */
enum dwarf_where {
	WHERE_REGISTER,
	WHERE_FLOAT, /* in a register for floating-point numbers, or on the stack */
	WHERE_VALUE, /* by value: in several registers, or on the stack */
	WHERE_BEHIND_VALUE, /* behind one of those: not known here */
	WHERE_STACK,
};

struct dwarf_parameter {
	char name[64]; /* "": it has none */
	uint64_t type; /* the place of its entry; 0: void, or not known */
	enum dwarf_where where;
	unsigned int number; /* of the register for integers, from 0 */
};

struct dwarf_function {
	struct dwarf_parameter parameter[DWARF_PARAMETERS];
	unsigned int count;
	bool returns; /* something; false: void */
	uint64_t type; /* of what it returns */
	uint64_t unit; /* the place of its unit's entry */
	bool is_changed; /* it is not called as it was declared */
	bool is_go; /* it is called in Go's own way */
};

/* Read of the entry of a function all that is in *f. */
void dwarf_function_read(struct dwarf *d, const struct die *function, struct dwarf_function *f);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_FUNCTION_H */
