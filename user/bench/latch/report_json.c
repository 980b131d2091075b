// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report_json.c - results for programs: JSON lines and CSV. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "bench/latch/rank.h"
#include "bench/core/record.h"
#include "bench/latch/report_json.h"
#include "cli/json_line.h"

static void add_load(cJSON *o, const struct bench_load *load)
{
	char who[96];

	cJSON_AddStringToObject(o, "workload", load->shape.accumulate ? "accumulate" : "publish");
	cJSON_AddNumberToObject(o, "payload_bytes", 8 * load->shape.words);
	bench_contexts_describe(load->writers, "user", who, sizeof(who));
	cJSON_AddStringToObject(o, "writers", who);
	bench_contexts_describe(load->readers, "mmap", who, sizeof(who));
	cJSON_AddStringToObject(o, "readers", who);
	cJSON_AddNumberToObject(o, "rate_per_s", load->rate_per_s);
}

static cJSON *result_json(const struct bench_result *r)
{
	cJSON *o = cJSON_CreateObject(), *part;
	const struct bench_load *load = r->load;

	cJSON_AddStringToObject(o, "type", "result");
	cJSON_AddStringToObject(o, "subject", r->subject->name);
	cJSON_AddStringToObject(o, "kind", r->subject->is_peer ? "peer" : "latch");
	cJSON_AddBoolToObject(o, "sound", r->subject->sound);
	add_load(o, load);
	if (r->skipped[0]) {
		cJSON_AddStringToObject(o, "skipped", r->skipped);
		return o;
	}
	cJSON_AddNumberToObject(o, "memory_bytes", (double)r->memory_bytes);
	cJSON_AddNumberToObject(o, "rounds", (double)r->rounds);
	cJSON_AddBoolToObject(o, "noisy", bench_result_noisy(r));
	cJSON_AddNumberToObject(o, "torn", (double)r->torn);
	cJSON_AddNumberToObject(o, "checked", (double)r->checked);
	if (r->code.locked >= 0) {
		part = cJSON_AddObjectToObject(o, "locked_instructions");
		cJSON_AddNumberToObject(part, "count", r->code.locked);
		cJSON_AddNumberToObject(part, "in_loops", r->code.in_loops);
	}
	part = cJSON_AddObjectToObject(o, "metrics");
	for (int m = 0; m < BENCH_METRICS; m++)
		bench_record_estimate(part, bench_metric_names[m],
				      bench_result_of(r, (enum bench_metric)m), r->value[m]);
	if (bench_load_readers(load)) {
		part = cJSON_AddObjectToObject(o, "retries");
		cJSON_AddNumberToObject(part, "p99", bench_retries_percentile(r, 99));
		cJSON_AddNumberToObject(part, "max", (double)r->retries_max);
	}
	bench_record_times(o, "write_latency_ns", &r->write_times);
	bench_record_times(o, "read_latency_ns", &r->read_times);
	bench_record_counters(o, "write_counters", &r->write_counts);
	bench_record_counters(o, "read_counters", &r->read_counts);
	return o;
}

/* The sound ones in order; `lead`: the one before has that many times as much, 0 if no difference.
 */
static cJSON *ranking_json(const struct bench_plan *plan, size_t l, enum bench_metric metric)
{
	struct bench_rank *ranks = calloc(plan->subjects_count, sizeof(*ranks));
	size_t count = ranks ? bench_rank(plan, l, metric, ranks) : 0;
	cJSON *o = cJSON_CreateObject(), *order;

	cJSON_AddStringToObject(o, "type", "ranking");
	cJSON_AddStringToObject(o, "metric", bench_metric_names[metric]);
	add_load(o, &plan->loads[l]);
	order = cJSON_AddArrayToObject(o, "order");
	for (size_t i = 0; i < count; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "subject", ranks[i].result->subject->name);
		cJSON_AddNumberToObject(one, "lead", ranks[i].lead);
		cJSON_AddItemToArray(order, one);
	}
	free(ranks);
	return o;
}

void bench_report_json(const struct bench_plan *plan, FILE *out)
{
	json_line_print(bench_env_json(&plan->env, plan->partial), out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++)
		json_line_print(result_json(&plan->results[i]), out);
	for (size_t l = 0; l < plan->loads_count; l++)
		for (int m = BENCH_WRITES_PER_S; m <= BENCH_READS_PER_S; m++)
			if (bench_load_has(&plan->loads[l], (enum bench_metric)m))
				json_line_print(ranking_json(plan, l, (enum bench_metric)m), out);
}

static void csv_header(FILE *out)
{
	fputs("subject,kind,sound,workload,payload_bytes,writers,readers,rate_per_s,memory_bytes,"
	      "rounds,noisy,torn,checked",
	      out);
	for (int m = 0; m < BENCH_METRICS; m++)
		bench_csv_estimate_names(bench_metric_names[m], out);
	fputs(",retries_p99,retries_max", out);
	bench_csv_times_names("write_latency_ns", out);
	bench_csv_times_names("read_latency_ns", out);
	for (int reads = 0; reads < 2; reads++)
		for (int i = 0; i < BENCH_PMU_EVENTS; i++)
			fprintf(out, ",%s_%s", reads ? "read" : "write", bench_pmu_names[i]);
	fputs(",kernel,cpu,microcode,compiler,commit,time,partial\n", out);
}

static void csv_counts(const struct bench_pmu_count *counts, FILE *out)
{
	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		double n = bench_pmu_per_operation(counts, (enum bench_pmu_event)i);

		if (n >= 0)
			fprintf(out, ",%.6g", n);
		else
			fputc(',', out);
	}
}

static void csv_row(const struct bench_plan *plan, const struct bench_result *r, FILE *out)
{
	const struct bench_load *load = r->load;
	const struct bench_env *env = &plan->env;
	char writers[96], readers[96];

	bench_contexts_describe(load->writers, "user", writers, sizeof(writers));
	bench_contexts_describe(load->readers, "mmap", readers, sizeof(readers));
	fprintf(out, "%s,%s,%d,%s,%u,\"%s\",\"%s\",%g,%zu,%zu,%d,%llu,%llu", r->subject->name,
		r->subject->is_peer ? "peer" : "latch", r->subject->sound,
		load->shape.accumulate ? "accumulate" : "publish", 8 * load->shape.words, writers,
		readers, load->rate_per_s, r->memory_bytes, r->rounds, bench_result_noisy(r),
		r->torn, r->checked);
	for (int m = 0; m < BENCH_METRICS; m++)
		bench_csv_estimate(bench_result_of(r, (enum bench_metric)m), out);
	if (bench_load_readers(load))
		fprintf(out, ",%u,%llu", bench_retries_percentile(r, 99), r->retries_max);
	else
		fputs(",,", out);
	bench_csv_times(&r->write_times, out);
	bench_csv_times(&r->read_times, out);
	csv_counts(&r->write_counts, out);
	csv_counts(&r->read_counts, out);
	fprintf(out, ",%s,\"%s\",%s,\"%s\",%s,%s,%d\n", env->kernel, env->cpu, env->microcode,
		env->compiler, env->commit, env->time, plan->partial);
}

void bench_report_csv(const struct bench_plan *plan, FILE *out)
{
	csv_header(out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++)
		if (!plan->results[i].skipped[0])
			csv_row(plan, &plan->results[i], out);
}
