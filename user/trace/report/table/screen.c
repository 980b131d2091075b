// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* screen.c - see trace/report/table/screen.h */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "cli/diag.h"
#include "trace/report/table/screen.h"

/* The alternate screen on and off, with long lines cut instead of wrapped; clear. */
#define ENTER "\033[?1049h\033[?7l"
#define LEAVE "\033[?7h\033[?1049l"
#define CLEAR "\033[H\033[J"

struct screen_size screen_size(const struct trace *t)
{
	struct screen_size size = {SIZE_MAX, SIZE_MAX};
	struct winsize window;

	if (!t->live || ioctl(t->out_fd, TIOCGWINSZ, &window))
		return size;
	if (window.ws_row)
		size.lines = window.ws_row;
	if (window.ws_col)
		size.columns = window.ws_col;
	return size;
}

/* The bytes of the sequence at *s that take no column of their own, 0: none. */
static size_t without_width(const char *s)
{
	size_t n = 0;

	if (*s == '\033') {
		while (s[n] && s[n] != 'm')
			n++;
		return s[n] ? n + 1 : n;
	}
	return ((unsigned char)*s & 0xc0) == 0x80; /* UTF-8 goes on */
}

/* Write a line of text, as much as there are columns for. Returns where the next one begins. */
static const char *put_line(FILE *out, const char *line, size_t columns)
{
	for (size_t used = 0; *line && *line != '\n'; line++) {
		size_t skipped = without_width(line);

		if (skipped) {
			fwrite(line, 1, skipped, out);
			line += skipped - 1;
			continue;
		}
		if (used++ < columns)
			fputc(*line, out);
	}
	return *line ? line + 1 : line;
}

static void put_text(const struct trace *t, const char *text)
{
	struct screen_size size = screen_size(t);

	for (size_t line = 0; *text && line < size.lines; line++) {
		fputs(line ? "\r\n" : "", t->out);
		text = put_line(t->out, text, size.columns);
	}
}

void screen_draw(struct trace *t, void (*draw)(struct trace *t))
{
	FILE *terminal = t->out;
	char *text = NULL;
	size_t length;

	t->out = open_memstream(&text, &length);
	if (t->out) {
		draw(t);
		fclose(t->out);
	}
	t->out = terminal;
	if (!t->on_screen)
		diag_hold();
	fputs(t->on_screen ? CLEAR : ENTER CLEAR, t->out);
	t->on_screen = true;
	if (text)
		put_text(t, text);
	free(text);
}

void screen_leave(struct trace *t)
{
	if (!t->on_screen)
		return;
	t->on_screen = false;
	fputs(LEAVE, t->out);
	fflush(t->out);
	diag_release();
}
