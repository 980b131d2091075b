/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * engine.h - the BPF side of a trace, loaded: programs, and maps mapped read-only into this
 * process. trace/engine/attach.h attaches the programs, trace/engine/reader.h reads the maps.
 */
#ifndef LATCHKIT_USER_TRACE_ENGINE_ENGINE_H
#define LATCHKIT_USER_TRACE_ENGINE_ENGINE_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "host/cpulist.h"
#include "trace/engine/handler.h"
#include "latch/ops.h"
#include "trace/probe/probe.h"
#include "bpf/trace/shared.h"

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
	bool processes; /* tell the lives of threads, even if no row names any */
	bool verbose; /* print what libbpf has to say */
};

/* A per-CPU array of equal elements, mapped read-only: element cpu * columns + column. */
struct engine_map {
	const lk_u64 *words;
	size_t stride; /* words of an element */
	size_t columns;
	size_t bytes; /* mapped */
};

struct engine {
	struct bpf_object *object;
	const struct latch_variant *variant;
	const struct probe_list *probes;
	struct engine_config config;
	int cpus; /* possible CPUs */
	unsigned int latency_base, sample_base; /* columns of the loss map */
	struct engine_map events, latencies, contexts, samples, losses, globals;
	const struct trace_globals *counted;
	struct engine_map handlers; /* the one that can be written; empty: nothing is swappable */
	enum trace_handler handler[KIND_COUNT]; /* in effect for each kind of probe */
	bool count_stacks; /* do the programs */
	bool know_processes; /* do they tell the lives of threads */
	int cgroup_fd;
};

/* Returns the engine, loaded, or NULL: the error has been printed. probes must stay. */
struct engine *engine__new(const struct engine_config *config, const struct probe_list *probes);
void engine__free(struct engine *engine);

/* Fill the constants of the programs, before they are loaded. Returns 0 or EXIT_FAILED (said). */
int engine_set_settings(struct engine *engine);

/*
 * Let another handler have every event that begins from now on: on all CPUs, and at the latest for
 * those that whoever hears of it causes. Events that have begun, such as calls that have not
 * returned, stay with the handler that they began with. Never waits.
 */
void engine_set_handler(struct engine *engine, const struct handler *handler);

/* Do the programs count what each handler is done with? If not, all events are in the records. */
bool engine_counts_handled(const struct engine *engine, enum probe_kind kind);
/* The handler in effect, as the programs have it. */
unsigned int engine_handler(const struct engine *engine, enum probe_kind kind);

/* The latch memory (or losses) of one probe on one CPU. */
static inline const lk_u64 *engine_slot(const struct engine_map *map, int cpu, unsigned int column)
{
	return map->words + ((size_t)cpu * map->columns + column) * map->stride;
}

/* The column of a probe in the loss map. */
unsigned int engine_loss_column(const struct engine *engine, const struct probe *probe);
/* The fd of a program or map by its name in bpf/trace/trace.bpf.c. */
struct bpf_program *engine_program(const struct engine *engine, const char *name);
int engine_map_fd(const struct engine *engine, const char *name);
/* What libbpf complained about last, for error messages; "" when nothing. */
const char *engine_last_complaint(void);

#endif /* LATCHKIT_USER_TRACE_ENGINE_ENGINE_H */
