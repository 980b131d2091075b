// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench latch: what it is made of; see bench/core/plan.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/core/command.h"
#include "bench/core/record.h"
#include "bench/latch/request.h"
#include "bench/latch/run.h"
#include "bench/latch/scenario.h"
#include "bench/results/plot.h"
#include "cli/commands.h"
#include "cli/diag.h"

enum { OPTION_PLOT = BENCH_OPTION_OWN };

struct bench_latch_plan {
	struct bench_plan plan;
	struct bench_request request;
	const char *plot; /* a directory; NULL: none */
};

static const struct argp_option options[] = {
	{"scenario", BENCH_OPTION_SCENARIO, "NAME", 0,
	 "answer a question: S2.1 ... S2.6 (see --list), or a file with another one", 1},
	{"plot", OPTION_PLOT, "DIR", 0, "draw it, too: SVG and PNG files in DIR, by gnuplot", 3},
	{0},
};

static const char doc[] =
	"Measure latches and their peers side by side: what a write and a read cost alone, and how "
	"many get through when threads write and read at once.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static error_t parse_option(struct bench_plan *plan, int key, char *arg, struct argp_state *state)
{
	struct bench_latch_plan *own = (struct bench_latch_plan *)plan;

	if (key == ARGP_KEY_INIT)
		state->child_inputs[1] = &own->request;
	else if (key == OPTION_PLOT)
		own->plot = arg;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static int make_loads(struct bench_plan *plan)
{
	return bench_request_loads(&((struct bench_latch_plan *)plan)->request, plan);
}

static int scenario_line(struct bench_plan *plan, char **words, int count)
{
	return bench_latch_scenario_line(plan, &((struct bench_latch_plan *)plan)->request, words,
					 count);
}

static int prepare(struct bench_plan *plan)
{
	(void)plan;
	bench_pmu_open();
	return EXIT_OK;
}

/* The plots are drawn from the records that any other program would read. */
static int draw(const struct bench_plan *plan)
{
	const char *dir = ((const struct bench_latch_plan *)plan)->plot;
	char path[] = "/tmp/latchkit-bench-XXXXXX";
	struct bench_plan records = *plan;
	FILE *f;
	int fd, r;

	if (!dir)
		return EXIT_OK;
	records.format = BENCH_JSON;
	fd = mkostemp(path, O_CLOEXEC);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f)
		return fail("--plot: %s: %s", path, strerror(errno));
	bench_report(&records, f);
	r = fclose(f) ? fail("%s: cannot write: %s", path, strerror(errno)) : bench_plot(dir, path);
	unlink(path);
	return r;
}

BENCH_SCENARIOS(bench_latch_scenarios, "user/bench/latch/scenarios.txt");

int cmd_bench_latch(int argc, char **argv)
{
	static const struct bench bench = {
		.name = "latch",
		.subject = bench_latch_subject,
		.name_width = 22,
		.label_width = 17,
		.plan_size = sizeof(struct bench_latch_plan),
		.load_size = sizeof(struct bench_latch_load),
		.result_size = sizeof(struct bench_latch_result),
		.loads_max = 64,
		.metrics = bench_metric_names,
		.metrics_count = BENCH_METRICS,
		.steady = BENCH_READS_PER_S + 1,
		.options = options,
		.doc = doc,
		.child = &bench_request_argp,
		.parse = parse_option,
		.make_loads = make_loads,
		.scenarios = bench_latch_scenarios,
		.scenario_files = true,
		.scenario_names = "subjects",
		.scenario_line = scenario_line,
		.answer = bench_latch_answer,
		.result_init = bench_latch_result_init,
		.result_free = bench_latch_result_free,
		.prepare = prepare,
		.reports = &bench_latch_reports,
		.round = bench_latch_round,
		.finish = bench_latch_count_code,
		.after = draw,
	};

	return bench_command(&bench, argc, argv);
}
