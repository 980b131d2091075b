// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see bench/latch/run.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/slice.h"
#include "bench/latch/bpf.h"
#include "bench/latch/events.h"
#include "bench/latch/run.h"
#include "host/clock.h"
#include "host/cpus.h"

#define CACHE_LINE 64
/* Operations between two looks at the phase, and loops between two timed operations. */
#define BATCH 256
#define LOOPS_PER_SAMPLE 8

static const struct bench_loops *loops_of(const struct bench_latch_result *r)
{
	return bench_latch_of(&r->cell)->loops;
}

static const struct bench_latch_load *load_of(const struct bench_latch_result *r)
{
	return r->cell.load;
}

/* Is it the memory of a map? Peers in BPF have theirs elsewhere, out of reach. */
static bool is_mapped(const struct bench_latch_result *r)
{
	return r->bpf && r->bpf->memory;
}

/* Memory of the subject, ready and empty. */
static lk_u64 *memory_new(const struct bench_latch_result *r)
{
	size_t bytes = (bench_latch_bytes(&r->cell) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	lk_u64 *memory = is_mapped(r) ? r->bpf->memory : aligned_alloc(CACHE_LINE, bytes);

	if (!memory)
		return NULL;
	memset(memory, 0, bytes);
	if (loops_of(r)->begin)
		loops_of(r)->begin(memory, &load_of(r)->shape);
	return memory;
}

static void memory_free(const struct bench_latch_result *r, lk_u64 *memory)
{
	if (loops_of(r)->end)
		loops_of(r)->end(memory, &load_of(r)->shape);
	if (!is_mapped(r))
		free(memory);
}

static bench_loop_fn *find_loop(const struct bench_latch_result *r, bool writes,
				enum bench_context place)
{
	const struct bench_loops *loops = loops_of(r);
	const struct bench_shape *shape = &load_of(r)->shape;

	switch (place) {
	case BENCH_BPF:
		return writes ? bench_bpf_write : bench_bpf_read;
	case BENCH_SYSCALL:
		return bench_latch_of(&r->cell)->in_bpf_only ? loops->reader(shape)
							     : bench_bpf_read_singly;
	case BENCH_RAW_TP:
	case BENCH_KPROBE:
		return bench_events_syscall;
	case BENCH_NMI:
		return bench_events_store;
	default:
		return (writes ? loops->writer : loops->reader)(shape);
	}
}

/* Where number `which` of them runs. */
static enum bench_context place_of(const unsigned int *count, unsigned int which)
{
	int place = 0;

	while (place < BENCH_CONTEXTS - 1 && which >= count[place])
		which -= count[place++];
	return (enum bench_context)place;
}

/* Where the first of them runs, or would; by events only together with others. */
static enum bench_context first_place(const unsigned int *count)
{
	bool any = false;

	if (count[BENCH_SYSCALL] && !count[BENCH_USER] && !count[BENCH_BPF])
		return BENCH_SYSCALL;
	for (int place = BENCH_BPF; place < BENCH_CONTEXTS; place++)
		any |= count[place] > 0;
	return any && !count[BENCH_USER] ? BENCH_BPF : BENCH_USER;
}

/* -- alone ------------------------------------------------------------------------------------ */

struct worker {
	struct bench_worker worker;
	struct bench_thread thread; /* what it writes, and its counts */
	struct bench_times times; /* of single operations, clock included */
	const struct bench_loops *loops;
	lk_u64 *memory;
	bench_loop_fn *loop;
	unsigned int batch; /* operations between two looks at the clock; 0: a few hundred */
	double interval_ns; /* between operations; 0: flat out */
};

static void enter(void *arg)
{
	const struct worker *w = arg;

	if (w->loops->enter)
		w->loops->enter();
}

static void leave(void *arg)
{
	const struct worker *w = arg;

	if (w->loops->leave)
		w->loops->leave();
}

static void loop_alone(void *arg, uint64_t count)
{
	struct worker *w = arg;

	w->loop(w->memory, count, &w->thread);
}

/* The writer first: readers must find a record. */
static int alone(struct bench_latch_result *r, lk_u64 *memory, double *value)
{
	struct worker *w = malloc(sizeof(*w));
	int err = w ? cpu_pin(cpu_at(0, true)) : -ENOMEM;

	if (!err) {
		bench_thread_init(&w->thread);
		w->thread.bpf = r->bpf;
		w->memory = memory;
		w->loops = loops_of(r);
		enter(w);
		w->loop = find_loop(r, true, first_place(load_of(r)->writers));
		value[BENCH_WRITE_NS] = bench_alone_ns(loop_alone, w, 64, &r->write_counts);
		w->loop = find_loop(r, false, first_place(load_of(r)->readers));
		value[BENCH_READ_NS] = bench_alone_ns(loop_alone, w, 64, &r->read_counts);
		leave(w);
	}
	cpu_unpin();
	free(w);
	return err;
}

/* -- together --------------------------------------------------------------------------------- */

static void timed_operation(struct worker *w)
{
	uint64_t start = clock_now_ns();

	w->loop(w->memory, 1, &w->thread);
	bench_times_add(&w->times, clock_now_ns() - start);
}

static void work_flat_out(struct worker *w)
{
	unsigned int i = 0;

	do {
		w->loop(w->memory, w->batch ? w->batch : BATCH, &w->thread);
		/* A single one from within a program would be timed with its system call. */
		if (!w->batch && i++ % LOOPS_PER_SAMPLE == 0)
			timed_operation(w);
	} while (bench_slice_on(&w->worker));
}

/* One operation at each interval; what comes late is not made up for. */
static void work_paced(struct worker *w)
{
	double next = (double)clock_now_ns();

	do {
		double now = (double)clock_now_ns();

		if (now < next)
			continue;
		timed_operation(w);
		next += w->interval_ns;
		if (next < now)
			next = now;
	} while (bench_slice_on(&w->worker));
}

static void work(void *arg)
{
	struct worker *w = arg;

	(w->interval_ns > 0 ? work_paced : work_flat_out)(w);
}

/* Worker number i: first the writers, of user space and of BPF, then the readers. */
static void prepare_worker(struct worker *w, const struct bench_latch_result *r, unsigned int i,
			   int cpu, lk_u64 *memory)
{
	const struct bench_latch_load *load = load_of(r);
	bool writes = i < bench_load_writers(load);
	unsigned int which = writes ? i : i - bench_load_writers(load);
	enum bench_context place = place_of(writes ? load->writers : load->readers, which);

	bench_thread_init(&w->thread);
	/* Beyond what any writer before it has used in this memory. */
	w->thread.stamp = 1ULL << 48;
	w->loops = loops_of(r);
	w->memory = memory;
	w->worker.cpu = cpu;
	w->loop = find_loop(r, writes, place);
	w->batch = place == BENCH_USER || place == BENCH_SYSCALL ? 0
		   : place == BENCH_BPF				 ? BENCH_BPF_BATCH
								 : BENCH_EVENT_BATCH;
	w->thread.bpf = r->bpf;
	w->thread.event = place - BENCH_RAW_TP;
	w->thread.cpu = (unsigned int)cpu;
	w->thread.place = i;
	if (writes && place == BENCH_USER && load->rate_per_s > 0)
		w->interval_ns = 1e9 / load->rate_per_s;
}

static void add_writer(struct bench_latch_result *r, const struct worker *w, double *value,
		       double *tried, bool warm_up)
{
	const struct bench_thread *t = &w->thread;

	value[BENCH_WRITES_PER_S] += (double)(t->done - t->refused) / w->worker.seconds;
	value[BENCH_DROPS_PER_WRITE] += (double)t->refused; /* so far: how many */
	*tried += (double)t->done;
	if (!warm_up)
		bench_times_merge(&r->write_times, &w->times);
}

static void add_reader(struct bench_latch_result *r, const struct worker *w, double *value,
		       double *reads, bool warm_up)
{
	const struct bench_thread *t = &w->thread;
	lk_u64 retried = 0;

	value[BENCH_READS_PER_S] += (double)(t->done - t->gave_up) / w->worker.seconds;
	value[BENCH_RETRIES_PER_READ] += (double)t->retries; /* so far: how many */
	*reads += (double)t->done;
	if (warm_up)
		return;
	r->checked += t->checked;
	r->torn += t->torn;
	bench_times_merge(&r->read_times, &w->times);
	for (unsigned int i = 1; i < BENCH_RETRIES; i++) {
		r->retried[i] += t->retried[i];
		retried += t->retried[i];
	}
	r->retried[0] += t->done - retried;
	if (t->retries_max > r->retries_max)
		r->retries_max = t->retries_max;
}

static int together(const struct bench_plan *plan, struct bench_latch_result *r, lk_u64 *memory,
		    double *value, bool warm_up)
{
	static const struct bench_crew crew = {.enter = enter, .leave = leave, .work = work};
	const struct bench_latch_load *load = load_of(r);
	unsigned int writers = bench_load_writers(load), count = writers + bench_load_readers(load);
	struct worker *w = calloc(count ? count : 1, sizeof(*w));
	double writes = 0, reads = 0;
	int err = w ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < count; i++)
		prepare_worker(&w[i], r, i, cpu_at(i, plan->oversubscribe), memory);
	for (unsigned int i = 0; !err && i < writers; i++)
		if (place_of(load->writers, i) >= BENCH_RAW_TP)
			err = bench_events_attach(r->bpf, &w[i].thread);
	if (!err && count)
		err = bench_slice_run(&crew, w, sizeof(*w), count, plan->slice_ms);
	if (r->bpf)
		bench_events_detach(r->bpf);
	for (unsigned int i = 0; !err && i < count; i++) {
		if (i < writers)
			add_writer(r, &w[i], value, &writes, warm_up);
		else
			add_reader(r, &w[i], value, &reads, warm_up);
	}
	value[BENCH_DROPS_PER_WRITE] /= writes > 0 ? writes : 1;
	value[BENCH_RETRIES_PER_READ] /= reads > 0 ? reads : 1;
	free(w);
	return err;
}

int bench_latch_round(struct bench_plan *plan, struct bench_cell *cell, double *value, bool warm_up)
{
	struct bench_latch_result *r = bench_latch_result_of(cell);
	lk_u64 *memory = memory_new(r);
	int err = memory ? alone(r, memory, value) : -ENOMEM;

	if (!err)
		err = together(plan, r, memory, value, warm_up);
	if (memory)
		memory_free(r, memory);
	return err;
}
