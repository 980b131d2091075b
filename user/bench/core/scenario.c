// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scenario.c - see bench/core/scenario.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/claim.h"
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

/* -- what to measure -------------------------------------------------------------------------- */

struct planning {
	const struct bench_scenario *scenario;
	const struct bench_planner *planner;
	unsigned int threads; /* the most of any load */
};

static int add_load(struct planning *p, char **words, int count)
{
	unsigned long long threads = bench_many_threads();
	unsigned int all;

	if (count < 2 ||
	    (strcmp(words[1], "all") != 0 && !number_parse(words[1], 10, 1, THREADS_MAX, &threads)))
		return fail("%s: load: neither a number of threads nor all", p->scenario->name);
	all = p->planner->add_load(p->planner->plan, (unsigned int)threads, words + 2, count - 2);
	if (!all)
		return fail("%s: load: not understood, or too many", p->scenario->name);
	p->threads = all > p->threads ? all : p->threads;
	return EXIT_OK;
}

static int plan_line(char **words, int count, void *arg)
{
	struct planning *p = arg;

	if (strcmp(words[0], "load") == 0)
		return add_load(p, words, count);
	for (int i = 1; i < count && strcmp(words[0], "subjects") == 0; i++)
		if (!p->planner->add_subject(p->planner->plan, words[i]))
			return fail("%s: subjects: %s: no such subject; --list shows them",
				    p->scenario->name, words[i]);
	if (strcmp(words[0], "bpf") == 0)
		*p->planner->bpf = true;
	return EXIT_OK;
}

int bench_scenario_measure(const struct bench_scenario *s, const struct bench_planner *planner,
			   bool oversubscribe)
{
	struct planning p = {s, planner, 0};
	int r = bench_scenario_each_line(s->text, plan_line, &p);

	if (r || p.threads < 2 || oversubscribe || cpus_count() >= 2)
		return r;
	return fail("--scenario %s: needs two CPUs; --oversubscribe measures on one, for what that "
		    "is worth",
		    s->name);
}

int bench_scenario_judge(const struct bench_scenario *s, const char *const *names, size_t count)
{
	char *name = line_of(s->text, "judge");
	size_t i = 0;

	while (name && i < count && strcmp(names[i], name) != 0)
		i++;
	if (!name || i == count)
		fail("%s: judge %s: no such judge", s->name, name ? name : "");
	free(name);
	return i < count ? (int)i : -1;
}
