// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see bench/registry/run.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/slice.h"
#include "bench/registry/keys.h"
#include "bench/registry/memory.h"
#include "bench/registry/run.h"
#include "cli/diag.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Lookups between two looks at the slice, in parts; after each part a share of the writes. */
#define PARTS 8
#define PART 32
/* Objects shed at once. */
#define SHED 64
/* Objects for which bytes are measured. */
#define BYTES_OBJECTS 200000

static const struct bench_registry_ops *ops_of(const struct bench_cell *cell)
{
	return cell->subject->ops;
}

static const struct bench_registry_load *load_of(const struct bench_cell *cell)
{
	return cell->load;
}

/* -- tables and keys -------------------------------------------------------------------------- */

static size_t size_index(const struct bench_registry_plan *own, size_t objects)
{
	size_t i = 0;

	while (i < own->sizes_count && own->sizes[i] != objects)
		i++;
	return i;
}

/* Tables are made when they are needed first, and kept. Returns NULL: it cannot be made. */
static struct bench_registry_table *table_of(const struct bench_plan *plan, struct bench_cell *cell)
{
	const struct bench_registry_plan *own = bench_registry_plan(plan);
	size_t objects = load_of(cell)->objects, s = 0;
	struct bench_registry_table *table;

	while (plan->subjects[s] != cell->subject)
		s++;
	table = &own->tables[size_index(own, objects) * plan->subjects_count + s];
	errno = 0;
	if (!table->memory)
		table->memory = ops_of(cell)->create(objects);
	if (table->memory)
		return table;
	snprintf(cell->skipped, sizeof(cell->skipped), "cannot be made here: %s", strerror(errno));
	return NULL;
}

static int add_sizes(struct bench_registry_plan *own)
{
	for (size_t l = 0; l < own->plan.loads_count; l++) {
		const struct bench_registry_load *load = bench_plan_load(&own->plan, l);
		size_t i = size_index(own, load->objects);
		uint32_t **keys;

		if (i == BENCH_REGISTRY_SIZES)
			return fail("bench registry: more than %d numbers of objects",
				    BENCH_REGISTRY_SIZES);
		if (i == own->sizes_count)
			own->sizes[own->sizes_count++] = load->objects;
		keys = &own->keys[i][load->keys];
		if (!*keys)
			*keys = bench_registry_keys_new(load->keys, load->objects);
		if (!*keys)
			return fail("bench: out of memory");
	}
	return EXIT_OK;
}

int bench_registry_result_init(struct bench_plan *plan, struct bench_cell *cell)
{
	const struct bench_registry_load *load = load_of(cell);

	(void)plan;
	if (ops_of(cell)->one_deleter && load->writes &&
	    load->load.threads + load->load.disturber > 1)
		snprintf(cell->skipped, sizeof(cell->skipped),
			 "two that delete at once break it: latchkit verify registry");
	return 0;
}

int bench_registry_prepare(struct bench_plan *plan)
{
	struct bench_registry_plan *own = bench_registry_plan(plan);
	int r = add_sizes(own);

	if (r)
		return r;
	own->bytes = calloc(plan->subjects_count + 1, sizeof(*own->bytes));
	own->tables = calloc(plan->subjects_count * own->sizes_count + 1, sizeof(*own->tables));
	if (!own->bytes || !own->tables ||
	    (plan->bpf && bench_registry_bpf_open(&own->in_bpf, plan->rounds)))
		return fail("bench: out of memory");
	if (plan->bpf && bench_registry_bpf_refused(&own->in_bpf))
		return fail("bench registry --scenario bpf: %s",
			    bench_registry_bpf_refused(&own->in_bpf));
	/* Before there are other threads. */
	for (size_t s = 0; s < plan->subjects_count; s++)
		own->bytes[s] = bench_registry_bytes(plan->subjects[s], BYTES_OBJECTS);
	return EXIT_OK;
}

void bench_registry_release(struct bench_plan *plan)
{
	struct bench_registry_plan *own = bench_registry_plan(plan);

	for (size_t i = 0; own->tables && i < plan->subjects_count * own->sizes_count; i++) {
		const struct bench_registry_ops *ops =
			plan->subjects[i % plan->subjects_count]->ops;

		if (own->tables[i].memory)
			ops->destroy(own->tables[i].memory);
	}
	for (size_t i = 0; i < BENCH_REGISTRY_SIZES; i++)
		for (int k = 0; k < BENCH_KEYS_KINDS; k++)
			free(own->keys[i][k]);
	if (plan->bpf)
		bench_registry_bpf_close(&own->in_bpf);
	free(own->tables);
	free(own->bytes);
}

double bench_registry_bytes_of(const struct bench_plan *plan, const char *name)
{
	for (size_t s = 0; s < plan->subjects_count; s++)
		if (strcmp(plan->subjects[s]->name, name) == 0)
			return bench_registry_plan(plan)->bytes[s];
	return 0;
}

