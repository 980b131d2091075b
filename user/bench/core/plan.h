/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * plan.h - the frame of `latchkit bench latch`, dispatch and registry. Some subjects are measured,
 * each under some loads, in rounds that visit every pair once, so that what disturbs the machine
 * disturbs all of them; the first round is dropped as warm-up. A bench describes itself by a struct
 * bench and measures one pair at a time; its command line (core/command.h), scenarios
 * (core/scenario.h), verdicts (core/claim.h) and reports (core/record.h) are the same code for all.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_PLAN_H
#define LATCHKIT_USER_BENCH_CORE_PLAN_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bench/core/stats.h"
#include "host/environment.h"

#define BENCH_METRICS_MAX 6
#define BENCH_LIST_MAX 16

struct bench_subject {
	const char *name;
	const char *label; /* what --list says of it beside its promise: its kind */
	const char *promise;
	bool only_named; /* measured only when named */
	const void *ops; /* the bench's own */
};

/*
 * The load of benches whose threads all do the same, while another one swaps or sheds. A bench that
 * has more to say of a load begins its own struct with this one; no padding: loads are compared as
 * bytes.
 */
struct bench_load {
	unsigned int threads;
	unsigned int disturber; /* 1: another thread disturbs them, flat out */
};

/* What became of one subject under one load: what the result of every bench begins with. */
struct bench_cell {
	const struct bench_subject *subject;
	const void *load;
	char skipped[256]; /* why it was not measured; empty: it was */
	size_t rounds;
	double *value[BENCH_METRICS_MAX]; /* of each metric, one for each round */
	bool has[BENCH_METRICS_MAX]; /* is the metric measured under this load? */
};

/* Numbers of an option, in the order given. */
struct bench_list {
	unsigned long values[BENCH_LIST_MAX];
	size_t count;
};

enum bench_format { BENCH_TABLE, BENCH_JSON, BENCH_CSV };

/* What was asked for, and what was measured: what the plan of every bench begins with. */
struct bench_plan {
	const struct bench *bench;
	struct bench_env env;
	/* How, and where to show it: */
	size_t rounds; /* beside the warm-up */
	unsigned int slice_ms; /* how long threads run, each time */
	bool oversubscribe, list;
	enum bench_format format;
	const char *output; /* NULL: standard output */
	/* What: */
	struct bench_list threads;
	bool disturber;
	const char *scenario_name;
	struct bench_scenario *scenario; /* NULL: none */
	const struct bench_subject **subjects;
	size_t subjects_count;
	void *loads;
	size_t loads_count;
	bool bpf; /* the BPF programs, too */
	/* Found: */
	void *results; /* subject by subject for each load; one more has no rounds */
	size_t measured; /* rounds of every result that was not skipped */
	bool partial; /* stopped by a signal */
};

struct bench_judge;
struct bench_record;

/* How a bench shows its results: what is between what core/record.h prints for all. */
struct bench_reports {
	void (*environment)(const struct bench_plan *plan, FILE *out);
	void (*describe)(const void *load, char *buf, size_t size); /* a load in words */
	void (*header)(const void *load, FILE *out); /* of the table */
	void (*row)(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out);
	bool (*hides)(const struct bench_cell *cell); /* is being skipped not worth a row? */
	/* What else to print of load number l; and after all loads, in every format. */
	void (*below)(const struct bench_plan *plan, size_t l, FILE *out);
	void (*more)(const struct bench_plan *plan, FILE *out);
	void (*record)(struct bench_record *r, const struct bench_plan *plan,
		       const struct bench_cell *cell);
};

/* Functions that return an int return the exit code, after printing why if it is not EXIT_OK. */
struct bench {
	const char *name; /* as in `latchkit bench NAME` */
	const struct bench_subject *(*subject)(size_t i); /* NULL behind the last */
	int name_width, label_width; /* of subjects, in lists and tables */
	size_t plan_size, load_size, result_size;
	size_t loads_max;
	const char *fewer; /* of what to ask for fewer, if there are more: " rates". NULL: loads */
	/* Names of the metrics in every output. The first `steady` of them must not be noisy. */
	const char *const *metrics;
	int metrics_count, steady;

