// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* metrics.c - see trace/report/metrics/metrics.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/report/metrics/metrics.h"
#include "trace/report/metrics/rendering.h"
#include "trace/report/metrics/spreads.h"

/* -- events and samples --------------------------------------------------------------------- */

static void events(const struct rendering *r)
{
	static const struct metric metric = {
		"latchkit_events", METRIC_COUNTER, NULL,
		"How often something happened: a probe was hit, and its predicate was true."};
	bool keys = series_have_keys(r->t);

	exposition_metric(r->e, &metric);
	for (size_t i = 0; i < r->list->count; i++) {
		const struct series *s = &r->list->series[i];

		if (rendering_table(r, s) == TABLE_EVENTS)
			exposition_count(r->e, s->labels,
					 keys ? s->total.event[EVENT_COUNT]
					      : probe_view_count(&r->t->reader->view[s->probe]));
	}
}

/* Labels with one more, in a buffer that is used again by the next call; NULL: out of memory. */
static const char *with_label(struct exposition *e, char **buffer, const char *labels,
			      const char *name, const char *value)
{
	free(*buffer);
	if (asprintf(buffer, "%s,%s=\"%s\"", labels, name, value) < 0) {
		*buffer = NULL;
		e->failed = true;
	}
	return *buffer;
}

static void samples(const struct rendering *r)
{
	static const struct metric metric = {
		"latchkit_samples", METRIC_COUNTER, NULL,
		"Samples, by what they interrupted: user, task, softirq, hardirq, nmi, idle."};
	char *buffer = NULL;

	exposition_metric(r->e, &metric);
	for (size_t i = 0; i < r->list->count; i++) {
		const struct series *s = &r->list->series[i];

		for (unsigned int c = 0;
		     rendering_table(r, s) == TABLE_CONTEXTS && c < SAMPLED_KINDS; c++) {
			const char *labels = with_label(r->e, &buffer, s->labels, "context",
							trace_context_name(c));

			if (labels)
				exposition_count(r->e, labels,
						 s->total.contexts[CONTEXTS_KIND0 + c]);
		}
	}
	free(buffer);
}

/* -- what is told of each probe --------------------------------------------------------------- */

/* A number of each probe that has it: false. */
typedef bool number_fn(const struct trace *t, size_t i, unsigned long long *number);

static bool calls_entered(const struct trace *t, size_t i, unsigned long long *number)
{
	*number = t->reader->view[i].entries;
	return t->probes.probe[i].kind == KIND_LATENCY;
}

static bool calls_open(const struct trace *t, size_t i, unsigned long long *number)
{
	*number = t->reader->view[i].open;
	return t->probes.probe[i].kind == KIND_LATENCY;
}

static bool keys_other(const struct trace *t, size_t i, unsigned long long *number)
{
	*number = summed_count(probe_table(&t->probes.probe[i]), &t->reader->view[i].other);
	return series_have_keys(t);
}

/* Of a clock: ticks that an idle CPU did not need, or that came late. No loss by themselves. */
static bool ticks_missing(const struct trace *t, size_t i, unsigned long long *number)
{
	*number = loss_get(&t->reader->view[i].losses, LOSS_LATE);
	return t->probes.probe[i].kind == KIND_SAMPLE && *number != LOSS_UNKNOWN;
}

static const struct {
	struct metric metric;
	number_fn *number;
} numbers[] = {
	{{"latchkit_calls_entered", METRIC_COUNTER, NULL, "Calls that began."}, calls_entered},
	{{"latchkit_calls_open", METRIC_GAUGE, NULL, "Calls that have not returned yet."},
	 calls_open},
	{{"latchkit_keys_other", METRIC_COUNTER, NULL,
	  "Events whose keys found no room: they are counted under (other)."},
	 keys_other},
	{{"latchkit_ticks_idle_or_late", METRIC_COUNTER, NULL,
	  "Ticks of a sampling clock that are missing: the CPU was idle, or they were late."},
	 ticks_missing},
};

static void probe_numbers(const struct rendering *r)
{
	unsigned long long number;

	for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
		exposition_metric(r->e, &numbers[n].metric);
		for (size_t i = 0; i < r->t->probes.count; i++) {
			if (!r->list->probe[i] || !numbers[n].number(r->t, i, &number))
				continue;
			if (numbers[n].metric.type == METRIC_COUNTER)
				exposition_count(r->e, r->list->probe[i], number);
			else
				exposition_gauge(r->e, r->list->probe[i], (long long)number,
						 SCALE_ONE);
		}
	}
}

