// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* record.c - see bench/core/record.h. */
#include <stdarg.h>

#include "bench/core/record.h"
#include "cli/json_line.h"

static const struct {
	const char *name;
	double percent;
} percentiles[] = {{"p50", 50},	    {"p90", 90},       {"p99", 99},
		   {"p99_9", 99.9}, {"p99_99", 99.99}, {"max", 100}};
#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

/* -- fields ----------------------------------------------------------------------------------- */

/* A column of CSV: `format`, or in the header the name; "" where there is nothing. */
__attribute__((format(printf, 3, 4))) static void column(struct bench_record *r, const char *name,
							 const char *format, ...)
{
	va_list args;

	fputs(r->comma, r->out);
	r->comma = ",";
	if (r->names) {
		fputs(name, r->out);
		return;
	}
	va_start(args, format);
	vfprintf(r->out, format, args);
	va_end(args);
}

/* A column whose name begins with a key: one of several that say one thing. */
static void part(struct bench_record *r, const char *key, const char *name, bool known,
		 const char *format, double value)
{
	char whole[64], text[32] = "";

	snprintf(whole, sizeof(whole), "%s_%s", key, name);
	if (known)
		snprintf(text, sizeof(text), format, value);
	column(r, whole, "%s", text);
}

void bench_put_type(struct bench_record *r, const char *type)
{
	if (r->object)
		cJSON_AddStringToObject(r->object, "type", type);
}

void bench_put_text(struct bench_record *r, const char *key, const char *text)
{
	if (r->object)
		cJSON_AddStringToObject(r->object, key, text);
	else
		column(r, key, "%s", text);
}

void bench_put_quoted(struct bench_record *r, const char *key, const char *text)
{
	if (r->object)
		cJSON_AddStringToObject(r->object, key, text);
	else
		column(r, key, "\"%s\"", text);
}

void bench_put_count(struct bench_record *r, const char *key, unsigned long long count)
{
	if (r->object)
		cJSON_AddNumberToObject(r->object, key, (double)count);
	else
		column(r, key, "%llu", count);
}

void bench_put_real(struct bench_record *r, const char *key, bool known, double value)
{
	if (r->object && known)
		cJSON_AddNumberToObject(r->object, key, value);
	else if (!r->object && known)
		column(r, key, "%g", value);
	else if (!r->object)
		column(r, key, "%s", "");
}

void bench_put_flag(struct bench_record *r, const char *key, bool flag)
{
	if (r->object)
		cJSON_AddBoolToObject(r->object, key, flag);
	else
		column(r, key, "%d", flag);
}

void bench_put_pair(struct bench_record *r, const char *key, bool known, const char *one,
		    unsigned long long first, const char *other, unsigned long long second)
{
	if (r->object && known) {
		cJSON *o = cJSON_AddObjectToObject(r->object, key);

		cJSON_AddNumberToObject(o, one, (double)first);
		cJSON_AddNumberToObject(o, other, (double)second);
	} else if (!r->object) {
		part(r, key, one, known, "%.0f", (double)first);
		part(r, key, other, known, "%.0f", (double)second);
	}
}

bool bench_put_skipped(struct bench_record *r, const struct bench_cell *cell)
{
	if (r->object && cell->skipped[0])
		cJSON_AddStringToObject(r->object, "skipped", cell->skipped);
	return r->object && cell->skipped[0];
}

void bench_json_estimate(cJSON *to, const char *key, struct bench_estimate e, const double *values)
{
	cJSON *o;

	if (!e.count)
		return;
	o = cJSON_AddObjectToObject(to, key);
	cJSON_AddNumberToObject(o, "median", e.median);
	cJSON_AddNumberToObject(o, "low", e.low);
	cJSON_AddNumberToObject(o, "high", e.high);
	cJSON_AddNumberToObject(o, "mad", e.mad);
	if (values)
		cJSON_AddItemToObject(o, "values", cJSON_CreateDoubleArray(values, (int)e.count));
}

void bench_put_estimate(struct bench_record *r, const char *key, struct bench_estimate e,
			const double *values)
{
	if (r->object) {
		bench_json_estimate(r->object, key, e, values);
		return;
	}
	if (e.count)
		column(r, key, "%.6g", e.median);
	else
		column(r, key, "%s", "");
	part(r, key, "low", e.count, "%.6g", e.low);
	part(r, key, "high", e.count, "%.6g", e.high);
}

void bench_put_metrics(struct bench_record *r, const struct bench_plan *plan,
		       const struct bench_cell *cell)
{
	struct bench_record metrics = *r;

	if (r->object)
		metrics.object = cJSON_AddObjectToObject(r->object, "metrics");
	for (int m = 0; m < plan->bench->metrics_count; m++)
		bench_put_estimate(&metrics, plan->bench->metrics[m], bench_cell_of(cell, m),
				   cell->value[m]);
}

