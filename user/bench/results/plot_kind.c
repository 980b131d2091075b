// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plot_kind.c - see bench/results/plot_kind.h. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/results/plot_kind.h"

#define SIDES (BENCH_FILE_WORKLOAD | BENCH_FILE_WRITERS | BENCH_FILE_READERS)
#define SETTING (SIDES | BENCH_FILE_PAYLOAD)

static const struct bench_plot_kind kinds[] = {
	{"reads-by-rate", "writes asked for, per second", "reads per second", BENCH_PLOT_RATE,
	 SETTING, BENCH_FILE_READS_PER_S},
	{"writes-by-rate", "writes asked for, per second", "writes per second", BENCH_PLOT_RATE,
	 SETTING, BENCH_FILE_WRITES_PER_S},
	{"retries-by-rate", "writes asked for, per second", "retries per read", BENCH_PLOT_RATE,
	 SETTING, BENCH_FILE_RETRIES_PER_READ},
	{"read-latency", "percentile", "time of a read, ns", BENCH_PLOT_READ_PERCENTILE,
	 SETTING | BENCH_FILE_RATE, 0},
	{"write-latency", "percentile", "time of a write, ns", BENCH_PLOT_WRITE_PERCENTILE,
	 SETTING | BENCH_FILE_RATE, 0},
	{"read-by-payload", "payload, bytes", "ns per read, alone", BENCH_PLOT_PAYLOAD, SIDES,
	 BENCH_FILE_READ_NS},
	{"write-by-payload", "payload, bytes", "ns per write, alone", BENCH_PLOT_PAYLOAD, SIDES,
	 BENCH_FILE_WRITE_NS},
	{"retries-by-slots", "slots", "retries per read", BENCH_PLOT_SLOTS, SETTING,
	 BENCH_FILE_RETRIES_PER_READ},
	{"reads-by-slots", "slots", "reads per second", BENCH_PLOT_SLOTS, SETTING,
	 BENCH_FILE_READS_PER_S},
};

const struct bench_plot_kind *bench_plot_kind_get(size_t index)
{
	return index < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[index] : NULL;
}

/* The N of ring_N, or 0. */
static double slots_of(const struct bench_file_result *r)
{
	static const char prefix[] = "ring_";
	const char *digits = r->subject + sizeof(prefix) - 1;

	if (strncmp(r->subject, prefix, sizeof(prefix) - 1) || !*digits ||
	    digits[strspn(digits, "0123456789")])
		return 0;
	return strtod(digits, NULL);
}

/* The latency that the kind draws, or NULL if it draws a metric. */
static const struct bench_file_latency *latency_of(const struct bench_plot_kind *k,
						   const struct bench_file_result *r)
{
	if (k->over == BENCH_PLOT_READ_PERCENTILE)
		return &r->read_latency;
	return k->over == BENCH_PLOT_WRITE_PERCENTILE ? &r->write_latency : NULL;
}

/* Has the result a point for this kind of plot? ring_N has its own plots. */
static bool belongs(const struct bench_plot_kind *k, const struct bench_file_result *r)
{
	const struct bench_file_latency *l = latency_of(k, r);

	if ((k->over == BENCH_PLOT_SLOTS) != (slots_of(r) > 0))
		return false;
	return l ? l->known : r->metrics[k->metric].known;
}

/* Latencies are drawn of one rate: flat out, which is 0, or else the highest. */
static bool is_outdone(const struct bench_file *f, const struct bench_plot_kind *k,
		       const struct bench_file_result *r)
{
	for (size_t i = 0; i < f->count && r->rate_per_s > 0; i++) {
		const struct bench_file_result *other = &f->results[i];

		if (belongs(k, other) && bench_file_same(other, r, SETTING) &&
		    (other->rate_per_s == 0 || other->rate_per_s > r->rate_per_s))
			return true;
	}
	return false;
}

bool bench_plot_leads(const struct bench_file *f, const struct bench_plot_kind *k,
		      const struct bench_file_result *r)
{
	if (!belongs(k, r) || (latency_of(k, r) && is_outdone(f, k, r)))
		return false;
	for (const struct bench_file_result *other = f->results; other < r; other++)
		if (belongs(k, other) && bench_file_same(other, r, k->fixed))
			return false;
	return true;
}

/* Is it the first result of its subject? */
static bool is_first(const struct bench_file *f, const struct bench_file_result *r)
{
	for (const struct bench_file_result *other = f->results; other < r; other++)
		if (bench_file_same(other, r, BENCH_FILE_SUBJECT))
			return false;
	return true;
}

/* The place of a subject in the file, latches before peers: how it looks in every plot. */
static unsigned int style_of(const struct bench_file *f, const struct bench_file_result *r)
{
	unsigned int style = 0;
	bool before = true;

	for (size_t i = 0; i < f->count; i++) {
		const struct bench_file_result *other = &f->results[i];

		if (bench_file_same(other, r, BENCH_FILE_SUBJECT))
			before = false;
		else if (slots_of(other) == 0 && is_first(f, other))
			style += other->peer == r->peer ? before : r->peer;
	}
	return style;
}

