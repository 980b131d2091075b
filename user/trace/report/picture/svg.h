/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * svg.h - parts of pictures in SVG: one file each that needs nothing else, no network, no fonts, no
 * libraries. Texts are escaped here; errors are in ferror(to).
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_PICTURE_SVG_H
#define LATCHKIT_USER_TRACE_REPORT_PICTURE_SVG_H

#include "trace/session/session.h"

/* All pictures: pixels, and those of a character of the font, which has a fixed width. */
#define SVG_WIDTH 1200
#define SVG_MARGIN 10
#define SVG_CHARACTER 7.2

struct svg_color {
	unsigned char red, green, blue;
};

/* Begin a picture of that height, with a heading and, below it, what was traced and how long. */
void svg_begin(const struct trace *trace, FILE *to, int height, const char *heading);
void svg_end(FILE *to);
/* Text, for between tags or in quotes. */
void svg_escaped(FILE *to, const char *text, size_t length);
/* The color that lies at `part`, 0 to 1, of the way between two, as "#rrggbb"; buf holds 8. */
const char *svg_color(char *buf, const struct svg_color *from, const struct svg_color *to,
		      double part);

#endif /* LATCHKIT_USER_TRACE_REPORT_PICTURE_SVG_H */
