// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* json.c - a trace for programs: one JSON object a line. The keys are docs/json.md's. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json_line.h"
#include "host/clock.h"
#include "symbols/kernel.h"
#include "trace/report/activity.h"
#include "trace/report/report.h"
#include "trace/session/keys.h"
#include "trace/session/lines.h"
#include "trace/session/stacks.h"

static void add_losses(cJSON *to, const struct loss_counts *l)
{
	cJSON *losses = cJSON_AddObjectToObject(to, "losses");

	for (int i = 0; i < LOSS_CAUSES; i++) {
		if (loss_get(l, i) == LOSS_UNKNOWN)
			cJSON_AddStringToObject(losses, loss_names[i], "unknown");
		else
			json_add_u64(losses, loss_names[i], loss_get(l, i));
	}
}

static void add_buckets(cJSON *to, const char *key, const lk_u64 *buckets, unsigned int count)
{
	cJSON *array = cJSON_AddArrayToObject(to, key);
	char digits[24];

	for (unsigned int b = 0; b < count; b++) {
		snprintf(digits, sizeof(digits), "%llu", buckets[b]);
		cJSON_AddItemToArray(array, cJSON_CreateRaw(digits));
	}
}

static void add_latency(cJSON *to, const lk_u64 *r)
{
	json_add_u64(to, "sum_ns", r[LATENCY_SUM]);
	json_add_u64(to, "min_ns", r[LATENCY_MIN]);
	json_add_u64(to, "max_ns", r[LATENCY_MAX]);
	add_buckets(to, "hist", r + LATENCY_BUCKET0, LATENCY_BUCKETS);
}

static void add_i64(cJSON *to, const char *key, lk_u64 value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	cJSON_AddRawToObject(to, key, digits);
}

/* What is below its buckets, in them, and above. */
static void add_linear(cJSON *to, const struct trace_linear *l, const lk_u64 *r)
{
	lk_u64 width = (lk_u64)l->max - (lk_u64)l->min;
	cJSON *o = cJSON_AddObjectToObject(to, "lhist");

	add_i64(o, "min", (lk_u64)l->min);
	add_i64(o, "max", (lk_u64)l->max);
	json_add_u64(o, "step", l->step);
	json_add_u64(o, "below", r[VALUE_BELOW]);
	json_add_u64(o, "above", r[VALUE_BUCKET0 + VALUE_BUCKETS - 1]);
	add_buckets(o, "hist", r + VALUE_BUCKET0, (unsigned int)((width - 1) / l->step + 1));
}

/* What an expression came to, in its unit. */
static void add_values(cJSON *to, const struct probe *p, const lk_u64 *r)
{
	cJSON_AddStringToObject(to, "unit", p->unit);
	add_i64(to, "sum", r[VALUE_SUM]);
	add_i64(to, "min", r[VALUE_MIN]);
	add_i64(to, "max", r[VALUE_MAX]);
	if (p->linear.step) {
		add_linear(to, &p->linear, r);
		return;
	}
	json_add_u64(to, "below_0", r[VALUE_BELOW]);
	add_buckets(to, "hist", r + VALUE_BUCKET0, VALUE_BUCKETS);
}

/* What a record has beside its count. */
static void add_record(cJSON *to, const struct probe *p, const union summed_record *r)
{
	if (p->has_value)
		add_values(to, p, r->value);
	else if (p->kind == KIND_LATENCY)
		add_latency(to, r->latency);
}

/* How many events each handler has had, of those that the probe can have. */
static void add_handled(cJSON *to, const struct probe *p, const unsigned long long *handled)
{
	cJSON *o = cJSON_AddObjectToObject(to, "handled_by");

	for (int i = 0; i < HANDLERS; i++)
		if (handler_get(i)->serves[p->kind])
			json_add_u64(o, handler_get(i)->name, handled[i]);
}

static void add_name(cJSON *to, const char *key, const struct process *p)
{
	char name[sizeof(p->name) + 1] = {0};

	memcpy(name, p->name, sizeof(p->name));
	cJSON_AddStringToObject(to, key, name);
}