/* Where handlers may be chosen: which one had how many events. */
static void handled(const struct rendering *r)
{
	static const struct metric metric = {"latchkit_handled", METRIC_COUNTER, NULL,
					     "Events, by what was done with them."};
	char *buffer = NULL;

	exposition_metric(r->e, &metric);
	for (size_t i = 0; i < r->t->probes.count; i++) {
		enum probe_kind kind = r->t->probes.probe[i].kind;

		for (int h = 0; r->list->probe[i] && h < HANDLERS; h++) {
			const char *labels;

			if (!handler_get(h)->serves[kind])
				continue;
			labels = with_label(r->e, &buffer, r->list->probe[i], "handler",
					    handler_get(h)->name);
			if (labels)
				exposition_count(r->e, labels, r->t->reader->view[i].handled[h]);
		}
	}
	free(buffer);
}

/* Each cause of each probe is in one of the two: what is unknown is not 0. */
static void losses(const struct rendering *r, bool unknown)
{
	static const struct metric metrics[] = {
		{"latchkit_lost", METRIC_COUNTER, NULL,
		 "Events that are missing from the other metrics, by cause."},
		{"latchkit_loss_unknown", METRIC_GAUGE, NULL,
		 "1 where it cannot be known here how many events are missing by this cause."}};
	char *buffer = NULL;

	exposition_metric(r->e, &metrics[unknown]);
	for (size_t i = 0; i < r->t->probes.count; i++) {
		const struct loss_counts *l = &r->t->reader->view[i].losses;

		for (int cause = 0; r->list->probe[i] && cause < LOSS_CAUSES; cause++) {
			const char *labels;

			if (cause == LOSS_LATE || (loss_get(l, cause) == LOSS_UNKNOWN) != unknown)
				continue;
			labels = with_label(r->e, &buffer, r->list->probe[i], "cause",
					    loss_names[cause]);
			if (labels && unknown)
				exposition_gauge(r->e, labels, 1, SCALE_ONE);
			else if (labels)
				exposition_count(r->e, labels, loss_get(l, cause));
		}
	}
	free(buffer);
}

/* -- what is told of the trace ---------------------------------------------------------------- */

static void count(struct exposition *e, const char *name, const char *help,
		  unsigned long long number)
{
	const struct metric metric = {name, METRIC_COUNTER, NULL, help};

	exposition_metric(e, &metric);
	exposition_count(e, "", number);
}

static void reads(const struct rendering *r)
{
	const struct reader_counts *c = &r->t->reader->counts;

	count(r->e, "latchkit_reads", "Records read from memory that BPF programs write.",
	      c->reads);
	count(r->e, "latchkit_read_retries", "Reads begun again, as a write came in between.",
	      c->retries);
	count(r->e, "latchkit_reads_gave_up",
	      "Reads that found no whole record in time: the one before is told again.",
	      c->gave_up);
	count(r->e, "latchkit_reads_torn",
	      "Records that the latch let through broken: the one before is told again.", c->torn);
}

static void build(const struct rendering *r)
{
	static const struct metric metric = {"latchkit_build", METRIC_INFO, NULL,
					     "The program that made these metrics."};
	char labels[128];

	snprintf(labels, sizeof(labels), "version=\"%s\",latch=\"%s\"", LATCHKIT_VERSION,
		 r->t->engine->variant->name);
	exposition_metric(r->e, &metric);
	exposition_gauge(r->e, labels, 1, SCALE_ONE);
}

static void trace_numbers(const struct rendering *r)
{
	static const struct metric start = {"latchkit_trace_start_time_seconds", METRIC_GAUGE,
					    "seconds", "When the trace began: counters were 0."};

	build(r);
	exposition_metric(r->e, &start);
	exposition_gauge(r->e, "", (long long)r->e->created_ns, SCALE_NS);
	reads(r);
	if (r->t->probes.statements)
		count(r->e, "latchkit_zero_divisors",
		      "Events whose expressions divided by zero, which gave 0.",
		      trace_zero_divisors(r->t));
}

int metrics_render(struct trace *t, struct exposition *e)
{
	struct series_list list;
	const struct rendering r = {e, t, &list};
	int err = series_read(t, &list);

	if (!err) {
		events(&r);
		samples(&r);
		spreads_render(&r);
		probe_numbers(&r);
		if (t->options->engine.swappable || t->options->engine.handler)
			handled(&r);
		losses(&r, false);
		losses(&r, true);
		trace_numbers(&r);
		exposition_end(e);
	}
	series_free(&list);
	return err || e->failed ? ENOMEM : 0;
}
