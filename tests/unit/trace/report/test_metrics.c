// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_metrics.c - metrics as text: numbers and bounds that are exact, histograms whose parts
 * belong together, labels, a whole text in both formats.
 */
#include "tests/test.h"

#include "latch/table.h"
#include "trace/report/metrics/histogram.h"
#include "trace/report/metrics/metrics.h"
#include "trace/report/metrics/series.h"

/* -- numbers -------------------------------------------------------------------------------- */

static void expect_canonical(double number, const char *text)
{
	char out[EXPOSITION_NUMBER];

	exposition_canonical(out, number);
	assert_string_equal(out, text);
}

/* As the specification of OpenMetrics lists them. */
TEST(numbers_in_labels_are_canonical)
{
	expect_canonical(0, "0.0");
	expect_canonical(1, "1.0");
	expect_canonical(10, "10.0");
	expect_canonical(100000, "100000.0");
	expect_canonical(1e6, "1e+06");
	expect_canonical(1e22, "1e+22");
	expect_canonical(0.1, "0.1");
	expect_canonical(0.001, "0.001");
	expect_canonical(0.0001, "0.0001");
	expect_canonical(0.00001, "1e-05");
	expect_canonical(0.999, "0.999");
	expect_canonical(1048575, "1.048575e+06");
	expect_canonical(131071, "131071.0");
	expect_canonical(0.000131071, "0.000131071");
	expect_canonical(1.5, "1.5");
	expect_canonical(1.0 / 3, "0.3333333333333333");
}

static char *text_of(struct exposition *e)
{
	e->text = realloc(e->text, e->length + 1);
	e->text[e->length] = '\0';
	return e->text;
}

static void expect_scaled(bool negative, unsigned long long magnitude, struct scale scale,
			  const char *text)
{
	struct exposition e = {0};

	exposition_scaled(&e, negative, magnitude, scale);
	assert_false(e.failed);
	assert_string_equal(text_of(&e), text);
	free(e.text);
}

TEST(scaled_numbers_are_exact)
{
	expect_scaled(false, 0, SCALE_NS, "0\n");
	expect_scaled(true, 0, SCALE_ONE, "0\n");
	expect_scaled(false, 1, SCALE_NS, "0.000000001\n");
	expect_scaled(false, 1500000000, SCALE_NS, "1.5\n");
	expect_scaled(true, 1500000000, SCALE_NS, "-1.5\n");
	expect_scaled(false, ~0ULL, SCALE_NS, "18446744073.709551615\n");
	expect_scaled(false, ~0ULL, SCALE_ONE, "18446744073709551615\n");
	expect_scaled(false, 3, (struct scale){1 << 10, 0}, "3072\n");
	expect_scaled(false, ~0ULL, (struct scale){1 << 30, 0}, "19807040628566084397312245760\n");
}

/* -- histograms ------------------------------------------------------------------------------- */

static const struct metric latency = {"l", METRIC_HISTOGRAM, "seconds", "How long."};

/* The value of the line that begins so; there is one. */
static unsigned long long sample(const char *text, const char *line)
{
	const char *found = strstr(text, line);

	assert_non_null(found);
	assert_null(strstr(found + 1, line));
	return strtoull(found + strlen(line), NULL, 10);
}

static const struct trace_linear powers;

/* A latency is in the first bucket whose bound it does not exceed, at each edge of each bucket. */
TEST(bounds_of_latencies_are_exact)
{
	struct histogram_bounds bounds;

	histogram_bounds_set(&bounds, SCALE_NS, &powers);
	for (int b = 0; b < LATENCY_BUCKETS - 1; b++) {
		lk_u64 most = (2ULL << b) - 1;
		double le = strtod(bounds.le[b] + strlen("le=\""), NULL);

		assert_int_equal(latency_bucket(most), b);
		assert_int_equal(latency_bucket(most + 1), b + 1);
		assert_true((double)most / 1e9 <= le);
		assert_true((double)(most + 1) / 1e9 > le);
	}
	assert_string_equal(bounds.le[0], "le=\"1e-09\"");
	assert_string_equal(bounds.le[9], "le=\"1.023e-06\"");
	assert_string_equal(bounds.le[38], "le=\"549.755813887\"");
	assert_string_equal(bounds.le[39], "le=\"+Inf\"");
}