/* The number of a process in its own pid namespace, if that is another one than `pid`. */
static void add_inner_pid(cJSON *to, const struct process *p, unsigned int pid)
{
	if (p->inner && p->inner != pid)
		json_add_u64(to, "inner_pid", p->inner);
}

/* Who a thread is, if that is known: the name of its process, and whether that has ended. */
static void add_process(cJSON *to, const struct trace *t, unsigned int tid,
			unsigned long long start_ns)
{
	struct process thread, leader;

	json_add_u64(to, "start_ns", start_ns);
	if (!trace_process(t, tid, start_ns, &thread) ||
	    !trace_process(t, thread.tgid, thread.leader_start_ns, &leader))
		return;
	add_inner_pid(to, &leader, leader.tgid);
	add_name(to, "process", &leader);
	cJSON_AddBoolToObject(to, "ended", leader.end_ns != 0);
}

static void add_cgroup(cJSON *to, const struct trace *t, unsigned long long id)
{
	char path[PATH_MAX];

	json_add_u64(to, "cgroup", id);
	if (trace_cgroup(t, id, path, sizeof(path)))
		cJSON_AddStringToObject(to, "cgroup_path", path);
}

static cJSON *sample_json(const struct trace *t, const lk_u64 *s)
{
	cJSON *o = cJSON_CreateObject();
	char comm[17] = {0}, ip[24], symbol[256];

	memcpy(comm, &s[SAMPLE_COMM0], 16);
	snprintf(ip, sizeof(ip), "%#llx", s[SAMPLE_IP]);
	json_add_u64(o, "t_ns", s[SAMPLE_TIME]);
	json_add_u64(o, "cpu", s[SAMPLE_CONTEXT_CPU] & 0xffffffff);
	json_add_u64(o, "pid", s[SAMPLE_TGID_PID] >> 32);
	json_add_u64(o, "tid", s[SAMPLE_TGID_PID] & 0xffffffff);
	cJSON_AddStringToObject(o, "comm", comm);
	cJSON_AddStringToObject(o, "context", trace_context_name(s[SAMPLE_CONTEXT_CPU] >> 32));
	cJSON_AddStringToObject(o, "ip", ip);
	if (ksyms__describe(t->ksyms, s[SAMPLE_IP], symbol, sizeof(symbol)))
		cJSON_AddStringToObject(o, "symbol", symbol);
	cJSON_AddNumberToObject(o, "kernel_stack", (int)(s[SAMPLE_STACKS] & 0xffffffff));
	cJSON_AddNumberToObject(o, "user_stack", (int)(s[SAMPLE_STACKS] >> 32));
	add_cgroup(o, t, s[SAMPLE_CGROUP]);
	add_process(o, t, (unsigned int)s[SAMPLE_TGID_PID], s[SAMPLE_START]);
	return o;
}

static void add_contexts(cJSON *to, const lk_u64 *contexts)
{
	cJSON *counts = cJSON_AddObjectToObject(to, "contexts");

	for (unsigned int k = 0; k < SAMPLED_KINDS; k++)
		json_add_u64(counts, trace_context_name(k), contexts[CONTEXTS_KIND0 + k]);
}

static void add_samples(cJSON *to, const struct trace *t, size_t i)
{
	const lk_u64 *contexts = t->reader->view[i].total.contexts;
	cJSON *samples = cJSON_AddArrayToObject(to, "samples");

	add_contexts(to, contexts);
	for (int cpu = 0; cpu < t->engine->cpus; cpu++) {
		const lk_u64 *s = reader_sample(t->reader, t->probes.probe[i].number, cpu);

		if (s[SAMPLE_TIME])
			cJSON_AddItemToArray(samples, sample_json(t, s));
	}
}

static void print_line(struct trace *t, cJSON *o)
{
	trace_report_failed(t, json_line_print(o, t->out));
}

static const char *const kinds[TABLES] = {"event", "latency", "sample", "value"};

