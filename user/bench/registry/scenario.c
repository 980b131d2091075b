// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scenario.c - the claims S4.1 to S4.6, the bars, the cost in BPF: what each needs
 * measured, and the answer in words. How each is judged is in bench_registry_judge*.c.
 */
#include <string.h>

#include "bench/registry/judge.h"
#include "cli/diag.h"
#include "bench/registry/scenario.h"

#define SUBJECTS 12
#define LOADS 10
#define ALL 0 /* as many threads as there are CPUs */

struct bench_registry_scenario {
	struct bench_claim claim;
	const char *subjects[SUBJECTS];
	struct bench_registry_load loads[LOADS]; /* those with objects */
	bool bpf; /* the programs instead */
	bench_registry_judge_fn *judge;
};

static const struct bench_registry_scenario scenarios[] = {
	{.claim = {"S4.1",
		   "A lookup is O(1), and unaffected by how many threads look up or modify."},
	 .subjects = {"posted_memb", "hardened_memb", "hardened_qsbr", "rcuref_qsbr", "pure_qsbr",
		      "lfht_qsbr"},
	 .loads = {{1, 1000, BENCH_KEYS_UNIFORM, 0, false},
		   {ALL, 1000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 1000000, BENCH_KEYS_UNIFORM, 0, false},
		   {ALL, 1000000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 1000000, BENCH_KEYS_UNIFORM, 0, true},
		   {1, 1000, BENCH_KEYS_HOT, 0, false},
		   {ALL, 1000, BENCH_KEYS_HOT, 0, false},
		   {ALL, 1000000, BENCH_KEYS_ZIPF, 0, false}},
	 .judge = bench_registry_judge_constant},
	{.claim = {"S4.2", "RCU readers run without atomic writes."},
	 .subjects = {"posted_memb", "hardened_memb", "pure_memb", "hardened_qsbr", "rcuref_qsbr",
		      "pure_qsbr"},
	 .loads = {{1, 1000, BENCH_KEYS_HOT, 0, false}, {ALL, 1000, BENCH_KEYS_HOT, 0, false}},
	 .judge = bench_registry_judge_atomics},
	{.claim = {"S4.3", "Nothing is used after it was freed."},
	 .judge = bench_registry_judge_lifetime},
	{.claim = {"S4.4", "Teardown does not block readers."},
	 .subjects = {"posted_memb", "hardened_memb", "hardened_qsbr", "mutex", "rwlock"},
	 .loads = {{1, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, true}},
	 .judge = bench_registry_judge_teardown},
	{.claim = {"S4.5", "The shrinker sheds objects under memory pressure."},
	 .judge = bench_registry_judge_pressure},
	{.claim = {"S4.6", "A constructor and a cache of their own reduce the misses of objects."},
	 .judge = bench_registry_judge_cache},
	{.claim =
		 {"bars",
		  "Uniform lookups within 1.2x of rculfhash and ahead of every lock from 2 threads "
		  "on, among 10000 and 100000 objects; p99 beside a deleter and shrinker within 2x "
		  "of idle; at most 2x payload + 64 "
		  "bytes an object; a million inserted, shed and reclaimed in flat memory."},
	 .subjects = {"hardened_memb", "hardened_qsbr", "lfht_memb", "lfht_qsbr", "mutex",
		      "rwlock"},
	 .loads = {{1, 10000, BENCH_KEYS_UNIFORM, 0, false},
		   {ALL, 10000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {ALL, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, true}},
	 .judge = bench_registry_judge_bars},
	{.claim = {"bpf",
		   "What the life of an object costs in BPF programs, beside plain hash maps."},
	 .bpf = true,
	 .judge = bench_registry_judge_bpf},
};
#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

const struct bench_registry_scenario *bench_registry_scenario_find(const char *name)
{
	return bench_claim_find(scenarios, SCENARIOS, sizeof(scenarios[0]), name);
}

void bench_registry_scenarios_list(FILE *out)
{
	bench_claims_list(scenarios, SCENARIOS, sizeof(scenarios[0]), 14, out);
}

int bench_registry_scenario_plan(const struct bench_registry_scenario *s,
				 struct bench_registry_plan *plan)
{
	int r = s->loads[0].objects ? bench_claim_needs_two(&s->claim, plan->oversubscribe)
				    : EXIT_OK;

	if (r)
		return r;
	plan->bpf = s->bpf;
	for (int i = 0; i < SUBJECTS && s->subjects[i]; i++)
		plan->subjects[plan->subjects_count++] =
			bench_registry_subject_find(s->subjects[i]);
	for (int i = 0; i < LOADS && s->loads[i].objects; i++) {
		struct bench_registry_load *load = &plan->loads[plan->loads_count++];

		*load = s->loads[i];
		if (load->threads == ALL)
			load->threads = bench_many_threads();
	}
	return EXIT_OK;
}

int bench_registry_scenario_answer(const struct bench_registry_scenario *s,
				   const struct bench_registry_plan *plan, FILE *out, bool json)
{
	struct bench_answer a = {.text = "", .verdict = "not measured"};
	int err = s->judge(plan, &a);

	if (err)
		return fail("--scenario %s: %s", s->claim.name, strerror(-err));
	bench_claim_print(&s->claim, &a, json, out);
	return EXIT_OK;
}
