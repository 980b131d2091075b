// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench keyed: what it is made of; see bench/core/plan.h. */
#include <string.h>

#include "bench/core/command.h"
#include "bench/core/scenario.h"
#include "bench/keyed/judge.h"
#include "bench/keyed/run.h"
#include "bench/keyed/table.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/numbers.h"

#define KEYS_MAX 1000000
/* Numbers of each option. */
#define NUMBERS_MAX 8

enum { OPTION_ROOM = BENCH_OPTION_OWN };

#define KEYED(subject, how, runs, map, text) \
	{.name = #subject, \
	 .label = how, \
	 .promise = text, \
	 .ops = &(const struct bench_keyed_ops){runs, BPF_MAP_TYPE_##map, how}},
static const struct bench_subject subjects[] = {
#include "bench/keyed/subjects.def"
};

static const struct bench_subject *subject(size_t i)
{
	return i < sizeof(subjects) / sizeof(subjects[0]) ? &subjects[i] : NULL;
}

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"keys", 'k', "N,...", 0, "how many keys there are (10,200,1000,2000,20000)", 1},
	{"key-bytes", 'b', "N,...", 0, "how large a key is: 8, 32 (both)", 1},
	{"record", 'r', "KIND,...", 0, "what is kept of each: count, latency (both)", 1},
	{"room", OPTION_ROOM, "N", 0, "room for so many keys (for all)", 1},
	{"threads", 't', "N,...", 0, "how many threads update at once (1)", 1},
	{"scenario", BENCH_OPTION_SCENARIO, "NAME", 0, "judge a claim: bars, room (see --list)", 1},
	{0},
};

static const char doc[] =
	"Measure records that BPF programs keep by key: in a table of latchkit/keyed.h, which is "
	"read through a mapping, and in hash maps, read by batch lookups. What an update takes, "
	"what reading all takes, what is torn, and which keys and updates are lost." BENCH_DOC_END;

/* -- options ----------------------------------------------------------------------------------- */

static void add_keys(struct argp_state *state, void *list, const char *arg)
{
	bench_list_add(state, list, NUMBERS_MAX, "--keys",
		       number_option(state, "--keys", arg, KEYS_MAX));
}

static void add_bytes(struct argp_state *state, void *list, const char *arg)
{
	unsigned long bytes = number_option(state, "--key-bytes", arg, 32);

	if (bytes != 8 && bytes != 32)
		argp_error(state, "--key-bytes %s: 8 and 32 are built in", arg);
	bench_list_add(state, list, NUMBERS_MAX, "--key-bytes", bytes);
}

/* Returns BENCH_KEYED_RECORDS: none of that name. */
static unsigned int find_record(const char *name)
{
	unsigned int kind = 0;

	while (kind < BENCH_KEYED_RECORDS && strcmp(bench_keyed_records[kind], name) != 0)
		kind++;
	return kind;
}

static void add_record(struct argp_state *state, void *list, const char *arg)
{
	unsigned int kind = find_record(arg);

	if (kind == BENCH_KEYED_RECORDS)
		argp_error(state, "--record %s: none of count, latency", arg);
	bench_list_add(state, list, NUMBERS_MAX, "--record", kind);
}

