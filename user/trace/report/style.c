// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* style.c - see trace/report/style.h */
#include "cli/escape.h"
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
