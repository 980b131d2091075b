// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* json.c - results of bench dispatch for programs: JSON lines and CSV. */
#include "bench/dispatch/plan.h"
#include "bench/core/record.h"
#include "bench/dispatch/json.h"
#include "cli/json_line.h"

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
		bench_record_estimate(part, dispatch_metric_names[m],
				      dispatch_result_of(r, (enum dispatch_metric)m), r->value[m]);
	bench_record_estimate(o, "of_indirect", dispatch_ratio(r, indirect, DISPATCH_ALONE_NS),
			      NULL);
	bench_record_times(o, "call_latency_ns", &r->call_times);
	bench_record_times(o, "visible_ns", &r->visible_times);
	bench_record_counters(o, "call_counters", &r->counts);
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
	bench_record_estimate(o, "dispatch_ns", bench_estimate_of(r->ns, r->rounds), r->ns);
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
	json_line_print(env, out);
	for (size_t i = 0; i < plan->loads_count * plan->subjects_count; i++)
		json_line_print(result_json(plan, &plan->results[i]), out);
	for (int i = 0; plan->bpf && i < DISPATCH_BPF_WAYS; i++)
		json_line_print(bpf_json(&plan->in_bpf.way[i]), out);
}

void dispatch_report_csv(const struct dispatch_plan *plan, FILE *out)
{
	fputs("subject,kind,threads,swapper,rounds,noisy,calls,swaps,mixed,late,unhandled", out);
	for (int m = 0; m < DISPATCH_METRICS; m++)
		bench_csv_estimate_names(dispatch_metric_names[m], out);
	bench_csv_times_names("call_latency_ns", out);
	bench_csv_times_names("visible_ns", out);
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
			bench_csv_estimate(dispatch_result_of(r, (enum dispatch_metric)m), out);
		bench_csv_times(&r->call_times, out);
		bench_csv_times(&r->visible_times, out);
		fprintf(out, ",%s,\"%s\",%s,%s,%d\n", plan->env.kernel, plan->env.cpu,
			plan->env.commit, plan->env.time, plan->partial);
	}
}
