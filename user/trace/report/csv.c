// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* csv.c - a trace for spreadsheets: one row for each probe, or key, and interval. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/escape.h"
#include "trace/report/report.h"
#include "trace/session/lines.h"

static void begin_keys(struct trace *t)
{
	const struct key_list *keys = &t->options->engine.keys;

	fputs(t->lines ? "t_ns,cpu,number,probe" : "t_ns,probe", t->out);
	for (size_t i = 0; i < keys->count; i++)
		if (keys->key[i] != KEY_PROBE)
			fprintf(t->out, ",%s", key_title(keys, keys->key[i]));
	if (t->lines)
		fputs(",process,start_ns,figure\n", t->out);
	else
		fputs(",process,start_ns,other,count,delta,sum_ns,min_ns,max_ns,p99_ns\n", t->out);
}

static void csv_begin(struct trace *t)
{
	if (t->options->engine.keys.count) {
		begin_keys(t);
		return;
	}
	fputs("t_ns,probe,count,delta,rate_hz,sum_ns,min_ns,max_ns", t->out);
	for (int i = 0; i < LOSS_CAUSES; i++)
		fprintf(t->out, ",%s", loss_names[i]);
	fputc('\n', t->out);
}

static void print_text(FILE *out, const char *text)
{
	fputc('"', out);
	escape_print(ESCAPE_CSV, out, text ? text : "", text ? strlen(text) : 0);
	fputs("\",", out);
}

/* The probe, its key, and whose it is. */
static void print_names(struct trace *t, const struct key_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;

	print_text(t->out, t->probes.probe[v->probe].name);
	for (size_t i = 0; i < keys->count; i++)
		if (keys->key[i] != KEY_PROBE)
			print_text(t->out, v->text[keys->key[i]]);
	print_text(t->out, v->process);
	if (v->start_ns)
		fprintf(t->out, "%llu", v->start_ns);
}

static void csv_line(struct trace *t, const struct line_view *line)
{
	fprintf(t->out, "%llu,%u,%llu,", line->time_ns, line->cpu, line->number);
	print_names(t, &line->key);
	if (line_has_figure(&t->probes.probe[line->key.probe]))
		fprintf(t->out, ",%lld\n", line->figure);
	else
		fputs(",\n", t->out);
}

static void print_key(struct trace *t, const struct key_view *v)
{
	const struct probe *p = &t->probes.probe[v->probe];
	const lk_u64 *latency = v->total.latency;

	fprintf(t->out, "%llu,", t->now_ns);
	print_names(t, v);
	fprintf(t->out, ",%d,%llu,%llu,", v->other, v->count, v->delta);
	if (p->has_value)
		fprintf(t->out, "%lld,%lld,%lld,%lld\n", (long long)v->total.value[VALUE_SUM],
			(long long)v->total.value[VALUE_MIN], (long long)v->total.value[VALUE_MAX],
			value_percentile(&p->linear, v->total.value, 99));
	else if (p->kind == KIND_LATENCY)
		fprintf(t->out, "%llu,%llu,%llu,%llu\n", latency[LATENCY_SUM], latency[LATENCY_MIN],
			latency[LATENCY_MAX], latency_percentile(latency, 99));
	else
		fputs(",,,\n", t->out);
}

static void print_keys(struct trace *t, bool all)
{
	struct key_view *keys;
	size_t n;

	trace_report_failed(t, key_views_read(t, SIZE_MAX, &keys, &n));
	for (size_t i = 0; i < n; i++)
		if (all || keys[i].delta)
			print_key(t, &keys[i]);
	key_views_free(keys, n);
}

static void print_probe(struct trace *t, size_t i)
{
	const struct probe *p = &t->probes.probe[i];
	const struct probe_view *v = &t->reader->view[i];
	const lk_u64 *latency = v->total.latency;

	fprintf(t->out, "%llu,\"", t->now_ns);
	escape_print(ESCAPE_CSV, t->out, p->name, strlen(p->name));
	fprintf(t->out, "\",%llu,%llu,%.3f,", probe_view_count(v), trace_delta(t, i),
		trace_rate_hz(t, i));
	if (p->has_value)
		fprintf(t->out, "%lld,%lld,%lld", (long long)v->total.value[VALUE_SUM],
			(long long)v->total.value[VALUE_MIN], (long long)v->total.value[VALUE_MAX]);
	else if (p->kind == KIND_LATENCY)
		fprintf(t->out, "%llu,%llu,%llu", latency[LATENCY_SUM], latency[LATENCY_MIN],
			latency[LATENCY_MAX]);
	else
		fputs(",,", t->out);
	for (int l = 0; l < LOSS_CAUSES; l++) {
		unsigned long long n = loss_get(&v->losses, l);

		if (n == LOSS_UNKNOWN)
			fputs(",unknown", t->out);
		else
			fprintf(t->out, ",%llu", n);
	}
	fputc('\n', t->out);
}

static void print_all(struct trace *t, bool all)
{
	if (t->lines)
		return;
	if (t->options->engine.keys.count) {
		print_keys(t, all);
		return;
	}
	for (size_t i = 0; i < t->probes.count; i++)
		if (trace_shows(t, i))
			print_probe(t, i);
}

static void csv_interval(struct trace *t)
{
	print_all(t, false);
}

static void csv_summary(struct trace *t)
{
	print_all(t, true);
}

const struct report report_csv = {
	.option = "csv",
	.help = "one row for each probe and interval",
	.begin = csv_begin,
	.interval = csv_interval,
	.summary = csv_summary,
	.line = csv_line,
};
