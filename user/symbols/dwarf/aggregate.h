/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* aggregate.h - structs, unions and enums of debug information as types of BTF. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_AGGREGATE_H
#define LATCHKIT_USER_SYMBOLS_DWARF_AGGREGATE_H

#include "symbols/dwarf/dwarf.h"

struct btf;

/*
 * Append a struct, class or union with its members; what it inherits is a member without a name.
 * Of one that is declared only, the name. type() gives the id of a member's type. Members that BTF
 * cannot hold are left out. Returns its id or a negative errno.
 */
int aggregate_add(struct dwarf *d, struct btf *btf, const struct die *die,
		  unsigned int (*type)(struct die *member, void *arg), void *arg);
/* Append an enum with its values. Returns its id or a negative errno. */
int enumeration_add(struct dwarf *d, struct btf *btf, const struct die *die);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_AGGREGATE_H */
