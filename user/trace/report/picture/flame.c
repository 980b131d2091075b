// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* flame.c - see trace/report/picture/flame.h */
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/included_text.h"
#include "trace/report/picture/flame.h"
#include "trace/report/picture/frames.h"
#include "trace/report/picture/svg.h"
#include "trace/report/table/style.h"
#include "trace/session/folded_rows.h"

INCLUDED_TEXT(flame_script, "user/trace/report/picture/flame.js");

#define FRAME_HEIGHT 16
#define TOP 70 /* the heading and the buttons */
#define BOTTOM 34 /* a line about the frame under the mouse */
#define LEAST 0.1 /* pixels, of what is drawn */
#define FIELD 220 /* pixels, of what is sought */

struct flame {
	struct frames frames;
	enum folded_weight weight;
	double width; /* of all, in pixels */
	int height;
};

int flame_check(const struct trace *t)
{
	if (folded_rows_weight(t) != FOLDED_MIXED)
		return 0;
	return fail_usage(
		"--flame: counts and sums, or sums of different things, have no common width; "
		"trace them one by one");
}

static double pixels(const struct flame *f, unsigned long long count)
{
	unsigned long long all = f->frames.frame[0].count;

	return all ? (double)count * f->width / (double)all : f->width;
}

static bool is_drawn(const struct flame *f, const struct frame *frame)
{
	return !frame->depth || pixels(f, frame->count) >= LEAST;
}

static void choose_size(struct flame *f)
{
	unsigned int deepest = 0;

	f->width = SVG_WIDTH - 2 * SVG_MARGIN;
	for (size_t i = 0; i < f->frames.count; i++)
		if (is_drawn(f, &f->frames.frame[i]) && f->frames.frame[i].depth > deepest)
			deepest = f->frames.frame[i].depth;
	f->height = TOP + FRAME_HEIGHT * ((int)deepest + 1) + BOTTOM;
}

/* The same color for the same name, in every picture: from 0 to 1. */
static double hash(const struct frame *frame)
{
	unsigned int h = 2166136261U;

	for (size_t i = 0; i < frame->length; i++)
		h = (h ^ (unsigned char)frame->name[i]) * 16777619U;
	return (double)(h >> 8 & 0xffff) / 65535;
}

static bool is_kernel(const struct frame *frame)
{
	return frame->length > 4 && memcmp(frame->name + frame->length - 4, "_[k]", 4) == 0;
}

static const char *color_of(const struct flame *f, const struct frame *frame, char *buf)
{
	static const struct {
		struct svg_color from, to;
	} colors[2][2] = {
		{{{222, 92, 66}, {248, 200, 96}}, {{240, 150, 50}, {250, 176, 110}}},
		{{{120, 168, 230}, {176, 214, 250}}, {{86, 124, 204}, {126, 160, 226}}},
	};
	bool time = f->weight == FOLDED_NS, kernel = is_kernel(frame);

	return svg_color(buf, &colors[time][kernel].from, &colors[time][kernel].to, hash(frame));
}

/* "NAME (12 samples, 3.45%)": the script takes the name from it. */
static void print_title(const struct flame *f, const struct frame *frame, FILE *to)
{
	static const char *const units[] = {[FOLDED_SAMPLES] = " samples",
					    [FOLDED_EVENTS] = " events",
					    [FOLDED_SUM] = "",
					    [FOLDED_NS] = " ns"};
	unsigned long long all = f->frames.frame[0].count;
	char duration[16];

	svg_escaped(to, frame->name, frame->length);
	fprintf(to, " (%llu%s", frame->count, units[f->weight]);
	if (f->weight == FOLDED_NS)
		fprintf(to, " = %s", style_duration(duration, (double)frame->count));
	fprintf(to, ", %.2f%%)", all ? 100.0 * (double)frame->count / (double)all : 100.0);
}

/* As many bytes of a text as hold `most` characters. */
static size_t bytes_of(const char *text, size_t length, size_t most)
{
	size_t i = 0;

	for (; i < length; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && most-- == 0)
			break;
	return i;
}

