// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* escape.c - see cli/escape.h */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cli/escape.h"

#define PIECE 32 /* bytes that hold any one character, escaped */

/*
 * Decode the character that `text` of `length` (> 0) bytes begins with. Returns its bytes, or 0 if
 * it is not UTF-8: cut off, longer than needed, half of a pair, or beyond U+10FFFF.
 */
static size_t decode(const unsigned char *text, size_t length, unsigned int *character)
{
	static const unsigned int least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t bytes = text[0] < 0x80	? 1
		       : text[0] < 0xc0 ? 0
		       : text[0] < 0xe0 ? 2
		       : text[0] < 0xf0 ? 3
		       : text[0] < 0xf8 ? 4
					: 0;

	if (!bytes || bytes > length)
		return 0;
	*character = bytes == 1 ? text[0] : text[0] & (0x7fU >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (text[i] & 0x3f);
	}
	if (*character < least[bytes] || *character > 0x10ffff || *character >> 11 == 0x1b)
		return 0;
	return bytes;
}

/* Does it move the cursor, end the line, or turn the direction of what follows? */
static bool is_control(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

/* What XML has for a character that may not stand for itself, or NULL. */
static const char *xml_entity(unsigned int c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* XML has no U+FFFE and U+FFFF, even as numbers. */
static bool is_none_of(enum escape_for output, unsigned int c)
{
	return (output == ESCAPE_FOLDED && c == ';') || (output == ESCAPE_XML && (c | 1) == 0xffff);
}

static bool keeps_backslash(enum escape_for output)
{
	return output == ESCAPE_JSON || output == ESCAPE_MESSAGE || output == ESCAPE_XML;
}

static void print_bytes(enum escape_for output, char *piece, const unsigned char *text,
			size_t bytes)
{
	char *end = piece;

	for (size_t i = 0; i < bytes; i++)
		end += sprintf(end, "%s\\x%02x", output == ESCAPE_LABEL ? "\\" : "", text[i]);
}

/* A character that is special in an output, though it is fit to be shown. */
static bool escape_special(enum escape_for output, char *piece, unsigned int c)
{
	if (output == ESCAPE_LABEL && (c == '\\' || c == '"'))
		strcpy(piece, c == '"' ? "\\\"" : "\\\\\\\\");
	else if (output == ESCAPE_XML && xml_entity(c))
		strcpy(piece, xml_entity(c));
	else if ((!keeps_backslash(output) && c == '\\') || (output == ESCAPE_CSV && c == '"'))
		snprintf(piece, PIECE, "%c%c", (char)c, (char)c);
	else
		return false;
	return true;
}

/* Escape the first character of `text` into `piece`. Returns how many bytes of text it took. */
static size_t escape_one(enum escape_for output, char *piece, const unsigned char *text,
			 size_t length)
{
	unsigned int c = 0;
	size_t bytes = decode(text, length, &c), taken = bytes ? bytes : 1;

	if (output == ESCAPE_JSON && !bytes)
		strcpy(piece, "\xef\xbf\xbd");
	else if (output == ESCAPE_JSON && is_control(c))
		snprintf(piece, PIECE, "\\u%04x", c);
	else if (!bytes || is_control(c) || is_none_of(output, c))
		print_bytes(output, piece, text, taken);
	else if (!escape_special(output, piece, c))
		snprintf(piece, PIECE, "%.*s", (int)bytes, (const char *)text);
	return taken;
}

char *escape_text(enum escape_for output, char *out, size_t size, const char *text, size_t most)
{
	size_t length = strnlen(text, most), used = 0;
	char piece[PIECE];

	for (size_t i = 0; i < length;) {
		size_t bytes;

		i += escape_one(output, piece, (const unsigned char *)text + i, length - i);
		bytes = strlen(piece);
		if (used + bytes >= size)
			break;
		memcpy(out + used, piece, bytes);
		used += bytes;
	}
	out[used] = '\0';
	return out;
}

void escape_print(enum escape_for output, FILE *to, const char *text, size_t most)
{
	size_t length = most == SIZE_MAX ? strlen(text) : strnlen(text, most);
	char piece[PIECE];

	for (size_t i = 0; i < length;) {
		i += escape_one(output, piece, (const unsigned char *)text + i, length - i);
		fputs(piece, to);
	}
}
