/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps.h - the maps of bpf/trace/trace.bpf.c. All per-CPU maps are plain arrays, CPU by CPU, so
 * that user space can map them: element cpu * probes + probe. The loader sets max_entries.
 */
#ifndef LATCHKIT_BPF_TRACE_MAPS_H
#define LATCHKIT_BPF_TRACE_MAPS_H

#include "bpf/latch_map.h"

const volatile struct trace_settings settings = {};

const volatile struct trace_statement statements[TRACE_STATEMENTS] = {};

struct trace_globals globals;

/* The handler of the events of each kind of probe. User space writes it, programs never do. */
lk_u64 handlers[KIND_COUNT] SEC(".data.handlers") = {0};

struct event_latch {
	lk_u64 words[latch_accumulate_words(EVENT_WORDS)];
};

struct latency_latch {
	lk_u64 words[latch_accumulate_words(LATENCY_WORDS)];
};

struct value_latch {
	lk_u64 words[latch_accumulate_words(VALUE_WORDS)];
};

struct contexts_latch {
	lk_u64 words[latch_accumulate_words(CONTEXTS_WORDS)];
};

struct sample_latch {
	lk_u64 words[latch_publish_words(SAMPLE_WORDS)];
};

LATCH_MAP(events, struct event_latch);
LATCH_MAP(latencies, struct latency_latch);
LATCH_MAP(values, struct value_latch);
LATCH_MAP(contexts, struct contexts_latch);
LATCH_MAP(samples, struct sample_latch);
LATCH_MAP(losses, struct trace_losses);

/* The statement of each probe, by its column of the loss map, plus one; 0: it has none. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} statement_of SEC(".maps");

/*
 * Records by key, a table of latchkit/keyed.h for each kind of probe: an element is a bucket. The
 * loader sets how large they are, as it knows how many words a key has.
 */
#define KEYED_MAP(name) \
	struct { \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(max_entries, 1); \
		__uint(key_size, sizeof(__u32)); \
		__uint(value_size, sizeof(lk_u64)); \
	} name SEC(".maps")

KEYED_MAP(keyed_events);
KEYED_MAP(keyed_latencies);
KEYED_MAP(keyed_contexts);
KEYED_MAP(keyed_values);

/* How much each process did, by process: bpf/trace/activity.h. The second: what found no room. */
struct activity_latch {
	lk_u64 words[latch_accumulate_words(ACTIVITY_WORDS)];
};

KEYED_MAP(activity);
LATCH_MAP(activity_rest, struct activity_latch);

/*
 * Not 0: the trace has begun. Programs are attached before, one after another, and count nothing
 * until all of them may. User space writes it once, programs never do.
 */
lk_u64 begun SEC(".data.begun") = 0;

/* A task's calls that have not returned yet, innermost last: see bpf/trace/frame.h. */
struct trace_start {
	__u64 probe;
	__u64 time_ns;
	__u64 sp; /* where on the stack the call began */
	__u64 ip; /* of a user function */
};

struct trace_starts {
	__u64 depth;
	__u64 zero; /* always, which the verifier does not know */
	struct trace_start entry[TRACE_MAX_DEPTH];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct trace_starts);
} user_starts SEC(".maps"), kernel_starts SEC(".maps");

/*
 * The system call that a task is in, found by the address of the user's registers on its kernel
 * stack: see bpf/trace/syscall.h. The size is a power of two, so that indexing takes no
 * multiplication.
 */
struct trace_call {
	__u64 owner; /* address of the registers; 0: not claimed yet */
	__u64 latency; /* latency probe + 1, and the handler; 0: in no traced call */
	__u64 number; /* of the system call */
	__u64 time_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u8);
} followed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} wanted_cgroup SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, TRACE_STACK_DEPTH * sizeof(__u64));
} stacks SEC(".maps");

/* Preallocated: a sample may be taken in NMI, where nothing can be allocated. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct trace_stack_key);
	__type(value, __u64);
} stack_counts SEC(".maps");

/* Lifecycles of threads and cgroups: struct process_event or struct cgroup_event each. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} process_events SEC(".maps");

/* Events that are shown one by one: struct trace_line each, and how many each CPU has made. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} lines SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} line_numbers SEC(".maps");

#define PER_CPU_SLOT(map, columns, column) \
	({ \
		__u32 slot_ = bpf_get_smp_processor_id() * (columns) + (column); \
		bpf_map_lookup_elem(&(map), &slot_); \
	})

/* Count so many losses; `column` as in the settings: base of the kind plus number. Returns 0. */
static LK_INLINE int lost_many(__u32 column, enum trace_loss cause, __u64 count)
{
	struct trace_losses *l = PER_CPU_SLOT(losses, settings.probes, column);

	if (l)
		__sync_fetch_and_add(&l->lost[cause], count);
	return 0;
}

static LK_INLINE int lost(__u32 column, enum trace_loss cause)
{
	return lost_many(column, cause, 1);
}

/* Count a call that a latency probe begins to time; `number` of the probe within its kind. */
static LK_INLINE void entered(__u32 number)
{
	__u32 column = settings.latency_base + number;
	struct trace_losses *l = PER_CPU_SLOT(losses, settings.probes, column);

	if (l)
		__sync_fetch_and_add(&l->entered, 1);
}

/* Count one of those as ended: of spans, whose ends are not all wanted. */
static LK_INLINE void ended(__u32 column)
{
	struct trace_losses *l = PER_CPU_SLOT(losses, settings.probes, column);

	if (l)
		__sync_fetch_and_add(&l->ended, 1);
}

/* Count one of those as finished, which no expression wants. Returns 0. */
static LK_INLINE int unwanted(__u32 column)
{
	struct trace_losses *l = PER_CPU_SLOT(losses, settings.probes, column);

	if (l)
		__sync_fetch_and_add(&l->unwanted, 1);
	return 0;
}

/* Count one of those as lost at once, as there is no room for its start. Returns 0. */
static LK_INLINE int unlisted(__u32 column)
{
	struct trace_losses *l = PER_CPU_SLOT(losses, settings.probes, column);

	if (l)
		__sync_fetch_and_add(&l->unlisted, 1);
	return lost(column, LOSS_MAP_FULL);
}

#endif /* LATCHKIT_BPF_TRACE_MAPS_H */