static void print_probe(struct trace *t, size_t i)
{
	const struct probe *p = &t->probes.probe[i];
	const struct probe_view *v = &t->reader->view[i];
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "probe");
	json_add_u64(o, "t_ns", t->now_ns);
	cJSON_AddStringToObject(o, "probe", p->name);
	cJSON_AddStringToObject(o, "kind", kinds[probe_table(p)]);
	json_add_u64(o, "count", probe_view_count(v));
	json_add_u64(o, "delta", trace_delta(t, i));
	cJSON_AddNumberToObject(o, "rate_hz", trace_rate_hz(t, i));
	if (p->kind == KIND_LATENCY) {
		json_add_u64(o, "entries", v->entries);
		json_add_u64(o, "open", v->open);
	}
	add_record(o, p, &v->total);
	if (p->kind == KIND_SAMPLE)
		add_samples(o, t, i);
	cJSON_AddStringToObject(o, "handler", handler_get(t->engine->handler[p->kind])->name);
	add_handled(o, p, v->handled);
	add_losses(o, &v->losses);
	if (t->options->engine.keys.count && !t->lines)
		json_add_u64(o, "keys_full", summed_count(probe_table(p), &v->other));
	print_line(t, o);
}

/* What a key is made of; numbers are numbers. */
static void add_key(cJSON *to, const struct trace *t, const struct key_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;

	for (size_t i = 0; i < keys->count && !v->other; i++) {
		enum trace_key key = keys->key[i];
		const char *text = v->text[key];

		if (key == KEY_CGROUP) {
			json_add_u64(to, "cgroup", v->cgroup);
			if (text[0] == '/')
				cJSON_AddStringToObject(to, "cgroup_path", text);
		} else if (key == KEY_PID || key == KEY_TID || key == KEY_UID || key == KEY_CPU) {
			json_add_u64(to, key_name(key), strtoull(text, NULL, 10));
		} else {
			cJSON_AddStringToObject(to, key_title(keys, key), text);
		}
	}
	if (v->process)
		cJSON_AddStringToObject(to, "process", v->process);
	if (v->start_ns)
		json_add_u64(to, "start_ns", v->start_ns);
	if (v->process)
		cJSON_AddBoolToObject(to, "ended", v->ended);
}

static void print_key(struct trace *t, const struct key_view *v)
{
	const struct probe *p = &t->probes.probe[v->probe];
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "key");
	json_add_u64(o, "t_ns", t->now_ns);
	cJSON_AddStringToObject(o, "probe", p->name);
	cJSON_AddStringToObject(o, "kind", kinds[probe_table(p)]);
	cJSON_AddBoolToObject(o, "other", v->other);
	add_key(cJSON_AddObjectToObject(o, "key"), t, v);
	json_add_u64(o, "count", v->count);
	json_add_u64(o, "delta", v->delta);
	add_record(o, p, &v->total);
	if (p->kind == KIND_SAMPLE)
		add_contexts(o, v->total.contexts);
	print_line(t, o);
}

/* Those that have grown since the last report, or all. */
static void print_keys(struct trace *t, bool all)
{
	struct key_view *keys;
	size_t n;

	if (!t->options->engine.keys.count || t->lines)
		return;
	trace_report_failed(t, key_views_read(t, SIZE_MAX, &keys, &n));
	for (size_t i = 0; i < n; i++)
		if (all || keys[i].delta)
			print_key(t, &keys[i]);
	key_views_free(keys, n);
}

static void print_stack(struct trace *t, const struct stack *s)
{
	char comm[sizeof(s->key.comm) + 1] = {0}, *folded = NULL;
	size_t size;
	FILE *text = open_memstream(&folded, &size);
	cJSON *o;

	if (text)
		stack_print(t, s, text);
	if (!text || ferror(text))
		trace_report_failed(t, ENOMEM);
	if ((text && fclose(text)) || !folded) {
		trace_report_failed(t, ENOMEM);
		return;
	}
	o = cJSON_CreateObject();
	memcpy(comm, s->key.comm, sizeof(s->key.comm));
	cJSON_AddStringToObject(o, "type", "stack");
	cJSON_AddStringToObject(o, "probe", s->probe ? s->probe->name : "");
	json_add_u64(o, "count", s->count);
	json_add_u64(o, "pid", s->key.tgid);
	cJSON_AddStringToObject(o, "comm", comm);
	add_process(o, t, s->key.tgid, s->key.start_ns);
	cJSON_AddStringToObject(o, "folded", folded);
	free(folded);
	print_line(t, o);
}

