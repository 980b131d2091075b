/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* part.h - an ELF file with debug information: its sections, whole and not compressed any more. */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_PART_H
#define LATCHKIT_USER_SYMBOLS_DWARF_PART_H

#include "symbols/dwarf/bytes.h"
#include "symbols/elf/elf_file.h"

enum dwarf_section {
	SECTION_INFO,
	SECTION_ABBREV,
	SECTION_STR,
	SECTION_LINE_STR,
	SECTION_STR_OFFSETS,
	SECTION_ADDR,
	SECTION_RANGES,
	SECTION_RNGLISTS,
	SECTION_ALTLINK, /* names the file that several have in common, made by dwz */
	SECTIONS,
};

/* More than that of one section is not read into memory. */
#define SECTION_BYTES_MAX (256ULL << 20)

struct dwarf_part {
	struct elf_file file; /* elf NULL: there is none */
	struct bytes section[SECTIONS]; /* a missing one is empty */
	const struct dwarf_part *second; /* what dwz took out of it and others; NULL: none */
};

/*
 * Find the sections of an open file, which the part owns from then on. Returns 0 or a negative
 * errno, the file closed: -ENODATA when it has no debug information, -EFBIG when it has more than
 * is read.
 */
int dwarf_part_open(struct dwarf_part *part, const struct elf_file *file);
void dwarf_part_close(struct dwarf_part *part);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_PART_H */
