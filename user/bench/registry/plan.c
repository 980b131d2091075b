// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan.c - all rounds of a bench registry; see bench/registry/plan.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/registry/plan.h"
#include "bench/core/rounds.h"
#include "cli/diag.h"
#include "bench/registry/run.h"
#include "bench/registry/keys.h"

struct bench_registry_result *bench_registry_plan_result(const struct bench_registry_plan *plan,
							 size_t l, size_t s)
{
	return &plan->results[l * plan->subjects_count + s];
}

static bool same_load(const struct bench_registry_load *a, const struct bench_registry_load *b)
{
	return a->threads == b->threads && a->objects == b->objects && a->keys == b->keys &&
	       a->writes == b->writes && a->shrinker == b->shrinker;
}

const struct bench_registry_result *bench_registry_plan_find(const struct bench_registry_plan *plan,
							     const char *name,
							     const struct bench_registry_load *load)
{
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++) {
		const struct bench_registry_result *r = &plan->results[i];

		if (strcmp(r->subject->name, name) == 0 && same_load(r->load, load) &&
		    !r->skipped[0])
			return r;
	}
	return NULL;
}

double bench_registry_plan_bytes(const struct bench_registry_plan *plan, const char *name)
{
	for (size_t s = 0; plan->bytes && s < plan->subjects_count; s++)
		if (strcmp(plan->subjects[s]->name, name) == 0)
			return plan->bytes[s];
	return 0;
}

/* -- tables ----------------------------------------------------------------------------------- */

static size_t size_index(const struct bench_registry_plan *plan, size_t objects)
{
	size_t i = 0;

	while (i < plan->sizes_count && plan->sizes[i] != objects)
		i++;
	return i;
}

/* Tables are made when they are needed first, and kept. Returns NULL: it cannot be made. */
static struct bench_registry_table *table_of(const struct bench_registry_plan *plan,
					     struct bench_registry_result *r)
{
	size_t s = (size_t)(r - plan->results) % plan->subjects_count;
	struct bench_registry_table *table =
		&plan->tables[size_index(plan, r->load->objects) * plan->subjects_count + s];

	if (table->memory)
		return table;
	errno = 0;
	table->memory = r->subject->ops->create(r->load->objects);
	if (table->memory)
		return table;
	snprintf(r->skipped, sizeof(r->skipped), "cannot be made here: %s", strerror(errno));
	return NULL;
}

static int add_sizes(struct bench_registry_plan *plan)
{
	for (size_t l = 0; l < plan->loads_count; l++) {
		size_t objects = plan->loads[l].objects, i = size_index(plan, objects);

		if (i == BENCH_REGISTRY_SIZES)
			return fail("bench registry: more than %d numbers of objects",
				    BENCH_REGISTRY_SIZES);
		if (i == plan->sizes_count)
			plan->sizes[plan->sizes_count++] = objects;
		if (plan->keys[i][plan->loads[l].keys])
			continue;
		plan->keys[i][plan->loads[l].keys] =
			bench_registry_keys_new(plan->loads[l].keys, objects);
		if (!plan->keys[i][plan->loads[l].keys])
			return fail("bench: out of memory");
	}
	return EXIT_OK;
}

/* -- measuring -------------------------------------------------------------------------------- */

static int result_init(struct bench_registry_result *r,
		       const struct bench_registry_subject *subject,
		       const struct bench_registry_load *load, size_t rounds)
{
	r->subject = subject;
	r->load = load;
	for (int m = 0; m < BENCH_REGISTRY_METRICS; m++) {
		r->value[m] = calloc(rounds, sizeof(double));
		if (!r->value[m])
			return -ENOMEM;
	}
	if (subject->ops->one_deleter && load->writes && load->threads + load->shrinker > 1)
		snprintf(r->skipped, sizeof(r->skipped),
			 "two that delete at once break it: latchkit verify registry");
	return 0;
}

