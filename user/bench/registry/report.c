// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the results of bench registry, for people and for programs. */
#include <math.h>

#include "bench/core/table.h"
#include "bench/core/record.h"
#include "bench/registry/run.h"

/* -- for people ------------------------------------------------------------------------------- */

static void describe(const void *load, char *buf, size_t size)
{
	const struct bench_registry_load *l = load;

	snprintf(buf, size, "%u thread%s, %zu objects, %s keys, %u %% writes, %s", l->load.threads,
		 l->load.threads == 1 ? "" : "s", l->objects, bench_registry_keys_names[l->keys],
		 l->writes, l->load.disturber ? "a shrinker flat out" : "no shrinker");
}

static void print_environment(const struct bench_plan *plan, FILE *out)
{
	char payload[48];

	snprintf(payload, sizeof(payload), "; payload %zu bytes", sizeof(struct bench_payload));
	bench_table_environment(plan, payload,
				plan->bpf ? "" : ", twice that is in every single lookup's time",
				"", out);
}

static void print_header(const void *load, FILE *out)
{
	const struct bench_registry_load *l = load;

	fprintf(out, "%-14s %-7s %12s %7s %9s %9s %7s %7s %7s %7s", "SUBJECT", "found",
		"M lookups/s", "ns each", "of lfht_m", "of lfht_q", "p50", "p99", "p99.9", "max");
	if (l->writes)
		fprintf(out, " %12s", "k replaced/s");
	if (l->load.disturber)
		fprintf(out, " %12s", "k shed/s");
	fprintf(out, " %6s\n", "B/obj");
}

/* How many times rculfhash's lookups; "=": no difference. */
static void print_ratio(const struct bench_plan *plan, const struct bench_cell *cell,
			const char *name, FILE *out)
{
	bench_table_ratio(out,
			  bench_cell_ratio(cell, bench_plan_find(plan, name, cell->load),
					   BENCH_LOOKUPS_PER_S),
			  9);
}

static void print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out)
{
	static const double percents[] = {50, 99, 99.9, 100};
	const struct bench_registry_load *load = cell->load;
	struct bench_estimate lookups = bench_cell_of(cell, BENCH_LOOKUPS_PER_S);
	double bytes = bench_registry_bytes_of(plan, cell->subject->name);

	fprintf(out, "%-14s %-7s", cell->subject->name, cell->subject->label);
	bench_table_estimate(out, lookups, 1e6, 12, "-");
	fprintf(out, " %7.1f", lookups.median > 0 ? 1e9 * load->load.threads / lookups.median : 0);
	print_ratio(plan, cell, "lfht_memb", out);
	print_ratio(plan, cell, "lfht_qsbr", out);
	bench_table_times(out, &((const struct bench_registry_result *)cell)->times, percents, 4,
			  7);
	if (load->writes)
		bench_table_estimate(out, bench_cell_of(cell, BENCH_REPLACES_PER_S), 1e3, 12, "-");
	if (load->load.disturber)
		bench_table_estimate(out, bench_cell_of(cell, BENCH_SHEDS_PER_S), 1e3, 12, "-");
	if (bytes > 0)
		fprintf(out, " %6.0f", bytes);
	else
		fprintf(out, " %6s", "-");
	fprintf(out, "%s\n", bench_is_noisy(&lookups) ? " noisy" : "");
}

/* "51.2 +-2%", "512 +-2%" */
static void print_ns(FILE *out, struct bench_estimate e)
{
	double spread = fmax(e.high - e.median, e.median - e.low);
	char text[32];

	snprintf(text, sizeof(text), "%.*f +-%.0f%%", e.median < 100, e.median,
		 100 * spread / fabs(e.median));
	fprintf(out, " %12s", e.count && e.median ? text : "-");
}

static void print_way(const struct bench_registry_bpf *b, const struct bench_registry_bpf_result *r,
		      FILE *out)
{
	struct bench_estimate ns = bench_cell_of(&r->cell, 0);

	fprintf(out, "%-12s %-8s", r->cell.subject->name,
		bench_registry_bpf_operations[r->operation]);
	if (r->cell.skipped[0]) {
		fprintf(out, " skipped: %s\n", r->cell.skipped);
		return;
	}
	print_ns(out, ns);
	bench_table_ratio(out, bench_registry_bpf_ratio(b, r, BENCH_BPF_LOOKUP), 10);
	bench_table_ratio(out, bench_registry_bpf_of_replace(b, r), 10);
	fprintf(out, " %8llu  %s%s\n", (unsigned long long)r->failed, r->cell.subject->promise,
		bench_is_noisy(&ns) ? "; noisy" : "");
}

