// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - results of bench dispatch for people. */
#include <math.h>

#include "bench/dispatch/plan.h"
#include "bench/dispatch/table.h"

static void print_environment(const struct dispatch_plan *plan, FILE *out)
{
	const struct bench_env *e = &plan->env;

	fprintf(out, "%s, %u CPUs%s, Linux %s, %s, latchkit %s\n", e->cpu, e->cpus,
		e->smt ? " (some share a core)" : "", e->kernel, e->compiler, e->commit);
	fprintf(out,
		"%zu rounds, medians with 95 %% intervals; reading the clock takes %.0f ns, twice "
		"that is in every single call's time",
		plan->measured, e->clock_ns);
	if (e->steal_percent >= 0)
		fprintf(out, "; the hypervisor took %.1f %% of the time", e->steal_percent);
	if (!bench_pmu_open())
		fprintf(out, "; no PMU: cycles are not counted");
	if (!bench_pmu_open() && plan->tsc_ghz > 0)
		fprintf(out, ", they are ns times the %.2f GHz of the time stamp counter",
			plan->tsc_ghz);
	fprintf(out, "%s\n", plan->partial ? "; PARTIAL: stopped early" : "");
}

/* "5.12 +-2%", in units of `unit`. */
static void print_estimate(FILE *out, struct bench_estimate e, double unit, int width)
{
	double spread = fmax(e.high - e.median, e.median - e.low);
	char text[32];

	if (!e.count)
		snprintf(text, sizeof(text), "-");
	else if (e.median == 0)
		snprintf(text, sizeof(text), "0");
	else
		snprintf(text, sizeof(text), "%.3g +-%.0f%%", e.median / unit,
			 100 * spread / e.median);
	fprintf(out, " %*s", width, text);
}

/* How many times the plain indirect call's; "=": no difference. */
static void print_ratio(FILE *out, struct bench_estimate ratio)
{
	if (!ratio.count)
		fprintf(out, " %8s", "-");
	else if (bench_ratio_order(&ratio, 0.02) == BENCH_NO_DIFFERENCE)
		fprintf(out, " %8s", "=");
	else
		fprintf(out, " %8.3g", ratio.median);
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

static void print_times(FILE *out, const struct bench_times *t)
{
	const double percents[] = {50, 90, 99, 99.9, 99.99, 100};

	for (int i = 0; i < 6; i++) {
		if (t->count)
			fprintf(out, " %6llu",
				(unsigned long long)bench_times_percentile(t, percents[i]));
		else
			fprintf(out, " %6s", "-");
	}
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
	print_estimate(out, dispatch_result_of(r, DISPATCH_ALONE_NS), 1, 10);
	print_ratio(out, dispatch_ratio(r, indirect, DISPATCH_ALONE_NS));
	print_cycles(plan, r, out);
	fputs(" |", out);
	print_estimate(out, dispatch_result_of(r, DISPATCH_CALLS_PER_S), 1e6, 11);
	fputs(" |", out);
	print_times(out, &r->call_times);
	fputs(" |", out);
	if (r->load->swapper) {
		print_estimate(out, dispatch_result_of(r, DISPATCH_SWAPS_PER_S), 1e3, 10);
		for (int percent = 50; percent < 100; percent += 49)
			if (r->visible_times.count)
				fprintf(out, " %8llu",
					(unsigned long long)bench_times_percentile(
						&r->visible_times, percent));
			else
				fprintf(out, " %8s", "-");
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
		print_estimate(out, bench_estimate_of(r->ns, r->rounds), 1, 12);
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
