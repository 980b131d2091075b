// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_bench_latch.c - latchkit bench latch: its options; see bench_request.c for what is measured.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_plot.h"
#include "bench_report.h"
#include "bench_request.h"
#include "bench_scenario.h"
#include "cmd_bench.h"
#include "diag.h"
#include "suggest.h"

enum {
	OPTION_ROUNDS = 256,
	OPTION_SLICE,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_OVERSUBSCRIBE,
	OPTION_SCENARIO,
	OPTION_PLOT,
};

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

struct command_line {
	struct bench_plan plan;
	struct bench_request request;
	const char *scenario;
	bool list;
	enum format format;
	const char *output, *plot;
};

static const struct argp_option options[] = {
	{"scenario", OPTION_SCENARIO, "NAME", 0,
	 "answer a question: S2.1 ... S2.6 (see --list), or a file with another one", 1},
	{NULL, 0, NULL, 0, "How:", 2},
	{"rounds", OPTION_ROUNDS, "N", 0, "measure everything N times (15)", 2},
	{"slice", OPTION_SLICE, "MS", 0, "let threads run for MS milliseconds each time (20)", 2},
	{"oversubscribe", OPTION_OVERSUBSCRIBE, NULL, 0, "allow more threads than CPUs", 2},
	{NULL, 0, NULL, 0, "How to show it:", 3},
	{"list", 'l', NULL, 0, "list the subjects and the scenarios, and end", 3},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 3},
	{"csv", OPTION_CSV, NULL, 0, "one row for each result", 3},
	{"plot", OPTION_PLOT, "DIR", 0, "draw it, too: SVG and PNG files in DIR, by gnuplot", 3},
	{"output", 'o', "FILE", 0, "write there instead of to standard output", 3},
	{0},
};

static const char doc[] =
	"Measure latches and their peers side by side: what a write and a read cost alone, and how "
	"many get through when threads write and read at once.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static void add_subject(struct argp_state *state, struct command_line *c, const char *arg)
{
	const struct bench_subject *s = bench_subject_find(arg);
	struct suggest near;

	if (c->plan.subjects_count == bench_subjects_count())
		argp_error(state, "%s: more subjects than there are", arg);
	if (s) {
		c->plan.subjects[c->plan.subjects_count++] = s;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; i < bench_subjects_count(); i++)
		suggest_offer(&near, bench_subject_get(i)->name);
	if (suggest_best(&near))
		argp_error(state, "%s: no such subject; did you mean %s?", arg,
			   suggest_best(&near));
	argp_error(state, "%s: no such subject; --list shows them", arg);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &c->request;
		break;
	case OPTION_SCENARIO:
		c->scenario = arg;
		break;
	case OPTION_ROUNDS:
		c->plan.rounds = bench_number(state, "--rounds", arg, 10000);
		break;
	case OPTION_SLICE:
		c->request.load.slice_ms = (unsigned int)bench_number(state, "--slice", arg, 60000);
		break;
	case OPTION_OVERSUBSCRIBE:
		c->request.load.oversubscribe = true;
		break;
	case 'l':
		c->list = true;
		break;
	case OPTION_JSON:
	case OPTION_CSV:
		if (c->format != FORMAT_TABLE)
			argp_error(state, "--json, --csv: choose one");
		c->format = key == OPTION_JSON ? FORMAT_JSON : FORMAT_CSV;
		break;
	case 'o':
		c->output = arg;
		break;
	case OPTION_PLOT:
		c->plot = arg;
		break;
	case ARGP_KEY_ARG:
		add_subject(state, c, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void take_all_subjects(struct bench_plan *plan)
{
	if (plan->subjects_count)
		return;
	for (size_t i = 0; i < bench_subjects_count(); i++)
		if (!bench_subject_get(i)->is_control)
			plan->subjects[plan->subjects_count++] = bench_subject_get(i);
}

static int list_subjects(void)
{
	for (size_t i = 0; i < bench_subjects_count(); i++) {
		const struct bench_subject *s = bench_subject_get(i);

		printf("%-22s %-6s %-10s %s\n", s->name, s->is_peer ? "peer" : "latch",
		       s->sound ? "sound" : "not sound", s->promise);
	}
	return bench_scenarios_list(stdout);
}

static int report(const struct command_line *c, const struct bench_scenario *scenario, FILE *out)
{
	if (c->format == FORMAT_JSON)
		bench_report_json(&c->plan, out);
	else if (c->format == FORMAT_CSV)
		bench_report_csv(&c->plan, out);
	else
		bench_report_table(&c->plan, out);
	if (scenario && c->format == FORMAT_TABLE)
		bench_scenario_answer(scenario, &c->plan, out);
	if (fflush(out) || ferror(out))
		return fail("%s: cannot write: %s", c->output ? c->output : "standard output",
			    strerror(errno));
	return EXIT_OK;
}

/* The plots are drawn from the records that any other program would read. */
static int draw(const struct command_line *c)
{
	char path[] = "/tmp/latchkit-bench-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC), r;
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!f)
		return fail("--plot: %s: %s", path, strerror(errno));
	bench_report_json(&c->plan, f);
	r = fclose(f) ? fail("%s: cannot write: %s", path, strerror(errno))
		      : bench_plot(c->plot, path);
	unlink(path);
	return r;
}

/* Where it goes is opened first: nobody waits for results that cannot be kept. */
static int measure(struct command_line *c, const struct bench_scenario *scenario)
{
	FILE *out = c->output ? fopen(c->output, "we") : stdout;
	int r;

	if (!out)
		return fail("%s: cannot write: %s", c->output, strerror(errno));
	take_all_subjects(&c->plan);
	r = bench_plan_run(&c->plan);
	r = r ? r : report(c, scenario, out);
	if (!r && c->plot)
		r = draw(c);
	if (c->output)
		fclose(out);
	return r;
}

static int run(struct command_line *c)
{
	struct bench_scenario *scenario;
	int r;

	if (c->list)
		return list_subjects();
	if (!c->scenario) {
		r = bench_request_loads(&c->request, &c->plan);
		return r ? r : measure(c, NULL);
	}
	scenario = bench_scenario__new(c->scenario);
	if (!scenario)
		return EXIT_FAILED;
	r = bench_scenario_plan(scenario, &c->request, &c->plan);
	r = r ? r : measure(c, scenario);
	bench_scenario__free(scenario);
	return r;
}

int cmd_bench_latch(int argc, char **argv)
{
	static const struct argp_child children[] = {{&bench_request_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, children,
					 NULL,	  NULL};
	struct command_line c = {.plan = {.rounds = 15}, .request = {.load = {.slice_ms = 20}}};
	int r;

	c.plan.subjects = calloc(bench_subjects_count(), sizeof(struct bench_subject *));
	if (!c.plan.subjects)
		return fail("bench: out of memory");
	bench_env_start(&c.plan.env, argc, argv);
	r = argp_parse(&argp, argc, argv, 0, NULL, &c) ? EXIT_USAGE : run(&c);
	bench_plan_free(&c.plan);
	return r;
}
