// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scenario.c - the claims S0.1 to S1.6: what each needs measured; and the answer in
 * words. How each is judged is in bench/dispatch/judge.c.
 */
#include <string.h>

#include "bench/dispatch/judge.h"
#include "bench/dispatch/scenario.h"
#include "cli/diag.h"

#define SUBJECTS 16

struct dispatch_scenario {
	struct bench_claim claim;
	const char *subjects[SUBJECTS];
	bool many_threads; /* 1, and as many as there are CPUs */
	bool swapper; /* and with a swapper */
	bool bpf; /* and the programs */
	dispatch_judge_fn *judge;
};

static const struct dispatch_scenario scenarios[] = {
	{.claim = {"S0.1", "Dispatch costs 8 to 12 CPU cycles, 15 to 20 ns on x86-64."},
	 .subjects = {"inlined", "direct", "static_branch", "indirect", "switch", "array",
		      "slot_posted", "slot_qsbr", "slot_memb", "urcu_qsbr", "urcu_memb", "rwlock",
		      "mutex"},
	 .judge = dispatch_judge_cost},
	{.claim = {"S0.2", "Dispatch has zero jitter: a fixed latency."},
	 .subjects = {"direct", "indirect", "slot_posted", "slot_qsbr", "slot_memb", "rwlock"},
	 .swapper = true,
	 .judge = dispatch_judge_jitter},
	{.claim = {"S0.3", "Dispatch runs near the speed of a jump label."},
	 .subjects = {"inlined", "direct", "static_branch", "indirect", "slot_posted", "slot_qsbr"},
	 .judge = dispatch_judge_jump_label},
	{.claim = {"S0.4", "A swap is instantaneous and visible to all without coordination."},
	 .subjects = {"slot_posted", "slot_qsbr", "slot_memb"},
	 .swapper = true,
	 .judge = dispatch_judge_swap},
	{.claim = {"S0.5", "The memory order is right on every architecture."},
	 .judge = dispatch_judge_by_proof},
	{.claim = {"S1.1",
		   "Registering makes everything written before it visible to the handler."},
	 .judge = dispatch_judge_by_proof},
	{.claim = {"S1.2", "Unregistering synchronises with calls at the same time."},
	 .subjects = {"table_posted_same", "table_qsbr_same", "table_memb_same"},
	 .swapper = true,
	 .judge = dispatch_judge_unregister},
	{.claim = {"S1.3", "Registering is wait-free: one atomic instruction, no retry."},
	 .judge = dispatch_judge_register},
	{.claim = {"S1.4",
		   "Handling takes constant time, without contention, and scales linearly with "
		   "cores."},
	 .subjects = {"direct", "table_posted_same", "table_posted_packed", "table_posted_padded",
		      "table_qsbr_same", "table_qsbr_packed", "table_qsbr_padded"},
	 .many_threads = true,
	 .swapper = true,
	 .judge = dispatch_judge_scaling},
	{.claim = {"S1.5", "Compare-exchange avoids the ABA problem."},
	 .judge = dispatch_judge_aba},
	{.claim = {"S1.6", "Indexes are checked: out of range is an error and touches no memory."},
	 .judge = dispatch_judge_bounds},
	{.claim = {"bars",
		   "The hardened slot costs at most 1.1x the posted one and 1.5x an indirect call, "
		   "the "
		   "table scales, a swap in BPF misses and mixes nothing."},
	 .subjects = {"direct", "indirect", "slot_posted", "slot_qsbr", "slot_memb",
		      "table_qsbr_packed", "table_qsbr_padded"},
	 .many_threads = true,
	 .bpf = true,
	 .judge = dispatch_judge_bars},
};
#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

const struct dispatch_scenario *dispatch_scenario_find(const char *name)
{
	return bench_claim_find(scenarios, SCENARIOS, sizeof(scenarios[0]), name);
}

void dispatch_scenarios_list(FILE *out)
{
	bench_claims_list(scenarios, SCENARIOS, sizeof(scenarios[0]), 20, out);
}

int dispatch_scenario_plan(const struct dispatch_scenario *s, struct dispatch_plan *plan)
{
	int r = s->swapper || s->many_threads
			? bench_claim_needs_two(&s->claim, plan->oversubscribe)
			: EXIT_OK;

	if (r)
		return r;
	for (int i = 0; i < SUBJECTS && s->subjects[i]; i++)
		plan->subjects[plan->subjects_count++] = dispatch_subject_find(s->subjects[i]);
	plan->bpf = s->bpf;
	plan->loads[plan->loads_count++] = (struct dispatch_load){1, false};
	if (s->many_threads)
		plan->loads[plan->loads_count++] =
			(struct dispatch_load){bench_many_threads(), false};
	if (s->swapper)
		plan->loads[plan->loads_count++] = (struct dispatch_load){1, true};
	return EXIT_OK;
}

int dispatch_scenario_answer(const struct dispatch_scenario *s, const struct dispatch_plan *plan,
			     FILE *out, bool json)
{
	struct bench_answer a = {.text = "", .verdict = "not measured"};
	int err = s->judge(plan, &a);

	if (err)
		return fail("--scenario %s: %s", s->claim.name, strerror(-err));
	bench_claim_print(&s->claim, &a, json, out);
	return EXIT_OK;
}
