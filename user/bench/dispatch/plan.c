// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan.c - all rounds of a bench dispatch; see bench/dispatch/plan.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/dispatch/plan.h"
#include "bench/core/rounds.h"
#include "cli/diag.h"
#include "host/clock.h"
#include "bench/dispatch/run.h"
#include "bench/dispatch/bpf/events.h"

struct dispatch_result *dispatch_plan_result(const struct dispatch_plan *plan, size_t l, size_t s)
{
	return &plan->results[l * plan->subjects_count + s];
}

const struct dispatch_result *dispatch_plan_find(const struct dispatch_plan *plan, const char *name,
						 unsigned int threads, bool swapper)
{
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++) {
		const struct dispatch_result *r = &plan->results[i];

		if (strcmp(r->subject->name, name) == 0 && r->load->threads == threads &&
		    r->load->swapper == swapper && !r->skipped[0])
			return r;
	}
	return NULL;
}

static int result_init(struct dispatch_result *r, const struct dispatch_subject *subject,
		       const struct dispatch_load *load, size_t rounds)
{
	r->subject = subject;
	r->load = load;
	for (int m = 0; m < DISPATCH_METRICS; m++) {
		r->value[m] = calloc(rounds, sizeof(double));
		if (!r->value[m])
			return -ENOMEM;
	}
	if (load->swapper && !subject->ops->swap)
		snprintf(r->skipped, sizeof(r->skipped), "cannot be swapped");
	return 0;
}

static int prepare(struct dispatch_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count;
	int err = 0;

	plan->results = calloc(count, sizeof(*plan->results));
	if (!plan->results && count)
		return fail("bench: out of memory");
	for (size_t i = 0; !err && i < count; i++)
		err = result_init(&plan->results[i], plan->subjects[i % plan->subjects_count],
				  &plan->loads[i / plan->subjects_count], plan->rounds);
	if (!err && plan->bpf)
		err = dispatch_bpf_open(&plan->in_bpf, plan->rounds);
	return err ? fail("bench: out of memory") : EXIT_OK;
}

/* The processor's own clock, which counts at a fixed rate whatever its frequency is. */
static double tsc_ghz(void)
{
#ifdef __x86_64__
	uint64_t start_ns = clock_now_ns(), start = __builtin_ia32_rdtsc(), ns;

	while ((ns = clock_now_ns() - start_ns) < 10000000)
		;
	return (double)(__builtin_ia32_rdtsc() - start) / (double)ns;
#else
	return 0;
#endif
}

static int measure(void *arg, size_t i, bool warm_up)
{
	struct dispatch_plan *plan = arg;
	int err = dispatch_round(&plan->results[i], plan->slice_ms, plan->oversubscribe, warm_up);

	return err ? fail("bench: %s: %s", plan->results[i].subject->name, strerror(-err))
		   : EXIT_OK;
}

static void measure_bpf(void *arg, bool warm_up)
{
	struct dispatch_plan *plan = arg;

	if (plan->bpf)
		dispatch_bpf_round(&plan->in_bpf, warm_up);
}

int dispatch_plan_run(struct dispatch_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count;
	const struct bench_rounds rounds = {count, plan->rounds, measure, measure_bpf, plan};
	int r = bench_rounds_check_clock(&plan->env.clock_ns);

	r = r ? r : prepare(plan);
	if (r)
		return r;
	plan->tsc_ghz = tsc_ghz();
	bench_pmu_open();
	r = bench_rounds_run(&rounds, &plan->measured);
	if (!r && !bench_rounds_stopped() && plan->bpf)
		dispatch_bpf_events(&plan->in_bpf, bench_rounds_stopped);
	plan->partial = bench_rounds_stopped();
	for (size_t i = 0; i < count; i++)
		if (plan->results[i].rounds > plan->measured)
			plan->results[i].rounds = plan->measured;
	bench_env_stop(&plan->env);
	return r;
}

void dispatch_plan_free(struct dispatch_plan *plan)
{
	for (size_t i = 0; plan->results && i < plan->subjects_count * plan->loads_count; i++)
		for (int m = 0; m < DISPATCH_METRICS; m++)
			free(plan->results[i].value[m]);
	dispatch_bpf_close(&plan->in_bpf);
	free(plan->results);
	free(plan->subjects);
}