TEST(a_histogram_belongs_together)
{
	static const lk_u64 ns[] = {0, 1, 2, 1023, 1024, 5000000000, ~0ULL >> 1};
	struct exposition e = {.format = EXPOSITION_OPENMETRICS, .created_ns = 1500000000};
	lk_u64 record[LATENCY_WORDS] = {0};
	struct histogram_bounds bounds;
	const char *text;

	for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++)
		latency_apply(record, &ns[i]);
	histogram_bounds_set(&bounds, SCALE_NS, &powers);
	exposition_metric(&e, &latency);
	histogram_latency(&e, &bounds, "a=\"b\"", record);
	text = text_of(&e);
	assert_non_null(strstr(text, "# HELP l How long.\n# TYPE l histogram\n# UNIT l seconds\n"));
	assert_int_equal(sample(text, "\nl_bucket{a=\"b\",le=\"1e-09\"} "), 2);
	assert_int_equal(sample(text, "\nl_bucket{a=\"b\",le=\"3e-09\"} "), 3);
	assert_int_equal(sample(text, "\nl_bucket{a=\"b\",le=\"1.023e-06\"} "), 4);
	assert_int_equal(sample(text, "\nl_bucket{a=\"b\",le=\"2.047e-06\"} "), 5);
	assert_int_equal(sample(text, "\nl_bucket{a=\"b\",le=\"549.755813887\"} "), 6);
	assert_int_equal(sample(text, "\nl_bucket{a=\"b\",le=\"+Inf\"} "), 7);
	assert_int_equal(sample(text, "\nl_count{a=\"b\"} "), 7);
	assert_non_null(strstr(text, "\nl_sum{a=\"b\"} 9223372041.854777857\n"));
	assert_non_null(strstr(text, "\nl_created{a=\"b\"} 1.5\n"));
	free(e.text);
}

static char *values(const long long *value, size_t n, struct scale scale,
		    const struct trace_linear *linear)
{
	struct exposition e = {.format = EXPOSITION_TEXT};
	lk_u64 record[VALUE_WORDS] = {0};
	struct histogram_bounds bounds;

	for (size_t i = 0; i < n; i++) {
		lk_u64 word = linear->step ? value_word_linear((lk_u64)value[i], linear->min,
							       linear->max, linear->step)
					   : value_word((lk_u64)value[i]);

		value_apply(record, &(struct value_delta){(lk_u64)value[i], word});
	}
	histogram_bounds_set(&bounds, scale, linear);
	exposition_metric(&e, &latency);
	histogram_value(&e, &bounds, "", record);
	return text_of(&e);
}

TEST(negative_values_are_below_all_bounds)
{
	char *text = values((const long long[]){-5, 0, 1, 2}, 4, SCALE_ONE, &powers);

	assert_int_equal(sample(text, "\nl_bucket{le=\"1.0\"} "), 3);
	assert_int_equal(sample(text, "\nl_bucket{le=\"3.0\"} "), 4);
	assert_int_equal(sample(text, "\nl_bucket{le=\"+Inf\"} "), 4);
	assert_null(strstr(text, "l_sum")); /* it is no counter */
	assert_null(strstr(text, "l_count"));
	assert_null(strstr(text, "created")); /* the older format has none */
	free(text);
}

TEST(linear_buckets_have_bounds_of_their_own)
{
	static const struct trace_linear linear = {10, 45, 20};
	char *text =
		values((const long long[]){9, 10, 29, 30, 44, 45, 1000}, 7, SCALE_ONE, &linear);

	assert_int_equal(sample(text, "\nl_bucket{le=\"29.0\"} "), 3);
	assert_int_equal(sample(text, "\nl_bucket{le=\"44.0\"} "), 5);
	assert_int_equal(sample(text, "\nl_bucket{le=\"+Inf\"} "), 7);
	assert_int_equal(sample(text, "\nl_count "), 7);
	assert_int_equal(sample(text, "\nl_sum "), 9 + 10 + 29 + 30 + 44 + 45 + 1000);
	free(text);
}

TEST(values_are_in_the_base_unit)
{
	char *text = values((const long long[]){1, 3}, 2, (struct scale){1 << 10, 0}, &powers);

	assert_int_equal(sample(text, "\nl_bucket{le=\"1024.0\"} "), 1);
	assert_int_equal(sample(text, "\nl_bucket{le=\"3072.0\"} "), 2);
	assert_int_equal(sample(text, "\nl_sum "), 4096);
	assert_int_equal(sample(text, "\nl_count "), 2);
	free(text);
}

/* -- labels ----------------------------------------------------------------------------------- */

static void expect_label(const char *title, const char *label)
{
	char out[160];

	series_label(out, sizeof(out), title);
	assert_string_equal(out, label);
}

TEST(labels_are_names)
{
	expect_label("comm", "comm");
	expect_label("args.next.pid", "args_next_pid");
	expect_label("args.prev->pid & 0xff", "args_prev_pid_0xff");
	expect_label("disk(args.rq)", "disk_args_rq");
	expect_label("*args.next.comm", "key_args_next_comm");
	expect_label("-1", "key_1");
	expect_label("le", "key_le");
	expect_label("cause", "key_cause");
	expect_label("__name__", "key___name");
}