static void print_ways(const struct bench_registry_bpf *b, FILE *out)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++) {
		const struct bench_registry_bpf_result *r = &b->result[i];

		if (i % BENCH_REGISTRY_BPF_WAYS == 0)
			fprintf(out,
				"\n== in BPF, by test run on one CPU: %zu objects, uniform keys\n"
				"%-12s %-8s %12s %10s %10s %8s\n",
				r->objects, "SUBJECT", "does", "ns each", "of lookup", "of replace",
				"failed");
		print_way(b, r, out);
	}
}

/* -- for programs ----------------------------------------------------------------------------- */

static void record(struct bench_record *o, const struct bench_plan *plan,
		   const struct bench_cell *cell)
{
	const struct bench_registry_result *r = (const struct bench_registry_result *)cell;
	const struct bench_registry_load *load = cell->load;
	double bytes = bench_registry_bytes_of(plan, cell->subject->name);

	bench_put_type(o, "registry");
	bench_put_text(o, "subject", cell->subject->name);
	bench_put_text(o, "found", cell->subject->label);
	bench_put_count(o, "threads", load->load.threads);
	bench_put_count(o, "objects", load->objects);
	bench_put_text(o, "keys", bench_registry_keys_names[load->keys]);
	bench_put_count(o, "writes_percent", load->writes);
	bench_put_flag(o, "shrinker", load->load.disturber);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_count(o, "rounds", cell->rounds);
	if (!o->object)
		bench_put_flag(o, "noisy", bench_cell_noisy(cell, plan->bench->steady));
	bench_put_count(o, "lookups", r->lookups);
	bench_put_count(o, "misses", r->misses);
	bench_put_count(o, "replaces", r->replaces);
	bench_put_count(o, "sheds", r->sheds);
	bench_put_real(o, "bytes_per_object", bytes > 0, bytes);
	bench_put_metrics(o, plan, cell);
	bench_put_times(o, "lookup_latency_ns", &r->times);
	bench_put_environment(o, plan, false);
}

static void record_way(struct bench_record *o, const struct bench_plan *plan,
		       const struct bench_cell *cell)
{
	const struct bench_registry_bpf *b = &bench_registry_plan(plan)->in_bpf;
	const struct bench_registry_bpf_result *r = (const struct bench_registry_bpf_result *)cell;

	bench_put_type(o, "registry_bpf");
	bench_put_text(o, "subject", cell->subject->name);
	bench_put_text(o, "operation", bench_registry_bpf_operations[r->operation]);
	bench_put_count(o, "objects", r->objects);
	if (bench_put_skipped(o, cell))
		return;
	bench_put_count(o, "rounds", cell->rounds);
	bench_put_flag(o, "noisy", bench_cell_noisy(cell, 1));
	bench_put_count(o, "operations", r->operations);
	bench_put_count(o, "failed", r->failed);
	bench_put_estimate(o, "ns", bench_cell_of(cell, 0), cell->value[0]);
	bench_put_estimate(o, "of_hash_lookup", bench_registry_bpf_ratio(b, r, BENCH_BPF_LOOKUP),
			   NULL);
	bench_put_estimate(o, "of_hash_replace", bench_registry_bpf_of_replace(b, r), NULL);
	bench_put_environment(o, plan, false);
}

static void print_bpf(const struct bench_plan *plan, FILE *out)
{
	const struct bench_registry_bpf *b = &bench_registry_plan(plan)->in_bpf;

	if (!plan->bpf)
		return;
	if (plan->format == BENCH_TABLE)
		print_ways(b, out);
	else
		bench_records_print(plan, record_way, b->result, BENCH_REGISTRY_BPF_RESULTS,
				    sizeof(b->result[0]), out);
}

const struct bench_reports bench_registry_reports = {
	.environment = print_environment,
	.describe = describe,
	.header = print_header,
	.row = print_row,
	.more = print_bpf,
	.record = record,
};
