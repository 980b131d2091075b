// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - see bench/latch/result.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/latch/bpf.h"
#include "bench/latch/events.h"
#include "bench/latch/result.h"
#include "host/cpus.h"

const char *const bench_metric_names[BENCH_METRICS] = {
	"write_ns", "read_ns", "writes_per_s", "reads_per_s", "retries_per_read", "drops_per_write",
};

const char *const bench_context_names[BENCH_CONTEXTS] = {"user",   "bpf",    "syscall",
							 "raw_tp", "kprobe", "nmi"};

static unsigned int sum(const unsigned int *count, int first)
{
	unsigned int all = 0;

	for (int place = first; place < BENCH_CONTEXTS; place++)
		all += count[place];
	return all;
}

unsigned int bench_load_writers(const struct bench_latch_load *load)
{
	return sum(load->writers, 0);
}

unsigned int bench_load_readers(const struct bench_latch_load *load)
{
	return sum(load->readers, 0);
}

bool bench_load_has(const struct bench_latch_load *load, enum bench_metric metric)
{
	switch (metric) {
	case BENCH_WRITES_PER_S:
	case BENCH_DROPS_PER_WRITE:
		return bench_load_writers(load);
	case BENCH_READS_PER_S:
	case BENCH_RETRIES_PER_READ:
		return bench_load_readers(load);
	default:
		return true;
	}
}

int bench_contexts_describe(const unsigned int *count, const char *user, char *buf, size_t size)
{
	int n = 0;

	buf[0] = '\0';
	for (int place = 0; place < BENCH_CONTEXTS; place++)
		if (count[place])
			n += snprintf(buf + n, size - (size_t)n, "%s%s:%u", n ? "," : "",
				      place == BENCH_USER ? user : bench_context_names[place],
				      count[place]);
	return n ? n : snprintf(buf, size, "none");
}

void bench_load_describe(const void *load, char *buf, size_t size)
{
	const struct bench_latch_load *l = load;
	char writers[96], readers[96], rate[32] = "";

	bench_contexts_describe(l->writers, "user", writers, sizeof(writers));
	bench_contexts_describe(l->readers, "mmap", readers, sizeof(readers));
	if (bench_load_writers(l) && l->rate_per_s > 0)
		snprintf(rate, sizeof(rate), " at %g/s", l->rate_per_s);
	else if (bench_load_writers(l))
		snprintf(rate, sizeof(rate), " flat out");
	snprintf(buf, size, "%s, %u bytes, writers %s%s, readers %s",
		 l->shape.accumulate ? "accumulate" : "publish", 8 * l->shape.words, writers, rate,
		 readers);
}

size_t bench_latch_bytes(const struct bench_cell *cell)
{
	return 8 * bench_latch_of(cell)->loops->memory_words(&bench_latch_load_of(cell)->shape);
}

unsigned int bench_retries_percentile(const struct bench_latch_result *r, double percent)
{
	lk_u64 all = 0, below = 0;

	for (unsigned int i = 0; i < BENCH_RETRIES; i++)
		all += r->retried[i];
	for (unsigned int i = 0; i < BENCH_RETRIES; i++) {
		below += r->retried[i];
		if ((double)below * 100 >= (double)all * percent)
			return i;
	}
	return BENCH_RETRIES;
}

/* -- who is ahead ---------------------------------------------------------------------------- */

/* Closer than this is no difference, whatever the intervals say. */
#define LEAST_DIFFERENCE 0.02
/* Of fewer rounds no interval means anything. */
#define LEAST_ROUNDS 5

static int most_first(const void *a, const void *b, void *arg)
{
	const struct bench_rank *x = a, *y = b;
	enum bench_metric metric = *(enum bench_metric *)arg;
	double mx = bench_cell_of(x->cell, metric).median;
	double my = bench_cell_of(y->cell, metric).median;

	return mx > my ? -1 : mx < my;
}

/* How many times more than the one behind it, 0 if that is no difference. */
static double lead(const struct bench_cell *ahead, const struct bench_cell *behind,
		   enum bench_metric metric)
{
	struct bench_estimate ratio =
		bench_ratio_of(ahead->value[metric], behind->value[metric], ahead->rounds);

	if (ratio.count < LEAST_ROUNDS)
		return 0;
	return bench_ratio_order(&ratio, LEAST_DIFFERENCE) == BENCH_MORE ? ratio.median : 0;
}

