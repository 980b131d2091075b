// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - what was measured in BPF: as a table, JSON lines and CSV. */
#include <math.h>

#include "bench/core/record.h"
#include "bench/core/table.h"
#include "bench/registry/bpf/report.h"
#include "cli/json_line.h"

/* -- for people ------------------------------------------------------------------------------- */

/* "51.2 +-2%", "512 +-2%" */
static void print_estimate(FILE *out, struct bench_estimate e)
{
	double spread = fmax(e.high - e.median, e.median - e.low);
	char text[32];

	snprintf(text, sizeof(text), "%.*f +-%.0f%%", e.median < 100, e.median,
		 100 * spread / fabs(e.median));
	fprintf(out, " %12s", e.count && e.median ? text : "-");
}

static void print_row(const struct bench_registry_bpf *b, const struct bench_registry_bpf_result *r,
		      FILE *out)
{
	struct bench_estimate ns = bench_registry_bpf_ns(r);

	fprintf(out, "%-12s %-8s", r->subject, bench_registry_bpf_operations[r->operation]);
	if (r->skipped[0]) {
		fprintf(out, " skipped: %s\n", r->skipped);
		return;
	}
	print_estimate(out, ns);
	bench_table_ratio(out, bench_registry_bpf_ratio(b, r, BENCH_BPF_LOOKUP), 10);
	if (r->operation == BENCH_BPF_REPLACE)
		bench_table_ratio(out, bench_registry_bpf_ratio(b, r, BENCH_BPF_REPLACE), 10);
	else
		fprintf(out, " %10s", "-");
	fprintf(out, " %8llu  %s%s\n", (unsigned long long)r->failed, r->promise,
		bench_is_noisy(&ns) ? "; noisy" : "");
}

void bench_registry_bpf_table(const struct bench_registry_bpf *b, FILE *out)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++) {
		const struct bench_registry_bpf_result *r = &b->result[i];

		if (i % BENCH_REGISTRY_BPF_WAYS == 0)
			fprintf(out,
				"\n== in BPF, by test run on one CPU: %zu objects, uniform keys\n"
				"%-12s %-8s %12s %10s %10s %8s\n",
				r->objects, "SUBJECT", "does", "ns each", "of lookup", "of replace",
				"failed");
		print_row(b, r, out);
	}
}

/* -- for programs ----------------------------------------------------------------------------- */

static cJSON *result_json(const struct bench_registry_bpf *b,
			  const struct bench_registry_bpf_result *r)
{
	struct bench_estimate ns = bench_registry_bpf_ns(r);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "registry_bpf");
	cJSON_AddStringToObject(o, "subject", r->subject);
	cJSON_AddStringToObject(o, "operation", bench_registry_bpf_operations[r->operation]);
	cJSON_AddNumberToObject(o, "objects", (double)r->objects);
	if (r->skipped[0]) {
		cJSON_AddStringToObject(o, "skipped", r->skipped);
		return o;
	}
	cJSON_AddNumberToObject(o, "rounds", (double)r->rounds);
	cJSON_AddBoolToObject(o, "noisy", bench_is_noisy(&ns));
	cJSON_AddNumberToObject(o, "operations", (double)r->operations);
	cJSON_AddNumberToObject(o, "failed", (double)r->failed);
	bench_record_estimate(o, "ns", ns, r->ns);
	bench_record_estimate(o, "of_hash_lookup", bench_registry_bpf_ratio(b, r, BENCH_BPF_LOOKUP),
			      NULL);
	if (r->operation == BENCH_BPF_REPLACE)
		bench_record_estimate(o, "of_hash_replace",
				      bench_registry_bpf_ratio(b, r, BENCH_BPF_REPLACE), NULL);
	return o;
}

void bench_registry_bpf_json(const struct bench_registry_bpf *b, FILE *out)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++)
		json_line_print(result_json(b, &b->result[i]), out);
}

void bench_registry_bpf_csv(const struct bench_registry_bpf *b, const struct bench_env *env,
			    bool partial, FILE *out)
{
	fputs("subject,operation,objects,rounds,noisy,operations,failed,ns,ns_low,ns_high,"
	      "of_hash_lookup,of_hash_lookup_low,of_hash_lookup_high,"
	      "of_hash_replace,of_hash_replace_low,of_hash_replace_high,"
	      "kernel,cpu,commit,time,partial\n",
	      out);
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++) {
		const struct bench_registry_bpf_result *r = &b->result[i];
		struct bench_estimate ns = bench_registry_bpf_ns(r), none = {.count = 0};

		if (r->skipped[0])
			continue;
		fprintf(out, "%s,%s,%zu,%zu,%d,%llu,%llu", r->subject,
			bench_registry_bpf_operations[r->operation], r->objects, r->rounds,
			bench_is_noisy(&ns), (unsigned long long)r->operations,
			(unsigned long long)r->failed);
		bench_csv_estimate(ns, out);
		bench_csv_estimate(bench_registry_bpf_ratio(b, r, BENCH_BPF_LOOKUP), out);
		bench_csv_estimate(r->operation == BENCH_BPF_REPLACE
					   ? bench_registry_bpf_ratio(b, r, BENCH_BPF_REPLACE)
					   : none,
				   out);
		fprintf(out, ",%s,\"%s\",%s,%s,%d\n", env->kernel, env->cpu, env->commit, env->time,
			partial);
	}
}
