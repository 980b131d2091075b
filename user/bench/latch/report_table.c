// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report_table.c - results for people: a table for each load, and who is ahead. */
#include <stdlib.h>
#include <string.h>

#include "bench/core/table.h"
#include "bench/latch/rank.h"
#include "bench/latch/report_table.h"

static const double percents[] = {50, 99, 99.9, 100};

static void print_small(FILE *out, const struct bench_estimate *e)
{
	if (e->count)
		fprintf(out, " %8.3g", e->median);
	else
		fprintf(out, " %8s", "-");
}

/* "1": one locked instruction a write; "1+2o": two more in loops. */
static void print_locked(FILE *out, const struct bench_code *code)
{
	char text[32] = "-";

	if (code->locked >= 0 && code->in_loops)
		snprintf(text, sizeof(text), "%d+%do", code->locked - code->in_loops,
			 code->in_loops);
	else if (code->locked >= 0)
		snprintf(text, sizeof(text), "%d", code->locked);
	fprintf(out, " %6s", text);
}

static void print_header(FILE *out)
{
	fprintf(out, "%-22s %6s %6s %11s %11s |%11s %11s %8s %4s %5s %8s |%31s |%31s | %s\n", "",
		"", "", "alone", "alone", "together", "together", "retries", "", "", "drops",
		"write, ns (clock included)", "read, ns (clock included)", "");
	fprintf(out,
		"%-22s %6s %6s %11s %11s |%11s %11s %8s %4s %5s %8s |%7s %7s %7s %7s |%7s %7s %7s "
		"%7s "
		"| %s\n",
		"SUBJECT", "bytes", "locked", "write ns", "read ns", "M writes/s", "M reads/s",
		"per read", "p99", "max", "per wr.", "p50", "p99", "p99.9", "max", "p50", "p99",
		"p99.9", "max", "torn");
}

/* Those that are in user space only, or in BPF only, are named together when skipped. */
static bool is_worth_a_line(const struct bench_result *r)
{
	return r->refused || (r->subject->in_bpf && !r->subject->in_bpf_only);
}

static void print_row(const struct bench_result *r, FILE *out)
{
	struct bench_estimate e[BENCH_METRICS];

	if (r->skipped[0]) {
		if (is_worth_a_line(r))
			fprintf(out, "%-22s skipped: %s\n", r->subject->name, r->skipped);
		return;
	}
	for (int m = 0; m < BENCH_METRICS; m++)
		e[m] = bench_result_of(r, (enum bench_metric)m);
	fprintf(out, "%-22s %6zu", r->subject->name, r->memory_bytes);
	print_locked(out, &r->code);
	bench_table_estimate(out, e[BENCH_WRITE_NS], 1, 11, "0");
	bench_table_estimate(out, e[BENCH_READ_NS], 1, 11, "0");
	fputs(" |", out);
	bench_table_estimate(out, e[BENCH_WRITES_PER_S], 1e6, 10, "0");
	bench_table_estimate(out, e[BENCH_READS_PER_S], 1e6, 11, "0");
	print_small(out, &e[BENCH_RETRIES_PER_READ]);
	if (bench_load_readers(r->load))
		fprintf(out, " %4u %5llu", bench_retries_percentile(r, 99), r->retries_max);
	else
		fprintf(out, " %4s %5s", "-", "-");
	print_small(out, &e[BENCH_DROPS_PER_WRITE]);
	fputs(" |", out);
	bench_table_times(out, &r->write_times, percents, 4, 7);
	fputs(" |", out);
	bench_table_times(out, &r->read_times, percents, 4, 7);
	fputs(" |", out);
	if (bench_load_readers(r->load))
		fprintf(out, " %llu of %llu", r->torn, r->checked);
	fprintf(out, "%s%s\n", r->subject->sound ? "" : ", not sound",
		bench_result_noisy(r) ? ", noisy" : "");
}

static void print_counts(FILE *out, const struct bench_pmu_count *counts)
{
	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		double n = bench_pmu_per_operation(counts, (enum bench_pmu_event)i);

		if (n >= 0)
			fprintf(out, " %12.3g", n);
		else
			fprintf(out, " %12s", "-");
	}
}

/* What the processor counted; nothing where it counts nothing. */
static void print_counters(const struct bench_plan *plan, size_t l, FILE *out)
{
	if (!bench_pmu_open())
		return;
	fprintf(out, "%-22s |%38s |%38s\n%-22s |", "alone, per operation", "write", "read",
		"SUBJECT");
	for (int reads = 0; reads < 2; reads++)
		for (int i = 0; i < BENCH_PMU_EVENTS; i++)
			fprintf(out, " %12s%s", bench_pmu_names[i],
				!reads && i == BENCH_PMU_EVENTS - 1 ? " |" : "");
	fputc('\n', out);
	for (size_t s = 0; s < plan->subjects_count; s++) {
		const struct bench_result *r = bench_plan_result(plan, l, s);

		if (r->skipped[0])
			continue;
		fprintf(out, "%-22s |", r->subject->name);
		print_counts(out, &r->write_counts);
		fputs(" |", out);
		print_counts(out, &r->read_counts);
		fputc('\n', out);
	}
}

/* Best first; on one line what cannot be told apart from its neighbour. */
static void print_ranking(const struct bench_plan *plan, size_t l, enum bench_metric metric,
			  FILE *out)
{
	struct bench_rank *ranks = calloc(plan->subjects_count, sizeof(*ranks));
	size_t count = ranks ? bench_rank(plan, l, metric, ranks) : 0;

	if (count > 1)
		fprintf(out,
			"%s of what is sound, best first; on one line: no difference to the "
			"neighbour\n",
			metric == BENCH_WRITES_PER_S ? "writes/s" : "reads/s");
	for (size_t i = 0; count > 1 && i < count; i++) {
		if (ranks[i].lead > 0)
			fprintf(out, "\n  1/%.2f of that:", ranks[i].lead);
		else if (!i)
			fprintf(out,
				"  %.3g M:", bench_result_of(ranks[0].result, metric).median / 1e6);
		fprintf(out, " %s", ranks[i].result->subject->name);
	}
	if (count > 1)
		fputc('\n', out);
	free(ranks);
}

/* Those that are not there where this load needs them. */
static void print_absent(const struct bench_plan *plan, size_t l, FILE *out)
{
	bool any = false;

	for (size_t s = 0; s < plan->subjects_count; s++) {
		const struct bench_result *r = bench_plan_result(plan, l, s);

		if (!r->skipped[0] || is_worth_a_line(r))
			continue;
		fprintf(out, "%s %s", any ? "" : "not under this load:", plan->subjects[s]->name);
		any = true;
	}
	if (any)
		fputc('\n', out);
}

void bench_report_table(const struct bench_plan *plan, FILE *out)
{
	char load[256];

	bench_table_environment(
		&plan->env, plan->measured, NULL, "",
		bench_pmu_open() ? "" : "; no PMU: cycles and cache misses are not counted",
		plan->partial, out);
	for (size_t l = 0; l < plan->loads_count; l++) {
		bench_load_describe(&plan->loads[l], load, sizeof(load));
		fprintf(out, "\n== %s\n", load);
		print_header(out);
		for (size_t s = 0; s < plan->subjects_count; s++)
			print_row(bench_plan_result(plan, l, s), out);
		print_absent(plan, l, out);
		print_counters(plan, l, out);
		for (int m = BENCH_WRITES_PER_S; m <= BENCH_READS_PER_S; m++)
			if (bench_load_has(&plan->loads[l], (enum bench_metric)m))
				print_ranking(plan, l, (enum bench_metric)m, out);
	}
}