static void print_stacks(struct trace *t)
{
	struct stack *stacks;
	size_t n;

	trace_report_failed(t, stacks_read(t, &stacks, &n));
	for (size_t i = 0; i < n; i++)
		print_stack(t, &stacks[i]);
	free(stacks);
}

static void print_probes(struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++)
		if (trace_shows(t, i))
			print_probe(t, i);
}

static void json_interval(struct trace *t)
{
	print_probes(t);
	print_keys(t, false);
	activity_print_json(t, false);
}

static void add_threads(cJSON *to, const struct trace *t)
{
	struct processes_counts c = processes_count(t->processes);
	cJSON *o = cJSON_AddObjectToObject(to, "threads");

	json_add_u64(o, "began", c.began);
	json_add_u64(o, "ended", c.ended);
	json_add_u64(o, "alive", c.alive);
	json_add_u64(o, "kept", c.kept);
	json_add_u64(o, "kept_most", c.kept_most);
	json_add_u64(o, "shed", c.shed);
	json_add_u64(o, "lost", c.lost);
}

static void json_summary(struct trace *t)
{
	const struct reader_counts *c = &t->reader->counts;
	struct loss_counts losses = trace_losses_sum(t);
	cJSON *o = cJSON_CreateObject();

	print_probes(t);
	print_keys(t, true);
	activity_print_json(t, true);
	if (t->engine->count_stacks)
		print_stacks(t);
	cJSON_AddStringToObject(o, "type", "summary");
	json_add_u64(o, "t_ns", t->now_ns);
	cJSON_AddStringToObject(o, "latch", t->engine->variant->name);
	cJSON_AddNumberToObject(o, "duration_s", trace_elapsed_s(t));
	json_add_u64(o, "probes", t->probes.count);
	json_add_u64(o, "swaps", t->swaps);
	json_add_u64(o, "reads", c->reads);
	json_add_u64(o, "retries", c->retries);
	json_add_u64(o, "gave_up", c->gave_up);
	json_add_u64(o, "torn", c->torn);
	if (t->processes)
		add_threads(o, t);
	json_add_u64(o, "not_followed", t->engine->counted ? t->engine->counted->not_followed : 0);
	if (t->engine->count_stacks)
		json_add_u64(o, "own_stacks", trace_own_stacks(t));
	if (t->lines) {
		json_add_u64(o, "lines", lines_shown(t->lines));
		json_add_u64(o, "lines_missing", lines_missing(t->lines));
	}
	if (t->probes.statements) {
		json_add_u64(o, "zero_divisors", trace_zero_divisors(t));
		json_add_u64(o, "unread_user", trace_unread_user(t));
	}
	if (t->options->engine.activity)
		json_add_u64(o, "process_counts_dropped", t->engine->counted->activity_dropped);
	add_losses(o, &losses);
	print_line(t, o);
}

static void json_process(struct trace *t, const struct process *p)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "process");
	json_add_u64(o, "t_ns", clock_now_ns());
	json_add_u64(o, "pid", p->tgid);
	add_inner_pid(o, p, p->tgid);
	add_name(o, "name", p);
	json_add_u64(o, "parent", p->parent);
	json_add_u64(o, "start_ns", p->start_ns);
	json_add_u64(o, "end_ns", p->end_ns);
	json_add_u64(o, "execs", p->execs);
	add_cgroup(o, t, p->cgroup);
	print_line(t, o);
}

static void json_line(struct trace *t, const struct line_view *line)
{
	const struct probe *p = &t->probes.probe[line->key.probe];
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "line");
	json_add_u64(o, "t_ns", line->time_ns);
	cJSON_AddStringToObject(o, "probe", p->name);
	json_add_u64(o, "cpu", line->cpu);
	json_add_u64(o, "number", line->number);
	if (p->has_value)
		add_i64(o, "value", (lk_u64)line->figure);
	else if (line_has_figure(p))
		json_add_u64(o, "ns", (unsigned long long)line->figure);
	add_key(cJSON_AddObjectToObject(o, "key"), t, &line->key);
	print_line(t, o);
}

const struct report report_json = {
	.option = "json",
	.help = "one JSON object a line, see docs/json.md",
	.interval = json_interval,
	.summary = json_summary,
	.process = json_process,
	.line = json_line,
};
