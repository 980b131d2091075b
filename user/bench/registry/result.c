// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - see bench/registry/result.h. */
#include <stdio.h>

#include "bench/registry/result.h"

const char *const bench_registry_metric_names[BENCH_REGISTRY_METRICS] = {
	"lookups_per_s", "replaces_per_s", "sheds_per_s", "p99_ns"};

struct bench_estimate bench_registry_of(const struct bench_registry_result *r,
					enum bench_registry_metric m)
{
	if (!r)
		return (struct bench_estimate){0};
	return bench_estimate_of(r->value[m], r->rounds);
}

struct bench_estimate bench_registry_ratio(const struct bench_registry_result *a,
					   const struct bench_registry_result *b,
					   enum bench_registry_metric m)
{
	if (!a || !b)
		return (struct bench_estimate){0};
	return bench_ratio_of(a->value[m], b->value[m],
			      a->rounds < b->rounds ? a->rounds : b->rounds);
}

int bench_registry_load_describe(const struct bench_registry_load *load, char *buf, size_t size)
{
	return snprintf(buf, size, "%u thread%s, %zu objects, %s keys, %u %% writes, %s",
			load->threads, load->threads == 1 ? "" : "s", load->objects,
			bench_registry_keys_names[load->keys], load->writes,
			load->shrinker ? "a shrinker flat out" : "no shrinker");
}
