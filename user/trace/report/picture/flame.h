/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flame.h - the stacks of a trace as a flame graph. */
#ifndef LATCHKIT_USER_TRACE_REPORT_PICTURE_FLAME_H
#define LATCHKIT_USER_TRACE_REPORT_PICTURE_FLAME_H

#include "trace/session/session.h"

/*
 * Can it be drawn: do the numbers of its stacks add up? Returns 0, or EXIT_USAGE after printing why
 * not.
 */
int flame_check(const struct trace *trace);
/*
 * Draw the rows of --folded: each frame as wide as what it weighs, its callees on top of it, in the
 * order of the alphabet. Frames narrower than a tenth of a pixel are left out. Time is blue,
 * all else is warm; kernel functions differ from others in both. The picture has a script of its
 * own: a click on a frame makes it as wide as the picture, words typed into its field are sought as
 * a regular expression. Returns 0 or an errno: it is not whole.
 */
int flame_draw(struct trace *trace, FILE *to);

#endif /* LATCHKIT_USER_TRACE_REPORT_PICTURE_FLAME_H */
