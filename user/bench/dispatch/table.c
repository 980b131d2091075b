// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - results of bench dispatch for people. */
#include <stdio.h>

#include "bench/core/table.h"
#include "bench/dispatch/plan.h"
#include "bench/dispatch/table.h"

static const double percents[] = {50, 90, 99, 99.9, 99.99, 100}, visible[] = {50, 99};

static void print_environment(const struct dispatch_plan *plan, FILE *out)
{
	char rest[160] = "";

	if (!bench_pmu_open() && plan->tsc_ghz > 0)
		snprintf(rest, sizeof(rest),
			 "; no PMU: cycles are not counted, they are ns times the %.2f GHz of the "
			 "time stamp counter",
			 plan->tsc_ghz);
	bench_table_environment(
		&plan->env, plan->measured, NULL, ", twice that is in every single call's time",
		rest[0] || bench_pmu_open() ? rest : "; no PMU: cycles are not counted",
		plan->partial, out);
}

static void print_cycles(const struct dispatch_plan *plan, const struct dispatch_result *r,
			 FILE *out)
{
	double cycles = bench_pmu_per_operation(&r->counts, BENCH_CYCLES);
	struct bench_estimate ns = dispatch_result_of(r, DISPATCH_ALONE_NS);

	if (cycles >= 0)
		fprintf(out, " %7.1f", cycles);
	else if (ns.count && plan->tsc_ghz > 0)
		fprintf(out, " %7.1f", ns.median * plan->tsc_ghz);
	else
		fprintf(out, " %7s", "-");
}

static void print_header(const struct dispatch_load *load, FILE *out)
{
	fprintf(out, "%-20s %-5s |%11s %8s %7s |%12s |%42s |", "", "old", "alone", "of", "alone",
		load->swapper ? "under swaps" : "together", "single call, ns (clock included)");
	if (load->swapper)
		fprintf(out, "%11s %8s %8s %22s", "", "visible", "visible", "calls of a handler");
	fprintf(out, "\n%-20s %-5s |%11s %8s %7s |%12s | %6s %6s %6s %6s %6s %6s |", "SUBJECT",
		"is", "ns", "indirect", "cycles", "M calls/s", "p50", "p90", "p99", "p99.9",
		"p99.99", "max");
	if (load->swapper)
		fprintf(out, "%11s %8s %8s %10s %11s", "k swaps/s", "p50 ns", "p99 ns", "mixed",
			"swapped out");
	fputc('\n', out);
}

static void print_row(const struct dispatch_plan *plan, const struct dispatch_result *r, FILE *out)
{
	const struct dispatch_result *indirect =
		dispatch_plan_find(plan, "indirect", r->load->threads, r->load->swapper);

	if (r->skipped[0]) {
		fprintf(out, "%-20s skipped: %s\n", r->subject->name, r->skipped);
		return;
	}
	fprintf(out, "%-20s %-5s |", r->subject->name, dispatch_kind_names[r->subject->kind]);
	bench_table_estimate(out, dispatch_result_of(r, DISPATCH_ALONE_NS), 1, 10, "0");
	bench_table_ratio(out, dispatch_ratio(r, indirect, DISPATCH_ALONE_NS), 8);
	print_cycles(plan, r, out);
	fputs(" |", out);
	bench_table_estimate(out, dispatch_result_of(r, DISPATCH_CALLS_PER_S), 1e6, 11, "0");
	fputs(" |", out);
	bench_table_times(out, &r->call_times, percents, 6, 6);
	fputs(" |", out);
	if (r->load->swapper) {
		bench_table_estimate(out, dispatch_result_of(r, DISPATCH_SWAPS_PER_S), 1e3, 10,
				     "0");
		bench_table_times(out, &r->visible_times, visible, 2, 8);
		fprintf(out, " %10llu %11llu", r->mixed, r->late);
	}
	if (r->unhandled)
		fprintf(out, " %llu calls found no handler", r->unhandled);
	fprintf(out, "%s\n", dispatch_result_noisy(r) ? " noisy" : "");
}

static void print_bpf(const struct dispatch_plan *plan, FILE *out)
{
	fprintf(out,
		"\n== in BPF: time of a dispatch by test run; events under a swapper flat out\n");
	fprintf(out, "%-20s %12s %10s %9s %8s %8s %8s %8s  %s\n", "WAY", "dispatch ns", "events",
		"swaps", "swap us", "missed", "mixed", "late", "");
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++) {
		const struct dispatch_bpf_result *r = &plan->in_bpf.way[i];

		if (r->skipped[0]) {
			fprintf(out, "%-20s skipped: %s\n", r->name, r->skipped);
			continue;
		}
		fprintf(out, "%-20s", r->name);
		bench_table_estimate(out, bench_estimate_of(r->ns, r->rounds), 1, 12, "0");
		if (r->had_events)
			fprintf(out, " %10llu %9llu %8.3g %8lld %8llu %8llu",
				(unsigned long long)r->events, (unsigned long long)r->swaps,
				r->swap_ns / 1e3, (long long)r->missed,
				(unsigned long long)r->mixed, (unsigned long long)r->late);
		else
			fprintf(out, " %10s %9s %8s %8s %8s %8s", "-", "-", "-", "-", "-", "-");
		fprintf(out, "  %s\n", r->promise);
	}
}

void dispatch_report_table(const struct dispatch_plan *plan, FILE *out)
{
	char load[64];

	print_environment(plan, out);
	for (size_t l = 0; plan->subjects_count && l < plan->loads_count; l++) {
		dispatch_load_describe(&plan->loads[l], load, sizeof(load));
		fprintf(out, "\n== %s\n", load);
		print_header(&plan->loads[l], out);
		for (size_t s = 0; s < plan->subjects_count; s++)
			print_row(plan, dispatch_plan_result(plan, l, s), out);
	}
	if (plan->bpf)
		print_bpf(plan, out);
}
