/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * record.h - a tracepoint whose programs see the record that its format file describes, in place of
 * the arguments that the record is made of: a classic one, attached to by a perf event. It takes
 * tracefs, costs more, and the kernel skips its program, unseen, when one runs on that CPU already.
 */
#ifndef LATCHKIT_USER_TRACE_PROBE_RECORD_H
#define LATCHKIT_USER_TRACE_PROBE_RECORD_H

#include "trace/probe/type.h"

/* What a probe of type tracepoint becomes when a statement reads fields of its format file. */
extern const struct probe_type probe_type_record;

#endif /* LATCHKIT_USER_TRACE_PROBE_RECORD_H */
