/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * types.h - types of debug information, turned into BTF when they are asked for: what reads the
 * kernel's types reads those of programs, too.
 */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_TYPES_H
#define LATCHKIT_USER_SYMBOLS_DWARF_TYPES_H

#include "symbols/dwarf/dwarf.h"

struct btf;
struct dwarf_types;

/* So many types are turned; pointers to others lead to void. */
#define DWARF_TYPES_MAX 65536

/*
 * Begin with none, behind those of `base`, which may be NULL and must outlive it. *d must, too.
 * Returns NULL without memory.
 */
struct dwarf_types *dwarf_types_new(struct dwarf *d, const struct btf *base);
void dwarf_types_free(struct dwarf_types *types); /* may be NULL */
/*
 * The type of the entry at a place, as an id of dwarf_types_btf(); what it leads to is there, too,
 * after dwarf_types_complete(). 0: void, or no room is left.
 */
unsigned int dwarf_types_id(struct dwarf_types *types, uint64_t place);
/* Ask for all types that the unit whose entry is at a place has names for. */
void dwarf_types_of_unit(struct dwarf_types *types, uint64_t place);
/* Turn what was asked for. Returns 0 or -ENOMEM. */
int dwarf_types_complete(struct dwarf_types *types);
const struct btf *dwarf_types_btf(const struct dwarf_types *types);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_TYPES_H */
