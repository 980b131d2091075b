/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* state.h - what a trace is asked for, and its BPF side, loaded. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_STATE_H
#define LATCHKIT_USER_TRACE_ENGINE_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/trace/shared.h"
#include "host/cpulist.h"
#include "latch/table.h"
#include "object/image.h"
#include "trace/engine/handler.h"
#include "trace/engine/keys.h"
#include "trace/probe/probe.h"

struct engine_config {
	const struct latch_variant *variant;
	unsigned int tgid, tid; /* 0: all */
	bool follow; /* a command and its children */
	bool by_cpu;
	struct cpulist cpus; /* with by_cpu */
	const char *cgroup; /* a directory, or NULL */
	bool count_stacks; /* of samples */
	const struct handler *handler; /* NULL: what each probe does by default */
	bool swappable; /* may engine_set_handler() be called later */
	bool activity; /* count how much each process does */
	bool processes; /* record the lifecycle of threads, even if no row names any */
	struct key_list keys; /* what records are kept by; none: by probe alone */
	size_t keys_most; /* keys of a probe, see keyed.h */
	size_t spans_most; /* open at one time, see spans.h; 0: SPANS_DEFAULT */
	bool lines; /* send each event, with its keys, instead of keeping records by key */
	bool verbose; /* print what libbpf prints */
};

/* A per-CPU array of equal elements, mapped read-only: element cpu * columns + column. */
struct engine_map {
	const lk_u64 *words;
	size_t stride; /* words of an element */
	size_t columns;
	size_t bytes; /* mapped */
};

struct engine {
	struct bpf_image image;
	const struct latch_variant *variant;
	const struct probe_list *probes;
	struct engine_config config;
	int cpus; /* possible CPUs */
	unsigned int latency_base, sample_base; /* columns of the loss map */
	struct engine_map events, latencies, contexts, samples, losses, globals;
	struct engine_map values; /* columns as of the losses; empty: no probe has any */
	struct engine_map keyed[TABLES]; /* elements are buckets; empty: there are no keys */
	struct engine_map activity, activity_rest; /* empty: not counted, see activity.h */
	struct engine_map span_starts; /* elements are buckets; empty: there are no spans */
	unsigned long long key_seed;
	const struct trace_globals *counted;
	struct engine_map handlers; /* the one that can be written; empty: nothing is swappable */
	lk_u64 *begun; /* the word that lets programs count, mapped: attachments_begin() */
	size_t begun_bytes;
	enum trace_handler handler[KIND_COUNT]; /* in effect for each kind of probe */
	bool has_values; /* has any probe */
	bool count_stacks; /* do the programs */
	bool user_addresses, kernel_addresses; /* do records, stacks or keys name any */
	bool know_processes; /* do they record the lifecycle of threads */
	int cgroup_fd;
};

/* The latch memory (or losses) of one probe on one CPU. */
static inline const lk_u64 *engine_slot(const struct engine_map *map, int cpu, unsigned int column)
{
	return map->words + ((size_t)cpu * map->columns + column) * map->stride;
}

/* The column of a probe in the loss map. */
static inline unsigned int engine_loss_column(const struct engine *e, const struct probe *probe)
{
	if (probe->kind == KIND_SAMPLE)
		return e->sample_base + probe->number;
	return probe->kind == KIND_LATENCY ? e->latency_base + probe->number : probe->number;
}

#endif /* LATCHKIT_USER_TRACE_ENGINE_STATE_H */
