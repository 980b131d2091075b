/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* second.h - the file into which dwz has put what several debug files have in common. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_SECOND_H
#define LATCHKIT_USER_SYMBOLS_DWARF_SECOND_H

#include "symbols/dwarf/part.h"

/*
 * Open the file that .gnu_debugaltlink of a part names. Returns 0 or a negative errno: -ENOLINK
 * when it is not there, or of another build.
 */
int dwarf_second_open(const struct dwarf_part *part, struct dwarf_part *second);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_SECOND_H */
