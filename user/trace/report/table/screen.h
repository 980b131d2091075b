/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * screen.h - draw a table that fits on a terminal, on its alternate screen, so that what was there
 * before is there again when the trace ends.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_SCREEN_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_SCREEN_H

#include "trace/session/session.h"

/* Lines and columns; SIZE_MAX each where nothing limits them. As of now: windows change size. */
struct screen_size {
	size_t lines, columns;
};

/* The size of the terminal while the table is redrawn there; without limits otherwise. */
struct screen_size screen_size(const struct trace *t);
/*
 * Clear the screen, changing to the alternate one at the first call, and show what draw() writes to
 * t->out, without what is too long or too wide for the terminal.
 */
void screen_draw(struct trace *t, void (*draw)(struct trace *t));
/* Leave the alternate screen, if the trace is on it. What was noted meanwhile is printed then. */
void screen_leave(struct trace *t);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_SCREEN_H */
