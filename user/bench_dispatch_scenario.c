// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bench_dispatch_scenario.c - the claims S0.1 to S1.6: what each needs measured; and the answer in
 * words. How each is judged is in bench_dispatch_judge.c.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "bench_dispatch_judge.h"
#include "bench_dispatch_scenario.h"
#include "bench_threads.h"
#include "diag.h"
#include "suggest.h"

#define SUBJECTS 16

struct dispatch_scenario {
	const char *name, *claim;
	const char *subjects[SUBJECTS];
	bool many_threads; /* 1, and as many as there are CPUs */
	bool swapper; /* and with a swapper */
	bool bpf; /* and the programs */
	dispatch_judge_fn *judge;
};

static const struct dispatch_scenario scenarios[] = {
	{.name = "S0.1",
	 .claim = "Dispatch costs 8 to 12 CPU cycles, 15 to 20 ns on x86-64.",
	 .subjects = {"inlined", "direct", "static_branch", "indirect", "switch", "array",
		      "slot_posted", "slot_qsbr", "slot_memb", "urcu_qsbr", "urcu_memb", "rwlock",
		      "mutex"},
	 .judge = dispatch_judge_cost},
	{.name = "S0.2",
	 .claim = "Dispatch has zero jitter: a fixed latency.",
	 .subjects = {"direct", "indirect", "slot_posted", "slot_qsbr", "slot_memb", "rwlock"},
	 .swapper = true,
	 .judge = dispatch_judge_jitter},
	{.name = "S0.3",
	 .claim = "Dispatch runs near the speed of a jump label.",
	 .subjects = {"inlined", "direct", "static_branch", "indirect", "slot_posted", "slot_qsbr"},
	 .judge = dispatch_judge_jump_label},
	{.name = "S0.4",
	 .claim = "A swap is instantaneous and visible to all without coordination.",
	 .subjects = {"slot_posted", "slot_qsbr", "slot_memb"},
	 .swapper = true,
	 .judge = dispatch_judge_swap},
	{.name = "S0.5",
	 .claim = "The memory order is right on every architecture.",
	 .judge = dispatch_judge_by_proof},
	{.name = "S1.1",
	 .claim = "Registering makes everything written before it visible to the handler.",
	 .judge = dispatch_judge_by_proof},
	{.name = "S1.2",
	 .claim = "Unregistering synchronises with calls at the same time.",
	 .subjects = {"table_posted_same", "table_qsbr_same", "table_memb_same"},
	 .swapper = true,
	 .judge = dispatch_judge_unregister},
	{.name = "S1.3",
	 .claim = "Registering is wait-free: one atomic instruction, no retry.",
	 .judge = dispatch_judge_register},
	{.name = "S1.4",
	 .claim = "Handling takes constant time, without contention, and scales linearly with "
		  "cores.",
	 .subjects = {"direct", "table_posted_same", "table_posted_packed", "table_posted_padded",
		      "table_qsbr_same", "table_qsbr_packed", "table_qsbr_padded"},
	 .many_threads = true,
	 .swapper = true,
	 .judge = dispatch_judge_scaling},
	{.name = "S1.5",
	 .claim = "Compare-exchange avoids the ABA problem.",
	 .judge = dispatch_judge_aba},
	{.name = "S1.6",
	 .claim = "Indexes are checked: out of range is an error and touches no memory.",
	 .judge = dispatch_judge_bounds},
	{.name = "bars",
	 .claim = "The hardened slot costs at most 1.1x the posted one and 1.5x an indirect call, "
		  "the "
		  "table scales, a swap in BPF misses and mixes nothing.",
	 .subjects = {"direct", "indirect", "slot_posted", "slot_qsbr", "slot_memb",
		      "table_qsbr_packed", "table_qsbr_padded"},
	 .many_threads = true,
	 .bpf = true,
	 .judge = dispatch_judge_bars},
};
#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

const struct dispatch_scenario *dispatch_scenario_find(const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < SCENARIOS; i++) {
		if (strcmp(scenarios[i].name, name) == 0)
			return &scenarios[i];
		suggest_offer(&near, scenarios[i].name);
	}
	if (suggest_best(&near))
		fail("--scenario %s: no such scenario; did you mean %s?", name,
		     suggest_best(&near));
	else
		fail("--scenario %s: no such scenario; --list shows them", name);
	return NULL;
}

void dispatch_scenarios_list(FILE *out)
{
	for (size_t i = 0; i < SCENARIOS; i++)
		fprintf(out, "%-20s scenario  %s\n", scenarios[i].name, scenarios[i].claim);
}

int dispatch_scenario_plan(const struct dispatch_scenario *s, struct dispatch_plan *plan)
{
	bool two = plan->oversubscribe || bench_cpus() >= 2;

	if ((s->swapper || s->many_threads) && !two)
		return fail("--scenario %s: needs two CPUs; --oversubscribe measures on one, for "
			    "what that is worth",
			    s->name);
	for (int i = 0; i < SUBJECTS && s->subjects[i]; i++)
		plan->subjects[plan->subjects_count++] = dispatch_subject_find(s->subjects[i]);
	plan->bpf = s->bpf;
	plan->loads[plan->loads_count++] = (struct dispatch_load){1, false};
	if (s->many_threads)
		plan->loads[plan->loads_count++] =
			(struct dispatch_load){dispatch_judge_threads(), false};
	if (s->swapper)
		plan->loads[plan->loads_count++] = (struct dispatch_load){1, true};
	return EXIT_OK;
}

static int print_json(const struct dispatch_scenario *s, const char *answer, const char *verdict,
		      FILE *out)
{
	cJSON *o = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(o, "type", "answer");
	cJSON_AddStringToObject(o, "scenario", s->name);
	cJSON_AddStringToObject(o, "claim", s->claim);
	cJSON_AddStringToObject(o, "answer", answer);
	cJSON_AddStringToObject(o, "verdict", verdict);
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	if (!text)
		return fail("bench: out of memory");
	fprintf(out, "%s\n", text);
	free(text);
	return EXIT_OK;
}

int dispatch_scenario_answer(const struct dispatch_scenario *s, const struct dispatch_plan *plan,
			     FILE *out, bool json)
{
	struct dispatch_answer a = {.text = "", .verdict = "not measured"};
	const char *text = a.text;
	int err = s->judge(plan, &a);

	if (err)
		return fail("--scenario %s: %s", s->name, strerror(-err));
	text += *text == ' ';
	if (json)
		return print_json(s, text, a.verdict, out);
	fprintf(out, "\n%s %s\n  %s\n  verdict: %s\n", s->name, s->claim, text, a.verdict);
	return EXIT_OK;
}
