// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spreads.c - see trace/report/metrics/spreads.h */
#include <string.h>

#include "trace/report/metrics/histogram.h"
#include "trace/report/metrics/spreads.h"

/* What records of latencies, or of values in units that scale to one, are called. */
struct spread_metrics {
	const char *units[6]; /* the values that it is about, NULL-terminated; none: latencies */
	struct metric histogram, least, most;
};

static const struct spread_metrics spreads[] = {
	{{NULL},
	 {"latchkit_latency_seconds", METRIC_HISTOGRAM, "seconds", "How long calls took."},
	 {"latchkit_latency_min_seconds", METRIC_GAUGE, "seconds",
	  "The shortest call since the begin of the trace."},
	 {"latchkit_latency_max_seconds", METRIC_GAUGE, "seconds",
	  "The longest call since the begin of the trace."}},
	{{"ns", "us", "ms", "s", NULL},
	 {"latchkit_value_seconds", METRIC_HISTOGRAM, "seconds",
	  "What an expression came to, of those in units of time."},
	 {"latchkit_value_min_seconds", METRIC_GAUGE, "seconds",
	  "The least that it came to since the begin of the trace."},
	 {"latchkit_value_max_seconds", METRIC_GAUGE, "seconds",
	  "The most that it came to since the begin of the trace."}},
	{{"B", "KiB", "MiB", "GiB", NULL},
	 {"latchkit_value_bytes", METRIC_HISTOGRAM, "bytes",
	  "What an expression came to, of those in units of bytes."},
	 {"latchkit_value_min_bytes", METRIC_GAUGE, "bytes",
	  "The least that it came to since the begin of the trace."},
	 {"latchkit_value_max_bytes", METRIC_GAUGE, "bytes",
	  "The most that it came to since the begin of the trace."}},
	{{"", NULL},
	 {"latchkit_value", METRIC_HISTOGRAM, NULL, "What an expression came to."},
	 {"latchkit_value_min", METRIC_GAUGE, NULL,
	  "The least that it came to since the begin of the trace."},
	 {"latchkit_value_max", METRIC_GAUGE, NULL,
	  "The most that it came to since the begin of the trace."}},
};
#define SPREADS (sizeof(spreads) / sizeof(spreads[0]))

static const struct {
	const char *unit;
	struct scale scale;
} scales[] = {
	{"", {1, 0}},	       {"ns", {1, 9}},	      {"us", {1, 6}},
	{"ms", {1, 3}},	       {"s", {1, 0}},	      {"B", {1, 0}},
	{"KiB", {1 << 10, 0}}, {"MiB", {1 << 20, 0}}, {"GiB", {1 << 30, 0}},
};

/* Of which of spreads[] is this series? SPREADS: of none. */
static size_t spread_of(const struct rendering *r, const struct series *s)
{
	enum trace_table table = rendering_table(r, s);
	const char *unit = r->t->probes.probe[s->probe].unit;

	if (table == TABLE_LATENCIES)
		return 0;
	for (size_t i = 1; table == TABLE_VALUES && i < SPREADS; i++)
		for (const char *const *u = spreads[i].units; *u; u++)
			if (strcmp(*u, unit) == 0)
				return i;
	return SPREADS;
}

static struct scale scale_of(const struct rendering *r, const struct series *s)
{
	const char *unit = r->t->probes.probe[s->probe].unit;

	if (rendering_table(r, s) == TABLE_LATENCIES)
		return SCALE_NS;
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		if (strcmp(scales[i].unit, unit) == 0)
			return scales[i].scale;
	return SCALE_ONE;
}

static void histograms(const struct rendering *r, size_t spread)
{
	static struct histogram_bounds bounds;
	size_t probe = r->t->probes.count;

	exposition_metric(r->e, &spreads[spread].histogram);
	for (size_t i = 0; i < r->list->count; i++) {
		const struct series *s = &r->list->series[i];

		if (spread_of(r, s) != spread)
			continue;
		if (s->probe != probe)
			histogram_bounds_set(&bounds, scale_of(r, s),
					     &r->t->probes.probe[s->probe].linear);
		probe = s->probe;
		if (spread)
			histogram_value(r->e, &bounds, s->labels, s->total.value);
		else
			histogram_latency(r->e, &bounds, s->labels, s->total.latency);
	}
}

/* The least (`most` false) or the most of what was measured. */
static void extremes(const struct rendering *r, size_t spread, bool most)
{
	int of_value = most ? VALUE_MAX : VALUE_MIN, of_latency = most ? LATENCY_MAX : LATENCY_MIN;

	exposition_metric(r->e, most ? &spreads[spread].most : &spreads[spread].least);
	for (size_t i = 0; i < r->list->count; i++) {
		const struct series *s = &r->list->series[i];
		lk_u64 word = spread ? s->total.value[of_value] : s->total.latency[of_latency];

		if (spread_of(r, s) == spread && summed_count(rendering_table(r, s), &s->total))
			exposition_gauge(r->e, s->labels, (long long)word, scale_of(r, s));
	}
}

static void value_signs(const struct rendering *r)
{
	static const struct metric metric = {
		"latchkit_value_negative", METRIC_COUNTER, NULL,
		"How often an expression came to less than 0; a histogram with such has no sum."};

	exposition_metric(r->e, &metric);
	for (size_t i = 0; i < r->list->count; i++) {
		const struct series *s = &r->list->series[i];

		/* Of linear buckets it is not known. */
		if (rendering_table(r, s) == TABLE_VALUES &&
		    !r->t->probes.probe[s->probe].linear.step)
			exposition_count(r->e, s->labels, s->total.value[VALUE_BELOW]);
	}
}

void spreads_render(const struct rendering *r)
{
	for (size_t i = 0; i < SPREADS; i++) {
		histograms(r, i);
		extremes(r, i, false);
		extremes(r, i, true);
	}
	value_signs(r);
}