static int prepare(struct bench_registry_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count;
	int err = add_sizes(plan);

	if (err)
		return err;
	plan->results = calloc(count, sizeof(*plan->results));
	plan->bytes = calloc(plan->subjects_count, sizeof(*plan->bytes));
	plan->tables = calloc(plan->subjects_count * plan->sizes_count, sizeof(*plan->tables));
	if (!plan->results || !plan->bytes || !plan->tables)
		return fail("bench: out of memory");
	for (size_t i = 0; !err && i < count; i++)
		err = result_init(&plan->results[i], plan->subjects[i % plan->subjects_count],
				  &plan->loads[i / plan->subjects_count], plan->rounds);
	if (err)
		return fail("bench: out of memory");
	if (plan->bpf && bench_registry_bpf_open(&plan->in_bpf, plan->rounds))
		return fail("bench: out of memory");
	if (plan->bpf && bench_registry_bpf_refused(&plan->in_bpf))
		return fail("bench registry --scenario bpf: %s",
			    bench_registry_bpf_refused(&plan->in_bpf));
	/* Before there are other threads. */
	for (size_t s = 0; s < plan->subjects_count; s++)
		plan->bytes[s] = bench_registry_bytes(plan->subjects[s], BENCH_BYTES_OBJECTS);
	return EXIT_OK;
}

static int measure(void *arg, size_t i, bool warm_up)
{
	struct bench_registry_plan *plan = arg;
	struct bench_registry_result *r = &plan->results[i];
	struct bench_registry_table *table = r->skipped[0] ? NULL : table_of(plan, r);
	int err;

	if (!table)
		return EXIT_OK;
	err = bench_registry_round(r, table,
				   plan->keys[size_index(plan, r->load->objects)][r->load->keys],
				   plan->slice_ms, plan->oversubscribe, warm_up);
	return err ? fail("bench: %s: %s", r->subject->name, strerror(-err)) : EXIT_OK;
}

static void measure_bpf(void *arg, bool warm_up)
{
	struct bench_registry_plan *plan = arg;

	if (plan->bpf)
		bench_registry_bpf_round(&plan->in_bpf, plan->slice_ms, warm_up,
					 bench_rounds_stopped);
}

int bench_registry_plan_run(struct bench_registry_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count;
	const struct bench_rounds rounds = {count, plan->rounds, measure, measure_bpf, plan};
	int r = bench_rounds_check_clock(&plan->env.clock_ns);

	r = r ? r : prepare(plan);
	if (r)
		return r;
	r = bench_rounds_run(&rounds, &plan->measured);
	plan->partial = bench_rounds_stopped();
	if (plan->bpf)
		plan->measured = bench_registry_bpf_drop(&plan->in_bpf, plan->measured);
	for (size_t i = 0; i < count; i++)
		if (plan->results[i].rounds > plan->measured)
			plan->results[i].rounds = plan->measured;
	bench_env_stop(&plan->env);
	return r;
}

void bench_registry_plan_free(struct bench_registry_plan *plan)
{
	for (size_t i = 0; plan->tables && i < plan->subjects_count * plan->sizes_count; i++)
		if (plan->tables[i].memory)
			plan->subjects[i % plan->subjects_count]->ops->destroy(
				plan->tables[i].memory);
	for (size_t i = 0; plan->results && i < plan->subjects_count * plan->loads_count; i++)
		for (int m = 0; m < BENCH_REGISTRY_METRICS; m++)
			free(plan->results[i].value[m]);
	for (size_t i = 0; i < BENCH_REGISTRY_SIZES; i++)
		for (int k = 0; k < BENCH_KEYS_KINDS; k++)
			free(plan->keys[i][k]);
	if (plan->bpf)
		bench_registry_bpf_close(&plan->in_bpf);
	free(plan->tables);
	free(plan->bytes);
	free(plan->results);
	free(plan->subjects);
}
