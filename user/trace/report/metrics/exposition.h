/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * exposition.h - metrics as text: OpenMetrics 1.0, or the older text format 0.0.4 of Prometheus.
 * Numbers are exact where the record is: no counter or sum passes through a double.
 *
 *	struct exposition e = {.format = EXPOSITION_OPENMETRICS};
 *	exposition_metric(&e, &metric);
 *	exposition_count(&e, "probe=\"...\"", 12);
 *	...
 *	exposition_end(&e);
 *	if (e.failed) ...
 *	free(e.text);
 *
 * One thread. Formats: https://prometheus.io/docs/specs/om/open_metrics_spec/ and
 * https://prometheus.io/docs/instrumenting/exposition_formats/.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_METRICS_EXPOSITION_H
#define LATCHKIT_USER_TRACE_REPORT_METRICS_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>

enum exposition_format { EXPOSITION_TEXT, EXPOSITION_OPENMETRICS, EXPOSITION_FORMATS };

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO };

/* A family of samples of one name. */
struct metric {
	const char *name; /* of a counter without _total, of an info without _info */
	enum metric_type type;
	const char *unit; /* that the name ends with: "seconds", "bytes"; NULL: none */
	const char *help; /* one line, without backslashes and quotes */
};

struct exposition {
	enum exposition_format format;
	unsigned long long created_ns; /* since 1970: when counters were 0 */
	char *text; /* NULL, or for free(); no NUL at its end */
	size_t length, room;
	bool failed; /* no memory: the text is not whole */
	const struct metric *metric; /* whose samples come next */
	bool begun; /* it has one already */
};

/* Whole numbers that stand for value * multiply / 10^decimals of a metric's unit. */
struct scale {
	unsigned int multiply, decimals;
};

#define SCALE_ONE ((struct scale){1, 0})
#define SCALE_NS ((struct scale){1, 9}) /* in seconds */

/* The next samples are of this metric, which is named only if there are any. */
void exposition_metric(struct exposition *e, const struct metric *metric);
/* A sample of a counter, and in OpenMetrics when it began. Labels: "" or name="value",... */
void exposition_count(struct exposition *e, const char *labels, unsigned long long count);
/* A sample of a gauge or of an info. */
void exposition_gauge(struct exposition *e, const char *labels, long long value,
		      struct scale scale);
/* The text is complete. */
void exposition_end(struct exposition *e);

/* -- parts of a sample, for those of several lines -------------------------------------------- */

/* Name of the metric and suffix, labels, and those of `more` if it is not NULL; up to the value. */
void exposition_name(struct exposition *e, const char *suffix, const char *labels,
		     const char *more);
void exposition_value(struct exposition *e, unsigned long long value);
/* The same of any 64-bit word and scale, negative if `negative`, without trailing zeros. */
void exposition_scaled(struct exposition *e, bool negative, unsigned long long magnitude,
		       struct scale scale);
/* In OpenMetrics: since when the samples with these labels count. */
void exposition_created(struct exposition *e, const char *labels);

/*
 * Write a number to `text` of EXPOSITION_NUMBER bytes as label values have it: the shortest decimal
 * that is read as the same double, always with a point or an exponent. Both formats then have
 * the same labels.
 */
#define EXPOSITION_NUMBER 32
void exposition_canonical(char *text, double number);

#endif /* LATCHKIT_USER_TRACE_REPORT_METRICS_EXPOSITION_H */
