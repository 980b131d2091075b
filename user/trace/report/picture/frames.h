/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* frames.h - folded stacks as the frames of a flame graph: equal ones side by side are one. */
#ifndef LATCHKIT_USER_TRACE_REPORT_PICTURE_FRAMES_H
#define LATCHKIT_USER_TRACE_REPORT_PICTURE_FRAMES_H

#include "trace/session/stacks.h"

/* Its caller is the one before it that is one depth lower and reaches from before to behind it. */
struct frame {
	const char *name; /* in the text of a row */
	size_t length; /* of the name */
	unsigned int depth; /* 0: all stacks together */
	unsigned long long from, count; /* on the scale of all counts, side by side */
};

struct frames {
	struct frame *frame; /* the first is all; callers before callees, left before right */
	size_t count;
	size_t room;
};

/*
 * Make the frames of rows, which are sorted by their frames. Rows that weigh nothing have none. The
 * frames have their names as long as the rows have their texts. Returns 0 or ENOMEM: there are
 * none. free(frames->frame).
 */
int frames_make(struct frames *frames, struct stack_text *rows, size_t count);

#endif /* LATCHKIT_USER_TRACE_REPORT_PICTURE_FRAMES_H */