void bench_put_times(struct bench_record *r, const char *key, const struct bench_times *t)
{
	cJSON *o = r->object && t->count ? cJSON_AddObjectToObject(r->object, key) : NULL;

	for (size_t i = 0; i < PERCENTILES; i++) {
		double ns = (double)bench_times_percentile(t, percentiles[i].percent);

		if (o)
			cJSON_AddNumberToObject(o, percentiles[i].name, ns);
		else if (!r->object)
			part(r, key, percentiles[i].name, t->count, "%.0f", ns);
	}
}

void bench_put_counters(struct bench_record *r, const char *key, const char *prefix,
			const struct bench_pmu_count *counts)
{
	cJSON *o = NULL;

	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		double n = bench_pmu_per_operation(counts, (enum bench_pmu_event)i);

		if (r->object && n >= 0 && !o)
			o = cJSON_AddObjectToObject(r->object, key);
		if (o && n >= 0)
			cJSON_AddNumberToObject(o, bench_pmu_names[i], n);
		if (!r->object && prefix)
			part(r, prefix, bench_pmu_names[i], n >= 0, "%.6g", n);
	}
}

void bench_put_environment(struct bench_record *r, const struct bench_plan *plan, bool compiler)
{
	const struct bench_env *e = &plan->env;

	if (r->object)
		return;
	bench_put_text(r, "kernel", e->kernel);
	bench_put_quoted(r, "cpu", e->cpu);
	if (compiler) {
		bench_put_text(r, "microcode", e->microcode);
		bench_put_quoted(r, "compiler", e->compiler);
	}
	bench_put_text(r, "commit", e->commit);
	bench_put_text(r, "time", e->time);
	bench_put_flag(r, "partial", plan->partial);
}

/* -- all results ------------------------------------------------------------------------------ */

static void print_json(const struct bench_plan *plan, bench_record_fn *describe,
		       const struct bench_cell *cell, FILE *out)
{
	struct bench_record r = {.object = cJSON_CreateObject()};

	describe(&r, plan, cell);
	json_line_print(r.object, out);
}

static void print_csv(const struct bench_plan *plan, bench_record_fn *describe,
		      const struct bench_cell *cell, bool names, FILE *out)
{
	struct bench_record r = {.out = out, .names = names, .comma = ""};

	describe(&r, plan, cell);
	fputc('\n', out);
}

void bench_records_print(const struct bench_plan *plan, bench_record_fn *describe,
			 const void *cells, size_t count, size_t size, FILE *out)
{
	const char *at = cells;

	if (plan->format == BENCH_CSV)
		print_csv(plan, describe, cells, true, out);
	for (size_t i = 0; i < count; i++, at += size) {
		const struct bench_cell *cell = (const struct bench_cell *)at;

		if (plan->format == BENCH_JSON)
			print_json(plan, describe, cell, out);
		else if (!cell->skipped[0])
			print_csv(plan, describe, cell, false, out);
	}
}

static void print_table(const struct bench_plan *plan, size_t l, FILE *out)
{
	const struct bench_reports *reports = plan->bench->reports;
	char load[256];

	reports->describe(bench_plan_load(plan, l), load, sizeof(load));
	fprintf(out, "\n== %s\n", load);
	reports->header(bench_plan_load(plan, l), out);
	for (size_t s = 0; s < plan->subjects_count; s++) {
		const struct bench_cell *cell = bench_plan_result(plan, l, s);

		if (!cell->skipped[0])
			reports->row(plan, cell, out);
		else if (!reports->hides || !reports->hides(cell))
			fprintf(out, "%-*s skipped: %s\n", plan->bench->name_width,
				cell->subject->name, cell->skipped);
	}
	if (reports->below)
		reports->below(plan, l, out);
}

void bench_report(const struct bench_plan *plan, FILE *out)
{
	const struct bench_reports *reports = plan->bench->reports;

	if (plan->format == BENCH_TABLE) {
		reports->environment(plan, out);
		for (size_t l = 0; plan->subjects_count && l < plan->loads_count; l++)
			print_table(plan, l, out);
	} else {
		if (plan->format == BENCH_JSON)
			json_line_print(bench_env_json(&plan->env, plan->partial), out);
		/* Without loads, but with programs: these have rows of their own. */
		if (plan->format == BENCH_JSON || plan->loads_count || !plan->bpf)
			bench_records_print(plan, reports->record, plan->results,
					    bench_plan_results(plan), plan->bench->result_size,
					    out);
	}
	if (reports->more)
		reports->more(plan, out);
}