static struct plot_line *line_for(struct plot *p, const struct bench_file *f,
				  const struct bench_plot_kind *k,
				  const struct bench_file_result *r)
{
	char name[64];

	if (k->over != BENCH_PLOT_SLOTS) {
		snprintf(name, sizeof(name), "%.40s%s", r->subject, r->sound ? "" : " (unsound)");
		return plot_line_of(p, name, style_of(f, r), r->peer);
	}
	if (r->rate_per_s == 0)
		snprintf(name, sizeof(name), "flat out");
	else
		snprintf(name, sizeof(name), "%.9g writes/s", r->rate_per_s);
	return plot_line_of(p, name, (unsigned int)p->count, false);
}

static double x_of(const struct bench_plot_kind *k, const struct bench_file_result *r)
{
	if (k->over == BENCH_PLOT_PAYLOAD)
		return r->payload_bytes;
	if (k->over == BENCH_PLOT_SLOTS)
		return slots_of(r);
	return r->rate_per_s == 0 ? INFINITY : r->rate_per_s;
}

static void add_points(struct plot *p, struct plot_line *line, const struct bench_plot_kind *k,
		       const struct bench_file_result *r)
{
	const struct bench_file_series *s = &r->metrics[k->metric];
	const struct bench_file_latency *l = latency_of(k, r);

	if (!l)
		plot_point_add(p, line,
			       (struct plot_point){x_of(k, r), s->median, s->low, s->high});
	for (int i = 0; l && i < BENCH_FILE_PERCENTILES; i++)
		plot_point_add(p, line, (struct plot_point){i, l->ns[i], l->ns[i], l->ns[i]});
}

void bench_plot_collect(struct plot *p, const struct bench_file *f, const struct bench_plot_kind *k,
			const struct bench_file_result *leader)
{
	for (const struct bench_file_result *r = leader; r < f->results + f->count; r++)
		if (belongs(k, r) && bench_file_same(r, leader, k->fixed))
			add_points(p, line_for(p, f, k, r), k, r);
}

/* -- the words of a plot ---------------------------------------------------------------------- */

static bool is_latency(const struct bench_plot_kind *k)
{
	return k->over == BENCH_PLOT_READ_PERCENTILE || k->over == BENCH_PLOT_WRITE_PERCENTILE;
}

/* Append to the title, with a comma if it is not the first. */
static void add(struct plot *p, const char *what, const char *value)
{
	size_t n = strlen(p->title);

	snprintf(p->title + n, sizeof(p->title) - n, "%s%s%.40s", n ? ", " : "", what, value);
}

static void set_title(struct plot *p, const struct bench_plot_kind *k,
		      const struct bench_file_result *r)
{
	char number[48];

	add(p, "", r->workload);
	snprintf(number, sizeof(number), "%.9g bytes", r->payload_bytes);
	if (k->fixed & BENCH_FILE_PAYLOAD)
		add(p, "", number);
	if (strcmp(r->writers, "none"))
		add(p, "writers ", r->writers);
	if (strcmp(r->readers, "none"))
		add(p, "readers ", r->readers);
	snprintf(number, sizeof(number), "%.9g writes/s", r->rate_per_s);
	if (is_latency(k) && r->rate_per_s == 0)
		add(p, "flat out", "");
	else if (is_latency(k))
		add(p, "", number);
}

static void set_subtitle(struct plot *p, const struct bench_file *f)
{
	char cpu[96], kernel[96];

	snprintf(p->subtitle, sizeof(p->subtitle), "%s, Linux %s",
		 bench_file_environment(f, "cpu", cpu, sizeof(cpu)),
		 bench_file_environment(f, "kernel", kernel, sizeof(kernel)));
}

/* Append "-text" without what should not be in a file name. */
static void name_append(struct plot *p, const char *text)
{
	size_t n = strlen(p->file), end = n + 33;

	p->file[n++] = '-';
	for (; *text && n < end && n + 1 < sizeof(p->file); text++)
		if (isalnum((unsigned char)*text) || *text == '_')
			p->file[n++] = *text;
	p->file[n] = '\0';
}

static void set_file(struct plot *p, const struct bench_plot_kind *k,
		     const struct bench_file_result *r)
{
	char bytes[32];

	snprintf(p->file, sizeof(p->file), "%s", k->file);
	name_append(p, r->workload);
	snprintf(bytes, sizeof(bytes), "%.9gbytes", r->payload_bytes);
	if (k->fixed & BENCH_FILE_PAYLOAD)
		name_append(p, bytes);
	name_append(p, r->writers);
	name_append(p, r->readers);
}

void bench_plot_label(struct plot *p, const struct bench_file *f, const struct bench_plot_kind *k,
		      const struct bench_file_result *leader)
{
	set_title(p, k, leader);
	set_subtitle(p, f);
	set_file(p, k, leader);
	p->x_title = k->x_title;
	p->y_title = k->y_title;
	p->suffixes = k->over == BENCH_PLOT_RATE || k->over == BENCH_PLOT_SLOTS;
	p->axis = PLOT_VALUES;
	if (k->over == BENCH_PLOT_RATE)
		p->axis = PLOT_RATES;
	if (is_latency(k))
		p->axis = PLOT_PERCENTILES;
}
