// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* json.c - results of bench registry for programs: JSON lines and CSV. */
#include "bench/core/record.h"
#include "bench/registry/plan.h"
#include "bench/registry/json.h"
#include "bench/registry/bpf/report.h"
#include "bench/registry/keys.h"
#include "cli/json_line.h"

static cJSON *result_json(const struct bench_registry_result *r, double bytes)
{
	cJSON *o = cJSON_CreateObject(), *part;

	cJSON_AddStringToObject(o, "type", "registry");
	cJSON_AddStringToObject(o, "subject", r->subject->name);
	cJSON_AddStringToObject(o, "found", bench_registry_kind_names[r->subject->kind]);
	cJSON_AddNumberToObject(o, "threads", r->load->threads);
	cJSON_AddNumberToObject(o, "objects", (double)r->load->objects);
	cJSON_AddStringToObject(o, "keys", bench_registry_keys_names[r->load->keys]);
	cJSON_AddNumberToObject(o, "writes_percent", r->load->writes);
	cJSON_AddBoolToObject(o, "shrinker", r->load->shrinker);
	if (r->skipped[0]) {
		cJSON_AddStringToObject(o, "skipped", r->skipped);
		return o;
	}
	cJSON_AddNumberToObject(o, "rounds", (double)r->rounds);
	cJSON_AddNumberToObject(o, "lookups", (double)r->lookups);
	cJSON_AddNumberToObject(o, "misses", (double)r->misses);
	cJSON_AddNumberToObject(o, "replaces", (double)r->replaces);
	cJSON_AddNumberToObject(o, "sheds", (double)r->sheds);
	if (bytes > 0)
		cJSON_AddNumberToObject(o, "bytes_per_object", bytes);
	part = cJSON_AddObjectToObject(o, "metrics");
	for (int m = 0; m < BENCH_REGISTRY_METRICS; m++)
		bench_record_estimate(part, bench_registry_metric_names[m],
				      bench_registry_of(r, (enum bench_registry_metric)m),
				      r->value[m]);
	bench_record_times(o, "lookup_latency_ns", &r->times);
	return o;
}

void bench_registry_report_json(const struct bench_registry_plan *plan, FILE *out)
{
	json_line_print(bench_env_json(&plan->env, plan->partial), out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++)
		json_line_print(
			result_json(&plan->results[i], plan->bytes[i % plan->subjects_count]), out);
	if (plan->bpf)
		bench_registry_bpf_json(&plan->in_bpf, out);
}

static void csv_header(FILE *out)
{
	fputs("subject,found,threads,objects,keys,writes_percent,shrinker,rounds,noisy,lookups,"
	      "misses,replaces,sheds,bytes_per_object",
	      out);
	for (int m = 0; m < BENCH_REGISTRY_METRICS; m++)
		bench_csv_estimate_names(bench_registry_metric_names[m], out);
	bench_csv_times_names("lookup_latency_ns", out);
	fputs(",kernel,cpu,commit,time,partial\n", out);
}

static void csv_row(const struct bench_registry_plan *plan, const struct bench_registry_result *r,
		    double bytes, FILE *out)
{
	struct bench_estimate lookups = bench_registry_of(r, BENCH_LOOKUPS_PER_S);

	fprintf(out, "%s,%s,%u,%zu,%s,%u,%d,%zu,%d,%llu,%llu,%llu,%llu,", r->subject->name,
		bench_registry_kind_names[r->subject->kind], r->load->threads, r->load->objects,
		bench_registry_keys_names[r->load->keys], r->load->writes, r->load->shrinker,
		r->rounds, bench_is_noisy(&lookups), r->lookups, r->misses, r->replaces, r->sheds);
	if (bytes > 0)
		fprintf(out, "%g", bytes);
	for (int m = 0; m < BENCH_REGISTRY_METRICS; m++)
		bench_csv_estimate(bench_registry_of(r, (enum bench_registry_metric)m), out);
	bench_csv_times(&r->times, out);
	fprintf(out, ",%s,\"%s\",%s,%s,%d\n", plan->env.kernel, plan->env.cpu, plan->env.commit,
		plan->env.time, plan->partial);
}

void bench_registry_report_csv(const struct bench_registry_plan *plan, FILE *out)
{
	if (plan->bpf) {
		bench_registry_bpf_csv(&plan->in_bpf, &plan->env, plan->partial, out);
		return;
	}
	csv_header(out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++)
		if (!plan->results[i].skipped[0])
			csv_row(plan, &plan->results[i], plan->bytes[i % plan->subjects_count],
				out);
}
