// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan.c - see bench/latch/plan.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/latch/plan.h"
#include "bench/latch/run.h"
#include "bench/core/rounds.h"
#include "cli/diag.h"

struct bench_result *bench_plan_result(const struct bench_plan *plan, size_t l, size_t s)
{
	return &plan->results[l * plan->subjects_count + s];
}

void bench_load_describe(const struct bench_load *load, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s, %u bytes, ",
			 load->shape.accumulate ? "accumulate" : "publish", 8 * load->shape.words);

	n += snprintf(buf + n, size - (size_t)n, "writers ");
	n += bench_contexts_describe(load->writers, "user", buf + n, size - (size_t)n);
	if (bench_load_writers(load))
		n += load->rate_per_s > 0
			     ? snprintf(buf + n, size - (size_t)n, " at %g/s", load->rate_per_s)
			     : snprintf(buf + n, size - (size_t)n, " flat out");
	n += snprintf(buf + n, size - (size_t)n, ", readers ");
	bench_contexts_describe(load->readers, "mmap", buf + n, size - (size_t)n);
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

static int measure(void *arg, size_t i, bool warm_up)
{
	struct bench_plan *plan = arg;
	int err = bench_round(&plan->results[i], warm_up);

	return err ? fail("bench: %s: %s", plan->results[i].subject->name, strerror(-err))
		   : EXIT_OK;
}

int bench_plan_run(struct bench_plan *plan)
{
	size_t count = plan->subjects_count * plan->loads_count;
	const struct bench_rounds rounds = {count, plan->rounds, measure, NULL, plan};
	int r = bench_rounds_check_clock(&plan->env.clock_ns);

	r = r ? r : prepare(plan);
	if (r)
		return r;
	bench_pmu_open();
	r = bench_rounds_run(&rounds, &plan->measured);
	plan->partial = bench_rounds_stopped();
	for (size_t i = 0; i < count; i++) {
		struct bench_result *result = &plan->results[i];

		if (!r)
			bench_result_count_code(result);
		if (result->rounds > plan->measured)
			result->rounds = plan->measured;
	}
	bench_env_stop(&plan->env);
	return r;
}

void bench_plan_free(struct bench_plan *plan)
{
	for (size_t i = 0; plan->results && i < plan->subjects_count * plan->loads_count; i++)
		bench_result_free(&plan->results[i]);
	free(plan->results);
	free(plan->subjects);
}
