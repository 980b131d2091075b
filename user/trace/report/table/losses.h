/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * losses.h - what a trace lost, for people: in the rows what is known, below the table what
 * each cause means, and what cannot be known.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_LOSSES_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_LOSSES_H

#include <stddef.h>

#include "trace/session/session.h"

/*
 * Print what was lost, "-": nothing, in at most `room` characters: how much by which cause, or,
 * where that does not fit, how much.
 */
void table_losses_cell(const struct trace *t, const struct loss_counts *losses, size_t room);
/*
 * Print what all probes lost since the begin, with a sentence for each cause that there was; what
 * cannot be known of which probes; how many ticks of clocks are missing; and how many events found
 * no room for their key.
 */
void table_losses(const struct trace *t);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_LOSSES_H */
