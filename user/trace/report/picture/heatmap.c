// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* heatmap.c - see trace/report/picture/heatmap.h */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/escape.h"
#include "trace/report/picture/heat.h"
#include "trace/report/picture/heatmap.h"
#include "trace/report/picture/svg.h"
#include "trace/report/table/style.h"

#define LEFT 90 /* pixels: the amounts */
#define PLOT (SVG_WIDTH - LEFT - SVG_MARGIN)
#define TOP 56
#define ROW 14
#define TITLE 30 /* above a panel */
#define AXIS 26 /* below it */
#define TICKS 6

/* What there is to show of a probe. */
struct panel {
	size_t probe;
	int first, last; /* rows */
	lk_u64 most, sum;
};

static bool has_rows(const struct trace *t, size_t i)
{
	enum trace_table which = probe_table(&t->probes.probe[i]);

	return which == TABLE_LATENCIES || which == TABLE_VALUES;
}

int heatmap_check(const struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++)
		if (has_rows(t, i))
			return 0;
	return fail_usage("--heatmap: %s is only counted; trace its return (kretprobe, fexit, "
			  "uretprobe), a system call, or values: {hist(EXPR)}",
			  t->probes.probe[0].name);
}

/* The row of what is above all others: the last, or behind linear buckets, which are fewer. */
static int last_row(const struct probe *p)
{
	lk_u64 width = (lk_u64)p->linear.max - (lk_u64)p->linear.min;

	return p->linear.step ? (int)((width - 1) / p->linear.step) + 2 : HEAT_ROWS - 1;
}

static void read_rows(const struct trace *t, size_t i, lk_u64 *rows)
{
	const struct probe *p = &t->probes.probe[i];
	const union summed_record *r = &t->reader->view[i].total;
	lk_u64 above;

	rows[0] = 0;
	if (p->has_value)
		memcpy(rows, r->value + VALUE_BELOW, HEAT_ROWS * sizeof(*rows));
	else
		memcpy(rows + 1, r->latency + LATENCY_BUCKET0, LATENCY_BUCKETS * sizeof(*rows));
	above = rows[HEAT_ROWS - 1];
	rows[HEAT_ROWS - 1] = 0;
	rows[last_row(p)] = above;
}

_Static_assert(VALUE_BELOW + 1 == VALUE_BUCKET0, "what is below 0 is the row before the buckets");

int heatmap_interval(struct trace *t)
{
	lk_u64 rows[HEAT_ROWS];
	bool complete = true;

	if (!t->heats)
		t->heats = heats__new(t->probes.count, t->start_ns);
	if (!t->heats)
		return ENOMEM;
	heats_end_interval(t->heats, t->now_ns);
	for (size_t i = 0; i < t->probes.count; i++) {
		if (!has_rows(t, i))
			continue;
		read_rows(t, i, rows);
		complete = heats_add(t->heats, i, rows) && complete;
	}
	return complete ? 0 : ENOMEM;
}

void heatmap_free(struct trace *t)
{
	heats__free(t->heats);
	t->heats = NULL;
}

static void look(const struct heats *h, struct panel *p)
{
	p->first = HEAT_ROWS;
	for (size_t column = 0; column < h->columns; column++)
		for (int row = 0; row < HEAT_ROWS; row++) {
			lk_u64 n = heats_get(h, p->probe, column, row);

			if (!n)
				continue;
			p->first = row < p->first ? row : p->first;
			p->last = row > p->last ? row : p->last;
			p->most = n > p->most ? n : p->most;
			p->sum += n;
		}
}

static int height_of(const struct panel *p)
{
	return TITLE + ROW * (p->last - p->first + 1) + AXIS;
}

/* The lower end of a row of amounts. */
static const char *lower_end(char *buf, const struct probe *p, int row)
{
	long long from = row == last_row(p) && p->linear.step
				 ? p->linear.max
				 : value_bucket_from(&p->linear, (unsigned int)row - 1);

	return style_amount(buf, p, (double)from, 6);
}

/* "4.10us to 8.19us". */
static void print_range(FILE *to, const struct probe *p, int row)
{
	char from[STYLE_COUNT], end[STYLE_COUNT];

	if (!row)
		fprintf(to, "below %s", p->linear.step ? lower_end(from, p, 1) : "0");
	else if (row == last_row(p))
		fprintf(to, "%s and more", lower_end(from, p, row));
	else
		fprintf(to, "%s to %s", lower_end(from, p, row), lower_end(end, p, row + 1));
}

