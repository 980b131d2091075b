// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the results of bench keyed, for people and for programs. */
#include "bench/core/record.h"
#include "bench/core/table.h"
#include "bench/keyed/result.h"

/* What all are compared to. */
#define REFERENCE "hash"

static const struct bench_keyed_result *result_of(const struct bench_cell *cell)
{
	return (const struct bench_keyed_result *)cell;
}

/* How many times what the plain hash map takes under the same load. */
static struct bench_estimate of_hash(const struct bench_plan *plan, const struct bench_cell *cell,
				     enum bench_keyed_metric metric)
{
	return bench_cell_ratio(cell, bench_plan_find(plan, REFERENCE, cell->load), (int)metric);
}

/* -- for people -------------------------------------------------------------------------------- */

static void describe(const void *load, char *buf, size_t size)
{
	const struct bench_keyed_load *l = load;
	char room[48] = "";

	if (l->room != l->keys)
		snprintf(room, sizeof(room), ", room for %zu", l->room);
	snprintf(buf, size, "%zu keys of %zu bytes%s, a %s each, %u thread%s", l->keys,
		 l->key_words * sizeof(lk_u64), room, bench_keyed_records[l->record],
		 l->load.threads, l->load.threads == 1 ? " updates" : "s update");
}

static void print_environment(const struct bench_plan *plan, FILE *out)
{
	bench_table_environment(plan, "", "",
				"; updates by test run of BPF programs, the loop around them "
				"subtracted",
				out);
}

static void print_header(const void *load, FILE *out)
{
	(void)load;
	fprintf(out, "%-12s %-7s %12s %8s %12s %8s %12s %9s %7s %7s %9s\n", "SUBJECT", "read",
		"update ns", "of hash", "read all us", "of hash", "us if busy", "torn/M", "keys -%",
		"told -%", "silent -%");
}

/* Of 100, or of a million; "-": of nothing. */
static void print_share(FILE *out, unsigned long long part, unsigned long long all, double of,
			int width)
{
	if (all)
		fprintf(out, " %*.3g", width, of * (double)part / (double)all);
	else
		fprintf(out, " %*s", width, "-");
}

static void print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out)
{
	const struct bench_keyed_result *r = result_of(cell);

	fprintf(out, "%-12s %-7s", cell->subject->name, cell->subject->label);
	bench_table_estimate(out, bench_cell_of(cell, BENCH_UPDATE_NS), 1, 12, "-");
	bench_table_ratio(out, of_hash(plan, cell, BENCH_UPDATE_NS), 8);
	bench_table_estimate(out, bench_cell_of(cell, BENCH_READ_NS), 1e3, 12, "-");
	bench_table_ratio(out, of_hash(plan, cell, BENCH_READ_NS), 8);
	bench_table_estimate(out, bench_cell_of(cell, BENCH_READ_BUSY_NS), 1e3, 12, "-");
	print_share(out, r->torn, r->reads, 1e6, 9);
	print_share(out, r->keys_lost, r->keys, 100, 7);
	print_share(out, r->refused, r->updates, 100, 7);
	print_share(out, r->lost, r->updates, 100, 9);
	fprintf(out, "%s\n", bench_cell_noisy(cell, plan->bench->steady) ? " noisy" : "");
}

/* -- for programs ------------------------------------------------------------------------------ */

static void record(struct bench_record *o, const struct bench_plan *plan,
		   const struct bench_cell *cell)
{
	const struct bench_keyed_result *r = result_of(cell);
	const struct bench_keyed_load *load = cell->load;

	bench_put_type(o, "keyed");
	bench_put_text(o, "subject", cell->subject->name);
	bench_put_text(o, "read", cell->subject->label);
	bench_put_count(o, "threads", load->load.threads);
	bench_put_count(o, "keys", load->keys);
	bench_put_count(o, "key_bytes", load->key_words * sizeof(lk_u64));
	bench_put_count(o, "room", load->room);
	bench_put_text(o, "record", bench_keyed_records[load->record]);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_count(o, "rounds", cell->rounds);
	bench_put_flag(o, "noisy", bench_cell_noisy(cell, plan->bench->steady));
	bench_put_count(o, "keys_updated", r->keys);
	bench_put_count(o, "keys_lost", r->keys_lost);
	bench_put_count(o, "updates", r->updates);
	bench_put_count(o, "refused", r->refused);
	bench_put_count(o, "lost", r->lost);
	bench_put_count(o, "reads", r->reads);
	bench_put_count(o, "torn", r->torn);
	bench_put_count(o, "gave_up", r->gave_up);
	bench_put_metrics(o, plan, cell);
	bench_put_estimate(o, "update_of_hash", of_hash(plan, cell, BENCH_UPDATE_NS), NULL);
	bench_put_estimate(o, "read_of_hash", of_hash(plan, cell, BENCH_READ_NS), NULL);
	bench_put_environment(o, plan, false);
}

const struct bench_reports bench_keyed_reports = {
	.environment = print_environment,
	.describe = describe,
	.header = print_header,
	.row = print_row,
	.record = record,
};
