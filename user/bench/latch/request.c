// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* request.c - see bench/latch/request.h. */
#include <string.h>

#include "bench/core/command.h"
#include "bench/latch/request.h"
#include "cli/diag.h"
#include "cli/numbers.h"

static const struct argp_option options[] = {
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
	struct bench_request *q = request;
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
	struct bench_request *q = request;
	double rate = 0;

	if (strcmp(arg, "max") != 0 && !decimal_parse(arg, 1, 1e9, &rate))
		argp_error(state, "--rate %s: neither max nor 1 to 1e9 writes a second", arg);
	if (q->rates_count == BENCH_LIST_MAX)
		argp_error(state, "--rate: more than %d", BENCH_LIST_MAX);
	q->rates[q->rates_count++] = rate;
}

static void add_workload(struct argp_state *state, void *request, const char *arg)
{
	struct bench_request *q = request;
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

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct bench_request *q = state->input;

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

const struct argp bench_request_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};

static void fill_defaults(struct bench_request *q)
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

static int add_loads(const struct bench_request *q, struct bench_plan *plan)
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
int bench_request_loads(const struct bench_request *request, struct bench_plan *plan)
{
	struct bench_request q = *request;
	int r;

	fill_defaults(&q);
	if (q.writers_given)
		return add_loads(&q, plan);
	q.load.writers[BENCH_USER] = 1;
	r = add_loads(&q, plan);
	q.load.writers[BENCH_USER] = 0;
	q.load.writers[BENCH_BPF] = 1;
	return r ? r : add_loads(&q, plan);
}
