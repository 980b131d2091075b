/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* keys.h - the table's rows by key. */
#ifndef LATCHKIT_USER_TRACE_REPORT_TABLE_KEYS_H
#define LATCHKIT_USER_TRACE_REPORT_TABLE_KEYS_H

#include "trace/session/session.h"

/*
 * The keys of each probe that was hit, in the order of the table: a block for each, or one for all
 * where the keys name the probe. `lines`: so many at most, which the blocks share; SIZE_MAX: as
 * many as there are. `frames`: stacks have a line for each frame.
 */
void table_keys(struct trace *trace, size_t lines, bool frames);

#endif /* LATCHKIT_USER_TRACE_REPORT_TABLE_KEYS_H */
