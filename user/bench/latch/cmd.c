// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench latch: its options; see bench/latch/request.c for what is measured.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/core/options.h"
#include "bench/results/plot.h"
#include "bench/latch/request.h"
#include "bench/latch/scenario.h"
#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "bench/latch/report_json.h"
#include "bench/latch/report_table.h"

enum { OPTION_SCENARIO = 256, OPTION_PLOT };

struct command_line {
	struct bench_options options;
	struct bench_plan plan;
	struct bench_request request;
	struct bench_scenario *scenario; /* NULL: none */
	const char *scenario_name, *plot;
};

static const struct argp_option options[] = {
	{"scenario", OPTION_SCENARIO, "NAME", 0,
	 "answer a question: S2.1 ... S2.6 (see --list), or a file with another one", 1},
	{"plot", OPTION_PLOT, "DIR", 0, "draw it, too: SVG and PNG files in DIR, by gnuplot", 3},
	{0},
};

static const char doc[] =
	"Measure latches and their peers side by side: what a write and a read cost alone, and how "
	"many get through when threads write and read at once.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &c->request;
		state->child_inputs[1] = &c->options;
		break;
	case OPTION_SCENARIO:
		c->scenario_name = arg;
		break;
	case OPTION_PLOT:
		c->plot = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const char *subject_name(size_t i)
{
	return bench_subject_get(i)->name;
}

static void take_all_subjects(struct bench_plan *plan)
{
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
	bench_scenarios_list(bench_scenarios, 22, stdout);
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

static int measure(void *arg)
{
	struct command_line *c = arg;

	return bench_plan_run(&c->plan);
}

static int report(void *arg, FILE *out)
{
	const struct command_line *c = arg;

	if (c->options.format == BENCH_JSON)
		bench_report_json(&c->plan, out);
	else if (c->options.format == BENCH_CSV)
		bench_report_csv(&c->plan, out);
	else
		bench_report_table(&c->plan, out);
	if (c->scenario && c->options.format == BENCH_TABLE)
		bench_scenario_answer(c->scenario, &c->plan, out);
	return EXIT_OK;
}

/* Subjects and loads are those of the command line, or of the scenario. */
static int make_plan(struct command_line *c)
{
	struct bench_plan *plan = &c->plan;
	int r;

	plan->rounds = c->options.rounds;
	c->request.load.slice_ms = c->options.slice_ms;
	c->request.load.oversubscribe = c->options.oversubscribe;
	for (size_t i = 0; i < c->options.chosen_count; i++)
		plan->subjects[plan->subjects_count++] = bench_subject_get(c->options.chosen[i]);
	if (c->scenario_name) {
		c->scenario = bench_scenario__new(bench_scenarios, c->scenario_name, true, &r);
		if (!c->scenario)
			return r;
		r = bench_scenario_plan(c->scenario, &c->request, plan);
	} else {
		r = bench_request_loads(&c->request, plan);
	}
	if (!plan->subjects_count)
		take_all_subjects(plan);
	return r;
}

static int run(struct command_line *c)
{
	int r;

	if (c->options.list)
		return list_subjects();
	r = make_plan(c);
	r = r ? r : bench_options_measure(&c->options, measure, report, c);
	return r || !c->plot ? r : draw(c);
}

int cmd_bench_latch(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{&bench_request_argp, 0, NULL, 0}, {&bench_options_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, children,
					 NULL,	  NULL};
	struct command_line c = {0};
	int r = bench_options_init(&c.options, bench_subjects_count(), subject_name);

	c.plan.subjects = calloc(bench_subjects_count(), sizeof(struct bench_subject *));
	if (!r && !c.plan.subjects)
		r = fail("bench: out of memory");
	if (!r) {
		bench_env_start(&c.plan.env, argc, argv);
		r = arguments_parse(&argp, argc, argv, &c) ? EXIT_FAILED : run(&c);
	}
	bench_scenario__free(c.scenario);
	bench_plan_free(&c.plan);
	bench_options_free(&c.options);
	return r;
}
