// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - results of bench registry for people. */
#include <stdio.h>

#include "bench/core/table.h"
#include "bench/registry/plan.h"
#include "bench/registry/table.h"
#include "bench/registry/bpf/report.h"

#define REFERENCE "lfht_memb"
#define REFERENCE_QSBR "lfht_qsbr"

static void print_environment(const struct bench_registry_plan *plan, FILE *out)
{
	char payload[48];

	snprintf(payload, sizeof(payload), "; payload %zu bytes", sizeof(struct bench_payload));
	bench_table_environment(&plan->env, plan->measured, payload,
				plan->bpf ? "" : ", twice that is in every single lookup's time",
				"", plan->partial, out);
}

/* How many times rculfhash's lookups; "=": no difference. */
static void print_ratio(const struct bench_registry_plan *plan,
			const struct bench_registry_result *r, const char *name, FILE *out)
{
	struct bench_estimate ratio = bench_registry_ratio(
		r, bench_registry_plan_find(plan, name, r->load), BENCH_LOOKUPS_PER_S);

	bench_table_ratio(out, ratio, 9);
}

static void print_row(const struct bench_registry_plan *plan, const struct bench_registry_result *r,
		      double bytes, FILE *out)
{
	const double percents[] = {50, 99, 99.9, 100};
	struct bench_estimate lookups = bench_registry_of(r, BENCH_LOOKUPS_PER_S);

	if (r->skipped[0]) {
		fprintf(out, "%-14s skipped: %s\n", r->subject->name, r->skipped);
		return;
	}
	fprintf(out, "%-14s %-7s", r->subject->name, bench_registry_kind_names[r->subject->kind]);
	bench_table_estimate(out, lookups, 1e6, 12, "-");
	fprintf(out, " %7.1f", lookups.median > 0 ? 1e9 * r->load->threads / lookups.median : 0);
	print_ratio(plan, r, REFERENCE, out);
	print_ratio(plan, r, REFERENCE_QSBR, out);
	bench_table_times(out, &r->times, percents, 4, 7);
	if (r->load->writes)
		bench_table_estimate(out, bench_registry_of(r, BENCH_REPLACES_PER_S), 1e3, 12, "-");
	if (r->load->shrinker)
		bench_table_estimate(out, bench_registry_of(r, BENCH_SHEDS_PER_S), 1e3, 12, "-");
	if (bytes > 0)
		fprintf(out, " %6.0f", bytes);
	else
		fprintf(out, " %6s", "-");
	fprintf(out, "%s\n", bench_is_noisy(&lookups) ? " noisy" : "");
}

static void print_header(const struct bench_registry_load *load, FILE *out)
{
	fprintf(out, "%-14s %-7s %12s %7s %9s %9s %7s %7s %7s %7s", "SUBJECT", "found",
		"M lookups/s", "ns each", "of lfht_m", "of lfht_q", "p50", "p99", "p99.9", "max");
	if (load->writes)
		fprintf(out, " %12s", "k replaced/s");
	if (load->shrinker)
		fprintf(out, " %12s", "k shed/s");
	fprintf(out, " %6s\n", "B/obj");
}

void bench_registry_report_table(const struct bench_registry_plan *plan, FILE *out)
{
	char load[128];

	print_environment(plan, out);
	for (size_t l = 0; plan->subjects_count && l < plan->loads_count; l++) {
		bench_registry_load_describe(&plan->loads[l], load, sizeof(load));
		fprintf(out, "\n== %s\n", load);
		print_header(&plan->loads[l], out);
		for (size_t s = 0; s < plan->subjects_count; s++)
			print_row(plan, bench_registry_plan_result(plan, l, s), plan->bytes[s],
				  out);
	}
	if (plan->bpf)
		bench_registry_bpf_table(&plan->in_bpf, out);
}
