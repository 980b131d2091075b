// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scenario.c - see bench/registry/scenario.h. How each claim is judged is in judge*.c beside it.
 */
#include <string.h>

#include "bench/core/claim.h"
#include "bench/registry/judge.h"
#include "bench/registry/scenario.h"
#include "cli/diag.h"
#include "cli/numbers.h"

asm(".section .rodata.scenarios, \"a\", @progbits\n"
    ".globl bench_registry_scenarios\n"
    "bench_registry_scenarios: .incbin \"user/bench/registry/scenarios.txt\"\n"
    ".byte 0\n"
    ".previous\n");

#define JUDGE(name) #name,
static const char *const names[] = {
#include "bench/registry/judges.def"
};
#undef JUDGE
#define JUDGE(name) extern bench_registry_judge_fn *const bench_registry_judge_##name;
#include "bench/registry/judges.def"
#undef JUDGE
#define JUDGE(name) &bench_registry_judge_##name,
static bench_registry_judge_fn *const *const judges[] = {
#include "bench/registry/judges.def"
};

static bool add_subject(void *plan, const char *name)
{
	struct bench_registry_plan *p = plan;
	const struct bench_registry_subject *s = bench_registry_subject_find(name);

	if (s)
		p->subjects[p->subjects_count++] = s;
	return s;
}

/* "OBJECTS KEYS", "OBJECTS KEYS shrinker". */
static unsigned int add_load(void *plan, unsigned int threads, char **words, int count)
{
	struct bench_registry_plan *p = plan;
	bool shrinker = count == 3 && strcmp(words[2], "shrinker") == 0;
	unsigned long long objects;
	int keys = 0;

	if (count != 2 + shrinker || p->loads_count == BENCH_REGISTRY_LOADS ||
	    !number_parse(words[0], 10, 1, 10000000, &objects))
		return 0;
	while (keys < BENCH_KEYS_KINDS && strcmp(bench_registry_keys_names[keys], words[1]) != 0)
		keys++;
	if (keys == BENCH_KEYS_KINDS)
		return 0;
	p->loads[p->loads_count++] = (struct bench_registry_load){
		threads, (size_t)objects, (enum bench_registry_keys)keys, 0, shrinker};
	return threads + shrinker;
}

int bench_registry_scenario_plan(const struct bench_scenario *s, struct bench_registry_plan *plan)
{
	const struct bench_planner planner = {plan, &plan->bpf, add_subject, add_load};

	/* Before anything is measured. */
	if (bench_scenario_judge(s, names, sizeof(names) / sizeof(names[0])) < 0)
		return EXIT_FAILED;
	return bench_scenario_measure(s, &planner, plan->oversubscribe);
}

int bench_registry_scenario_answer(const struct bench_scenario *s,
				   const struct bench_registry_plan *plan, FILE *out, bool json)
{
	struct bench_answer a = {.text = "", .verdict = "not measured"};
	int i = bench_scenario_judge(s, names, sizeof(names) / sizeof(names[0]));
	int err = (*judges[i])(plan, &a);

	if (err)
		return fail("--scenario %s: %s", s->name, strerror(-err));
	bench_answer_print(&a, s->name, s->sentence, json, out);
	return EXIT_OK;
}
