/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* perf_attach.h - perf events that sample: open them where they are to be, and where CPUs come. */
#ifndef LATCHKIT_USER_TRACE_PROBE_PERF_ATTACH_H
#define LATCHKIT_USER_TRACE_PROBE_PERF_ATTACH_H

#include "trace/probe/attachments.h"
#include "trace/probe/probe.h"

/*
 * Open the events of a probe, on each CPU or for each thread of a process, and attach its program.
 * Returns 0 or a negative errno.
 */
int perf_attach(struct attachments *attachments, const struct probe *probe);
/*
 * Sample on CPUs that came online since the last call, if any probe samples CPU by CPU. Prints a
 * note for each CPU that came or went: for what happened there since, there are no samples.
 */
void perf_follow_cpus(struct attachments *attachments);

#endif /* LATCHKIT_USER_TRACE_PROBE_PERF_ATTACH_H */
