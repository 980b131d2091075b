// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* csv.c - a trace for spreadsheets: one row for each probe and interval. */
#include <stdio.h>
#include <string.h>

#include "cli/escape.h"
#include "trace/report/report.h"

static void csv_begin(struct trace *t)
{
	fputs("t_ns,probe,count,delta,rate_hz,sum_ns,min_ns,max_ns", t->out);
	for (int i = 0; i < LOSS_CAUSES; i++)
		fprintf(t->out, ",%s", loss_names[i]);
	fputc('\n', t->out);
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
	if (p->kind == KIND_LATENCY)
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

static void csv_interval(struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++)
		if (trace_shows(t, i))
			print_probe(t, i);
}

const struct report report_csv = {
	.option = "csv",
	.help = "one row for each probe and interval",
	.begin = csv_begin,
	.interval = csv_interval,
	.summary = csv_interval,
};
