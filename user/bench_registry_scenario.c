// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bench_registry_scenario.c - the claims S4.1 to S4.6, the bars, the cost in BPF: what each needs
 * measured, and the answer in words. How each is judged is in bench_registry_judge*.c.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "bench_registry_judge.h"
#include "bench_threads.h"
#include "diag.h"
#include "suggest.h"

#define SUBJECTS 12
#define LOADS 10
#define ALL 0 /* as many threads as there are CPUs */

struct bench_registry_scenario {
	const char *name, *claim;
	const char *subjects[SUBJECTS];
	struct bench_registry_load loads[LOADS]; /* those with objects */
	bool bpf; /* the programs instead */
	bench_registry_judge_fn *judge;
};

static const struct bench_registry_scenario scenarios[] = {
	{.name = "S4.1",
	 .claim = "A lookup is O(1), and unaffected by how many threads look up or modify.",
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
	{.name = "S4.2",
	 .claim = "RCU readers run without atomic writes.",
	 .subjects = {"posted_memb", "hardened_memb", "pure_memb", "hardened_qsbr", "rcuref_qsbr",
		      "pure_qsbr"},
	 .loads = {{1, 1000, BENCH_KEYS_HOT, 0, false}, {ALL, 1000, BENCH_KEYS_HOT, 0, false}},
	 .judge = bench_registry_judge_atomics},
	{.name = "S4.3",
	 .claim = "Nothing is used after it was freed.",
	 .judge = bench_registry_judge_lifetime},
	{.name = "S4.4",
	 .claim = "Teardown does not block readers.",
	 .subjects = {"posted_memb", "hardened_memb", "hardened_qsbr", "mutex", "rwlock"},
	 .loads = {{1, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, true}},
	 .judge = bench_registry_judge_teardown},
	{.name = "S4.5",
	 .claim = "The shrinker sheds objects under memory pressure.",
	 .judge = bench_registry_judge_pressure},
	{.name = "S4.6",
	 .claim = "A constructor and a cache of their own reduce the misses of objects.",
	 .subjects = {"hardened_qsbr", "lfht_qsbr"},
	 .loads = {{1, 1000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 1000000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 50, false}},
	 .judge = bench_registry_judge_cache},
	{.name = "bars",
	 .claim = "Uniform lookups within 1.2x of rculfhash and ahead of every lock from 2 threads "
		  "on, among 10000 and 100000 objects; p99 beside a deleter and shrinker within 2x "
		  "of idle; at most 2x payload + 64 "
		  "bytes an object; a million inserted, shed and reclaimed in flat memory.",
	 .subjects = {"hardened_memb", "hardened_qsbr", "lfht_memb", "lfht_qsbr", "mutex",
		      "rwlock"},
	 .loads = {{1, 10000, BENCH_KEYS_UNIFORM, 0, false},
		   {ALL, 10000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {ALL, 100000, BENCH_KEYS_UNIFORM, 0, false},
		   {1, 100000, BENCH_KEYS_UNIFORM, 0, true}},
	 .judge = bench_registry_judge_bars},
	{.name = "bpf",
	 .claim = "What the life of an object costs in BPF programs, beside plain hash maps.",
	 .bpf = true,
	 .judge = bench_registry_judge_bpf},
};
#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

const struct bench_registry_scenario *bench_registry_scenario_find(const char *name)
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

void bench_registry_scenarios_list(FILE *out)
{
	for (size_t i = 0; i < SCENARIOS; i++)
		fprintf(out, "%-14s scenario  %s\n", scenarios[i].name, scenarios[i].claim);
}

int bench_registry_scenario_plan(const struct bench_registry_scenario *s,
				 struct bench_registry_plan *plan)
{
	if (s->loads[0].objects && !plan->oversubscribe && bench_cpus() < 2)
		return fail("--scenario %s: needs two CPUs; --oversubscribe measures on one, for "
			    "what that is worth",
			    s->name);
	plan->bpf = s->bpf;
	for (int i = 0; i < SUBJECTS && s->subjects[i]; i++)
		plan->subjects[plan->subjects_count++] =
			bench_registry_subject_find(s->subjects[i]);
	for (int i = 0; i < LOADS && s->loads[i].objects; i++) {
		struct bench_registry_load *load = &plan->loads[plan->loads_count++];

		*load = s->loads[i];
		if (load->threads == ALL)
			load->threads = dispatch_judge_threads();
	}
	return EXIT_OK;
}

static int print_json(const struct bench_registry_scenario *s, const char *answer,
		      const char *verdict, FILE *out)
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

int bench_registry_scenario_answer(const struct bench_registry_scenario *s,
				   const struct bench_registry_plan *plan, FILE *out, bool json)
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
