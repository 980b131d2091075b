// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_verify_latch.c - latchkit verify latch: its options; see verify.h for what they mean. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench_env.h"
#include "cmd_verify.h"
#include "diag.h"
#include "suggest.h"
#include "verify.h"
#include "verify_file.h"

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
	struct verify_plan plan;
	struct bench_env env;
	enum format format;
	const char *save, *replay;
	bool all, seed_given;
};

static const struct argp_option options[] = {
	{"all", OPTION_ALL, NULL, 0, "all latches: what happens without names, too", 1},
	{"check", OPTION_CHECK, "LIST", 0, "only these checks, separated by commas", 1},
	{"seconds", OPTION_SECONDS, "N", 0,
	 "let each check of a latch take at most N seconds: one that repeats itself takes them "
	 "all, "
	 "one that is not through by then is skipped (as long as it needs)",
	 1},
	{"seed", OPTION_SEED, "N", 0, "make other records (1)", 1},
	{"require-nmi", OPTION_REQUIRE_NMI, NULL, 0, "no NMI to be had is a failure", 1},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 2},
	{"tap", OPTION_TAP, NULL, 0, "as the Test Anything Protocol", 2},
	{"save", OPTION_SAVE, "FILE", 0, "keep the first failure", 3},
	{"replay", OPTION_REPLAY, "FILE", 0, "make a failure that was kept happen again", 3},
	{0},
};

static const char doc[] =
	"Try to break the latches. Sound ones must hold; counterexamples must fail, each in its "
	"own "
	"way, or the check is broken.\v"
	"Without NAMEs: all latches. Exit code 1 if anything failed that should not, or did not "
	"fail that should.";

static void add_variant(struct argp_state *state, struct command_line *c, const char *arg)
{
	const struct latch_variant *v = latch_variant_find(arg);
	struct suggest near;

	if (v) {
		for (size_t i = 0; i < c->plan.variants_count; i++)
			if (c->plan.variants[i] == v)
				argp_error(state, "%s: given twice", arg);
		c->plan.variants[c->plan.variants_count++] = v;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; i < latch_variants_count(); i++)
		suggest_offer(&near, latch_variant_get(i)->name);
	if (suggest_best(&near))
		argp_error(state, "%s: no such latch; did you mean %s?", arg, suggest_best(&near));
	argp_error(state, "%s: no such latch; latchkit list shows them", arg);
}

static void add_check(struct argp_state *state, struct command_line *c, const char *name)
{
	const struct verify_check *check = verify_check_find(name);
	struct suggest near;

	if (check) {
		for (size_t i = 0; i < c->plan.checks_count; i++)
			if (c->plan.checks[i] == check)
				return;
		c->plan.checks[c->plan.checks_count++] = check;
		return;
	}
	suggest_init(&near, name);
	for (size_t i = 0; i < verify_checks_count(); i++)
		suggest_offer(&near, verify_check_get(i)->name);
	if (suggest_best(&near))
		argp_error(state, "--check %s: no such check; did you mean %s?", name,
			   suggest_best(&near));
	argp_error(state, "--check %s: no such check; --help shows them", name);
}

static void add_checks(struct argp_state *state, struct command_line *c, char *list)
{
	char *name;

	if (!*list)
		argp_error(state, "--check: give the names of checks, separated by commas");
	while ((name = strsep(&list, ",")))
		add_check(state, c, name);
}

static double seconds(struct argp_state *state, const char *arg)
{
	char *end;
	double s = strtod(arg, &end);

	if (*end || end == arg || !(s > 0 && s <= 1e6))
		argp_error(state, "--seconds %s: not a number of seconds above 0", arg);
	return s;
}

static lk_u64 seed(struct argp_state *state, const char *arg)
{
	char *end;
	lk_u64 n;

	errno = 0;
	n = strtoull(arg, &end, 10);
	if (errno || *arg < '0' || *arg > '9' || *end || n >> 32)
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
		c->plan.options.seconds = seconds(state, arg);
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
		add_variant(state, c, arg);
		break;
	case ARGP_KEY_END:
		if (c->all && c->plan.variants_count)
			argp_error(state, "--all: give names or --all");
		if (c->replay && (c->all || c->plan.variants_count || c->plan.checks_count ||
				  c->save || c->seed_given))
			argp_error(state, "--replay: the file says which latch, check and seed");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The checks belong to the help text, but only their table knows them. */
static char *help_filter(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size = 0;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&list, &size);
	if (!f)
		return (char *)text;
	fprintf(f, "%s\n\nChecks:\n", text);
	for (size_t i = 0; i < verify_checks_count(); i++)
		fprintf(f, "  %-10s %s\n", verify_check_get(i)->name, verify_check_get(i)->promise);
	fputc('\n', f);
	fclose(f);
	return list;
}

static void take_defaults(struct verify_plan *plan)
{
	if (!plan->variants_count)
		for (; plan->variants_count < latch_variants_count(); plan->variants_count++)
			plan->variants[plan->variants_count] =
				latch_variant_get(plan->variants_count);
	if (!plan->checks_count)
		for (; plan->checks_count < verify_checks_count(); plan->checks_count++)
			plan->checks[plan->checks_count] = verify_check_get(plan->checks_count);
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
	if (fflush(stdout) || ferror(stdout))
		return fail("standard output: cannot write: %s", strerror(errno));
	return 0;
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

/* What failed once must fail again, whether it is in the nature of the latch or not. */
static int replay(struct command_line *c)
{
	struct verify_failure f;
	const struct verify_verdict *v;
	int r = verify_load(&f, c->replay);

	if (r)
		return r;
	c->plan.variants[c->plan.variants_count++] = latch_variant_find(f.subject);
	c->plan.checks[c->plan.checks_count++] = verify_check_find(f.check);
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

int cmd_verify_latch(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, "[NAME]...", doc,
					 NULL,	  help_filter,	NULL};
	struct command_line c = {.plan = {.options = {.seed = 1}}};
	int r;

	c.plan.variants = calloc(latch_variants_count(), sizeof(*c.plan.variants));
	c.plan.checks = calloc(verify_checks_count(), sizeof(*c.plan.checks));
	if (!c.plan.variants || !c.plan.checks)
		return fail("verify: out of memory");
	bench_env_start(&c.env, argc, argv);
	if (argp_parse(&argp, argc, argv, 0, NULL, &c))
		r = EXIT_USAGE;
	else
		r = c.replay ? replay(&c) : verify(&c);
	free(c.plan.variants);
	free(c.plan.checks);
	free(c.plan.verdicts);
	return r;
}
