/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* idle.h - how long the CPUs of a clock's samples were idle: what its missing ticks may mean. */
#ifndef LATCHKIT_USER_TRACE_SESSION_IDLE_H
#define LATCHKIT_USER_TRACE_SESSION_IDLE_H

#include "trace/session/session.h"

/* Ticks of a clock that did not lead to a sample: they came late, or their CPU was idle. */
struct shortfall {
	unsigned long long ticks;
	unsigned long long ns; /* so long are they together */
	bool idle_known; /* can this host tell: */
	unsigned long long idle_ns; /* for so long were its CPUs idle without being sampled */
};

/* The trace begins now. */
void idle_begin(struct trace *trace);
void idle_end(struct trace *trace);
/* The shortfall of probe i since the begin. Returns false: there is none, or it is no clock. */
bool idle_shortfall(const struct trace *trace, size_t i, struct shortfall *s);

#endif /* LATCHKIT_USER_TRACE_SESSION_IDLE_H */
