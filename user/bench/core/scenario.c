// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scenario.c - see bench/core/scenario.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/scenario.h"
#include "cli/diag.h"
#include "cli/numbers.h"
#include "cli/suggest.h"
#include "host/cpus.h"

#define WORDS_MAX 128
#define WHITE " \t\r\n"
#define THREADS_MAX 63

int bench_scenario_each_line(const char *text, int (*fn)(char **words, int count, void *arg),
			     void *arg)
{
	int r = 0;

	while (!r && *text) {
		size_t length = strcspn(text, "\n");
		char *line = strndup(text, length), *words[WORDS_MAX], *rest, *word;
		int count = 0;

		if (!line)
			return fail("bench: out of memory");
		word = *line == '#' ? NULL : strtok_r(line, WHITE, &rest);
		for (; word && count < WORDS_MAX; word = strtok_r(NULL, WHITE, &rest))
			words[count++] = word;
		if (count)
			r = fn(words, count, arg);
		free(line);
		text += length + (text[length] == '\n');
	}
	return r;
}

/* The part of the text from "scenario NAME" to the next one; NULL: not there. */
static char *cut_out(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = text; (at = strstr(at, "\nscenario ")); at++) {
		const char *end = strstr(at + 1, "\nscenario ");

		if (strncmp(at + 10, name, length) == 0 && at[10 + length] == '\n')
			return strndup(at + 1, end ? (size_t)(end - at) : strlen(at + 1));
	}
	return NULL;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t size = 0;
	char *text = NULL;

	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

/* The rest of the line that begins with that word. Returns NULL: there is none, or no memory. */
static char *line_of(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; at && *at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, word, length) == 0 && at[length] == ' ')
			return strndup(at + length + 1, strcspn(at + length + 1, "\n"));
	}
	return NULL;
}

static int offer(char **words, int count, void *near)
{
	if (count == 2 && strcmp(words[0], "scenario") == 0)
		suggest_offer(near, words[1]);
	return 0;
}

static int unknown(const char *all, const char *name, bool files, int err)
{
	struct suggest near;

	suggest_init(&near, name);
	bench_scenario_each_line(all, offer, &near);
	if (files && !suggest_best(&near))
		return fail_usage("--scenario %s: no such scenario, nor a file: %s; --list shows "
				  "them",
				  name, strerror(err));
	return fail_usage("--scenario %s: no such scenario; %s", name,
			  suggest_hint(&near, "--list shows them"));
}

struct bench_scenario *bench_scenario__new(const char *all, const char *name, bool files, int *code)
{
	struct bench_scenario *s = calloc(1, sizeof(*s));

	if (!s) {
		*code = fail("bench: out of memory");
		return NULL;
	}
	s->name = name;
	s->text = cut_out(all, name);
	if (!s->text && files)
		s->text = read_file(name);
	if (s->text) {
		s->sentence = line_of(s->text, "claim");
		return s;
	}
	*code = unknown(all, name, files, errno);
	free(s);
	return NULL;
}

void bench_scenario__free(struct bench_scenario *s)
{
	if (!s)
		return;
	free(s->sentence);
	free(s->text);
	free(s);
}

struct listing {
	FILE *out;
	int width;
};

static int list_line(char **words, int count, void *arg)
{
	const struct listing *l = arg;

	if (strcmp(words[0], "scenario") == 0 && count == 2)
		fprintf(l->out, "%-*s scenario ", l->width, words[1]);
	if (strcmp(words[0], "question") != 0 && strcmp(words[0], "claim") != 0)
		return 0;
	for (int i = 1; i < count; i++)
		fprintf(l->out, " %s%s", words[i], i + 1 < count ? "" : "\n");
	return 0;
}

void bench_scenarios_list(const char *all, int width, FILE *out)
{
	struct listing l = {out, width};

	bench_scenario_each_line(all, list_line, &l);
}

unsigned int bench_many_threads(void)
{
	return cpus_count() > 2 ? cpus_count() : 2;
}

/* -- what to measure -------------------------------------------------------------------------- */

static int add_subjects(struct bench_plan *plan, char **words, int count)
{
	for (int i = 1; i < count; i++) {
		const struct bench_subject *s = bench_subject_find(plan->bench, words[i]);

		if (!s)
			return fail("%s: subjects: %s: no such subject; --list shows them",
				    plan->scenario_name, words[i]);
		if (plan->subjects_count == bench_subjects_count(plan->bench))
			return fail("%s: subjects: more than there are", plan->scenario_name);
		plan->subjects[plan->subjects_count++] = s;
	}
	return EXIT_OK;
}

/* THREADS, the words of the bench, what disturbs them. Returns false: not understood. */
static bool read_load(const struct bench *bench, struct bench_load *load, char **words, int count)
{
	unsigned long long threads = bench_many_threads();

	if (count < 2 ||
	    (strcmp(words[1], "all") != 0 && !number_parse(words[1], 10, 1, THREADS_MAX, &threads)))
		return false;
	load->threads = (unsigned int)threads;
	load->disturber = count > 2 && strcmp(words[count - 1], bench->disturber) == 0;
	count -= 2 + (int)load->disturber;
	return bench->take_load ? bench->take_load(load, words + 2, count) : count == 0;
}

static int add_load(struct bench_plan *plan, char **words, int count)
{
	struct bench_load *load = calloc(1, plan->bench->load_size);
	int r;

	if (!load)
		return fail("bench: out of memory");
	if (!read_load(plan->bench, load, words, count))
		r = fail("%s: load: not understood", plan->scenario_name);
	else if (load->threads + load->disturber > 1 && !plan->oversubscribe && cpus_count() < 2)
		r = fail("--scenario %s: needs two CPUs; --oversubscribe measures on one, for what "
			 "that is worth",
			 plan->scenario_name);
	else
		r = bench_add_load(plan, load);
	free(load);
	return r;
}

static int plan_line(char **words, int count, void *arg)
{
	struct bench_plan *plan = arg;

	if (strcmp(words[0], "subjects") == 0)
		return add_subjects(plan, words, count);
	if (plan->bench->scenario_line)
		return plan->bench->scenario_line(plan, words, count);
	plan->bpf |= strcmp(words[0], "bpf") == 0;
	return strcmp(words[0], "load") == 0 ? add_load(plan, words, count) : EXIT_OK;
}

static int find_judge(struct bench_scenario *s, const struct bench_judge *const *judges)
{
	char *name = line_of(s->text, "judge");

	while (name && *judges && strcmp((*judges)->name, name) != 0)
		judges++;
	s->judge = name ? *judges : NULL;
	if (!s->judge)
		fail("%s: judge %s: no such judge", s->name, name ? name : "");
	free(name);
	return s->judge ? EXIT_OK : EXIT_FAILED;
}

int bench_scenario_plan(struct bench_scenario *s, struct bench_plan *plan)
{
	int r = plan->bench->judges ? find_judge(s, plan->bench->judges) : EXIT_OK;

	r = r ? r : bench_scenario_each_line(s->text, plan_line, plan);
	if (r || plan->bench->judges)
		return r;
	if (!plan->loads_count)
		return fail("%s: no line `options`: nothing to measure", s->name);
	if (!plan->subjects_count)
		bench_plan_take_all(plan);
	return EXIT_OK;
}
