// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* style.c - see trace/report/style.h */
#include <stdio.h>
#include <string.h>

#include "cli/escape.h"
#include "symbols/demangle.h"
#include "trace/report/style.h"

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

const char *style_probe(const struct trace *t, char *buf, const struct probe *p)
{
	size_t whole = strlen(p->name), part = p->target ? strlen(p->target) : 0;
	char function[STYLE_TEXT / 2];

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

	while (ns >= 1000 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	snprintf(buf, 16,
		 ns < 10 && unit    ? "%.2f%s"
		 : ns < 100 && unit ? "%.1f%s"
				    : "%.0f%s",
		 ns, units[unit]);
	return buf;
}
