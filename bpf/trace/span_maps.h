/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* span_maps.h - the settings and maps of spans: see bpf/trace/span_shared.h. */
#ifndef LATCHKIT_BPF_TRACE_SPAN_MAPS_H
#define LATCHKIT_BPF_TRACE_SPAN_MAPS_H

#include "bpf/trace/span_shared.h"

const volatile struct trace_span_settings span_settings = {};
const volatile struct trace_span_hit span_hits[TRACE_SPAN_HITS] = {};

/* The starts: a table of latchkit/spans.h, an element is a bucket. The loader sets its size. */
KEYED_MAP(span_starts);

/* Which hits an event probe is, a bit for each, by its number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} span_of SEC(".maps");

/* The words of a start that keys are taken from. */
#define SPAN_KEYS_AT 1

#endif /* LATCHKIT_BPF_TRACE_SPAN_MAPS_H */
