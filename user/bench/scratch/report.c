// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the results of bench scratch, for people and for programs. */
#include "bench/core/record.h"
#include "bench/core/table.h"
#include "bench/scratch/result.h"
#include "bpf/bench/scratch_shared.h"

/* What all are compared to. */
#define PLAIN "plain"
#define PREEMPT "preempt"

static const struct bench_scratch_result *result_of(const struct bench_cell *cell)
{
	return (const struct bench_scratch_result *)cell;
}

/* How many times what another subject takes under the same load. */
static struct bench_estimate of(const struct bench_plan *plan, const struct bench_cell *cell,
				const char *other)
{
	return bench_cell_ratio(cell, bench_plan_find(plan, other, cell->load), BENCH_SCRATCH_NS);
}

/* -- for people -------------------------------------------------------------------------------- */

static void describe(const void *load, char *buf, size_t size)
{
	const struct bench_scratch_load *l = load;

	snprintf(buf, size, "%d bytes, %u way%s", BENCH_SCRATCH_BYTES, l->ways,
		 l->ways == 1 ? "" : "s");
}

static void print_environment(const struct bench_plan *plan, FILE *out)
{
	bench_table_environment(
		plan, "", "", "; by test run of BPF programs, the loop around it subtracted", out);
}

static void print_header(const void *load, FILE *out)
{
	(void)load;
	fprintf(out, "%-12s %-6s %12s %9s %11s %8s %10s\n", "SUBJECT", "since", "ns", "of plain",
		"of preempt", "failed", "refused -%");
}

static void print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out)
{
	const struct bench_scratch_result *r = result_of(cell);

	fprintf(out, "%-12s %-6s", cell->subject->name, cell->subject->label);
	bench_table_estimate(out, bench_cell_of(cell, BENCH_SCRATCH_NS), 1, 12, "-");
	bench_table_ratio(out, of(plan, cell, PLAIN), 9);
	bench_table_ratio(out, of(plan, cell, PREEMPT), 11);
	fprintf(out, " %8llu", r->failed);
	if (r->claims)
		fprintf(out, " %10.3g", 100 * (double)r->refused / (double)r->claims);
	else
		fprintf(out, " %10s", "-");
	fprintf(out, "%s\n", bench_cell_noisy(cell, plan->bench->steady) ? " noisy" : "");
}

/* -- for programs ------------------------------------------------------------------------------ */

static void record(struct bench_record *o, const struct bench_plan *plan,
		   const struct bench_cell *cell)
{
	const struct bench_scratch_result *r = result_of(cell);
	const struct bench_scratch_load *load = cell->load;

	bench_put_type(o, "scratch");
	bench_put_text(o, "subject", cell->subject->name);
	bench_put_text(o, "since", cell->subject->label);
	bench_put_count(o, "ways", load->ways);
	bench_put_count(o, "bytes", BENCH_SCRATCH_BYTES);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_count(o, "rounds", cell->rounds);
	bench_put_flag(o, "noisy", bench_cell_noisy(cell, plan->bench->steady));
	bench_put_count(o, "turns", r->turns);
	bench_put_count(o, "failed", r->failed);
	bench_put_count(o, "claims", r->claims);
	bench_put_count(o, "refused", r->refused);
	bench_put_metrics(o, plan, cell);
	bench_put_estimate(o, "of_plain", of(plan, cell, PLAIN), NULL);
	bench_put_estimate(o, "of_preempt", of(plan, cell, PREEMPT), NULL);
	bench_put_environment(o, plan, false);
}

const struct bench_reports bench_scratch_reports = {
	.environment = print_environment,
	.describe = describe,
	.header = print_header,
	.row = print_row,
	.record = record,
};
