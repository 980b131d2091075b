/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* key_columns.h - the columns of a table of keys: figures, then the parts of the key. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_KEY_COLUMNS_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_KEY_COLUMNS_H

#include "trace/report/table/figures.h"
#include "trace/session/keys.h"

/* A part of the key, or the name of a pid's process. */
struct key_column {
	enum trace_key key;
	bool process;
	int width;
};

struct key_columns {
	struct figures figures;
	struct key_column column[KEYS + 1];
	size_t count;
	bool frames; /* stacks are below each row, a line for each frame, and no columns */
};

/*
 * Choose the columns for these rows, as wide as the terminal has room for, if it limits them: names
 * and paths become narrower before numbers do.
 */
void key_columns_choose(const struct trace *t, struct key_columns *c, const struct key_view *v,
			size_t count, bool frames);
void key_columns_heading(const struct trace *t, const struct key_columns *c);
/* A row, and with frames its stacks, innermost first. */
void key_columns_print(const struct trace *t, const struct key_columns *c,
		       const struct key_view *v);
/*
 * Print the frames of a stack in folded form below a row, innermost first. Nothing where it is
 * "[none]".
 */
void key_columns_frames(FILE *out, const char *folded);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_KEY_COLUMNS_H */
