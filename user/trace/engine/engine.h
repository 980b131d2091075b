/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * engine.h - load the BPF side of a trace: programs, and maps mapped read-only into this process.
 * trace/engine/attach.h attaches the programs, trace/engine/reader.h reads the maps.
 */
#ifndef LATCHKIT_USER_TRACE_ENGINE_ENGINE_H
#define LATCHKIT_USER_TRACE_ENGINE_ENGINE_H

#include "trace/engine/state.h"

/*
 * Load the programs that the probes need, and map the maps. *probes must stay. Returns the engine;
 * NULL after printing a diagnostic.
 */
struct engine *engine__new(const struct engine_config *config, const struct probe_list *probes);
/* May be NULL. */
void engine__free(struct engine *engine);

/* Has the cgroup of --cgroup been removed? Then no task is in it, nor can be. */
bool engine_cgroup_is_gone(const struct engine *engine);
/* A program, or the fd of a map, by its name in bpf/trace/. */
struct bpf_program *engine_program(const struct engine *engine, const char *name);
int engine_map_fd(const struct engine *engine, const char *name);

#endif /* LATCHKIT_USER_TRACE_ENGINE_ENGINE_H */