/* As much of its name as fits the frame; of less than three letters nothing. */
static void print_name(const struct frame *frame, double width, FILE *to)
{
	size_t fits = width > 6 ? (size_t)((width - 6) / SVG_CHARACTER) : 0;
	size_t bytes = bytes_of(frame->name, frame->length, fits);

	if (bytes == frame->length) {
		svg_escaped(to, frame->name, frame->length);
	} else if (fits >= 3) {
		svg_escaped(to, frame->name, bytes_of(frame->name, frame->length, fits - 2));
		fputs("..", to);
	}
}

static void print_frame(const struct flame *f, const struct frame *frame, FILE *to)
{
	double x = SVG_MARGIN + pixels(f, frame->from), width = pixels(f, frame->count);
	int y = f->height - BOTTOM - FRAME_HEIGHT * ((int)frame->depth + 1);
	char color[8];

	if (!frame->depth)
		x = SVG_MARGIN;
	fprintf(to, "<g data-f=\"%llu\" data-c=\"%llu\" data-d=\"%u\"><title>", frame->from,
		frame->count, frame->depth);
	print_title(f, frame, to);
	fprintf(to,
		"</title><rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" "
		"fill=\"%s\"/><text x=\"%.2f\" y=\"%d\">",
		x, y, width, FRAME_HEIGHT - 1, frame->depth ? color_of(f, frame, color) : "#ddd",
		x + 3, y + 12);
	print_name(frame, width, to);
	fputs("</text></g>\n", to);
}

static void print_controls(const struct flame *f, FILE *to)
{
	fprintf(to,
		"<style>#frames g{cursor:pointer}#frames g:hover rect{stroke:#222}"
		"#frames text{pointer-events:none}#frames g.match rect{fill:#c832dc}"
		"#frames g.below{opacity:.55}#reset,#details{fill:#222}"
		"#reset{cursor:pointer;text-decoration:underline}.hidden{visibility:hidden}"
		"#sought{width:%dpx;font:12px monospace}</style>\n"
		"<text id=\"reset\" class=\"hidden\" x=\"%d\" y=\"60\">reset zoom</text>\n"
		"<text id=\"matched\" x=\"%d\" y=\"60\" text-anchor=\"end\"></text>\n"
		"<foreignObject x=\"%d\" y=\"44\" width=\"%d\" height=\"24\"><input "
		"xmlns=\"http://www.w3.org/1999/xhtml\" id=\"sought\" type=\"text\" "
		"placeholder=\"regular expression\"/></foreignObject>\n"
		"<text id=\"details\" x=\"%d\" y=\"%d\"></text>\n",
		FIELD, SVG_MARGIN, SVG_WIDTH - 2 * SVG_MARGIN - FIELD - 12,
		SVG_WIDTH - SVG_MARGIN - FIELD - 12, FIELD + 12, SVG_MARGIN, f->height - 12);
}

static void print_all(const struct trace *t, const struct flame *f, FILE *to)
{
	static const char *const headings[] = {[FOLDED_SAMPLES] = "Samples by stack",
					       [FOLDED_EVENTS] = "Events by stack",
					       [FOLDED_SUM] = "Sums by stack",
					       [FOLDED_NS] = "Time by stack"};

	svg_begin(t, to, f->height, headings[f->weight]);
	print_controls(f, to);
	fputs("<g id=\"frames\">\n", to);
	for (size_t i = 0; i < f->frames.count; i++)
		if (is_drawn(f, &f->frames.frame[i]))
			print_frame(f, &f->frames.frame[i], to);
	fprintf(to, "</g>\n<script><![CDATA[\n%s]]></script>\n", flame_script);
	svg_end(to);
}

int flame_draw(struct trace *t, FILE *to)
{
	struct flame f = {.weight = folded_rows_weight(t)};
	struct stack_text *rows;
	size_t count;
	int err = folded_rows_read(t, &rows, &count);

	if (err)
		return err;
	err = frames_make(&f.frames, rows, count);
	if (!err) {
		choose_size(&f);
		print_all(t, &f, to);
	}
	if (!err && !f.frames.frame[0].count)
		note("--flame: no stack was counted: the picture is empty");
	free(f.frames.frame);
	stack_texts_free(rows, count);
	return err;
}
