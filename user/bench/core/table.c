// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - see bench/core/table.h. */
#include <math.h>

#include "bench/core/table.h"

void bench_table_environment(const struct bench_plan *plan, const char *payload,
			     const char *about_clock, const char *rest, FILE *out)
{
	const struct bench_env *e = &plan->env;

	fprintf(out, "%s, %u CPUs%s, Linux %s, %s, latchkit %s\n", e->cpu, e->cpus,
		e->smt ? " (some share a core)" : "", e->kernel, e->compiler, e->commit);
	fprintf(out,
		"%zu rounds, medians with 95 %% intervals%s; reading the clock takes %.0f ns%s",
		plan->measured, payload, e->clock_ns, about_clock);
	if (e->steal_percent >= 0)
		fprintf(out, "; the hypervisor took %.1f %% of the time", e->steal_percent);
	fprintf(out, "%s%s\n", rest, plan->partial ? "; PARTIAL: stopped early" : "");
}

void bench_table_estimate(FILE *out, struct bench_estimate e, double unit, int width,
			  const char *zero)
{
	double spread = fmax(e.high - e.median, e.median - e.low);
	char text[32];

	snprintf(text, sizeof(text), "%.3g +-%.0f%%", e.median / unit, 100 * spread / e.median);
	fprintf(out, " %*s", width, !e.count ? "-" : e.median == 0 ? zero : text);
}

void bench_table_ratio(FILE *out, struct bench_estimate ratio, int width)
{
	if (!ratio.count)
		fprintf(out, " %*s", width, "-");
	else if (bench_ratio_order(&ratio, 0.02) == BENCH_NO_DIFFERENCE)
		fprintf(out, " %*s", width, "=");
	else
		fprintf(out, " %*.3g", width, ratio.median);
}

void bench_table_times(FILE *out, const struct bench_times *t, const double *percents, size_t count,
		       int width)
{
	for (size_t i = 0; i < count; i++) {
		if (t->count)
			fprintf(out, " %*llu", width, bench_times_percentile(t, percents[i]));
		else
			fprintf(out, " %*s", width, "-");
	}
}
