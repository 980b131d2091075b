// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* svg.c - see trace/report/picture/svg.h */
#include <string.h>

#include "cli/escape.h"
#include "trace/report/picture/svg.h"
#include "trace/report/table/style.h"

/* Of the name of a probe so much is shown. */
#define NAMED 100

void svg_escaped(FILE *to, const char *text, size_t length)
{
	escape_print(ESCAPE_XML, to, text, length);
}

/* What was traced, and for how long. */
static void print_subject(const struct trace *t, FILE *to)
{
	char name[STYLE_TEXT], text[STYLE_TEXT];

	escape_text(ESCAPE_MESSAGE, text, sizeof(text), style_probe(t, name, &t->probes.probe[0]),
		    NAMED);
	svg_escaped(to, text, strlen(text));
	if (trace_rows(t) > 1)
		fprintf(to, " and %zu more", trace_rows(t) - 1);
	fprintf(to, ", %.1f s", trace_elapsed_s(t));
}

void svg_begin(const struct trace *t, FILE *to, int height, const char *heading)
{
	fprintf(to,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"monospace\" font-size=\"12\">\n"
		"<title>%s</title>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fbfbf8\"/>\n"
		"<text x=\"%d\" y=\"24\" text-anchor=\"middle\" font-size=\"16\">%s</text>\n"
		"<text x=\"%d\" y=\"42\" text-anchor=\"middle\" fill=\"#555\">",
		SVG_WIDTH, height, SVG_WIDTH, height, heading, SVG_WIDTH / 2, heading,
		SVG_WIDTH / 2);
	print_subject(t, to);
	fputs("</text>\n", to);
}

void svg_end(FILE *to)
{
	fputs("</svg>\n", to);
}

static unsigned int between(unsigned char from, unsigned char to, double part)
{
	return (unsigned int)(from + (to - from) * part + 0.5);
}

const char *svg_color(char *buf, const struct svg_color *from, const struct svg_color *to,
		      double part)
{
	snprintf(buf, 8, "#%02x%02x%02x", between(from->red, to->red, part) & 0xff,
		 between(from->green, to->green, part) & 0xff,
		 between(from->blue, to->blue, part) & 0xff);
	return buf;
}