static error_t parse_option(struct bench_plan *plan, int key, char *arg, struct argp_state *state)
{
	struct bench_keyed_plan *own = bench_keyed_plan(plan);

	switch (key) {
	case 'k':
		bench_each(state, &own->keys, "--keys", arg, add_keys);
		break;
	case 'b':
		bench_each(state, &own->bytes, "--key-bytes", arg, add_bytes);
		break;
	case 'r':
		bench_each(state, &own->records, "--record", arg, add_record);
		break;
	case OPTION_ROOM:
		own->room = number_option(state, "--room", arg, KEYS_MAX);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static bool was_asked(const struct bench_plan *plan)
{
	const struct bench_keyed_plan *own = bench_keyed_plan(plan);

	return own->keys.count || own->bytes.count || own->records.count || own->room;
}

/* Where nothing was asked for. */
static void set_defaults(struct bench_keyed_plan *own)
{
	if (!own->keys.count)
		own->keys = (struct bench_list){{10, 200, 1000, 2000, 20000}, 5};
	if (!own->bytes.count)
		own->bytes = (struct bench_list){{8, 32}, 2};
	if (!own->records.count)
		own->records = (struct bench_list){{BENCH_KEYED_COUNT, BENCH_KEYED_LATENCY}, 2};
	if (!own->plan.threads.count)
		own->plan.threads = (struct bench_list){{1}, 1};
}

/* Every combination of what the command line asks for, or else of the defaults. */
static int make_loads(struct bench_plan *plan)
{
	struct bench_keyed_plan *own = bench_keyed_plan(plan);
	struct bench_keyed_load load = {0};
	int r = 0;

	set_defaults(own);
	for (size_t k = 0; k < own->records.count; k++) {
		for (size_t b = 0; b < own->bytes.count; b++) {
			for (size_t n = 0; !r && n < own->keys.count; n++) {
				load.keys = own->keys.values[n];
				load.room = own->room ? own->room : load.keys;
				load.key_words = (unsigned int)own->bytes.values[b] / 8;
				load.record = (unsigned int)own->records.values[k];
				r = bench_add_loads_of_threads(plan, &load.load);
			}
		}
	}
	return r;
}

/* "KEYS BYTES RECORD [ROOM]" */
static bool take_load(void *load, char **words, int count)
{
	struct bench_keyed_load *l = load;
	unsigned long long keys, bytes, room;

	if (count < 3 || count > 4 || !number_parse(words[0], 10, 1, KEYS_MAX, &keys) ||
	    !number_parse(words[1], 10, 8, 32, &bytes) || (bytes != 8 && bytes != 32))
		return false;
	room = keys;
	if (count == 4 && !number_parse(words[3], 10, 1, KEYS_MAX, &room))
		return false;
	l->keys = (size_t)keys;
	l->room = (size_t)room;
	l->key_words = (unsigned int)bytes / 8;
	l->record = find_record(words[2]);
	return l->record < BENCH_KEYED_RECORDS;
}

/* -- the bench --------------------------------------------------------------------------------- */

/* Is there anything that can be measured here? Before anybody waits for it. */
static int prepare(struct bench_plan *plan)
{
	const struct bench_keyed_load load = {.keys = 1, .room = 1, .key_words = 1};
	char why[256];
	struct bench_keyed_table *t;

	(void)plan;
	t = bench_keyed_open(subject(0), &load, why, sizeof(why));
	bench_keyed_close(t);
	return t ? EXIT_OK : fail("bench keyed: %s", why);
}

BENCH_SCENARIOS(bench_keyed_scenarios, "user/bench/keyed/scenarios.txt");

#define JUDGE(which) &JUDGE_OF(which),
static const struct bench_judge *const judges[] = {
#include "bench/keyed/judges.def"
	NULL,
};

static const char *const metrics[BENCH_KEYED_METRICS] = {"update_ns", "read_ns", "read_busy_ns"};

int cmd_bench_keyed(int argc, char **argv)
{
	static const struct bench bench = {
		.name = "keyed",
		.subject = subject,
		.name_width = 12,
		.label_width = 7,
		.plan_size = sizeof(struct bench_keyed_plan),
		.load_size = sizeof(struct bench_keyed_load),
		.result_size = sizeof(struct bench_keyed_result),
		.loads_max = 64,
		.metrics = metrics,
		.metrics_count = BENCH_KEYED_METRICS,
		.steady = BENCH_READ_NS + 1,
		.options = options,
		.doc = doc,
		.threads_max = NUMBERS_MAX,
		.parse = parse_option,
		.make_loads = make_loads,
		.scenarios = bench_keyed_scenarios,
		.scenario_names = "subjects and loads",
		.asked = was_asked,
		.disturber = "",
		.take_load = take_load,
		.judges = judges,
		.prepare = prepare,
		.reports = &bench_keyed_reports,
		.round = bench_keyed_round,
	};

	return bench_command(&bench, argc, argv);
}
