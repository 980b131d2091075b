// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* style.c - see trace/report/table/style.h */
#include <stdio.h>
#include <string.h>

#include "cli/escape.h"
#include "symbols/demangle.h"
#include "trace/report/table/style.h"

const char *style_bold(const struct trace *t)
{
	return t->color ? "\033[1m" : "";
}

const char *style_red(const struct trace *t)
{
	return t->color ? "\033[31m" : "";
}

const char *style_plain(const struct trace *t)
{
	return t->color ? "\033[0m" : "";
}

const char *style_text(char *buf, const char *text, size_t most)
{
	return escape_text(ESCAPE_TERMINAL, buf, STYLE_TEXT, text, most);
}

const char *style_name(char *buf, const char *name, size_t most)
{
	style_text(buf, name, most);
	if (strcmp(buf, STYLE_OTHER) == 0)
		snprintf(buf, STYLE_TEXT, "\\x28%s", &STYLE_OTHER[1]);
	return buf;
}

#define SPAN " .. "

/* The part of a hit, "tracepoint:sched:sched_switch[args.prev.pid] /p/", that tells most. */
static const char *hit_name(const char *hit, int *length)
{
	const char *name = hit;

	*length = (int)strcspn(hit, " ,");
	for (const char *c = hit; c < hit + *length && *c != '['; c++)
		if (*c == ':')
			name = c + 1;
	*length -= (int)(name - hit);
	return name;
}

/* A span by its first start and its first end: the rest is in the statement. */
static const char *span_name(char *buf, const char *name, const char *end)
{
	int length, end_length;
	const char *start = hit_name(name, &length);

	end = hit_name(end + strlen(SPAN), &end_length);
	snprintf(buf, STYLE_TEXT, "%.*s%s" SPAN "%.*s", length, start,
		 start[length] == ',' ? ", ..." : "", end_length, end);
	return buf;
}

const char *style_probe(const struct trace *t, char *buf, const struct probe *p)
{
	const char *end = strstr(p->name, SPAN);
	size_t whole = strlen(p->name), part = p->target ? strlen(p->target) : 0;
	char function[STYLE_TEXT / 2];

	if (end)
		return span_name(buf, p->name, end);
	/* The name ends with the function. */
	if (!t->options->raw_symbols && part && part <= whole &&
	    strcmp(p->name + whole - part, p->target) == 0 &&
	    demangle(p->target, function, sizeof(function)))
		snprintf(buf, STYLE_TEXT, "%.*s%s", (int)(whole - part), p->name, function);
	else
		snprintf(buf, STYLE_TEXT, "%s", p->name);
	return buf;
}

const char *style_duration(char *buf, double ns)
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	int unit = 0;

	while (ns >= 999.5 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	snprintf(buf, 16,
		 ns < 9.995 && unit   ? "%.2f%s"
		 : ns < 99.95 && unit ? "%.1f%s"
				      : "%.0f%s",
		 ns, units[unit]);
	return buf;
}

const char *style_count(char *buf, double n, int width)
{
	static const char units[] = "kMGTPE";
	int unit = -1;

	snprintf(buf, STYLE_COUNT, "%.0f", n);
	while ((int)strlen(buf) > width && units[unit + 1]) {
		n /= 1000;
		unit++;
		snprintf(buf, STYLE_COUNT,
			 n < 9.995   ? "%.2f%c"
			 : n < 99.95 ? "%.1f%c"
				     : "%.0f%c",
			 n, units[unit]);
	}
	return buf;
}

size_t style_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

/* Where character number `n` of a text begins. */
static const char *character(const char *text, size_t n)
{
	for (; *text; text++)
		if ((*text & 0xc0) != 0x80 && n-- == 0)
			break;
	return text;
}

/* Print a text that is too long, without what is behind its first `left` characters. */
static void print_ends(FILE *out, const char *text, size_t left, size_t room)
{
	if (room <= left + 2)
		fwrite(text, 1, (size_t)(character(text, room) - text), out);
	else
		fprintf(out, "%.*s..%s", (int)(character(text, left) - text), text,
			character(text, style_width(text) - (room - 2 - left)));
}

void style_cell(FILE *out, const char *text, int width, enum style_side side)
{
	size_t length = style_width(text), room = width > 0 ? (size_t)width : 0;
	int blank = length < room ? (int)(room - length) : 0;

	if (length <= room)
		fprintf(out, "%*s%s%*s", side == STYLE_RIGHT ? blank : 0, "", text,
			side == STYLE_LEFT ? blank : 0, "");
	else
		print_ends(out, text, room > 2 ? (room - 2) / 2 : 0, room);
}

void style_end(FILE *out, const char *text, size_t begin, int width)
{
	if (width < 0 || style_width(text) <= (size_t)width)
		style_cell(out, text, width, STYLE_LEFT);
	else
		print_ends(out, text, begin, (size_t)width);
}

void style_cut(FILE *out, const char *text, size_t width)
{
	if (style_width(text) <= width)
		fputs(text, out);
	else if (width > 2)
		fprintf(out, "%.*s..", (int)(character(text, width - 2) - text), text);
}

/* The bytes that one of a unit is; 1: it is no unit of bytes. */
static double unit_bytes(const char *unit)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB"};

	for (int i = 0; i < 4; i++)
		if (strcmp(unit, units[i]) == 0)
			return (double)(1ULL << 10 * i);
	return 1;
}

static double unit_ns(const char *unit)
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	double ns = 1;

	for (int i = 0; i < 4; i++, ns *= 1000)
		if (strcmp(unit, units[i]) == 0)
			return ns;
	return 0;
}

const char *style_amount(char *buf, const struct probe *p, double amount, int width)
{
	bool below = amount < 0;

	if (!p->has_value || unit_ns(p->unit) > 0)
		return style_duration(buf, amount * (p->has_value ? unit_ns(p->unit) : 1));
	amount *= unit_bytes(p->unit);
	style_count(buf + below, below ? -amount : amount, width - below);
	if (below)
		buf[0] = '-';
	return buf;
}
