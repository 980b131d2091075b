/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* missed.h - what the kernel itself says that it missed of a probe. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_MISSED_H
#define LATCHKIT_USER_TRACE_ENGINE_MISSED_H

#include "trace/engine/state.h"
#include "trace/probe/attachments.h"

/* A number that the kernel does not tell. */
#define MISSED_UNKNOWN (~0ULL)

struct missed {
	unsigned long long entries; /* of a latency: of its entries; else of the probe */
	unsigned long long returns; /* of a latency. Both are MISSED_UNKNOWN or neither is */
};

/* Let the counts begin. What is missed before is not of the trace. */
void missed_begin(struct attachments *attachments);
/*
 * What the kernel missed of probe i of the list. Programs that serve all probes of a type are
 * counted once, at the first of them. System calls.
 */
struct missed missed_read(const struct engine *engine, const struct attachments *a, size_t i);

#endif /* LATCHKIT_USER_TRACE_ENGINE_MISSED_H */
