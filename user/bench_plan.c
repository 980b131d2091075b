// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench_plan.c - see bench_plan.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_plan.h"
#include "bench_threads.h"
#include "diag.h"

#define CLOCK_LOOKS 5

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

struct bench_result *bench_plan_result(const struct bench_plan *plan, size_t l, size_t s)
{
	return &plan->results[l * plan->subjects_count + s];
}

void bench_load_describe(const struct bench_load *load, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s, %u bytes, ",
			 load->shape.accumulate ? "accumulate" : "publish", 8 * load->shape.words);

	n += snprintf(buf + n, size - (size_t)n, "writers ");
	n += bench_places_describe(load->writers, "user", buf + n, size - (size_t)n);
	if (bench_load_writers(load))
		n += load->rate_per_s > 0
			     ? snprintf(buf + n, size - (size_t)n, " at %g/s", load->rate_per_s)
			     : snprintf(buf + n, size - (size_t)n, " flat out");
	n += snprintf(buf + n, size - (size_t)n, ", readers ");
	bench_places_describe(load->readers, "mmap", buf + n, size - (size_t)n);
}

int bench_places_describe(const unsigned int *count, const char *user, char *buf, size_t size)
{
	int n = 0;

	buf[0] = '\0';
	for (int place = 0; place < BENCH_PLACES; place++)
		if (count[place])
			n += snprintf(buf + n, size - (size_t)n, "%s%s:%u", n ? "," : "",
				      place == BENCH_USER ? user : bench_place_names[place],
				      count[place]);
	return n ? n : snprintf(buf, size, "none");
}

static void show_progress(size_t done, size_t all, uint64_t start_ns)
{
	double spent = (double)(bench_now_ns() - start_ns) / 1e9;

	if (!isatty(STDERR_FILENO) || !done)
		return;
	fprintf(stderr, "\r%3zu %% measured, %.0f s left  ", 100 * done / all,
		spent * (double)(all - done) / (double)done);
	if (done == all || stopped)
		fprintf(stderr, "\r\033[K");
	fflush(stderr);
}

static int prepare(struct bench_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count;

	plan->results = calloc(count, sizeof(*plan->results));
	if (!plan->results)
		return fail("bench: out of memory");
	for (size_t l = 0; l < plan->loads_count; l++)
		for (size_t s = 0; s < plan->subjects_count; s++)
			if (bench_result_init(bench_plan_result(plan, l, s), plan->subjects[s],
					      &plan->loads[l], plan->rounds))
				return fail("bench: out of memory");
	return EXIT_OK;
}

static int check_clock(struct bench_plan *plan)
{
	double factor = 0;

	/* A busy machine may disturb one look; a broken clock spoils all of them. */
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

/* Every result has as many rounds as the one that has least. */
static void drop_incomplete(struct bench_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count, least = plan->rounds;

	for (size_t i = 0; i < count; i++)
		if (!plan->results[i].skipped[0] && plan->results[i].rounds < least)
			least = plan->results[i].rounds;
	for (size_t i = 0; i < count; i++)
		if (!plan->results[i].skipped[0])
			plan->results[i].rounds = least;
	plan->measured = least;
}

int bench_plan_run(struct bench_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count, all, done = 0;
	uint64_t start = bench_now_ns();
	int r = check_clock(plan);

	r = r ? r : prepare(plan);
	if (r)
		return r;
	bench_pmu_open();
	catch_signals();
	all = count * (plan->rounds + 1);
	for (size_t round = 0; !r && !stopped && round <= plan->rounds; round++) {
		for (size_t i = 0; !r && !stopped && i < count; i++) {
			int err = bench_round(&plan->results[i], round == 0);

			if (err)
				r = fail("bench: %s: %s", plan->results[i].subject->name,
					 strerror(-err));
			show_progress(++done, all, start);
		}
	}
	for (size_t i = 0; !r && i < count; i++)
		bench_result_count_code(&plan->results[i]);
	plan->partial = stopped;
	drop_incomplete(plan);
	bench_env_stop(&plan->env);
	if (!r && plan->partial && !plan->measured)
		r = fail("bench: stopped before the first round was complete: nothing to show");
	return r;
}

void bench_plan_free(struct bench_plan *plan)
{
	for (size_t i = 0; plan->results && i < plan->subjects_count * plan->loads_count; i++)
		bench_result_free(&plan->results[i]);
	free(plan->results);
	free(plan->subjects);
}
