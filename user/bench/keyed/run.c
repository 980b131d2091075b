// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * run.c - one round of bench keyed: fill a new table, update it, read it, both at once, and see
 * what is in it at the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/slice.h"
#include "bench/keyed/read.h"
#include "bench/keyed/run.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Updates of one test run: few enough not to be interrupted often, so many that the clock does not
 * count. */
#define BATCH 4096
/* Times that are kept of a worker in a slice. */
#define TIMES 4096

struct worker {
	struct bench_worker worker;
	const struct bench_keyed_table *table;
	unsigned int place; /* of one that updates */
	int program;
	struct bench_keyed_copy *copy; /* NULL: it updates */
	int err;
	double *times; /* of an update, or of reading all, in ns */
	size_t count;
	unsigned long long updates, refused, reads, torn, gave_up;
};

static void keep(struct worker *w, double ns)
{
	if (w->count < TIMES)
		w->times[w->count++] = ns;
}

static void update(struct worker *w)
{
	const struct bench_keyed_run *run = &w->table->runs[w->place];

	w->err = bench_keyed_call(w->table, w->program, w->place, BATCH);
	if (w->err)
		return;
	keep(w, (double)run->ns / BATCH);
	w->updates += BATCH;
	w->refused += run->refused;
}

static void read_all(struct worker *w)
{
	uint64_t start = clock_now_ns();
	struct bench_keyed_found found;

	w->copy->gave_up = 0;
	w->err = bench_keyed_read(w->table, w->copy);
	keep(w, (double)(clock_now_ns() - start));
	if (w->err)
		return;
	bench_keyed_look(w->table, w->copy, &found);
	w->reads += w->copy->count;
	w->torn += found.torn;
	w->gave_up += w->copy->gave_up;
}

static void work(void *arg)
{
	struct worker *w = arg;

	do {
		if (w->copy)
			read_all(w);
		else
			update(w);
	} while (!w->err && bench_slice_on(&w->worker));
}

/* -- a round ----------------------------------------------------------------------------------- */

/* All that work at some time in a round: those that update, and one that reads. */
struct round {
	const struct bench_plan *plan;
	struct bench_keyed_table *table;
	struct bench_keyed_copy *copy;
	struct worker *workers;
	unsigned int writers;
	unsigned long long updates, refused;
};

static void begin(struct round *r, struct worker *w, unsigned int place, int program)
{
	double *times = w->times;

	*w = (struct worker){.worker = {.cpu = cpu_at(place, true)},
			     .table = r->table,
			     .place = place,
			     .program = program,
			     .copy = program < 0 ? r->copy : NULL,
			     .times = times};
}

/* Work for so long; returns 0 or a negative errno. `program`: of those that update. */
static int slice(struct round *r, bool writers, bool reader, int program, unsigned int ms)
{
	static const struct bench_crew crew = {.work = work};
	struct worker *first = writers ? r->workers : r->workers + r->writers;
	unsigned int count = (writers ? r->writers : 0) + reader;
	int err;

	for (unsigned int i = 0; i < r->writers; i++)
		begin(r, &r->workers[i], i, program);
	begin(r, &r->workers[r->writers], r->writers, -1);
	err = bench_slice_run(&crew, first, sizeof(*first), count, ms ? ms : 1);
	for (unsigned int i = 0; i < count; i++)
		err = err ? err : first[i].err;
	for (unsigned int i = 0; program == r->table->update_fd && i < r->writers; i++) {
		r->updates += r->workers[i].updates;
		r->refused += r->workers[i].refused;
	}
	return err;
}

/* The median of what all workers, or the reader, took. */
static double median(const struct round *r, bool reader)
{
	const struct worker *w = reader ? &r->workers[r->writers] : r->workers;
	size_t all = 0, workers = reader ? 1 : r->writers;
	double *times = calloc(workers * TIMES, sizeof(*times)), ns = -1;

	for (size_t i = 0; times && i < workers; i++) {
		memcpy(times + all, w[i].times, w[i].count * sizeof(*times));
		all += w[i].count;
	}
	if (times && all)
		ns = bench_median(times, all);
	free(times);
	return ns;
}

static int measure(struct round *r, double *value, struct bench_keyed_result *found)
{
	unsigned int ms = r->plan->slice_ms;
	double empty;
	int err = slice(r, true, false, r->table->empty_fd, ms / 4);

	empty = median(r, false);
	err = err ? err : slice(r, true, false, r->table->update_fd, ms);
	value[BENCH_UPDATE_NS] = median(r, false) - empty;
	err = err ? err : slice(r, false, true, -1, ms);
	value[BENCH_READ_NS] = median(r, true);
	err = err ? err : slice(r, true, true, r->table->update_fd, ms);
	value[BENCH_READ_BUSY_NS] = median(r, true);
	found->reads = r->workers[r->writers].reads;
	found->torn = r->workers[r->writers].torn;
	found->gave_up = r->workers[r->writers].gave_up;
	return err;
}

/* What the table has at the end, when nobody updates it. */
static int settle(struct round *r, struct bench_keyed_result *found)
{
	size_t keys = r->table->load->keys;
	struct bench_keyed_found at_end;
	int err = bench_keyed_read(r->table, r->copy);

	bench_keyed_look(r->table, r->copy, &at_end);
	found->keys = keys;
	found->keys_lost = at_end.keys < keys ? keys - at_end.keys : 0;
	found->updates = r->updates;
	found->refused = r->refused;
	if (r->updates > r->refused + at_end.updates)
		found->lost = r->updates - r->refused - at_end.updates;
	return err;
}

static int fill(struct round *r)
{
	int err = bench_keyed_fill(r->table);

	r->updates = r->table->load->keys;
	r->refused = r->table->runs[0].refused;
	return err;
}

static bool round_init(struct round *r, struct bench_cell *cell)
{
	const struct bench_keyed_load *load = cell->load;
	bool enough = true;

	r->writers = load->load.threads;
	r->table = bench_keyed_open(cell->subject, load, cell->skipped, sizeof(cell->skipped));
	if (!r->table)
		return true; /* skipped */
	r->copy = bench_keyed_copy__new(r->table);
	r->workers = calloc(r->writers + 1, sizeof(*r->workers));
	for (unsigned int i = 0; r->workers && i <= r->writers; i++) {
		r->workers[i].times = calloc(TIMES, sizeof(double));
		enough &= r->workers[i].times != NULL;
	}
	return enough && r->copy && r->workers;
}

static void round_free(struct round *r)
{
	for (unsigned int i = 0; r->workers && i <= r->writers; i++)
		free(r->workers[i].times);
	free(r->workers);
	bench_keyed_copy__free(r->copy);
	bench_keyed_close(r->table);
}

static void add(struct bench_keyed_result *to, const struct bench_keyed_result *found)
{
	to->keys += found->keys;
	to->keys_lost += found->keys_lost;
	to->updates += found->updates;
	to->refused += found->refused;
	to->lost += found->lost;
	to->reads += found->reads;
	to->torn += found->torn;
	to->gave_up += found->gave_up;
}

int bench_keyed_round(struct bench_plan *plan, struct bench_cell *cell, double *value, bool warm_up)
{
	struct bench_keyed_result found = {.keys = 0};
	struct round r = {.plan = plan};
	int err = round_init(&r, cell) ? 0 : -ENOMEM;

	if (!err && r.table) {
		err = fill(&r);
		err = err ? err : measure(&r, value, &found);
		err = err ? err : settle(&r, &found);
		if (!err && !warm_up)
			add((struct bench_keyed_result *)cell, &found);
	}
	round_free(&r);
	return err;
}
