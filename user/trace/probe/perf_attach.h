/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* perf_attach.h - attach one sampling probe: a perf event on each CPU, or on each thread. */
#ifndef LATCHKIT_USER_TRACE_PROBE_PERF_ATTACH_H
#define LATCHKIT_USER_TRACE_PROBE_PERF_ATTACH_H

#include "trace/probe/attachments.h"

/* The `attach` and the `explain` of struct probe_type. */
int perf_attach(struct attachments *a, const struct probe *p);
int perf_explain(const struct probe *p, int err);

#endif /* LATCHKIT_USER_TRACE_PROBE_PERF_ATTACH_H */
