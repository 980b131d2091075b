// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scenario.c - see bench/dispatch/scenario.h. How each claim is judged is in judge*.c beside it.
 */
#include <string.h>

#include "bench/core/claim.h"
#include "bench/dispatch/judge.h"
#include "bench/dispatch/scenario.h"
#include "cli/diag.h"

asm(".section .rodata.scenarios, \"a\", @progbits\n"
    ".globl dispatch_scenarios\n"
    "dispatch_scenarios: .incbin \"user/bench/dispatch/scenarios.txt\"\n"
    ".byte 0\n"
    ".previous\n");

#define JUDGE(name) #name,
static const char *const names[] = {
#include "bench/dispatch/judges.def"
};
#undef JUDGE
#define JUDGE(name) extern dispatch_judge_fn *const dispatch_judge_##name;
#include "bench/dispatch/judges.def"
#undef JUDGE
#define JUDGE(name) &dispatch_judge_##name,
static dispatch_judge_fn *const *const judges[] = {
#include "bench/dispatch/judges.def"
};

static bool add_subject(void *plan, const char *name)
{
	struct dispatch_plan *p = plan;
	const struct dispatch_subject *s = dispatch_subject_find(name);

	if (s)
		p->subjects[p->subjects_count++] = s;
	return s;
}

/* "swapper", or nothing. */
static unsigned int add_load(void *plan, unsigned int threads, char **words, int count)
{
	struct dispatch_plan *p = plan;
	bool swapper = count == 1 && strcmp(words[0], "swapper") == 0;

	if (count > swapper || p->loads_count == DISPATCH_LOADS)
		return 0;
	p->loads[p->loads_count++] = (struct dispatch_load){threads, swapper};
	return threads + swapper;
}

int dispatch_scenario_plan(const struct bench_scenario *s, struct dispatch_plan *plan)
{
	const struct bench_planner planner = {plan, &plan->bpf, add_subject, add_load};

	/* Before anything is measured. */
	if (bench_scenario_judge(s, names, sizeof(names) / sizeof(names[0])) < 0)
		return EXIT_FAILED;
	return bench_scenario_measure(s, &planner, plan->oversubscribe);
}

int dispatch_scenario_answer(const struct bench_scenario *s, const struct dispatch_plan *plan,
			     FILE *out, bool json)
{
	struct bench_answer a = {.text = "", .verdict = "not measured"};
	int i = bench_scenario_judge(s, names, sizeof(names) / sizeof(names[0]));
	int err = (*judges[i])(plan, &a);

	if (err)
		return fail("--scenario %s: %s", s->name, strerror(-err));
	bench_answer_print(&a, s->name, s->sentence, json, out);
	return EXIT_OK;
}
