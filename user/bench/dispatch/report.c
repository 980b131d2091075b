// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the results of bench dispatch, for people and for programs. */
#include "bench/core/table.h"
#include "bench/core/record.h"
#include "bench/dispatch/result.h"

/* -- for people ------------------------------------------------------------------------------- */

static const double percents[] = {50, 90, 99, 99.9, 99.99, 100}, visible[] = {50, 99};

static void describe(const void *load, char *buf, size_t size)
{
	const struct bench_load *l = load;

	snprintf(buf, size, "%u thread%s, %s", l->threads, l->threads == 1 ? "" : "s",
		 l->disturber ? "a swapper flat out" : "nobody swaps");
}

static void print_environment(const struct bench_plan *plan, FILE *out)
{
	char rest[160] = "";

	if (!bench_pmu_open() && plan->env.tsc_ghz > 0)
		snprintf(rest, sizeof(rest),
			 "; no PMU: cycles are not counted, they are ns times the %.2f GHz of the "
			 "time stamp counter",
			 plan->env.tsc_ghz);
	bench_table_environment(
		plan, "", ", twice that is in every single call's time",
		rest[0] || bench_pmu_open() ? rest : "; no PMU: cycles are not counted", out);
}

static void print_cycles(const struct bench_plan *plan, const struct dispatch_result *r, FILE *out)
{
	double cycles = bench_pmu_per_operation(&r->counts, BENCH_CYCLES);
	struct bench_estimate ns = dispatch_of(r, DISPATCH_ALONE_NS);

	if (cycles >= 0)
		fprintf(out, " %7.1f", cycles);
	else if (ns.count && plan->env.tsc_ghz > 0)
		fprintf(out, " %7.1f", ns.median * plan->env.tsc_ghz);
	else
		fprintf(out, " %7s", "-");
}

static void print_header(const void *load, FILE *out)
{
	bool swapper = ((const struct bench_load *)load)->disturber;

	fprintf(out, "%-20s %-5s |%11s %8s %7s |%12s |%42s |", "", "old", "alone", "of", "alone",
		swapper ? "under swaps" : "together", "single call, ns (clock included)");
	if (swapper)
		fprintf(out, "%11s %8s %8s %22s", "", "visible", "visible", "calls of a handler");
	fprintf(out, "\n%-20s %-5s |%11s %8s %7s |%12s | %6s %6s %6s %6s %6s %6s |", "SUBJECT",
		"is", "ns", "indirect", "cycles", "M calls/s", "p50", "p90", "p99", "p99.9",
		"p99.99", "max");
	if (swapper)
		fprintf(out, "%11s %8s %8s %10s %11s", "k swaps/s", "p50 ns", "p99 ns", "mixed",
			"swapped out");
	fputc('\n', out);
}

static struct bench_estimate of_indirect(const struct bench_plan *plan,
					 const struct bench_cell *cell)
{
	return bench_cell_ratio(cell, bench_plan_find(plan, "indirect", cell->load),
				DISPATCH_ALONE_NS);
}

static void print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out)
{
	const struct dispatch_result *r = (const struct dispatch_result *)cell;

	fprintf(out, "%-20s %-5s |", cell->subject->name, cell->subject->label);
	bench_table_estimate(out, bench_cell_of(cell, DISPATCH_ALONE_NS), 1, 10, "0");
	bench_table_ratio(out, of_indirect(plan, cell), 8);
	print_cycles(plan, r, out);
	fputs(" |", out);
	bench_table_estimate(out, bench_cell_of(cell, DISPATCH_CALLS_PER_S), 1e6, 11, "0");
	fputs(" |", out);
	bench_table_times(out, &r->call_times, percents, 6, 6);
	fputs(" |", out);
	if (cell->has[DISPATCH_SWAPS_PER_S]) {
		bench_table_estimate(out, bench_cell_of(cell, DISPATCH_SWAPS_PER_S), 1e3, 10, "0");
		bench_table_times(out, &r->visible_times, visible, 2, 8);
		fprintf(out, " %10llu %11llu", r->mixed, r->late);
	}
	if (r->unhandled)
		fprintf(out, " %llu calls found no handler", r->unhandled);
	fprintf(out, "%s\n", bench_cell_noisy(cell, plan->bench->steady) ? " noisy" : "");
}

