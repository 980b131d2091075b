// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan.c - see bench/core/plan.h. */
#include <stdlib.h>
#include <string.h>

#include "bench/core/plan.h"
#include "cli/diag.h"

/* -- subjects, loads, results ----------------------------------------------------------------- */

const struct bench_subject *bench_subject_find(const struct bench *bench, const char *name)
{
	const struct bench_subject *s;

	for (size_t i = 0; (s = bench->subject(i)); i++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

size_t bench_subjects_count(const struct bench *bench)
{
	size_t count = 0;

	while (bench->subject(count))
		count++;
	return count;
}

void bench_plan_take_all(struct bench_plan *plan)
{
	const struct bench_subject *s;

	for (size_t i = 0; (s = plan->bench->subject(i)); i++)
		if (!s->only_named)
			plan->subjects[plan->subjects_count++] = s;
}

int bench_add_load(struct bench_plan *plan, const void *load)
{
	const struct bench *bench = plan->bench;

	if (plan->loads_count == bench->loads_max)
		return fail_usage("bench %s: more than %zu loads: ask for fewer%s", bench->name,
				  bench->loads_max, bench->fewer ? bench->fewer : "");
	memcpy((char *)plan->loads + plan->loads_count++ * bench->load_size, load,
	       bench->load_size);
	return EXIT_OK;
}

const void *bench_plan_load(const struct bench_plan *plan, size_t l)
{
	return (const char *)plan->loads + l * plan->bench->load_size;
}

struct bench_cell *bench_plan_cell(const struct bench_plan *plan, size_t i)
{
	return (struct bench_cell *)((char *)plan->results + i * plan->bench->result_size);
}

struct bench_cell *bench_plan_result(const struct bench_plan *plan, size_t l, size_t s)
{
	return bench_plan_cell(plan, l * plan->subjects_count + s);
}

size_t bench_plan_results(const struct bench_plan *plan)
{
	return plan->loads_count * plan->subjects_count;
}

const struct bench_cell *bench_plan_find(const struct bench_plan *plan, const char *name,
					 const void *load)
{
	for (size_t i = 0; i < bench_plan_results(plan); i++) {
		const struct bench_cell *c = bench_plan_cell(plan, i);

		if (strcmp(c->subject->name, name) == 0 && !c->skipped[0] &&
		    memcmp(c->load, load, plan->bench->load_size) == 0)
			return c;
	}
	return NULL;
}

bool bench_cell_init(struct bench_cell *cell, int count, size_t rounds)
{
	for (int m = 0; m < count; m++) {
		cell->has[m] = true;
		cell->value[m] = calloc(rounds, sizeof(double));
		if (!cell->value[m])
			return false;
	}
	return true;
}

void bench_cell_free(struct bench_cell *cell)
{
	for (int m = 0; m < BENCH_METRICS_MAX; m++)
		free(cell->value[m]);
}

void bench_cell_add(struct bench_cell *cell, const double *value, int count)
{
	for (int m = 0; m < count; m++)
		cell->value[m][cell->rounds] = value[m];
	cell->rounds++;
}

struct bench_estimate bench_cell_of(const struct bench_cell *cell, int metric)
{
	if (!cell || !cell->has[metric])
		return (struct bench_estimate){0};
	return bench_estimate_of(cell->value[metric], cell->rounds);
}

struct bench_estimate bench_cell_ratio(const struct bench_cell *a, const struct bench_cell *b,
				       int metric)
{
	if (!a || !b || !a->has[metric] || !b->has[metric])
		return (struct bench_estimate){0};
	return bench_ratio_of(a->value[metric], b->value[metric],
			      a->rounds < b->rounds ? a->rounds : b->rounds);
}

bool bench_cell_noisy(const struct bench_cell *cell, int steady)
{
	bool noisy = false;

	for (int m = 0; m < steady; m++) {
		struct bench_estimate e = bench_cell_of(cell, m);

		noisy |= bench_is_noisy(&e);
	}
	return noisy;
}

/* -- the plan itself -------------------------------------------------------------------------- */

struct bench_plan *bench_plan__new(const struct bench *bench)
{
	struct bench_plan *plan = calloc(1, bench->plan_size);

	if (!plan)
		return NULL;
	plan->bench = bench;
	plan->rounds = 15;
	plan->slice_ms = 20;
	plan->subjects = calloc(bench_subjects_count(bench) + 1, sizeof(*plan->subjects));
	plan->loads = calloc(bench->loads_max, bench->load_size);
	if (plan->subjects && plan->loads)
		return plan;
	bench_plan__free(plan);
	return NULL;
}

void bench_plan__free(struct bench_plan *plan)
{
	if (plan->bench->release)
		plan->bench->release(plan);
	for (size_t i = 0; plan->results && i < bench_plan_results(plan); i++) {
		if (plan->bench->result_free)
			plan->bench->result_free(bench_plan_cell(plan, i));
		bench_cell_free(bench_plan_cell(plan, i));
	}
	free(plan->results);
	free(plan->loads);
	free(plan->subjects);
	free(plan);
}