static double seconds_at(const struct heats *h, size_t edge)
{
	return (double)(h->edge[edge] - h->edge[0]) / 1e9;
}

static double x_of(const struct heats *h, size_t edge)
{
	double all = seconds_at(h, h->columns);

	return LEFT + (all > 0 ? PLOT * seconds_at(h, edge) / all : 0);
}

static int y_of(const struct panel *p, int top, int row)
{
	return top + TITLE + ROW * (p->last - row);
}

/* Counts differ by orders of magnitude: the shade follows their logarithm. */
static const char *shade(char *buf, lk_u64 n, lk_u64 most)
{
	static const struct svg_color few = {252, 234, 176}, many = {150, 16, 52};

	return svg_color(buf, &few, &many, most > 1 ? log((double)n) / log((double)most) : 1);
}

static void print_cell(const struct trace *t, const struct panel *p, int top, size_t column,
		       int row, FILE *to)
{
	const struct heats *h = t->heats;
	lk_u64 n = heats_get(h, p->probe, column, row);
	double x = x_of(h, column), width = x_of(h, column + 1) - x;
	char color[8];

	if (!n)
		return;
	fprintf(to,
		"<rect data-c=\"%llu\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" "
		"fill=\"%s\"><title>",
		n, x, y_of(p, top, row), width, ROW, shade(color, n, p->most));
	print_range(to, &t->probes.probe[p->probe], row);
	fprintf(to, ", %.1f to %.1f s: %llu</title></rect>\n", seconds_at(h, column),
		seconds_at(h, column + 1), n);
}

static void print_axes(const struct trace *t, const struct panel *p, int top, FILE *to)
{
	double all = seconds_at(t->heats, t->heats->columns);
	int bottom = y_of(p, top, p->first) + ROW;
	const struct probe *of = &t->probes.probe[p->probe];
	char amount[STYLE_COUNT];

	for (int row = p->first; row <= p->last; row++)
		fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", LEFT - 6,
			y_of(p, top, row) + ROW + 4,
			row		  ? lower_end(amount, of, row)
			: of->linear.step ? "below"
					  : "below 0");
	for (int i = 0; i <= TICKS; i++)
		fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%.*f s</text>\n",
			LEFT + PLOT * i / TICKS, bottom + 16, i == TICKS ? "end" : "middle",
			all < 60 ? 2 : 0, all * i / TICKS);
}

static void print_panel(const struct trace *t, const struct panel *p, int top, FILE *to)
{
	char name[STYLE_TEXT], text[STYLE_TEXT];

	escape_text(ESCAPE_MESSAGE, text, sizeof(text),
		    style_probe(t, name, &t->probes.probe[p->probe]), 120);
	fprintf(to, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">", LEFT, top + TITLE - 8);
	svg_escaped(to, text, strlen(text));
	fprintf(to,
		"</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%llu; darkest: %llu</text>\n",
		LEFT + PLOT, top + TITLE - 8, p->sum, p->most);
	fprintf(to,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fff\" "
		"stroke=\"#bbb\"/>\n<g data-p=\"%zu\">\n",
		LEFT, y_of(p, top, p->last), PLOT, ROW * (p->last - p->first + 1), p->probe);
	for (size_t column = 0; column < t->heats->columns; column++)
		for (int row = p->first; row <= p->last; row++)
			print_cell(t, p, top, column, row, to);
	fputs("</g>\n", to);
	print_axes(t, p, top, to);
}

/* Those that had any event. Returns their number, and how high the picture is. */
static size_t choose_panels(const struct trace *t, struct panel *panels, int *height)
{
	size_t n = 0;

	*height = TOP + SVG_MARGIN;
	for (size_t i = 0; i < t->probes.count; i++) {
		panels[n] = (struct panel){.probe = i};
		look(t->heats, &panels[n]);
		if (panels[n].sum)
			*height += height_of(&panels[n++]);
	}
	return n;
}

int heatmap_draw(struct trace *t, FILE *to)
{
	struct panel *panels = calloc(t->probes.count + 1, sizeof(*panels));
	int height, top = TOP;
	size_t n;

	if (!panels || heatmap_interval(t)) {
		free(panels);
		return ENOMEM;
	}
	n = choose_panels(t, panels, &height);
	svg_begin(t, to, height, "Amounts over time");
	for (size_t i = 0; i < n; i++) {
		print_panel(t, &panels[i], top, to);
		top += height_of(&panels[i]);
	}
	svg_end(to);
	if (!n)
		note("--heatmap: nothing was timed, and there was no value: the picture is empty");
	free(panels);
	return 0;
}
