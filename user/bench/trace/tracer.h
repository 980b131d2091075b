/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tracer.h - the ways to trace system calls that bench/trace/bench.c compares: nothing, empty
 * programs and latchkit's own, in this process; other tools, as children of it.
 */
#ifndef LATCHKIT_USER_BENCH_TRACE_TRACER_H
#define LATCHKIT_USER_BENCH_TRACE_TRACER_H

#include <stddef.h>

#include "bench/trace/tracing.h"

/* Tracer number i, or NULL behind the last. */
const struct bench_tracer *bench_tracer_get(size_t i);

#endif /* LATCHKIT_USER_BENCH_TRACE_TRACER_H */
