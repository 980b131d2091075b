// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench latch: what it is made of; see bench/core/plan.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/core/command.h"
#include "bench/core/record.h"
#include "bench/core/scenario.h"
#include "bench/latch/answer.h"
#include "bench/latch/run.h"
#include "bench/results/plot.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/numbers.h"

enum { OPTION_PLOT = BENCH_OPTION_OWN };

/* All zero: the defaults. */
struct request {
	unsigned int words[BENCH_LIST_MAX];
	int words_count;
	double rates[BENCH_LIST_MAX];
	int rates_count;
	bool workload[2]; /* publish, accumulate */
	struct bench_latch_load load; /* what all loads have in common */
	bool writers_given, readers_given;
};

struct bench_latch_plan {
	struct bench_plan plan;
	struct request request;
	const char *plot; /* a directory; NULL: none */
};

static struct bench_latch_plan *own(const struct bench_plan *plan)
{
	return (struct bench_latch_plan *)plan;
}

/* -- what to measure -------------------------------------------------------------------------- */

static const struct argp_option load_options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"workload", 'w', "LIST", 0, "publish, accumulate (both)", 1},
	{"payload", 'b', "BYTES,...", 0, "size of the record: 8, 16, ... 1024 (64)", 1},
	{"writers", 'W', "WHERE:N,...", 0,
	 "who writes at once: user:N, bpf:N, raw_tp:N, kprobe:N, nmi:N, or none (user:1, then "
	 "bpf:1)",
	 1},
	{"readers", 'R', "WHERE:N,...", 0,
	 "who reads meanwhile: mmap:N, syscall:N, bpf:N, or none (mmap:1)", 1},
	{"rate", 'r', "N,...", 0, "writes a second of each writing thread, or max (max)", 1},
	{0},
};

static void add_payload(struct argp_state *state, void *request, const char *arg)
{
	struct request *q = request;
	unsigned long bytes = number_option(state, "--payload", arg, 8 * LATCH_MAX_WORDS);

	if (bytes % 8)
		argp_error(state, "--payload %s: not a multiple of 8 bytes", arg);
	if (bytes & (bytes - 1))
		argp_error(state, "--payload %s: only powers of two are built in: 8 to 1024", arg);
	if (q->words_count == BENCH_LIST_MAX)
		argp_error(state, "--payload: more than %d", BENCH_LIST_MAX);
	q->words[q->words_count++] = (unsigned int)bytes / 8;
}

static void add_rate(struct argp_state *state, void *request, const char *arg)
{
	struct request *q = request;
	double rate = 0;

	if (strcmp(arg, "max") != 0 && !decimal_parse(arg, 1, 1e9, &rate))
		argp_error(state, "--rate %s: neither max nor 1 to 1e9 writes a second", arg);
	if (q->rates_count == BENCH_LIST_MAX)
		argp_error(state, "--rate: more than %d", BENCH_LIST_MAX);
	q->rates[q->rates_count++] = rate;
}

static void add_workload(struct argp_state *state, void *request, const char *arg)
{
	struct request *q = request;
	bool accumulate = strcmp(arg, "accumulate") == 0;

	if (!accumulate && strcmp(arg, "publish") != 0)
		argp_error(state, "--workload %s: neither publish nor accumulate", arg);
	q->workload[accumulate] = true;
}

static enum bench_context find_place(struct argp_state *state, const char *option, const char *arg,
				     bool writes)
{
	const int last = writes ? BENCH_CONTEXTS : BENCH_SYSCALL + 1;

	for (int place = writes ? BENCH_USER : BENCH_BPF; place < last; place++)
		if (strcmp(arg, bench_context_names[place]) == 0 &&
		    !(writes && place == BENCH_SYSCALL))
			return (enum bench_context)place;
	if (!writes && strcmp(arg, "mmap") == 0)
		return BENCH_USER;
	argp_error(state, "%s %s: none of %s", option, arg,
		   writes ? "user, bpf, raw_tp, kprobe, nmi" : "mmap, syscall, bpf");
	return BENCH_USER;
}

/* "WHERE:N,WHERE:N" or none. */
static void threads(struct argp_state *state, const char *option, char *arg, bool writes,
		    unsigned int *count)
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	memset(count, 0, BENCH_CONTEXTS * sizeof(*count));
	if (part && strcmp(part, "none") == 0)
		return;
	for (; part; part = strtok_r(NULL, ",", &rest)) {
		char *colon = strchr(part, ':');

		if (!colon)
			argp_error(state, "%s %s: write %s:N, bpf:N, ... or none", option, part,
				   writes ? "user" : "mmap");
		*colon = '\0';
		count[find_place(state, option, part, writes)] +=
			(unsigned int)number_option(state, option, colon + 1, 256);
	}
}

