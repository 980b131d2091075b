// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plot_label.c - see bench/results/plot_kind.h: the words of a plot. */
#include <ctype.h>
#include <string.h>

#include "bench/results/plot_kind.h"
#include "bench/results/plot_label.h"

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
