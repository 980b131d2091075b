/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table.h - the functions of one ELF file, from places in it to names. The file may be anybody's,
 * and change or shrink meanwhile: it is read, never mapped, and no more than the limits below.
 */
#ifndef LATCHKIT_USER_SYMBOLS_TABLE_H
#define LATCHKIT_USER_SYMBOLS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* What is larger, or takes longer to read, has no names. */
#define SYMTABLE_SYMBOL_BYTES (96u << 20)
#define SYMTABLE_NAME_BYTES (256u << 20)
#define SYMTABLE_NS 2000000000ULL

struct symtable;

/*
 * Read the functions of the ELF file at a descriptor, which stays open and keeps its position: the
 * symbol table, or the dynamic one where that has none. Returns a table, for symtable__free(), or
 * NULL: no memory, no ELF file of this machine's byte order, damaged, too large or too slow.
 */
struct symtable *symtable__read(int fd);
/* NULL is fine. */
void symtable__free(struct symtable *t);
/*
 * The name of the function whose code is at that offset in the file: of several the global one,
 * and then the one with fewest underscores in front. Returns NULL when there is none. As it is in
 * the file: not demangled.
 */
const char *symtable__name(const struct symtable *t, uint64_t offset);
/* Bytes of memory that the table takes. */
size_t symtable__bytes(const struct symtable *t);

#endif /* LATCHKIT_USER_SYMBOLS_TABLE_H */
