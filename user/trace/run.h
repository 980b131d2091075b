/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - a trace from its options to its summary: trace/cmd.c parses, trace/run.c runs. */
#ifndef LATCHKIT_USER_TRACE_RUN_H
#define LATCHKIT_USER_TRACE_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "trace/command.h"
#include "trace/engine/engine.h"
#include "symbols/kernel.h"
#include "trace/probe/probe.h"
#include "trace/session/processes.h"
#include "trace/engine/reader.h"
#include "symbols/user.h"

enum trace_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV, FORMAT_FOLDED };

struct trace_options {
	struct engine_config engine;
	enum trace_format format;
	bool color;
	bool control; /* listen for latchkit ctl */
	bool processes; /* report each process that ends */
	bool spin; /* read records all the time, not only for reports */
	double duration_s; /* 0: until interrupted */
	double interval_s;
	unsigned int frequency_hz; /* of the default sampling */
	unsigned int top; /* rows of the table; 0: all */
	size_t max_probes;
	const char *output; /* a file, or NULL */
	char *const *command; /* NULL-terminated, or NULL */
	char *const *probes;
	int probe_count;
};

/* A trace that runs: what the reports look at. */
struct trace {
	const struct trace_options *options;
	struct probe_list probes;
	struct engine *engine;
	struct attachments *attachments;
	struct reader *reader;
	struct command command;
	struct ksyms *ksyms; /* of the probes; NULL: addresses stay bare */
	struct usyms *usyms; /* for counted stacks; NULL: none are */
	struct processes *processes; /* NULL: no row names any */
	struct control *control; /* NULL: nobody may swap handlers */
	unsigned long long watch_ns; /* when to look at the processes in the stacks again */
	unsigned long long swaps; /* of the handler, so far */
	FILE *out;
	bool live; /* the table is redrawn in place */
	unsigned long long *previous; /* each probe's count at the last report */
	unsigned long long start_ns, last_ns, now_ns; /* CLOCK_MONOTONIC; last report, this one */
};

/* How results are shown. Any may be NULL. */
struct report {
	void (*begin)(struct trace *trace);
	void (*interval)(struct trace *trace);
	void (*summary)(struct trace *trace);
	void (*process)(struct trace *trace, const struct process *ended); /* as it ends */
};

extern const struct report report_table, report_json, report_csv, report_folded;

/* Resolve the probes and check that they can do what they are asked for. Returns 0 or an exit code.
 */
int trace_set_up_probes(struct trace *trace);

/* Run a trace. Returns the exit code; errors have been printed. */
int trace_run(const struct trace_options *options);

/* For the reports: */
static inline double trace_elapsed_s(const struct trace *t)
{
	return (double)(t->now_ns - t->start_ns) / 1e9;
}

/* Who the thread in a sample or the process of a stack is. Returns false: it is not known. */
bool trace_process(const struct trace *t, unsigned int tid, unsigned long long start_ns,
		   struct process *found);
/* The path of a cgroup of the unified hierarchy. Returns false: it is not known. */
bool trace_cgroup(const struct trace *t, unsigned long long id, char *path, size_t size);
/* Growth of probe i's count since the last report. */
unsigned long long trace_delta(const struct trace *t, size_t i);
/* The same per second. */
double trace_rate_hz(const struct trace *t, size_t i);
/* How long it has run until now. */
double trace_age_s(const struct trace *t);
/* The events of all probes that a handler is done with. */
unsigned long long trace_handled(const struct trace *t, enum trace_handler handler);
/* All losses of all probes. */
struct loss_counts trace_losses_sum(const struct trace *t);
/* The name of an enum sample_context. */
const char *trace_context_name(unsigned long long context);

#endif /* LATCHKIT_USER_TRACE_RUN_H */