size_t bench_rank(const struct bench_plan *plan, size_t l, enum bench_metric metric,
		  struct bench_rank *ranks)
{
	size_t count = 0;

	for (size_t s = 0; s < plan->subjects_count; s++) {
		const struct bench_cell *c = bench_plan_result(plan, l, s);

		if (bench_latch_of(c)->sound && !c->skipped[0] && c->rounds)
			ranks[count++] = (struct bench_rank){c, 0};
	}
	qsort_r(ranks, count, sizeof(*ranks), most_first, &metric);
	for (size_t i = 1; i < count; i++)
		ranks[i].lead = lead(ranks[i - 1].cell, ranks[i].cell, metric);
	return count;
}

/* -- for struct bench ------------------------------------------------------------------------- */

/* Events that cannot be had here are told before anything is measured. */
static void try_events(struct bench_latch_result *r)
{
	const struct bench_latch_load *load = r->cell.load;

	for (int place = BENCH_RAW_TP; !r->cell.skipped[0] && place < BENCH_CONTEXTS; place++) {
		struct bench_thread t = {.event = (unsigned int)(place - BENCH_RAW_TP),
					 .cpu = (unsigned int)cpu_at(0, true)};
		int err = load->writers[place] ? bench_events_attach(r->bpf, &t) : 0;

		if (err)
			snprintf(r->cell.skipped, sizeof(r->cell.skipped),
				 "%s: cannot attach: %s; see latchkit doctor",
				 bench_context_names[place], strerror(-err));
		bench_events_detach(r->bpf);
	}
}

/* Why the subject is not there where the load needs it; NULL: it is. */
static const char *is_absent(const struct bench_latch *s, const struct bench_latch_load *load)
{
	if (!sum(load->writers, BENCH_BPF) && !sum(load->readers, BENCH_BPF))
		return s->in_bpf_only ? "is there in BPF only" : NULL;
	if (s->in_bpf_only &&
	    (load->writers[BENCH_BPF] < bench_load_writers(load) || load->readers[BENCH_BPF]))
		return "programs write, user space reads";
	return s->in_bpf ? NULL : "is not there in BPF";
}

int bench_latch_result_init(struct bench_plan *plan, struct bench_cell *cell)
{
	struct bench_latch_result *r = bench_latch_result_of(cell);
	const struct bench_latch_load *load = cell->load;
	const char *absent = is_absent(bench_latch_of(cell), load);

	(void)plan;
	for (int m = 0; m < BENCH_METRICS; m++)
		cell->has[m] = bench_load_has(load, (enum bench_metric)m);
	if (absent)
		snprintf(cell->skipped, sizeof(cell->skipped), "%s", absent);
	if (absent || (!sum(load->writers, BENCH_BPF) && !sum(load->readers, BENCH_BPF)))
		return 0;
	r->bpf =
		bench_bpf_open(bench_latch_of(cell), &load->shape, sum(load->writers, BENCH_RAW_TP),
			       cell->skipped, sizeof(cell->skipped));
	r->refused = !r->bpf;
	if (r->bpf)
		try_events(r);
	return 0;
}

static void count_code(struct bench_latch_result *r)
{
	const struct bench_latch_load *load = r->cell.load;
	const struct bench_latch *s = bench_latch_of(&r->cell);
	struct bpf_program *program = NULL;
	char function[96];

	r->code.locked = -1;
	if (s->is_peer || r->cell.skipped[0])
		return;
	snprintf(function, sizeof(function), "one_%s_%s",
		 load->shape.accumulate ? "accumulate" : "publish", s->subject.name);
	if (load->writers[BENCH_USER] || !r->bpf)
		r->code = bench_code_of_function(function);
	else
		/* Of an NMI's program: one write. */
		program = bench_bpf_program(r->bpf, "nmi_");
	if (program)
		r->code = bench_code_of_program(bpf_program__fd(program));
}

void bench_latch_count_code(struct bench_plan *plan, int err)
{
	for (size_t i = 0; !err && i < bench_plan_results(plan); i++)
		count_code(bench_latch_result_of(bench_plan_cell(plan, i)));
}

void bench_latch_result_free(struct bench_cell *cell)
{
	bench_bpf_close(bench_latch_result_of(cell)->bpf);
}
