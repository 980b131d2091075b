// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * judge_bpf.c - what the life of an object costs in BPF, in a sentence. Nobody has
 * claimed a figure, so none is judged.
 */
#include "bench/registry/judge.h"

/* "24 ns (2.1 times)", of the plain hash map's same operation; or why not. */
static void say_of(const struct bench_registry_bpf *b, const char *subject,
		   enum bench_registry_bpf_operation operation, size_t objects,
		   struct bench_answer *a)
{
	const struct bench_registry_bpf_result *r =
		bench_registry_bpf_find(b, subject, operation, objects);

	if (r)
		bench_say(a, "%.0f ns (%.3g times)", bench_cell_of(&r->cell, 0).median,
			  bench_registry_bpf_ratio(b, r, operation).median);
	else
		bench_say(a, "not measured");
}

static void say_all(const struct bench_registry_bpf *b, enum bench_registry_bpf_operation operation,
		    size_t objects, struct bench_answer *a)
{
	static const char *const others[] = {"array", "kptr"};
	const struct bench_registry_bpf_result *plain =
		bench_registry_bpf_find(b, BENCH_REGISTRY_BPF_REFERENCE, operation, objects);

	bench_say(a,
		  operation == BENCH_BPF_LOOKUP
			  ? " Among %zu objects a lookup without a reference takes %.0f ns"
			  : " Among %zu objects to delete one and insert it anew takes a plain "
			    "hash map %.0f ns",
		  objects, plain ? bench_cell_of(&plain->cell, 0).median : 0);
	for (int i = 0; i < 2; i++) {
		bench_say(a, ", %s ", others[i]);
		if (operation == BENCH_BPF_LOOKUP && !i)
			bench_say(a, "with a reference got and put ");
		say_of(b, others[i], operation, objects, a);
	}
	bench_say(a, ".");
}

BENCH_JUDGE(bpf, plan, a)
{
	const struct bench_registry_bpf *b = &bench_registry_plan(plan)->in_bpf;

	for (int i = 0; i < BENCH_REGISTRY_BPF_SIZES; i++) {
		size_t objects = b->result[i * BENCH_REGISTRY_BPF_WAYS].objects;

		for (int o = 0; o < BENCH_BPF_OPERATIONS; o++)
			say_all(b, (enum bench_registry_bpf_operation)o, objects, a);
	}
	if (bench_registry_bpf_find(b, BENCH_REGISTRY_BPF_REFERENCE, BENCH_BPF_LOOKUP,
				    b->result[0].objects))
		bench_decide(a, "measured");
	return 0;
}
