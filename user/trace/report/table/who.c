// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* who.c - see trace/report/table/who.h */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "symbols/kernel.h"
#include "trace/report/table/key_columns.h"
#include "trace/report/table/screen.h"
#include "trace/report/table/style.h"
#include "trace/report/table/who.h"
#include "trace/session/open.h"
#include "trace/session/since.h"
#include "trace/session/stacks.h"

#define LONG_SAMPLE 150 /* columns that a sample takes with all that is known of it */
#define SHORT_SYMBOL 25

/* Which cgroup it is in, unless that is the root, as on hosts that do not use them. */
static void print_cgroup(const struct trace *t, unsigned long long id)
{
	char path[256], shown[STYLE_TEXT];

	if (trace_cgroup(t, id, path, sizeof(path)) && strcmp(path, "/") != 0)
		fprintf(t->out, ", in %s", style_text(shown, path, sizeof(path)));
}

/* The number of a process in its own pid namespace, where it has another one. */
static void print_inner_pid(const struct trace *t, const struct process *p)
{
	if (p->inner && p->inner != p->tgid)
		fprintf(t->out, " (%u inside)", p->inner);
}

/* Who a thread is: its process, since when, and whether that is over. Idle tasks are nobody. */
static void print_process(const struct trace *t, unsigned int tid, unsigned long long start_ns)
{
	struct process thread, leader;
	char age[16], name[STYLE_TEXT];

	if (!trace_process(t, tid, start_ns, &thread) ||
	    !trace_process(t, thread.tgid, thread.leader_start_ns, &leader))
		return;
	fprintf(t->out, "; of %s", style_text(name, leader.name, sizeof(leader.name)));
	print_inner_pid(t, &leader);
	fprintf(t->out, ", began %s ago%s",
		style_duration(age, (double)(clock_boottime_ns() - leader.start_ns)),
		leader.end_ns ? ", ended" : "");
	print_cgroup(t, leader.cgroup);
}

/* How long ago a sample was taken. */
static const char *age_of(const struct trace *t, const lk_u64 *s, char *buf)
{
	return style_duration(buf, t->now_ns > s[SAMPLE_TIME] ? (double)(t->now_ns - s[SAMPLE_TIME])
							      : 0);
}

/* Where columns are scarce: what fits 80 of them. */
static void print_short_sample(const struct trace *t, const lk_u64 *s, const char *comm,
			       const char *symbol)
{
	char age[16], address[24];

	snprintf(address, sizeof(address), "%#llx", s[SAMPLE_IP]);
	fprintf(t->out, "  cpu %-3u %-16s %-7llu %-7s %6s ago ",
		(unsigned int)s[SAMPLE_CONTEXT_CPU], comm, s[SAMPLE_TGID_PID] >> 32,
		trace_context_name(s[SAMPLE_CONTEXT_CPU] >> 32), age_of(t, s, age));
	style_cell(t->out, symbol[0] ? symbol : address, SHORT_SYMBOL, STYLE_BARE);
	fputc('\n', t->out);
}

static void print_sample(const struct trace *t, const lk_u64 *s)
{
	char comm[STYLE_TEXT], age[16], symbol[256] = "", shown[STYLE_TEXT];

	style_text(comm, (const char *)&s[SAMPLE_COMM0], 16);
	ksyms__describe(t->ksyms, s[SAMPLE_IP], symbol, sizeof(symbol));
	style_text(shown, symbol, sizeof(symbol));
	if (screen_size(t).columns < LONG_SAMPLE) {
		print_short_sample(t, s, comm, shown);
		return;
	}
	fprintf(t->out, "  cpu %-3u %-16s pid %-7llu tid %-7llu %-8s ip %#llx%s%s, %s ago",
		(unsigned int)s[SAMPLE_CONTEXT_CPU], comm, s[SAMPLE_TGID_PID] >> 32,
		s[SAMPLE_TGID_PID] & 0xffffffff, trace_context_name(s[SAMPLE_CONTEXT_CPU] >> 32),
		s[SAMPLE_IP], symbol[0] ? " " : "", shown, age_of(t, s, age));
	print_process(t, (unsigned int)s[SAMPLE_TGID_PID], s[SAMPLE_START]);
	fputc('\n', t->out);
}

