// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench_dispatch_json.c - results of bench dispatch for programs: JSON lines and CSV. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "bench_dispatch.h"

static const struct {
	const char *name;
	double percent;
} percentiles[] = {{"p50", 50},	    {"p90", 90},       {"p99", 99},
		   {"p99_9", 99.9}, {"p99_99", 99.99}, {"max", 100}};
#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

static void print_line(cJSON *o, FILE *out)
{
	char *text = cJSON_PrintUnformatted(o);

	if (text)
		fprintf(out, "%s\n", text);
	free(text);
	cJSON_Delete(o);
}

static void add_estimate(cJSON *o, const char *name, struct bench_estimate e, const double *values)
{
	cJSON *part;

	if (!e.count)
		return;
	part = cJSON_AddObjectToObject(o, name);
	cJSON_AddNumberToObject(part, "median", e.median);
	cJSON_AddNumberToObject(part, "low", e.low);
	cJSON_AddNumberToObject(part, "high", e.high);
	cJSON_AddNumberToObject(part, "mad", e.mad);
	if (values)
		cJSON_AddItemToObject(part, "values",
				      cJSON_CreateDoubleArray(values, (int)e.count));
}

static void add_times(cJSON *o, const char *name, const struct bench_times *t)
{
	cJSON *times;

	if (!t->count)
		return;
	times = cJSON_AddObjectToObject(o, name);
	for (size_t i = 0; i < PERCENTILES; i++)
		cJSON_AddNumberToObject(times, percentiles[i].name,
					(double)bench_times_percentile(t, percentiles[i].percent));
}

static void add_counters(cJSON *o, const struct bench_pmu_count *counts)
{
	cJSON *part = NULL;

	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		double n = bench_pmu_per_operation(counts, (enum bench_pmu_event)i);

		if (n < 0)
			continue;
		if (!part)
			part = cJSON_AddObjectToObject(o, "call_counters");
		cJSON_AddNumberToObject(part, bench_pmu_names[i], n);
	}
}

static cJSON *result_json(const struct dispatch_plan *plan, const struct dispatch_result *r)
{
	const struct dispatch_result *indirect =
		dispatch_plan_find(plan, "indirect", r->load->threads, r->load->swapper);
	cJSON *o = cJSON_CreateObject(), *part;

	cJSON_AddStringToObject(o, "type", "dispatch");
	cJSON_AddStringToObject(o, "subject", r->subject->name);
	cJSON_AddStringToObject(o, "kind", dispatch_kind_names[r->subject->kind]);
	cJSON_AddNumberToObject(o, "threads", r->load->threads);
	cJSON_AddBoolToObject(o, "swapper", r->load->swapper);
	if (r->skipped[0]) {
		cJSON_AddStringToObject(o, "skipped", r->skipped);
		return o;
	}
	cJSON_AddNumberToObject(o, "rounds", (double)r->rounds);
	cJSON_AddBoolToObject(o, "noisy", dispatch_result_noisy(r));
	cJSON_AddNumberToObject(o, "calls", (double)r->calls);
	cJSON_AddNumberToObject(o, "swaps", (double)r->swaps);
	cJSON_AddNumberToObject(o, "mixed", (double)r->mixed);
	cJSON_AddNumberToObject(o, "late", (double)r->late);
	cJSON_AddNumberToObject(o, "unhandled", (double)r->unhandled);
	part = cJSON_AddObjectToObject(o, "metrics");
	for (int m = 0; m < DISPATCH_METRICS; m++)
		add_estimate(part, dispatch_metric_names[m],
			     dispatch_result_of(r, (enum dispatch_metric)m), r->value[m]);
	add_estimate(o, "of_indirect", dispatch_ratio(r, indirect, DISPATCH_ALONE_NS), NULL);
	add_times(o, "call_latency_ns", &r->call_times);
	add_times(o, "visible_ns", &r->visible_times);
	add_counters(o, &r->counts);
	return o;
}

static cJSON *bpf_json(const struct dispatch_bpf_result *r)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "dispatch_bpf");
	cJSON_AddStringToObject(o, "way", r->name);
	if (r->skipped[0]) {
		cJSON_AddStringToObject(o, "skipped", r->skipped);
		return o;
	}
	add_estimate(o, "dispatch_ns", bench_estimate_of(r->ns, r->rounds), r->ns);
	if (!r->had_events)
		return o;
	cJSON_AddNumberToObject(o, "events", (double)r->events);
	cJSON_AddNumberToObject(o, "handled", (double)r->calls);
	cJSON_AddNumberToObject(o, "missed", (double)(int64_t)r->missed);
	cJSON_AddNumberToObject(o, "mixed", (double)r->mixed);
	cJSON_AddNumberToObject(o, "late", (double)r->late);
	cJSON_AddNumberToObject(o, "swaps", (double)r->swaps);
	cJSON_AddNumberToObject(o, "swap_ns", r->swap_ns);
	return o;
}

void dispatch_report_json(const struct dispatch_plan *plan, FILE *out)
{
	cJSON *env = bench_env_json(&plan->env, plan->partial);

	if (plan->tsc_ghz > 0)
		cJSON_AddNumberToObject(env, "tsc_ghz", plan->tsc_ghz);
	print_line(env, out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++)
		print_line(result_json(plan, &plan->results[i]), out);
	for (int i = 0; plan->bpf && i < DISPATCH_BPF_WAYS; i++)
		print_line(bpf_json(&plan->in_bpf.way[i]), out);
}

static void csv_estimate(struct bench_estimate e, FILE *out)
{
	if (e.count)
		fprintf(out, ",%g,%g,%g", e.median, e.low, e.high);
	else
		fputs(",,,", out);
}

static void csv_times(const struct bench_times *t, FILE *out)
{
	for (size_t i = 0; i < PERCENTILES; i++) {
		if (t->count)
			fprintf(out, ",%llu",
				(unsigned long long)bench_times_percentile(t,
									   percentiles[i].percent));
		else
			fputc(',', out);
	}
}

void dispatch_report_csv(const struct dispatch_plan *plan, FILE *out)
{
	fputs("subject,kind,threads,swapper,rounds,noisy,calls,swaps,mixed,late,unhandled", out);
	for (int m = 0; m < DISPATCH_METRICS; m++)
		fprintf(out, ",%s,%s_low,%s_high", dispatch_metric_names[m],
			dispatch_metric_names[m], dispatch_metric_names[m]);
	for (int visible = 0; visible < 2; visible++)
		for (size_t i = 0; i < PERCENTILES; i++)
			fprintf(out, ",%s_%s", visible ? "visible_ns" : "call_latency_ns",
				percentiles[i].name);
	fputs(",kernel,cpu,commit,time,partial\n", out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++) {
		const struct dispatch_result *r = &plan->results[i];

		if (r->skipped[0])
			continue;
		fprintf(out, "%s,%s,%u,%d,%zu,%d,%llu,%llu,%llu,%llu,%llu", r->subject->name,
			dispatch_kind_names[r->subject->kind], r->load->threads, r->load->swapper,
			r->rounds, dispatch_result_noisy(r), r->calls, r->swaps, r->mixed, r->late,
			r->unhandled);
		for (int m = 0; m < DISPATCH_METRICS; m++)
			csv_estimate(dispatch_result_of(r, (enum dispatch_metric)m), out);
		csv_times(&r->call_times, out);
		csv_times(&r->visible_times, out);
		fprintf(out, ",%s,\"%s\",%s,%s,%d\n", plan->env.kernel, plan->env.cpu,
			plan->env.commit, plan->env.time, plan->partial);
	}
}
