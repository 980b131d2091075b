// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* judge.c - judges what latchkit promises of its scratch memory. */
#include "bench/core/claim.h"
#include "bench/scratch/judge.h"
#include "bench/scratch/result.h"

/* Of bpf_preempt_disable() and bpf_preempt_enable(). */
#define BAR_TIMES 2.0
/* Claims refused of 100, at most. */
#define BAR_FOUR 7.0
#define BAR_EIGHT 1.0

static const struct bench_scratch_result *result_of(const struct bench_plan *plan, const char *name,
						    size_t l)
{
	return (const struct bench_scratch_result *)bench_plan_find(plan, name,
								    bench_plan_load(plan, l));
}

BENCH_JUDGE(bars, plan, a)
{
	const struct bench_scratch_result *scratch = result_of(plan, "scratch", 0);
	const struct bench_scratch_result *preempt = result_of(plan, "preempt", 0);
	struct bench_estimate times;

	if (!scratch || !preempt || scratch->cell.skipped[0] || preempt->cell.skipped[0]) {
		bench_decide(a, "not seen: this kernel has no bpf_preempt_disable()");
		return 0;
	}
	times = bench_cell_ratio(&scratch->cell, &preempt->cell, BENCH_SCRATCH_NS);
	bench_say(a, " %.3g ns, %.3g times the %.3g ns of disabling preemption.",
		  bench_cell_of(&scratch->cell, BENCH_SCRATCH_NS).median, times.median,
		  bench_cell_of(&preempt->cell, BENCH_SCRATCH_NS).median);
	bench_decide(a, times.median <= BAR_TIMES ? "met" : "missed");
	return 0;
}

BENCH_JUDGE(ways, plan, a)
{
	bool met = true, measured = false;

	for (size_t l = 0; l < plan->loads_count; l++) {
		const struct bench_scratch_load *load = bench_plan_load(plan, l);
		const struct bench_scratch_result *r = result_of(plan, "scratch", l);
		double percent;

		if (!r || !r->claims)
			continue;
		percent = 100 * (double)r->refused / (double)r->claims;
		bench_say(a, " %u ways: %.3g %% refused%s", load->ways, percent,
			  l + 1 < plan->loads_count ? "," : ".");
		measured = true;
		met &= load->ways != 4 || percent <= BAR_FOUR;
		met &= load->ways != 8 || percent <= BAR_EIGHT;
	}
	if (measured)
		bench_decide(a, met ? "met" : "missed");
	return 0;
}
