/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* included_text.h - files of this tree as strings of the program. */
#ifndef LATCHKIT_USER_CLI_INCLUDED_TEXT_H
#define LATCHKIT_USER_CLI_INCLUDED_TEXT_H

/*
 * Define an array of that name with what is in a file of this tree, ended by a zero byte. The
 * Makefile has a line that says which object depends on the file.
 */
#define INCLUDED_TEXT(name, path) \
	extern const char name[]; \
	asm(".section .rodata.texts, \"a\", @progbits\n" \
	    ".globl " #name "\n" #name ": .incbin \"" path "\"\n" \
	    ".byte 0\n" \
	    ".previous\n")

#endif /* LATCHKIT_USER_CLI_INCLUDED_TEXT_H */