/* -- one round -------------------------------------------------------------------------------- */

struct worker {
	struct bench_worker worker;
	struct bench_registry_thread thread;
	const struct bench_registry_ops *ops;
	const struct bench_registry_load *load;
	bool shrinker;
	lk_u64 *shed_at;
	lk_u64 done, replaced;
	struct bench_times times;
};

static void enter(void *arg)
{
	struct worker *w = arg;

	if (w->ops->enter)
		w->thread.own = w->ops->enter(w->thread.table);
}

static void leave(void *arg)
{
	struct worker *w = arg;

	if (w->ops->leave)
		w->ops->leave(w->thread.table, w->thread.own);
}

static void pause_of(void *arg)
{
	const struct worker *w = arg;

	if (w->ops->pause)
		w->ops->pause();
}

static void replace(struct worker *w, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		/* Ids from elsewhere in the list than those that are looked up. */
		uint32_t at = (w->thread.at + BENCH_KEYS / 2) % BENCH_KEYS;

		w->ops->replace(w->thread.table, w->thread.own, w->thread.keys[at]);
		w->thread.at = (w->thread.at + 1) % BENCH_KEYS;
	}
	w->replaced += count;
}

static void look_up(struct worker *w)
{
	unsigned int writes = w->load->writes;
	unsigned int share = writes < 100 ? PART * writes / (100 - writes) : PART;
	uint64_t start;

	do {
		for (int part = 0; part < PARTS; part++) {
			w->ops->loop(&w->thread, PART - 1);
			start = clock_now_ns();
			w->ops->loop(&w->thread, 1);
			bench_times_add(&w->times, clock_now_ns() - start);
			if (share)
				replace(w, share);
		}
		w->done += PARTS * PART;
		pause_of(w);
	} while (bench_slice_on(&w->worker));
}

static void shed(struct worker *w)
{
	do {
		w->ops->shed(w->thread.table, w->thread.own, w->shed_at, SHED, w->load->objects);
		w->done += SHED;
		pause_of(w);
	} while (bench_slice_on(&w->worker));
}

static void work(void *arg)
{
	struct worker *w = arg;

	(w->shrinker ? shed : look_up)(w);
}

/* What the workers did. */
static void add_up(struct bench_registry_result *r, const struct worker *w, unsigned int count,
		   double *value, bool warm_up)
{
	struct bench_times times = {.count = 0};

	for (unsigned int i = 0; i < count; i++) {
		double seconds = w[i].worker.seconds > 0 ? w[i].worker.seconds : 1;

		if (w[i].shrinker) {
			value[BENCH_SHEDS_PER_S] = (double)w[i].done / seconds;
			r->sheds += warm_up ? 0 : w[i].done;
			continue;
		}
		value[BENCH_LOOKUPS_PER_S] += (double)w[i].done / seconds;
		value[BENCH_REPLACES_PER_S] += (double)w[i].replaced / seconds;
		bench_times_merge(&times, &w[i].times);
		r->lookups += warm_up ? 0 : w[i].done;
		r->misses += warm_up ? 0 : w[i].thread.misses;
		r->replaces += warm_up ? 0 : w[i].replaced;
	}
	value[BENCH_P99_NS] = (double)bench_times_percentile(&times, 99);
	if (!warm_up)
		bench_times_merge(&r->times, &times);
}

static int run_workers(const struct bench_plan *plan, struct bench_cell *cell,
		       struct bench_registry_table *table, double *value, bool warm_up)
{
	static const struct bench_crew crew = {enter, leave, pause_of, work};
	const struct bench_registry_plan *own = bench_registry_plan(plan);
	const struct bench_registry_load *load = load_of(cell);
	unsigned int count = load->load.threads + load->load.disturber;
	struct worker *w = aligned_alloc(64, count * sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		w[i] = (struct worker){
			.worker = {.cpu = cpu_at(i, plan->oversubscribe)},
			.thread = {.table = table->memory,
				   .keys = own->keys[size_index(own, load->objects)][load->keys],
				   .at = (uint32_t)(i * (BENCH_KEYS / count))},
			.ops = ops_of(cell),
			.load = load,
			.shed_at = &table->shed_at,
			.shrinker = i == load->load.threads,
		};
	err = bench_slice_run(&crew, w, sizeof(*w), count, plan->slice_ms);
	if (!err)
		add_up((struct bench_registry_result *)cell, w, count, value, warm_up);
	free(w);
	return err;
}

int bench_registry_round(struct bench_plan *plan, struct bench_cell *cell, double *value,
			 bool warm_up)
{
	struct bench_registry_table *table = table_of(plan, cell);
	int err = table ? run_workers(plan, cell, table, value, warm_up) : 0;

	if (table && ops_of(cell)->settle)
		ops_of(cell)->settle(table->memory);
	return err;
}