static error_t parse_load(int key, char *arg, struct argp_state *state)
{
	struct request *q = state->input;

	switch (key) {
	case 'w':
		bench_each(state, q, "--workload", arg, add_workload);
		break;
	case 'b':
		bench_each(state, q, "--payload", arg, add_payload);
		break;
	case 'r':
		bench_each(state, q, "--rate", arg, add_rate);
		break;
	case 'W':
		threads(state, "--writers", arg, true, q->load.writers);
		q->writers_given = true;
		break;
	case 'R':
		threads(state, "--readers", arg, false, q->load.readers);
		q->readers_given = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp loads_argp = {load_options, parse_load, NULL, NULL, NULL, NULL, NULL};

static void fill_defaults(struct request *q)
{
	if (!q->words_count)
		q->words[q->words_count++] = 8;
	if (!q->rates_count)
		q->rates[q->rates_count++] = 0;
	if (!q->workload[0] && !q->workload[1])
		q->workload[0] = q->workload[1] = true;
	if (!q->readers_given)
		q->load.readers[BENCH_USER] = 1;
}

static int add_loads(struct bench_plan *plan, const struct request *q)
{
	struct bench_latch_load load = q->load;
	unsigned int writers = bench_load_writers(&load);
	int r = bench_check_cpus(plan, writers + bench_load_readers(&load));

	for (int a = 0; a < 2; a++) {
		for (int w = 0; q->workload[a] && w < q->words_count; w++) {
			for (int i = 0; !r && i < q->rates_count; i++) {
				load.shape = (struct bench_shape){q->words[w], a, writers > 1};
				load.rate_per_s = q->rates[i];
				r = bench_add_load(plan, &load);
			}
		}
	}
	return r;
}

/* Unless told who writes: user space alone, then a BPF program. */
static int add_all_loads(struct bench_plan *plan, const struct request *request)
{
	struct request q = *request;
	int r;

	fill_defaults(&q);
	if (q.writers_given)
		return add_loads(plan, &q);
	q.load.writers[BENCH_USER] = 1;
	r = add_loads(plan, &q);
	q.load.writers[BENCH_USER] = 0;
	q.load.writers[BENCH_BPF] = 1;
	return r ? r : add_loads(plan, &q);
}

/* The words are options of bench latch; "options" itself stands for the program's name. */
static int add_line(struct bench_plan *plan, char **words, int count)
{
	struct request request = {.load = own(plan)->request.load};

	if (argp_parse(&loads_argp, count, words, ARGP_NO_EXIT, NULL, &request))
		return EXIT_USAGE;
	return add_all_loads(plan, &request);
}

static int scenario_line(struct bench_plan *plan, char **words, int count)
{
	static const char *const others[] = {"scenario", "question", "compare",
					     "value",	 "best",     "note"};

	if (strcmp(words[0], "options") == 0)
		return add_line(plan, words, count);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(words[0], others[i]) == 0)
			return EXIT_OK;
	return fail("%s: %s: not a line of a scenario", plan->scenario_name, words[0]);
}

/* -- the command line ------------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{"scenario", BENCH_OPTION_SCENARIO, "NAME", 0,
	 "answer a question: S2.1 ... S2.6 (see --list), or a file with another one", 1},
	{"plot", OPTION_PLOT, "DIR", 0, "draw it, too: SVG and PNG files in DIR, by gnuplot", 3},
	{0},
};

static const char doc[] =
	"Measure latches and their peers side by side: what a write and a read cost alone, and how "
	"many get through when threads write and read at once." BENCH_DOC_END;

static error_t parse_option(struct bench_plan *plan, int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_INIT)
		state->child_inputs[1] = &own(plan)->request;
	else if (key == OPTION_PLOT)
		own(plan)->plot = arg;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static int make_loads(struct bench_plan *plan)
{
	return add_all_loads(plan, &own(plan)->request);
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
	const char *dir = own(plan)->plot;
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
		.fewer = " payloads or rates",
		.metrics = bench_metric_names,
		.metrics_count = BENCH_METRICS,
		.steady = BENCH_READS_PER_S + 1,
		.options = options,
		.doc = doc,
		.child = &loads_argp,
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
