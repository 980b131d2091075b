/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* attach.h - attach the programs of an engine to its probes. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_ATTACH_H
#define LATCHKIT_USER_TRACE_ENGINE_ATTACH_H

#include "trace/engine/state.h"
#include "trace/probe/attachments.h"

/*
 * Attach everything; command: pid of the command that is to be traced, or 0. The engine must stay.
 * Returns the attachments; NULL after printing a diagnostic: nothing is left attached.
 */
struct attachments *attachments__new(const struct engine *engine, pid_t command);

/*
 * Let the programs count. They are attached one after another, and do nothing until this call: all
 * counts begin at one time. Calls that are under way then are not of the trace.
 */
void attachments_begin(const struct engine *engine, struct attachments *attachments);

/* Stop them counting: what is read from then on is of one moment, that of the end. */
void attachments_end(const struct engine *engine);

#endif /* LATCHKIT_USER_TRACE_ENGINE_ATTACH_H */
