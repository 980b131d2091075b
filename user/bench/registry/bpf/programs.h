/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* programs.h - the programs of bpf/bench/registry_*.bpf.c, loaded and filled. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_BPF_PROGRAMS_H
#define LATCHKIT_USER_BENCH_REGISTRY_BPF_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/bench/registry_shared.h"
#include "object/image.h"

enum bench_registry_bpf_object {
	BENCH_BPF_MAPS,
	BENCH_BPF_ARRAY,
	BENCH_BPF_KPTR,
	BENCH_BPF_OBJECTS
};

struct bench_registry_bpf_loaded {
	bool tried;
	char refused[256]; /* why it is not loaded, or not full; empty: it is */
	struct bpf_image image;
	struct bench_registry_bpf_run *run;
};

/* Load it with room for so many objects and insert them, or say in l->refused why not. Once. */
void bench_registry_bpf_load(struct bench_registry_bpf_loaded *l,
			     enum bench_registry_bpf_object which, size_t objects);
void bench_registry_bpf_unload(struct bench_registry_bpf_loaded *l);
/* Run a program. Returns 0 or a negative errno. */
int bench_registry_bpf_call(const struct bench_registry_bpf_loaded *l, const char *program);
/* Insert what is missing. Returns 0, or a negative errno and says why in l->refused. */
int bench_registry_bpf_fill(struct bench_registry_bpf_loaded *l);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_BPF_PROGRAMS_H */
