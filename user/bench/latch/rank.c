// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rank.c - see bench/latch/rank.h. */
#include <stdlib.h>

#include "bench/latch/rank.h"

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
