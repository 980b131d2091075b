// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench_dispatch_plan.c - all rounds of a bench dispatch; see bench_dispatch.h. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_dispatch.h"
#include "bench_run.h"
#include "bench_threads.h"
#include "diag.h"

#define CLOCK_LOOKS 5

const char *const dispatch_metric_names[DISPATCH_METRICS] = {"alone_ns", "calls_per_s",
							     "swaps_per_s", "visible_ns"};

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

bool dispatch_stopped(void)
{
	return stopped;
}

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

struct bench_estimate dispatch_result_of(const struct dispatch_result *r, enum dispatch_metric m)
{
	if (!r || !r->has[m])
		return (struct bench_estimate){0};
	return bench_estimate_of(r->value[m], r->rounds);
}

struct bench_estimate dispatch_ratio(const struct dispatch_result *a,
				     const struct dispatch_result *b, enum dispatch_metric m)
{
	if (!a || !b || !a->has[m] || !b->has[m])
		return (struct bench_estimate){0};
	return bench_ratio_of(a->value[m], b->value[m],
			      a->rounds < b->rounds ? a->rounds : b->rounds);
}

bool dispatch_result_noisy(const struct dispatch_result *r)
{
	struct bench_estimate ns = dispatch_result_of(r, DISPATCH_ALONE_NS);
	struct bench_estimate calls = dispatch_result_of(r, DISPATCH_CALLS_PER_S);

	return bench_is_noisy(&ns) || bench_is_noisy(&calls);
}

int dispatch_load_describe(const struct dispatch_load *load, char *buf, size_t size)
{
	return snprintf(buf, size, "%u thread%s, %s", load->threads, load->threads == 1 ? "" : "s",
			load->swapper ? "a swapper flat out" : "nobody swaps");
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

/* A busy machine may disturb one look; a broken clock spoils all of them. */
static int check_clock(struct dispatch_plan *plan)
{
	double factor = 0;

	for (int i = 0; i < CLOCK_LOOKS; i++) {
		factor = bench_clock_check(&plan->env.clock_ns);
		if (factor > BENCH_CLOCK_LEAST && factor < BENCH_CLOCK_MOST)
			return EXIT_OK;
	}
	return fail("bench: twice the work took %.2f times as long: this clock cannot be trusted; "
		    "is the machine overloaded or the clock source broken? see "
		    "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		    factor);
}

/* The processor's own clock, which counts at a fixed rate whatever its frequency is. */
static double tsc_ghz(void)
{
#ifdef __x86_64__
	uint64_t start_ns = bench_now_ns(), start = __builtin_ia32_rdtsc(), ns;

	while ((ns = bench_now_ns() - start_ns) < 10000000)
		;
	return (double)(__builtin_ia32_rdtsc() - start) / (double)ns;
#else
	return 0;
#endif
}

static void show_progress(size_t done, size_t all)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%3zu %% measured  ", 100 * done / all);
	if (done == all || stopped)
		fprintf(stderr, "\r\033[K");
	fflush(stderr);
}

static int measure(struct dispatch_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count, done = 0;

	for (size_t round = 0; !stopped && round <= plan->rounds; round++) {
		for (size_t i = 0; !stopped && i < count; i++) {
			int err = dispatch_round(&plan->results[i], plan, round == 0);

			if (err)
				return fail("bench: %s: %s", plan->results[i].subject->name,
					    strerror(-err));
			show_progress(++done, count * (plan->rounds + 1));
		}
		if (!stopped && plan->bpf)
			dispatch_bpf_round(&plan->in_bpf, round == 0);
	}
	if (!stopped && plan->bpf)
		dispatch_bpf_events(&plan->in_bpf, dispatch_stopped);
	return EXIT_OK;
}

/* Every result has as many rounds as the one that has least. */
static void drop_incomplete(struct dispatch_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count, least = plan->rounds;

	for (size_t i = 0; i < count; i++)
		if (!plan->results[i].skipped[0] && plan->results[i].rounds < least)
			least = plan->results[i].rounds;
	for (size_t i = 0; i < count; i++)
		plan->results[i].rounds = least;
	plan->measured = least;
}

int dispatch_plan_run(struct dispatch_plan *plan)
{
	struct sigaction action = {.sa_handler = on_signal};
	int r = check_clock(plan);

	r = r ? r : prepare(plan);
	if (r)
		return r;
	plan->tsc_ghz = tsc_ghz();
	bench_pmu_open();
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	r = measure(plan);
	plan->partial = stopped;
	drop_incomplete(plan);
	bench_env_stop(&plan->env);
	if (!r && plan->partial && !plan->measured)
		r = fail("bench: stopped before the first round was complete: nothing to show");
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
