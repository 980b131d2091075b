// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* exposition.c - see trace/report/metrics/exposition.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/report/metrics/exposition.h"

#define ROOM_FIRST 65536
#define DIGITS 48 /* of 128 bits, with point and sign */

static bool make_room(struct exposition *e, size_t length)
{
	size_t room = e->room ? e->room : ROOM_FIRST;
	char *text;

	while (room - e->length < length)
		room *= 2;
	text = room == e->room ? e->text : realloc(e->text, room);
	if (!text)
		return false;
	e->text = text;
	e->room = room;
	return true;
}

static void add_bytes(struct exposition *e, const char *bytes, size_t length)
{
	if (e->failed || !make_room(e, length)) {
		e->failed = true;
		return;
	}
	memcpy(e->text + e->length, bytes, length);
	e->length += length;
}

static void add(struct exposition *e, const char *text)
{
	add_bytes(e, text, strlen(text));
}

/* The value's digits end at `end`. Returns where they begin. */
static char *digits_before(char *end, unsigned __int128 value)
{
	do
		*--end = (char)('0' + (int)(value % 10));
	while (value /= 10);
	return end;
}

void exposition_value(struct exposition *e, unsigned long long value)
{
	char text[DIGITS], *end = text + sizeof(text), *begin = end;

	*--begin = '\n';
	do
		*--begin = (char)('0' + (int)(value % 10));
	while (value /= 10);
	add_bytes(e, begin, (size_t)(end - begin));
}

static unsigned long long power_of_ten(unsigned int exponent)
{
	unsigned long long power = 1;

	while (exponent--)
		power *= 10;
	return power;
}

void exposition_scaled(struct exposition *e, bool negative, unsigned long long magnitude,
		       struct scale scale)
{
	unsigned __int128 value = (unsigned __int128)magnitude * scale.multiply;
	unsigned long long one = power_of_ten(scale.decimals);
	unsigned long long fraction = (unsigned long long)(value % one);
	char whole[DIGITS], *end = whole + sizeof(whole), *begin = digits_before(end, value / one);
	char behind[DIGITS];
	int length = snprintf(behind, sizeof(behind), ".%0*llu", (int)scale.decimals, fraction);

	if (negative && value)
		*--begin = '-';
	add_bytes(e, begin, (size_t)(end - begin));
	while (fraction && behind[length - 1] == '0')
		length--;
	if (fraction)
		add_bytes(e, behind, (size_t)length);
	add(e, "\n");
}

static const char *type_name(const struct exposition *e)
{
	static const char *const names[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
		[METRIC_INFO] = "info",
	};
	enum metric_type type = e->metric->type;

	/* The older format has no such type. */
	return names[type == METRIC_INFO && e->format == EXPOSITION_TEXT ? METRIC_GAUGE : type];
}

/* What every sample of the metric's type has behind the name. */
static const char *sample_suffix(enum metric_type type)
{
	return type == METRIC_COUNTER ? "_total" : type == METRIC_INFO ? "_info" : "";
}

static void add_about(struct exposition *e, const char *what, const char *text)
{
	add(e, "# ");
	add(e, what);
	add(e, " ");
	add(e, e->metric->name);
	/* In the older format a metric is called as its samples are. */
	if (e->format == EXPOSITION_TEXT)
		add(e, sample_suffix(e->metric->type));
	add(e, " ");
	add(e, text);
	add(e, "\n");
}

static void begin_metric(struct exposition *e)
{
	e->begun = true;
	add_about(e, "HELP", e->metric->help);
	add_about(e, "TYPE", type_name(e));
	if (e->metric->unit && e->format == EXPOSITION_OPENMETRICS)
		add_about(e, "UNIT", e->metric->unit);
}

void exposition_metric(struct exposition *e, const struct metric *metric)
{
	e->metric = metric;
	e->begun = false;
}

void exposition_name(struct exposition *e, const char *suffix, const char *labels, const char *more)
{
	if (!e->begun)
		begin_metric(e);
	add(e, e->metric->name);
	add(e, suffix);
	if (labels[0] || more) {
		add(e, "{");
		add(e, labels);
		if (labels[0] && more)
			add(e, ",");
		if (more)
			add(e, more);
		add(e, "}");
	}
	add(e, " ");
}

void exposition_created(struct exposition *e, const char *labels)
{
	if (e->format != EXPOSITION_OPENMETRICS)
		return;
	exposition_name(e, "_created", labels, NULL);
	exposition_scaled(e, false, e->created_ns, SCALE_NS);
}

void exposition_count(struct exposition *e, const char *labels, unsigned long long count)
{
	exposition_name(e, sample_suffix(METRIC_COUNTER), labels, NULL);
	exposition_value(e, count);
	exposition_created(e, labels);
}

void exposition_gauge(struct exposition *e, const char *labels, long long value, struct scale scale)
{
	unsigned long long word = (unsigned long long)value;

	exposition_name(e, sample_suffix(e->metric->type), labels, NULL);
	exposition_scaled(e, value < 0, value < 0 ? -word : word, scale);
}

void exposition_end(struct exposition *e)
{
	if (e->format == EXPOSITION_OPENMETRICS)
		add(e, "# EOF\n");
	else if (!e->length)
		add(e, "\n"); /* nothing at all would be NULL */
}

void exposition_canonical(char *text, double number)
{
	int digits = 0, exponent;

	do
		snprintf(text, EXPOSITION_NUMBER, "%.*e", digits++, number);
	while (digits < 17 && strtod(text, NULL) != number);
	exponent = atoi(strchr(text, 'e') + 1);
	if (exponent >= -4 && exponent < 6)
		snprintf(text, EXPOSITION_NUMBER, "%.*f",
			 digits - 1 - exponent > 1 ? digits - 1 - exponent : 1, number);
}
