/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* loop.h - a trace that has been set up: wait, report at each interval, sum up in the end. */
#ifndef LATCHKIT_USER_TRACE_LOOP_H
#define LATCHKIT_USER_TRACE_LOOP_H

#include "trace/command.h"
#include "trace/control/socket.h"
#include "trace/output.h"
#include "trace/publish/publish.h"
#include "trace/session/session.h"

/* A trace, and what reports need not know of it. */
struct run {
	struct trace trace;
	struct command command;
	struct control *control; /* NULL: nobody may swap handlers */
	struct publish *publish; /* NULL: there are no metrics */
	unsigned long long cpus_ns; /* when to look for CPUs that came online again */
	unsigned long long keys_ns; /* when to look who is in the tables of keys */
	sigset_t mask; /* of signals, while waiting */
	struct output output;
	int process; /* whose end is the end of the trace; -1: none */
	bool cgroup_gone; /* that of --cgroup was removed */
	bool ended; /* it has ended, before anything else ended the trace */
	int wait_errno; /* why it cannot be waited for; 0: it can */
};

/*
 * Let the command go, if there is one, and report until the trace ends. Returns the exit code,
 * after printing why if it is not EXIT_OK.
 */
int loop_run(struct run *run);
/* Read records and losses, and who they are about, as of now. */
void loop_look(struct trace *t);
/* Print why the output cannot be written. Returns EXIT_FAILED. */
int loop_explain_output(const struct trace *t, int err);

#endif /* LATCHKIT_USER_TRACE_LOOP_H */
