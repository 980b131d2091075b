// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lines.c - see trace/report/table/lines.h */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "host/clock.h"
#include "trace/report/table/style.h"
#include "trace/report/table/lines.h"

#define TIME_WIDTH 15 /* 23:59:59.999999 */
#define FIGURE_WIDTH 7
#define PROBE_MOST 40
#define NUMBER_WIDTH 7 /* of pids */
#define NAME_WIDTH 15
#define TEXT_WIDTH 12 /* of an expression, at least */

static bool is_number(enum trace_key key)
{
	return key == KEY_PID || key == KEY_TID || key == KEY_UID || key == KEY_CPU;
}

/* With one probe only, who looks knows which it is. */
static int probe_width(const struct trace *t)
{
	int width = 0;

	for (size_t i = 0; trace_rows(t) > 1 && i < t->probes.count; i++) {
		const struct probe *p = &t->probes.probe[i];
		int length = p->hits ? 0 : (int)strlen(p->name);

		width = length > width ? length : width;
	}
	return width < PROBE_MOST ? width : PROBE_MOST;
}

static bool has_figures(const struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++)
		if (line_has_figure(&t->probes.probe[i]))
			return true;
	return false;
}

static int key_width(const struct trace *t, enum trace_key key)
{
	int title = (int)strlen(key_title(&t->options->engine.keys, key));

	if (is_number(key))
		return NUMBER_WIDTH;
	if (key == KEY_COMM)
		return NAME_WIDTH;
	return title > TEXT_WIDTH ? title : TEXT_WIDTH;
}

/* One column of the key; the last has no blanks behind it, and is as long as it is. */
static void print_cell(const struct trace *t, enum trace_key key, bool last, const char *text)
{
	int width = last ? (int)style_width(text) : key_width(t, key);

	fputc(' ', t->out);
	if (!last && !is_number(key) && (int)style_width(text) > width)
		fputs(text, t->out); /* whole: what cannot be read again is not cut */
	else
		style_cell(t->out, text, is_number(key) ? NUMBER_WIDTH : width,
			   is_number(key) ? STYLE_RIGHT
			   : last	  ? STYLE_BARE
					  : STYLE_LEFT);
}

void table_lines_begin(struct trace *t)
{
	const struct key_list *keys = &t->options->engine.keys;
	int probe = probe_width(t);

	fprintf(t->out, "%s%-*s", style_bold(t), TIME_WIDTH, "TIME");
	if (probe)
		fprintf(t->out, " %-*s", probe, "PROBE");
	if (has_figures(t))
		fprintf(t->out, " %*s", FIGURE_WIDTH, "FIGURE");
	for (size_t i = 0; i < keys->count; i++) {
		char title[KEY_EXPR_TEXT];

		snprintf(title, sizeof(title), "%s", key_title(keys, keys->key[i]));
		for (size_t j = 0; keys->key[i] < KEY_EXPR && title[j]; j++)
			title[j] = (char)toupper((unsigned char)title[j]);
		print_cell(t, keys->key[i], i + 1 == keys->count, title);
	}
	fprintf(t->out, "%s\n", style_plain(t));
}

static void print_time(const struct trace *t, unsigned long long time_ns)
{
	unsigned long long ago_ns = clock_now_ns() - time_ns, now_ns;
	struct timespec now;
	char text[16];
	time_t second;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	now_ns = (unsigned long long)now.tv_sec * 1000000000 + (unsigned long long)now.tv_nsec;
	now_ns -= ago_ns;
	second = (time_t)(now_ns / 1000000000);
	strftime(text, sizeof(text), "%H:%M:%S", localtime_r(&second, &tm));
	fprintf(t->out, "%s.%06llu", text, now_ns % 1000000000 / 1000);
}

void table_line(struct trace *t, const struct line_view *line)
{
	const struct probe *p = &t->probes.probe[line->key.probe];
	const struct key_list *keys = &t->options->engine.keys;
	char whole[STYLE_TEXT], text[STYLE_TEXT], amount[STYLE_COUNT];
	int probe = probe_width(t);

	print_time(t, line->time_ns);
	if (probe) {
		fputc(' ', t->out);
		style_cell(t->out, style_text(text, style_probe(t, whole, p), SIZE_MAX), probe,
			   STYLE_LEFT);
	}
	if (has_figures(t))
		fprintf(t->out, " %*s", FIGURE_WIDTH,
			line_has_figure(p)
				? style_amount(amount, p, (double)line->figure, FIGURE_WIDTH)
				: "-");
	for (size_t i = 0; i < keys->count; i++) {
		const char *of = line->key.text[keys->key[i]];

		print_cell(t, keys->key[i], i + 1 == keys->count, style_text(text, of, SIZE_MAX));
	}
	fputc('\n', t->out);
}