/* -- a whole trace ----------------------------------------------------------------------------- */

static struct probe probe[] = {
	{.name = "tracepoint:sched:\"odd\\\xff", .kind = KIND_EVENT, .unit = ""},
	{.name = "tracepoint:syscalls:sys_enter_read", .kind = KIND_LATENCY, .unit = ""},
	{.name = "profile:hz:99", .kind = KIND_SAMPLE, .unit = ""},
	{.name = "kprobe:of_a_pattern", .kind = KIND_EVENT, .optional = true, .unit = ""},
};
static struct probe_view view[4];
static struct engine engine;
static struct reader reader = {.engine = &engine, .view = view};
static struct trace_options options;
static struct trace trace = {
	.options = &options,
	.engine = &engine,
	.reader = &reader,
	.probes = {.probe = probe, .count = 4},
};

static char *render(enum exposition_format format)
{
	struct exposition e = {.format = format, .created_ns = 1700000000123456789};
	static const lk_u64 ns = 1500;

	memset(view, 0, sizeof(view));
	engine.variant = latch_variant_find("bank");
	view[0].handled[HANDLER_COUNT] = 12;
	latency_apply(view[1].total.latency, &ns);
	view[1].entries = 3;
	view[1].open = 2;
	view[1].losses.by[LOSS_MISSED] = LOSS_UNKNOWN;
	view[1].losses.by[LOSS_DROPPED] = 4;
	view[2].total.contexts[CONTEXTS_KIND0 + SAMPLED_USER] = 5;
	view[2].losses.by[LOSS_LATE] = 6;
	reader.counts = (struct reader_counts){.reads = 100, .torn = 1};
	assert_int_equal(metrics_render(&trace, &e), 0);
	return text_of(&e);
}

static void expect_line(const char *text, const char *line)
{
	char *whole = NULL;

	assert_true(asprintf(&whole, "\n%s\n", line) > 0);
	if (!strstr(text, whole))
		fail_msg("no line %s in:\n%s", line, text);
	free(whole);
}

static void expect_samples(const char *text)
{
	expect_line(text,
		    "latchkit_events_total{probe=\"tracepoint:sched:\\\"odd\\\\\\\\\\\\xff\"} 12");
	expect_line(text, "latchkit_latency_seconds_count"
			  "{probe=\"tracepoint:syscalls:sys_enter_read\"} 1");
	expect_line(text, "latchkit_latency_seconds_sum"
			  "{probe=\"tracepoint:syscalls:sys_enter_read\"} 0.0000015");
	expect_line(text, "latchkit_latency_max_seconds"
			  "{probe=\"tracepoint:syscalls:sys_enter_read\"} 0.0000015");
	expect_line(text, "latchkit_calls_open{probe=\"tracepoint:syscalls:sys_enter_read\"} 2");
	expect_line(text, "latchkit_samples_total{probe=\"profile:hz:99\",context=\"user\"} 5");
	expect_line(text, "latchkit_ticks_idle_or_late_total{probe=\"profile:hz:99\"} 6");
	expect_line(text, "latchkit_lost_total"
			  "{probe=\"tracepoint:syscalls:sys_enter_read\",cause=\"dropped\"} 4");
	expect_line(text, "latchkit_loss_unknown"
			  "{probe=\"tracepoint:syscalls:sys_enter_read\",cause=\"missed\"} 1");
	/* Unknown is not 0, and a pattern's probe is not there before its first event. */
	assert_null(strstr(text,
			   "latchkit_lost_total"
			   "{probe=\"tracepoint:syscalls:sys_enter_read\",cause=\"missed\"}"));
	assert_null(strstr(text, "of_a_pattern"));
	expect_line(text, "latchkit_reads_torn_total 1");
	expect_line(text, "latchkit_trace_start_time_seconds 1700000000.123456789");
}

TEST(a_trace_in_the_text_format)
{
	char *text = render(EXPOSITION_TEXT);

	expect_samples(text);
	expect_line(text, "# TYPE latchkit_events_total counter");
	expect_line(text, "# TYPE latchkit_build_info gauge");
	assert_null(strstr(text, "_created"));
	assert_null(strstr(text, "# EOF"));
	free(text);
}

TEST(a_trace_in_openmetrics)
{
	static const char end[] = "\n# EOF\n";
	char *text = render(EXPOSITION_OPENMETRICS);

	expect_samples(text);
	expect_line(text, "# TYPE latchkit_events counter");
	expect_line(text, "# TYPE latchkit_build info");
	expect_line(text, "latchkit_samples_created{probe=\"profile:hz:99\",context=\"user\"} "
			  "1700000000.123456789");
	assert_string_equal(text + strlen(text) - strlen(end), end);
	free(text);
}
