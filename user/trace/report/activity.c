// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* activity.c - see trace/report/activity.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json_line.h"
#include "trace/report/activity.h"
#include "trace/report/table/order.h"
#include "trace/report/table/style.h"
#include "trace/session/activity.h"

/* Where the table is redrawn, rows stay where they were. */
static void settle(struct trace *t, struct activity_view *v, size_t count)
{
	struct row_order *before = order_of(t, ORDER_PROCESSES);
	struct ordered *rows = before ? calloc(count + 1, sizeof(*rows)) : NULL;
	struct activity_view *sorted = rows ? calloc(count + 1, sizeof(*sorted)) : NULL;

	for (size_t i = 0; sorted && i < count; i++)
		rows[i] = (struct ordered){v[i].start_ns << 22 | v[i].pid, activity_rank(&v[i]), i};
	if (sorted) {
		order_settle(rows, count, before);
		for (size_t i = 0; i < count; i++)
			sorted[i] = v[rows[i].index];
		memcpy(v, sorted, count * sizeof(*v));
	}
	free(sorted);
	free(rows);
}

static const char *name_of(const struct activity_view *v, char *buf)
{
	return v->other ? STYLE_OTHER : style_name(buf, v->process, sizeof(v->process));
}

static void print_row(FILE *out, const struct activity_view *v)
{
	char name[STYLE_TEXT], pid[16] = "";

	if (!v->other)
		snprintf(pid, sizeof(pid), "%u", v->pid);
	style_cell(out, name_of(v, name), 16, STYLE_LEFT);
	fprintf(out, " %7s %11llu %11llu %11llu%s\n", pid, v->record[ACTIVITY_SAMPLES],
		v->record[ACTIVITY_SWITCHES], v->record[ACTIVITY_SYSCALLS],
		v->ended ? "  ended" : "");
}

/* What the rows that are left out add up to. */
static void print_rest(FILE *out, const struct activity_view *v, size_t count)
{
	lk_u64 sum[ACTIVITY_WORDS] = {0};
	char text[40];

	if (!count)
		return;
	for (size_t i = 0; i < count; i++)
		activity_merge(sum, v[i].record);
	snprintf(text, sizeof(text), "... and %zu more", count);
	fprintf(out, "%-24s %11llu %11llu %11llu\n", text, sum[ACTIVITY_SAMPLES],
		sum[ACTIVITY_SWITCHES], sum[ACTIVITY_SYSCALLS]);
}

void activity_print_table(struct trace *t, size_t most)
{
	const struct trace_globals *counted = t->engine->counted;
	struct activity_view *v;
	size_t n, others;

	if (!activity_is_counted(t))
		return;
	trace_report_failed(t, activity_read(t, &v, &n));
	if (!v)
		return;
	others = n && v[n - 1].other;
	settle(t, v, n - others);
	fprintf(t->out, "%s%-16s %7s %11s %11s %11s%s\n", style_bold(t), "PROCESS", "PID",
		"SAMPLES", "SWITCHES", "SYSCALLS", style_plain(t));
	for (size_t i = 0; i < n - others && i < most; i++)
		print_row(t->out, &v[i]);
	if (others)
		print_row(t->out, &v[n - 1]);
	if (n - others > most)
		print_rest(t->out, v + most, n - others - most);
	if (counted && counted->activity_dropped)
		fprintf(t->out, "of no process, as the latch refused: %llu\n",
			counted->activity_dropped);
	free(v);
}

static void print_json(struct trace *t, const struct activity_view *v)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "process_counts");
	json_add_u64(o, "t_ns", t->now_ns);
	cJSON_AddBoolToObject(o, "other", v->other);
	if (!v->other) {
		json_add_u64(o, "pid", v->pid);
		json_add_u64(o, "start_ns", v->start_ns);
	}
	if (v->process[0]) {
		cJSON_AddStringToObject(o, "process", v->process);
		cJSON_AddBoolToObject(o, "ended", v->ended);
	}
	json_add_u64(o, "samples", v->record[ACTIVITY_SAMPLES]);
	json_add_u64(o, "switches", v->record[ACTIVITY_SWITCHES]);
	json_add_u64(o, "syscalls", v->record[ACTIVITY_SYSCALLS]);
	trace_report_failed(t, json_line_print(o, t->out));
}

void activity_print_json(struct trace *t, bool all)
{
	struct activity_view *v;
	size_t n;

	if (!activity_is_counted(t))
		return;
	trace_report_failed(t, activity_read(t, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (all || v[i].grown)
			print_json(t, &v[i]);
	free(v);
}
