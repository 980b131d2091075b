// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* folded_rows.c - see trace/session/folded_rows.h */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "trace/session/folded_rows.h"
#include "trace/session/keys.h"

/* The keys but stacks, as they were named, then the frames, outermost first. */
static void print_key(const struct trace *t, const struct key_view *v, FILE *to)
{
	const struct key_list *keys = &t->options->engine.keys;
	const char *separator = "";

	for (size_t i = 0; i < keys->count; i++) {
		const char *text = v->text[keys->key[i]];

		if (keys->key[i] == KEY_KSTACK || keys->key[i] == KEY_USTACK)
			continue;
		fputs(separator, to);
		escape_print(ESCAPE_FOLDED, to, text, strlen(text));
		separator = ";";
	}
	for (int i = 0; i < 2; i++) {
		const char *text = v->text[i ? KEY_KSTACK : KEY_USTACK];

		if (!text || strcmp(text, "[none]") == 0)
			continue;
		fprintf(to, "%s%s", separator, text);
		separator = ";";
	}
	if (!*separator)
		fputs("[none]", to);
}

/* The row of all keys without room. */
#define OTHER "(other)"

/* A key that reads like that is another one. */
static char *escape_other(char *text)
{
	free(text);
	return strdup("\\x28other)");
}

static char *text_of(const struct trace *t, const struct key_view *v)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);
	bool failed;

	if (!to)
		return NULL;
	if (v->other)
		fputs(OTHER, to);
	else
		print_key(t, v, to);
	failed = ferror(to);
	if (fclose(to) || failed || !text) {
		free(text);
		return NULL;
	}
	return v->other || strcmp(text, OTHER) ? text : escape_other(text);
}

/* What a row weighs: of what statement keeps a sum, the sum. Less than nothing has no width. */
static unsigned long long weight_of(const struct trace *t, const struct key_view *v)
{
	long long sum = (long long)v->total.value[VALUE_SUM];

	if (!t->probes.probe[v->probe].is_sum)
		return v->count;
	return sum > 0 ? (unsigned long long)sum : 0;
}

/* The rows of all keys as texts: see stacks_read_texts(). */
static int read_keys(struct trace *t, struct stack_text **texts, size_t *count)
{
	struct key_view *keys;
	size_t n, done = 0;
	int err = key_views_read(t, SIZE_MAX, &keys, &n);

	*count = 0;
	*texts = err ? NULL : calloc(n + 1, sizeof(**texts));
	for (; *texts && done < n; done++) {
		(*texts)[done] =
			(struct stack_text){text_of(t, &keys[done]), weight_of(t, &keys[done])};
		if (!(*texts)[done].text)
			break;
	}
	key_views_free(keys, n);
	if (*texts && done == n) {
		*count = stack_texts_merge(*texts, n);
		return 0;
	}
	if (*texts)
		stack_texts_free(*texts, done);
	*texts = NULL;
	return ENOMEM;
}

int folded_rows_read(struct trace *t, struct stack_text **rows, size_t *count)
{
	return t->options->engine.keys.count ? read_keys(t, rows, count)
					     : stacks_read_texts(t, rows, count);
}

static enum folded_weight weight_of_probe(const struct trace *t, const struct probe *p)
{
	if (t->options->engine.keys.count && p->is_sum)
		return p->is_time ? FOLDED_NS : FOLDED_SUM;
	return p->kind == KIND_SAMPLE ? FOLDED_SAMPLES : FOLDED_EVENTS;
}

enum folded_weight folded_rows_weight(const struct trace *t)
{
	const struct engine_config *c = &t->options->engine;
	enum folded_weight first = weight_of_probe(t, &t->probes.probe[0]);

	/* Others have no stacks then. */
	if (!c->keys.count && !c->handler && !c->swappable)
		return FOLDED_SAMPLES;
	for (size_t i = 1; i < t->probes.count; i++) {
		enum folded_weight other = weight_of_probe(t, &t->probes.probe[i]);

		if (other == first || t->probes.probe[i].hits)
			continue;
		if (first >= FOLDED_SUM || other >= FOLDED_SUM)
			return FOLDED_MIXED;
		first = FOLDED_EVENTS;
	}
	return first;
}
