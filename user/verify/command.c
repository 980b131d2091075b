// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* command.c - see verify/command.h. */
#include <argp.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/output_end.h"
#include "cli/numbers.h"
#include "cli/suggest.h"
#include "host/environment.h"
#include "verify/command.h"
#include "verify/core/report_table.h"
#include "verify/file.h"
#include "verify/report_json.h"

enum {
	OPTION_ALL = 256,
	OPTION_CHECK,
	OPTION_JSON,
	OPTION_TAP,
	OPTION_SECONDS,
	OPTION_REQUIRE_NMI,
	OPTION_SEED,
	OPTION_SAVE,
	OPTION_REPLAY,
};

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_TAP };

struct command_line {
	const struct verify_set *const *sets;
	struct verify_plan plan;
	struct bench_env env;
	enum format format;
	const char *save, *replay;
	bool all, seed_given;
};

static const struct argp_option options[] = {
	{"all", OPTION_ALL, NULL, 0, "all of them: what happens without names, too", 1},
	{"check", OPTION_CHECK, "LIST", 0, "only these checks, separated by commas", 1},
	{"seconds", OPTION_SECONDS, "N", 0,
	 "let each check of a NAME take at most N seconds: one that repeats itself takes them "
	 "all, "
	 "one that is not through by then is skipped (as long as it needs)",
	 1},
	{"seed", OPTION_SEED, "N", 0, "draw other numbers (1)", 1},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 2},
	{"tap", OPTION_TAP, NULL, 0, "as the Test Anything Protocol", 2},
	{"save", OPTION_SAVE, "FILE", 0, "keep the first failure", 3},
	{"replay", OPTION_REPLAY, "FILE", 0, "make a failure that was kept happen again", 3},
	/* The last one: only of a set that uses NMIs. */
	{"require-nmi", OPTION_REQUIRE_NMI, NULL, 0, "no NMI to be had is a failure", 1},
	{0},
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

static void add_subject(struct argp_state *state, struct command_line *c, const char *arg)
{
	const struct verify_set *set = c->plan.set;
	const struct verify_subject *subject = verify_subject_find(set, arg);
	struct suggest near;

	if (subject) {
		for (size_t i = 0; i < c->plan.subjects_count; i++)
			if (c->plan.subjects[i] == subject)
				argp_error(state, "%s: given twice", arg);
		c->plan.subjects[c->plan.subjects_count++] = subject;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; i < set->count(); i++)
		suggest_offer(&near, set->get(i)->name);
	argp_error(state, "%s: no such %s; %s", arg, set->noun,
		   suggest_hint(&near, "%s shows them", set->shown_by));
}

static void add_check(struct argp_state *state, struct command_line *c, const char *name)
{
	const struct verify_check *check = verify_check_find(c->plan.set, name);
	struct suggest near;

	if (check) {
		for (size_t i = 0; i < c->plan.checks_count; i++)
			if (c->plan.checks[i] == check)
				return;
		c->plan.checks[c->plan.checks_count++] = check;
		return;
	}
	suggest_init(&near, name);
	for (size_t i = 0; i < c->plan.set->checks_count; i++)
		suggest_offer(&near, c->plan.set->checks[i]->name);
	argp_error(state, "--check %s: no such check; %s", name,
		   suggest_hint(&near, "--help shows them"));
}

static void add_checks(struct argp_state *state, struct command_line *c, char *list)
{
	char *name;

	if (!*list)
		argp_error(state, "--check: give the names of checks, separated by commas");
	while ((name = strsep(&list, ",")))
		add_check(state, c, name);
}

static lk_u64 seed(struct argp_state *state, const char *arg)
{
	unsigned long long n = 0;

	if (!number_parse(arg, 10, 0, UINT32_MAX, &n))
		argp_error(state, "--seed %s: not a whole number below 2^32", arg);
	return n;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case OPTION_ALL:
		c->all = true;
		break;
	case OPTION_CHECK:
		add_checks(state, c, arg);
		break;
	case OPTION_JSON:
	case OPTION_TAP:
		if (c->format != FORMAT_TABLE)
			argp_error(state, "--json, --tap: choose one");
		c->format = key == OPTION_JSON ? FORMAT_JSON : FORMAT_TAP;
		break;
	case OPTION_SECONDS:
		c->plan.options.seconds = seconds_option(state, "--seconds", arg, 0, 1e6);
		break;
	case OPTION_REQUIRE_NMI:
		c->plan.options.require_nmi = true;
		break;
	case OPTION_SEED:
		c->plan.options.seed = seed(state, arg);
		c->seed_given = true;
		break;
	case OPTION_SAVE:
		c->save = arg;
		break;
	case OPTION_REPLAY:
		c->replay = arg;
		break;
	case ARGP_KEY_ARG:
		add_subject(state, c, arg);
		break;
	case ARGP_KEY_END:
		if (c->all && c->plan.subjects_count)
			argp_error(state, "--all: give names or --all");
		if (c->replay && (c->all || c->plan.subjects_count || c->plan.checks_count ||
				  c->save || c->seed_given))
			argp_error(state, "--replay: the file says which %s, check and seed",
				   c->plan.set->noun);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The set's own text, its subjects and checks. */
static char *help_filter(int key, const char *text, void *input)
{
	const struct verify_set *set = ((const struct command_line *)input)->plan.set;
	char *list = NULL;
	size_t size = 0;
	FILE *f;

	if (key == ARGP_KEY_HELP_PRE_DOC)
		return strdup(set->doc);
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&list, &size);
	if (!f)
		return (char *)text;
	fprintf(f, "%s\n\nNames:", text);
	for (size_t i = 0; i < set->count(); i++)
		fprintf(f, " %s", set->get(i)->name);
	fprintf(f, "\n\nChecks:\n");
	for (size_t i = 0; i < set->checks_count; i++)
		fprintf(f, "  %-10s %s\n", set->checks[i]->name, set->checks[i]->promise);
	fputc('\n', f);
	fclose(f);
	return list;
}