static void print_way(const struct dispatch_bpf_result *r, FILE *out)
{
	const struct bench_subject *way = r->cell.subject;

	if (r->cell.skipped[0]) {
		fprintf(out, "%-20s skipped: %s\n", way->name, r->cell.skipped);
		return;
	}
	fprintf(out, "%-20s", way->name);
	bench_table_estimate(out, bench_cell_of(&r->cell, 0), 1, 12, "0");
	if (r->had_events)
		fprintf(out, " %10llu %9llu %8.3g %8lld %8llu %8llu", (unsigned long long)r->events,
			(unsigned long long)r->swaps, r->swap_ns / 1e3, (long long)r->missed,
			(unsigned long long)r->mixed, (unsigned long long)r->late);
	else
		fprintf(out, " %10s %9s %8s %8s %8s %8s", "-", "-", "-", "-", "-", "-");
	fprintf(out, "  %s\n", way->promise);
}

/* -- for programs ----------------------------------------------------------------------------- */

static void record(struct bench_record *o, const struct bench_plan *plan,
		   const struct bench_cell *cell)
{
	const struct dispatch_result *r = (const struct dispatch_result *)cell;
	const struct bench_load *load = cell->load;

	bench_put_type(o, "dispatch");
	bench_put_text(o, "subject", cell->subject->name);
	bench_put_text(o, "kind", cell->subject->label);
	bench_put_count(o, "threads", load->threads);
	bench_put_flag(o, "swapper", load->disturber);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_count(o, "rounds", cell->rounds);
	bench_put_flag(o, "noisy", bench_cell_noisy(cell, plan->bench->steady));
	bench_put_count(o, "calls", r->calls);
	bench_put_count(o, "swaps", r->swaps);
	bench_put_count(o, "mixed", r->mixed);
	bench_put_count(o, "late", r->late);
	bench_put_count(o, "unhandled", r->unhandled);
	bench_put_metrics(o, plan, cell);
	if (o->object)
		bench_put_estimate(o, "of_indirect", of_indirect(plan, cell), NULL);
	bench_put_times(o, "call_latency_ns", &r->call_times);
	bench_put_times(o, "visible_ns", &r->visible_times);
	bench_put_counters(o, "call_counters", NULL, &r->counts);
	bench_put_environment(o, plan, false);
}

static void record_way(struct bench_record *o, const struct bench_plan *plan,
		       const struct bench_cell *cell)
{
	const struct dispatch_bpf_result *r = (const struct dispatch_bpf_result *)cell;

	(void)plan;
	bench_put_type(o, "dispatch_bpf");
	bench_put_text(o, "way", cell->subject->name);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_estimate(o, "dispatch_ns", bench_cell_of(cell, 0), cell->value[0]);
	if (!r->had_events)
		return;
	bench_put_count(o, "events", r->events);
	bench_put_count(o, "handled", r->calls);
	bench_put_real(o, "missed", true, (double)(int64_t)r->missed);
	bench_put_count(o, "mixed", r->mixed);
	bench_put_count(o, "late", r->late);
	bench_put_count(o, "swaps", r->swaps);
	bench_put_real(o, "swap_ns", true, r->swap_ns);
}

static void print_bpf(const struct bench_plan *plan, FILE *out)
{
	const struct dispatch_bpf_result *ways = ((const struct dispatch_plan *)plan)->in_bpf.way;

	if (!plan->bpf || plan->format == BENCH_CSV)
		return;
	if (plan->format == BENCH_JSON) {
		bench_records_print(plan, record_way, ways, DISPATCH_BPF_WAYS, sizeof(*ways), out);
		return;
	}
	fprintf(out,
		"\n== in BPF: time of a dispatch by test run; events under a swapper flat out\n");
	fprintf(out, "%-20s %12s %10s %9s %8s %8s %8s %8s  %s\n", "WAY", "dispatch ns", "events",
		"swaps", "swap us", "missed", "mixed", "late", "");
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++)
		print_way(&ways[i], out);
}

const struct bench_reports dispatch_reports = {
	.environment = print_environment,
	.describe = describe,
	.header = print_header,
	.row = print_row,
	.more = print_bpf,
	.record = record,
};
