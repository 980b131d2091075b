// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - see bench/dispatch/result.h. */
#include <stdio.h>

#include "bench/dispatch/result.h"

const char *const dispatch_metric_names[DISPATCH_METRICS] = {"alone_ns", "calls_per_s",
							     "swaps_per_s", "visible_ns"};

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