	/* -- the command line: core/command.h -- */
	const struct argp_option *options;
	const char *doc;
	const struct argp *child; /* parses more options; parse() sets its input. NULL: none */
	size_t threads_max; /* counts of threads */
	/* An option that the frame does not know. NULL: there is none */
	error_t (*parse)(struct bench_plan *plan, int key, char *arg, struct argp_state *state);
	/* Add the loads that the options ask for. */
	int (*make_loads)(struct bench_plan *plan);

	/* -- scenarios: core/scenario.h -- */
	const char *scenarios; /* the text of those that come with the tool */
	bool scenario_files; /* others may be in files */
	const char *scenario_names; /* what of the command line a scenario says itself */
	bool (*asked)(const struct bench_plan *plan); /* was such said? NULL: threads only */
	const char *disturber; /* the word for it in a load */
	/* Take the other words of a load. NULL: there are none. Returns false: not understood. */
	bool (*take_load)(void *load, char **words, int count);
	/* A line of a scenario that does not name subjects. NULL: loads, bpf and a judge */
	int (*scenario_line)(struct bench_plan *plan, char **words, int count);
	const struct bench_judge *const *judges; /* NULL behind the last */
	/* Without judges: print the answer to a scenario. */
	void (*answer)(const struct bench_plan *plan, FILE *out);

	/* -- measuring; all but round() may be NULL -- */
	/* Make the result ready: skip it, or say which metrics it has not. Returns 0 or -errno. */
	int (*result_init)(struct bench_plan *plan, struct bench_cell *cell);
	void (*result_free)(struct bench_cell *cell);
	/* When all results are ready, and when everything is over. */
	int (*prepare)(struct bench_plan *plan);
	void (*release)(struct bench_plan *plan);
	/*
	 * Measure one round of a result that is not skipped: set the value of each metric, and
	 * count what else there is unless it is a warm-up. It may skip the result from now on.
	 * Returns 0 or a negative errno.
	 */
	int (*round)(struct bench_plan *plan, struct bench_cell *cell, double *value, bool warm_up);
	void (*between)(struct bench_plan *plan, bool warm_up); /* after each round */
	void (*finish)(struct bench_plan *plan, int err); /* after the last; err: of measuring */

	const struct bench_reports *reports;
	/* After everything was reported, such as plots. */
	int (*after)(const struct bench_plan *plan);
};

/* Make an empty plan. Returns NULL: no memory. */
struct bench_plan *bench_plan__new(const struct bench *bench);
void bench_plan__free(struct bench_plan *plan);

/* The subject of that name, or NULL. */
const struct bench_subject *bench_subject_find(const struct bench *bench, const char *name);
size_t bench_subjects_count(const struct bench *bench);
/* Measure all subjects but those that have to be named. */
void bench_plan_take_all(struct bench_plan *plan);
/* Append a load. Returns EXIT_OK, or EXIT_USAGE after printing a diagnostic: there is no room. */
int bench_add_load(struct bench_plan *plan, const void *load);
/* Load number l. */
const void *bench_plan_load(const struct bench_plan *plan, size_t l);
/* How many results there are. */
size_t bench_plan_results(const struct bench_plan *plan);
/* The result of subject number s under load number l; number i of all of them. */
struct bench_cell *bench_plan_result(const struct bench_plan *plan, size_t l, size_t s);
struct bench_cell *bench_plan_cell(const struct bench_plan *plan, size_t i);
/* The result of that subject under such a load; NULL: it was not measured. */
const struct bench_cell *bench_plan_find(const struct bench_plan *plan, const char *name,
					 const void *load);

/* Room for the values of `count` metrics in that many rounds; all are measured. False: none. */
bool bench_cell_init(struct bench_cell *cell, int count, size_t rounds);
void bench_cell_free(struct bench_cell *cell);
/* Append a round. */
void bench_cell_add(struct bench_cell *cell, const double *value, int count);
/* The median of a metric and its interval; of what was not measured, or NULL, the count is 0. */
struct bench_estimate bench_cell_of(const struct bench_cell *cell, int metric);
/* The ratio of a's metric to b's, round by round. */
struct bench_estimate bench_cell_ratio(const struct bench_cell *a, const struct bench_cell *b,
				       int metric);
/* Is one of its first `steady` metrics too unsteady to rank by? */
bool bench_cell_noisy(const struct bench_cell *cell, int steady);

#endif /* LATCHKIT_USER_BENCH_CORE_PLAN_H */