static void take_defaults(struct verify_plan *plan)
{
	const struct verify_set *set = plan->set;

	if (!plan->subjects_count)
		for (; plan->subjects_count < set->count(); plan->subjects_count++)
			plan->subjects[plan->subjects_count] = set->get(plan->subjects_count);
	if (!plan->checks_count)
		for (; plan->checks_count < set->checks_count; plan->checks_count++)
			plan->checks[plan->checks_count] = set->checks[plan->checks_count];
}

static int report(struct command_line *c)
{
	bench_env_stop(&c->env);
	if (c->format == FORMAT_JSON)
		verify_report_json(&c->plan, &c->env, stdout);
	else if (c->format == FORMAT_TAP)
		verify_report_tap(&c->plan, stdout);
	else
		verify_report_table(&c->plan, stdout);
	return output_end(stdout, NULL);
}

static int verify(struct command_line *c)
{
	int r, saved = 0;

	take_defaults(&c->plan);
	r = verify_run(&c->plan);
	if (r)
		return r;
	r = report(c);
	if (c->save)
		saved = verify_save(&c->plan, c->save);
	if (c->plan.interrupted)
		note("verify: interrupted");
	return r ? r : saved ? saved : verify_exit_code(&c->plan);
}

/* What failed once must fail again, whether that is expected of it or not. */
static int replay(struct command_line *c)
{
	struct verify_failure f;
	const struct verify_verdict *v;
	const struct verify_set *set = NULL;
	int r = verify_load(&f, c->sets, &set, c->replay);

	if (r)
		return r;
	c->plan.set = set;
	c->plan.subjects[c->plan.subjects_count++] = verify_subject_find(set, f.subject);
	c->plan.checks[c->plan.checks_count++] = verify_check_find(set, f.check);
	c->plan.options.seed = f.seed;
	c->plan.options.replay = &f;
	r = verify_run(&c->plan);
	if (r || !c->plan.verdicts_count)
		return r ? r : fail("--replay %s: interrupted", c->replay);
	v = &c->plan.verdicts[0];
	r = report(c);
	if (r)
		return r;
	if (v->outcome == VERIFY_SKIP)
		return fail("--replay %s: cannot be tried here: %s", c->replay, v->reason);
	if (!(v->kinds & VERIFY_BIT(f.kind))) {
		note("--replay %s: %s %s did not fail again", c->replay, f.subject, f.check);
		return EXIT_OK;
	}
	note("--replay %s: %s %s fails again: %s", c->replay, f.subject, f.check, v->reason);
	return EXIT_FAILED;
}

int verify_command(const struct verify_set *const *sets, const struct verify_set *set, int argc,
		   char **argv)
{
	static const char doc[] =
		"\vWithout NAMEs: all of them. Exit code 1 if anything failed that should not, or "
		"did not fail that should.";
	struct argp_option own[OPTIONS];
	const struct argp argp = {own, parse_option, "[NAME]...", doc, NULL, help_filter, NULL};
	struct command_line c = {.sets = sets, .plan = {.set = set, .options = {.seed = 1}}};
	int r;

	memcpy(own, options, sizeof(own));
	if (!set->uses_nmi)
		own[OPTIONS - 2] = own[OPTIONS - 1];
	c.plan.subjects = calloc(set->count() + 1, sizeof(*c.plan.subjects));
	c.plan.checks = calloc(set->checks_count + 1, sizeof(*c.plan.checks));
	if (!c.plan.subjects || !c.plan.checks)
		return fail("verify: out of memory");
	bench_env_start(&c.env, argc, argv);
	if (arguments_parse(&argp, argc, argv, &c))
		r = EXIT_FAILED;
	else
		r = c.replay ? replay(&c) : verify(&c);
	free(c.plan.subjects);
	free(c.plan.checks);
	free(c.plan.verdicts);
	return r;
}
