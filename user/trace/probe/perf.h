/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* perf.h - probes that sample by a perf event. */
#ifndef LATCHKIT_USER_TRACE_PROBE_PERF_H
#define LATCHKIT_USER_TRACE_PROBE_PERF_H

#include "trace/probe/probe.h"

/*
 * Append hardware:cycles, sampled so many times a second instead of each so many cycles. Returns 0
 * or EXIT_FAILED, diagnosed.
 */
int probe_list_add_cycles(struct probe_list *list, unsigned int frequency_hz);
/* "software:cpu-clock" and all the like, from 0 on. Returns false: there are no more. */
bool probe_perf_name(size_t i, char *out, size_t size);

#endif /* LATCHKIT_USER_TRACE_PROBE_PERF_H */
