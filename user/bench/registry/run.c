// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - one round of one subject under one load, and its memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/registry/plan.h"
#include "bench/core/slice.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Lookups between two looks at the slice, in parts; after each part a share of the writes. */
#define PARTS 8
#define PART 32
/* Objects shed at once. */
#define SHED 64

struct worker {
	struct bench_registry_thread thread;
	const struct bench_registry_result *result;
	void *table;
	struct bench_slice *slice;
	int cpu;
	bool shrinker;
	lk_u64 *shed_at;
	double seconds;
	lk_u64 done, replaced;
	struct bench_times times;
};

static void pause_of(const struct worker *w)
{
	if (w->result->subject->ops->pause)
		w->result->subject->ops->pause();
}

static void replace(struct worker *w, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		/* Ids from elsewhere in the list than those that are looked up. */
		uint32_t at = (w->thread.at + BENCH_KEYS / 2) % BENCH_KEYS;

		w->result->subject->ops->replace(w->table, w->thread.own, w->thread.keys[at]);
		w->thread.at = (w->thread.at + 1) % BENCH_KEYS;
	}
	w->replaced += count;
}

static void look_up(struct worker *w)
{
	const struct bench_registry_ops *ops = w->result->subject->ops;
	unsigned int writes = w->result->load->writes;
	unsigned int share = writes < 100 ? PART * writes / (100 - writes) : PART;
	uint64_t start;

	do {
		for (int part = 0; part < PARTS; part++) {
			ops->loop(&w->thread, PART - 1);
			start = clock_now_ns();
			ops->loop(&w->thread, 1);
			bench_times_add(&w->times, clock_now_ns() - start);
			if (share)
				replace(w, share);
		}
		w->done += PARTS * PART;
		pause_of(w);
	} while (bench_slice_on(w->slice));
}

static void shed(struct worker *w)
{
	do {
		w->result->subject->ops->shed(w->table, w->thread.own, w->shed_at, SHED,
					      w->result->load->objects);
		w->done += SHED;
		pause_of(w);
	} while (bench_slice_on(w->slice));
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	const struct bench_registry_ops *ops = w->result->subject->ops;
	uint64_t start;

	cpu_pin(w->cpu);
	if (ops->enter)
		w->thread.own = ops->enter(w->table);
	bench_slice_begin(w->slice, ops->pause);
	start = clock_now_ns();
	(w->shrinker ? shed : look_up)(w);
	w->seconds = (double)(clock_now_ns() - start) / 1e9;
	if (ops->leave)
		ops->leave(w->table, w->thread.own);
	return NULL;
}

/* What the workers did. */
static void add_up(struct bench_registry_result *r, const struct worker *w, unsigned int count,
		   bool warm_up)
{
	double value[BENCH_REGISTRY_METRICS] = {0};
	struct bench_times times = {.count = 0};

	for (unsigned int i = 0; i < count; i++) {
		double seconds = w[i].seconds > 0 ? w[i].seconds : 1;

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
	if (warm_up)
		return;
	value[BENCH_P99_NS] = (double)bench_times_percentile(&times, 99);
	bench_times_merge(&r->times, &times);
	for (int m = 0; m < BENCH_REGISTRY_METRICS; m++)
		r->value[m][r->rounds] = value[m];
	r->rounds++;
}

int bench_registry_round(struct bench_registry_result *r, struct bench_registry_table *table,
			 const uint32_t *keys, const struct bench_registry_plan *plan, bool warm_up)
{
	unsigned int count = r->load->threads + r->load->shrinker;
	struct worker *w = aligned_alloc(64, count * sizeof(*w));
	struct bench_slice slice = {0};
	int err;

	if (!w)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		w[i] = (struct worker){
			.thread = {.table = table->memory,
				   .keys = keys,
				   .at = (uint32_t)(i * (BENCH_KEYS / count))},
			.result = r,
			.table = table->memory,
			.shed_at = &table->shed_at,
			.slice = &slice,
			.cpu = cpu_at(i, plan->oversubscribe),
			.shrinker = i == r->load->threads,
		};
	err = bench_slice_run(&slice, worker_main, w, sizeof(*w), count, plan->slice_ms);
	if (!err)
		add_up(r, w, count, warm_up);
	if (r->subject->ops->settle)
		r->subject->ops->settle(table->memory);
	free(w);
	return err;
}

/* -- memory ----------------------------------------------------------------------------------- */

static double resident_bytes(void)
{
	unsigned long all, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

/* Tables grow in another thread: wait until nothing has grown for a while. */
static double settled_bytes(void)
{
	double bytes = resident_bytes(), before;
	int still = 0;

	for (int i = 0; still < 5 && i < 100; i++) {
		before = bytes;
		usleep(20000);
		bytes = resident_bytes();
		still = bytes > before ? 0 : still + 1;
	}
	return bytes;
}

double bench_registry_bytes(const struct bench_registry_subject *subject, size_t objects)
{
	double *bytes = mmap(NULL, sizeof(*bytes), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	       found = 0;
	pid_t pid;

	/* What is copied out of the kernel is in its memory, not ours. */
	if (bytes == MAP_FAILED || subject->kind == REGISTRY_KIND_COPIED)
		return 0;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		double before = resident_bytes();

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (subject->ops->create(objects))
			*bytes = (settled_bytes() - before) / (double)objects;
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	found = *bytes;
	munmap(bytes, sizeof(*bytes));
	return found;
}