void table_samples(const struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++) {
		const struct probe *p = &t->probes.probe[i];
		const lk_u64 *contexts;
		struct probe_figures f;
		char name[STYLE_TEXT];

		since_read(t, i, &f);
		contexts = f.record.contexts;
		if (p->kind != KIND_SAMPLE || !contexts[CONTEXTS_TOTAL])
			continue;
		fprintf(t->out, "%s:", style_text(name, p->name, SIZE_MAX));
		for (int k = 0; k < SAMPLED_KINDS; k++)
			if (contexts[CONTEXTS_KIND0 + k])
				fprintf(t->out, " %s %llu", trace_context_name((unsigned int)k),
					contexts[CONTEXTS_KIND0 + k]);
		fputs("; newest sample of each CPU:\n", t->out);
		for (int cpu = 0; cpu < t->engine->cpus; cpu++)
			if (reader_sample(t->reader, p->number, cpu)[SAMPLE_TIME])
				print_sample(t, reader_sample(t->reader, p->number, cpu));
	}
}

void table_stacks(struct trace *t)
{
	struct stack_text *stacks;
	size_t n, shown;

	trace_report_failed(t, stacks_read_texts(t, &stacks, &n));
	shown = t->options->stacks && t->options->stacks < n ? t->options->stacks : n;
	if (n)
		fprintf(t->out, "\n%sstacks%s (%zu of %zu)\n", style_bold(t), style_plain(t), shown,
			n);
	for (size_t i = 0; i < shown; i++) {
		size_t comm = strcspn(stacks[i].text, ";");

		fprintf(t->out, "%11llu  %.*s\n", stacks[i].count, (int)comm, stacks[i].text);
		key_columns_frames(t->out, stacks[i].text + comm + (stacks[i].text[comm] == ';'));
	}
	stack_texts_free(stacks, n);
}

/* "comm dd, tid 12": all of the key but stacks, which are below. */
static void print_open_key(const struct trace *t, const struct open_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;
	const char *separator = "";
	char text[STYLE_TEXT];

	for (size_t i = 0; i < keys->count; i++) {
		enum trace_key key = keys->key[i];

		if (!v->text[key] || key == KEY_KSTACK || key == KEY_USTACK)
			continue;
		fprintf(t->out, "%s%s %s", separator, key_title(keys, key),
			style_text(text, v->text[key], SIZE_MAX));
		separator = ", ";
	}
	for (size_t i = 0; i < SPAN_TIES; i++)
		if (v->tie[i])
			fprintf(t->out, "%s%s %s", i ? ", " : separator,
				style_text(text, open_tie_name(t, v->probe, i), SIZE_MAX),
				v->tie[i]);
	fputc('\n', t->out);
}

static void print_open(const struct trace *t, const struct open_view *v, bool sums)
{
	char age[16], sum[24] = "";

	if (v->has_sum)
		snprintf(sum, sizeof(sum), "%lld", v->sum);
	fprintf(t->out, "%11llu %8s ", v->count, style_duration(age, (double)v->oldest_ns));
	if (sums)
		fprintf(t->out, "%14s ", sum);
	print_open_key(t, v);
	for (int user = 0; user < 2; user++)
		if (v->text[user ? KEY_USTACK : KEY_KSTACK])
			key_columns_frames(t->out, v->text[user ? KEY_USTACK : KEY_KSTACK]);
}

void table_open(struct trace *t)
{
	struct open_view *views;
	size_t n, shown;
	bool sums = false;

	trace_report_failed(t, open_views_read(t, &views, &n));
	shown = t->options->top && t->options->top < n ? t->options->top : n;
	fprintf(t->out, "\n%sopen spans%s%s\n", style_bold(t), style_plain(t),
		n ? ", oldest first" : ": none");
	for (size_t i = 0; i < n; i++)
		sums = sums || views[i].has_sum;
	if (n)
		fprintf(t->out, "%11s %8s %*s%sOF\n", "COUNT", "OLDEST", sums ? 14 : 0,
			sums ? "SUM" : "", sums ? " " : "");
	for (size_t i = 0; i < shown; i++)
		print_open(t, &views[i], sums);
	if (shown < n)
		fprintf(t->out, "... and %zu more (--top 0 shows all)\n", n - shown);
	open_views_free(views, n);
}

void table_threads(const struct trace *t)
{
	struct processes_counts c = processes_count(t->processes);

	fprintf(t->out,
		"threads: %llu began, %llu ended, %llu live; %llu known, %llu at most, %llu shed; "
		"%llu events lost\n",
		c.began, c.ended, c.alive, c.kept, c.kept_most, c.shed, c.lost);
}

void table_process(struct trace *t, const struct process *p)
{
	char age[16], name[STYLE_TEXT];

	fprintf(t->out, "ended: %s, pid %u", style_text(name, p->name, sizeof(p->name)), p->tgid);
	print_inner_pid(t, p);
	fprintf(t->out, ", child of %u, after %s", p->parent,
		style_duration(age, (double)(p->end_ns - p->start_ns)));
	print_cgroup(t, p->cgroup);
	fputc('\n', t->out);
}
