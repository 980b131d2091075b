// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* folded.c - stacks in folded form, for flame graphs: at the end one line for each. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/escape.h"
#include "symbols/kernel.h"
#include "trace/report/report.h"
#include "trace/session/keys.h"
#include "trace/session/stacks.h"

static void note_losses(const struct trace *t)
{
	struct loss_counts sum = trace_losses_sum(t);

	for (int i = 0; i < LOSS_CAUSES; i++) {
		if (loss_get(&sum, i) == LOSS_UNKNOWN)
			note("lost: %s unknown", loss_names[i]);
		else if (loss_get(&sum, i))
			note("lost: %s %llu", loss_names[i], loss_get(&sum, i));
	}
}

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

/* The rows of all keys as texts: see stacks_read_texts(). */
static int read_keys(struct trace *t, struct stack_text **texts, size_t *count)
{
	struct key_view *keys;
	size_t n, done = 0;
	int err = key_views_read(t, SIZE_MAX, &keys, &n);

	*count = 0;
	*texts = err ? NULL : calloc(n + 1, sizeof(**texts));
	for (; *texts && done < n; done++) {
		(*texts)[done] = (struct stack_text){text_of(t, &keys[done]), keys[done].count};
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

static void folded_summary(struct trace *t)
{
	struct stack_text *stacks;
	size_t n;

	trace_report_failed(t, t->options->engine.keys.count ? read_keys(t, &stacks, &n)
							     : stacks_read_texts(t, &stacks, &n));
	if (t->ksyms && !ksyms__addresses_known(t->ksyms))
		note("kernel symbols are hidden (kernel.kptr_restrict, CAP_SYSLOG): kernel frames "
		     "have no names");
	for (size_t i = 0; i < n; i++)
		fprintf(t->out, "%s %llu\n", stacks[i].text, stacks[i].count);
	stack_texts_free(stacks, n);
	if (trace_own_stacks(t))
		note("left out: %llu stacks of latchkit itself", trace_own_stacks(t));
	note_losses(t);
}

const struct report report_folded = {
	.option = "folded",
	.help = "sampled stacks in folded form, at the end",
	.only_stacks = true,
	.summary = folded_summary,
};
