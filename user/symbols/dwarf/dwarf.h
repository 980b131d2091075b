/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dwarf.h - the debug information (DWARF 2 to 5) of a program or library, its own or that of its
 * debug file: entries, and the function at a place of the file. Every walk ends, whatever the file
 * holds: a budget of entries is all that is ever read.
 */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_DWARF_H
#define LATCHKIT_USER_SYMBOLS_DWARF_DWARF_H

#include "symbols/dwarf/die.h"

struct dwarf;

/*
 * Open what belongs to the file of that path. Returns 0 or a negative errno: -ENODATA when there is
 * none, -ENOLINK when a part of it is in a file that is not there, or in .dwo files, -ENOEXEC when
 * it is no program of this machine, -EFBIG when it is larger than is read.
 */
int dwarf_open(const char *path, struct dwarf **dwarf);
void dwarf_free(struct dwarf *dwarf); /* may be NULL */

/* Read the entry at a place. Returns false: there is none. */
bool dwarf_die(struct dwarf *d, uint64_t place, struct die *die);
/* The first child of an entry. Returns false: it has none. */
bool dwarf_child(struct dwarf *d, const struct die *parent, struct die *child);
/* Go on to the entry's next sibling. Returns false: it was the last one. */
bool dwarf_next(struct dwarf *d, struct die *die);
/* The entry that an attribute names. Returns false: it names none, or one that is not there. */
bool dwarf_follow(struct dwarf *d, const struct die *die, enum die_attribute which, struct die *to);

/*
 * Find the function whose code begins at an offset of the file (not of the debug file). Returns 0,
 * -ENOENT when it is none that is known here, or -ENOMEM. The first call reads everything.
 */
int dwarf_function_at(struct dwarf *d, uint64_t offset, struct die *function);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_DWARF_H */
