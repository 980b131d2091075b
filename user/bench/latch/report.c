// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the results of bench latch, for people and for programs. */
#include <stdlib.h>

#include "bench/core/table.h"
#include "bench/latch/result.h"
#include "bench/core/record.h"
#include "cli/json_line.h"

/* -- for people ------------------------------------------------------------------------------- */

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

static void print_environment(const struct bench_plan *plan, FILE *out)
{
	bench_table_environment(
		plan, "", "",
		bench_pmu_open() ? "" : "; no PMU: cycles and cache misses are not counted", out);
}

static void print_header(const void *load, FILE *out)
{
	(void)load;
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

/* Subjects that are in user space only, or in BPF only, are named together when skipped. */
static bool hides(const struct bench_cell *cell)
{
	const struct bench_latch *s = bench_latch_of(cell);

	return !bench_latch_result_of(cell)->refused && (!s->in_bpf || s->in_bpf_only);
}

static void print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out)
{
	const struct bench_latch_result *r = bench_latch_result_of(cell);
	bool reads = bench_load_readers(cell->load);
	struct bench_estimate e[BENCH_METRICS];

	for (int m = 0; m < BENCH_METRICS; m++)
		e[m] = bench_cell_of(cell, m);
	fprintf(out, "%-22s %6zu", cell->subject->name, bench_latch_bytes(cell));
	print_locked(out, &r->code);
	bench_table_estimate(out, e[BENCH_WRITE_NS], 1, 11, "0");
	bench_table_estimate(out, e[BENCH_READ_NS], 1, 11, "0");
	fputs(" |", out);
	bench_table_estimate(out, e[BENCH_WRITES_PER_S], 1e6, 10, "0");
	bench_table_estimate(out, e[BENCH_READS_PER_S], 1e6, 11, "0");
	print_small(out, &e[BENCH_RETRIES_PER_READ]);
	if (reads)
		fprintf(out, " %4u %5llu", bench_retries_percentile(r, 99), r->retries_max);
	else
		fprintf(out, " %4s %5s", "-", "-");
	print_small(out, &e[BENCH_DROPS_PER_WRITE]);
	fputs(" |", out);
	bench_table_times(out, &r->write_times, percents, 4, 7);
	fputs(" |", out);
	bench_table_times(out, &r->read_times, percents, 4, 7);
	fputs(" |", out);
	if (reads)
		fprintf(out, " %llu of %llu", r->torn, r->checked);
	fprintf(out, "%s%s\n", bench_latch_of(cell)->sound ? "" : ", not sound",
		bench_cell_noisy(cell, plan->bench->steady) ? ", noisy" : "");
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
		const struct bench_latch_result *r =
			bench_latch_result_of(bench_plan_result(plan, l, s));

		if (r->cell.skipped[0])
			continue;
		fprintf(out, "%-22s |", r->cell.subject->name);
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
				"  %.3g M:", bench_cell_of(ranks[0].cell, metric).median / 1e6);
		fprintf(out, " %s", ranks[i].cell->subject->name);
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
		const struct bench_cell *cell = bench_plan_result(plan, l, s);

		if (!cell->skipped[0] || !hides(cell))
			continue;
		fprintf(out, "%s %s", any ? "" : "not under this load:", cell->subject->name);
		any = true;
	}
	if (any)
		fputc('\n', out);
}

static void print_below(const struct bench_plan *plan, size_t l, FILE *out)
{
	print_absent(plan, l, out);
	print_counters(plan, l, out);
	for (int m = BENCH_WRITES_PER_S; m <= BENCH_READS_PER_S; m++)
		if (bench_load_has(bench_plan_load(plan, l), (enum bench_metric)m))
			print_ranking(plan, l, (enum bench_metric)m, out);
}

/* -- for programs ----------------------------------------------------------------------------- */

static void put_load(struct bench_record *o, const struct bench_latch_load *load)
{
	char who[96];

	bench_put_text(o, "workload", load->shape.accumulate ? "accumulate" : "publish");
	bench_put_count(o, "payload_bytes", 8 * load->shape.words);
	bench_contexts_describe(load->writers, "user", who, sizeof(who));
	bench_put_quoted(o, "writers", who);
	bench_contexts_describe(load->readers, "mmap", who, sizeof(who));
	bench_put_quoted(o, "readers", who);
	bench_put_real(o, "rate_per_s", true, load->rate_per_s);
}

static void record(struct bench_record *o, const struct bench_plan *plan,
		   const struct bench_cell *cell)
{
	const struct bench_latch_result *r = bench_latch_result_of(cell);

	bench_put_type(o, "result");
	bench_put_text(o, "subject", cell->subject->name);
	bench_put_text(o, "kind", bench_latch_of(cell)->is_peer ? "peer" : "latch");
	bench_put_flag(o, "sound", bench_latch_of(cell)->sound);
	put_load(o, cell->load);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_count(o, "memory_bytes", bench_latch_bytes(cell));
	bench_put_count(o, "rounds", cell->rounds);
	bench_put_flag(o, "noisy", bench_cell_noisy(cell, plan->bench->steady));
	bench_put_count(o, "torn", r->torn);
	bench_put_count(o, "checked", r->checked);
	if (o->object)
		bench_put_pair(o, "locked_instructions", r->code.locked >= 0, "count",
			       (unsigned int)r->code.locked, "in_loops",
			       (unsigned int)r->code.in_loops);
	bench_put_metrics(o, plan, cell);
	bench_put_pair(o, "retries", bench_load_readers(cell->load), "p99",
		       bench_retries_percentile(r, 99), "max", r->retries_max);
	bench_put_times(o, "write_latency_ns", &r->write_times);
	bench_put_times(o, "read_latency_ns", &r->read_times);
	bench_put_counters(o, "write_counters", "write", &r->write_counts);
	bench_put_counters(o, "read_counters", "read", &r->read_counts);
	bench_put_environment(o, plan, true);
}

/* The sound ones in order; `lead`: the one before has that many times as much, 0 if no difference.
 */
static cJSON *ranking_json(const struct bench_plan *plan, size_t l, enum bench_metric metric)
{
	struct bench_rank *ranks = calloc(plan->subjects_count, sizeof(*ranks));
	size_t count = ranks ? bench_rank(plan, l, metric, ranks) : 0;
	struct bench_record o = {.object = cJSON_CreateObject()};
	cJSON *order;

	bench_put_type(&o, "ranking");
	bench_put_text(&o, "metric", bench_metric_names[metric]);
	put_load(&o, bench_plan_load(plan, l));
	order = cJSON_AddArrayToObject(o.object, "order");
	for (size_t i = 0; i < count; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "subject", ranks[i].cell->subject->name);
		cJSON_AddNumberToObject(one, "lead", ranks[i].lead);
		cJSON_AddItemToArray(order, one);
	}
	free(ranks);
	return o.object;
}

static void print_rankings(const struct bench_plan *plan, FILE *out)
{
	for (size_t l = 0; plan->format == BENCH_JSON && l < plan->loads_count; l++)
		for (int m = BENCH_WRITES_PER_S; m <= BENCH_READS_PER_S; m++)
			if (bench_load_has(bench_plan_load(plan, l), (enum bench_metric)m))
				json_line_print(ranking_json(plan, l, (enum bench_metric)m), out);
}

const struct bench_reports bench_latch_reports = {
	.environment = print_environment,
	.describe = bench_load_describe,
	.header = print_header,
	.row = print_row,
	.hides = hides,
	.below = print_below,
	.more = print_rankings,
	.record = record,
};
