// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* series.c - see trace/report/metrics/series.h */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "trace/report/metrics/series.h"
#include "trace/session/keys.h"

/* Those that samples of ours have beside the keys. */
static const char *const taken[] = {"probe", "le", "context", "cause", "handler"};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void series_label(char *label, size_t size, const char *title)
{
	size_t used = 0;
	bool own = is_letter(title[0]) && strncmp(title, "__", 2);

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		own = own && strcmp(title, taken[i]) != 0;
	if (!own)
		used = (size_t)sprintf(label, "key_");
	for (const char *c = title; *c && used + 1 < size; c++) {
		bool fits = is_letter(*c) || is_digit(*c);

		/* a->b and a.b alike: one _ for what stands between two words. */
		if (fits || (used && label[used - 1] != '_'))
			label[used++] = fits ? *c : '_';
	}
	while (used > 1 && label[used - 1] == '_')
		used--;
	label[used] = '\0';
}

static void print_label(FILE *to, const char *name, const char *value)
{
	/* What has no room is told apart from a key of that text, of which one byte is escaped. */
	bool same = strcmp(value, SERIES_OTHER) == 0;

	fprintf(to, "%s=\"%s", name, same ? "\\\\x28" : "");
	escape_print(ESCAPE_LABEL, to, value + same, SIZE_MAX);
	fputc('"', to);
}

/* `printed` to a memory stream, closed here. Returns the text, or NULL: out of memory. */
static char *text_of(FILE *to, char **text)
{
	bool failed = !to || ferror(to);

	if (to && fclose(to))
		failed = true;
	if (!failed)
		return *text;
	if (to)
		free(*text);
	return NULL;
}

static char *probe_labels(const struct probe *p)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (to)
		print_label(to, "probe", p->name);
	return text_of(to, &text);
}

static void print_key(FILE *to, const struct key_list *keys, size_t i, const struct key_view *v)
{
	char label[KEY_EXPR_TEXT + 8], other[KEY_EXPR_TEXT + 8];

	series_label(label, sizeof(label), key_title(keys, keys->key[i]));
	/* Two expressions may come to one name. */
	for (size_t j = 0; j < i; j++) {
		series_label(other, sizeof(other), key_title(keys, keys->key[j]));
		if (strcmp(label, other) == 0)
			snprintf(label + strlen(label), sizeof(label) - strlen(label), "_2");
	}
	fputc(',', to);
	if (v->other)
		fprintf(to, "%s=\"" SERIES_OTHER "\"", label);
	else
		print_label(to, label, v->text[keys->key[i]]);
}

static char *key_labels(const struct trace *t, const char *probe, const struct key_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (to)
		fputs(probe, to);
	for (size_t i = 0; to && i < keys->count; i++)
		if (keys->key[i] != KEY_PROBE)
			print_key(to, keys, i, v);
	return text_of(to, &text);
}

static int by_labels(const void *a, const void *b)
{
	const struct series *x = a, *y = b;

	if (x->probe != y->probe)
		return x->probe < y->probe ? -1 : 1;
	return strcmp(x->labels, y->labels);
}

/* Add up those with the same labels: a pid that is used again, a name that was cut. */
static void merge(const struct trace *t, struct series_list *list)
{
	size_t kept = 0;

	qsort(list->series, list->count, sizeof(*list->series), by_labels);
	for (size_t i = 0; i < list->count; i++) {
		struct series *s = &list->series[i];

		if (kept && by_labels(&list->series[kept - 1], s) == 0) {
			summed_merge(probe_table(&t->probes.probe[s->probe]),
				     &list->series[kept - 1].total, &s->total);
			free(s->labels);
		} else {
			list->series[kept++] = *s;
		}
	}
	list->count = kept;
}

/* Returns false: no memory for its labels. */
static bool append(struct series_list *list, size_t probe, char *labels,
		   const union summed_record *total)
{
	if (labels)
		list->series[list->count++] = (struct series){probe, labels, *total};
	return labels;
}

/* Returns false: out of memory. */
static bool label_probe(const struct trace *t, struct series_list *list, size_t i)
{
	if (!list->probe[i])
		list->probe[i] = probe_labels(&t->probes.probe[i]);
	return list->probe[i];
}

static int read_keys(struct trace *t, struct series_list *list)
{
	struct key_view *views;
	size_t n;
	int err = key_views_read(t, SIZE_MAX, &views, &n);

	if (err)
		return err;
	list->series = calloc(n + 1, sizeof(*list->series));
	for (size_t i = 0; !err && i < n; i++)
		if (!list->series || !label_probe(t, list, views[i].probe) ||
		    !append(list, views[i].probe,
			    key_labels(t, list->probe[views[i].probe], &views[i]), &views[i].total))
			err = ENOMEM;
	key_views_free(views, n);
	if (err || !list->series)
		return ENOMEM;
	merge(t, list);
	return 0;
}

static int read_probes(struct trace *t, struct series_list *list)
{
	list->series = calloc(t->probes.count + 1, sizeof(*list->series));
	for (size_t i = 0; list->series && i < t->probes.count; i++)
		if (list->probe[i] &&
		    !append(list, i, strdup(list->probe[i]), &t->reader->view[i].total))
			return ENOMEM;
	return list->series ? 0 : ENOMEM;
}

/* What comes from a pattern has metrics from its first event on, and keeps them. */
static bool shows(const struct trace *t, size_t i)
{
	return !t->probes.probe[i].optional || probe_view_count(&t->reader->view[i]);
}

bool series_have_keys(const struct trace *t)
{
	return t->options->engine.keys.count && !t->lines;
}

int series_read(struct trace *t, struct series_list *list)
{
	*list = (struct series_list){.probes = t->probes.count};
	list->probe = calloc(t->probes.count + 1, sizeof(*list->probe));
	if (!list->probe)
		return ENOMEM;
	for (size_t i = 0; i < t->probes.count; i++)
		if (shows(t, i) && !label_probe(t, list, i))
			return ENOMEM;
	return series_have_keys(t) ? read_keys(t, list) : read_probes(t, list);
}

void series_free(struct series_list *list)
{
	for (size_t i = 0; list->series && i < list->count; i++)
		free(list->series[i].labels);
	for (size_t i = 0; list->probe && i < list->probes; i++)
		free(list->probe[i]);
	free(list->series);
	free(list->probe);
}
