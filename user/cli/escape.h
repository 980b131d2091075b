/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * escape.h - text that others choose, made fit for an output: names of tasks, paths, symbols and
 * cgroups are any bytes. What is printed is valid UTF-8 on one line, without control characters
 * and without characters that change the direction of text.
 */
#ifndef LATCHKIT_USER_CLI_ESCAPE_H
#define LATCHKIT_USER_CLI_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

enum escape_for {
	ESCAPE_TERMINAL, /* a bad byte is \xHH, a backslash is doubled: no two texts look alike */
	/*
	 * The same, but a backslash stays one: messages show what to type, such as a probe whose
	 * name has an escaped character.
	 */
	ESCAPE_MESSAGE,
	ESCAPE_CSV, /* for the terminal, in quotes that the caller prints; a quote is doubled */
	ESCAPE_FOLDED, /* as for the terminal; a semicolon is \x3b */
	/*
	 * The value of a label, in quotes that the caller prints, as OpenMetrics has it: what it
	 * stands for, once a reader has undone that format's escapes, is as for the terminal.
	 */
	ESCAPE_LABEL,
	/*
	 * For the text of JSON, quoted already: a byte that is not UTF-8 is U+FFFD, a control
	 * character \u00HH; nothing else changes.
	 */
	ESCAPE_JSON,
	/*
	 * For text and quoted attributes of XML: as a message, with entities for what is markup.
	 * What is escaped already, as folded stacks are, reads the same there.
	 */
	ESCAPE_XML,
};

/* So many bytes are enough for `length` bytes that are escaped, with the NUL. */
#define ESCAPE_ROOM(length) (6 * (length) + 1)

/*
 * Escape `text`, which ends at a NUL or after `most` bytes, into `out`, which holds `size` (> 0)
 * and is ended by a NUL; what does not fit is cut between characters. Returns `out`.
 */
char *escape_text(enum escape_for output, char *out, size_t size, const char *text, size_t most);
/* Print `text` escaped; it ends at a NUL or after `most` bytes. Errors are in ferror(to). */
void escape_print(enum escape_for output, FILE *to, const char *text, size_t most);

#endif /* LATCHKIT_USER_CLI_ESCAPE_H */
