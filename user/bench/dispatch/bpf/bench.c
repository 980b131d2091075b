// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench.c - loads the programs of bpf/bench/dispatch.bpf.c and times them by test run. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/dispatch/bpf/bench.h"
#include "bench/dispatch/bpf/programs.h"
#include "cli/errors.h"
#include "host/cpus.h"

/* Runs of a program in one test run: a millisecond or a few. */
#define REPEAT 10000

/* timed: the name of the program that does DISPATCH_BPF_STEPS dispatches. */
static const struct {
	const char *name, *timed, *promise;
} ways[DISPATCH_BPF_WAYS] = {
	[DISPATCH_BPF_INLINED] = {"bpf_inlined", "time_inlined",
				  "the handler's code in the program: what no dispatch costs"},
	[DISPATCH_BPF_CALL] = {"bpf_call", "time_call", "a call of a function of the program"},
	[DISPATCH_BPF_SWITCH] = {"bpf_switch", "time_switch",
				 "a selector word in a map and a switch"},
	[DISPATCH_BPF_SWITCH_KEPT] =
		{"bpf_switch_kept", NULL,
		 "the same, and a swap waits for a grace period of the kernel"},
	[DISPATCH_BPF_SPLIT] = {"bpf_switch_split", NULL,
				"handler and context in two words: calls must be mixed"},
	[DISPATCH_BPF_CONSTANT] = {"bpf_tail_constant", "time_tail_constant",
				   "a tail call at a constant index, swapped by updating the "
				   "program array"},
	[DISPATCH_BPF_CONSTANT_KEPT] = {"bpf_tail_kept", NULL,
					"the same, and a swap waits for a grace period"},
	[DISPATCH_BPF_CONSTANT_DELETED] = {"bpf_tail_deleted", NULL,
					   "the same, swapped by deleting and updating: events "
					   "must be missed"},
	[DISPATCH_BPF_VARIABLE] = {"bpf_tail_variable", "time_tail_variable",
				   "a tail call at an index from a map, swapped by updating the "
				   "program array"},
	[DISPATCH_BPF_LINK] = {"bpf_link", NULL,
			       "no dispatch: the program of an XDP link is updated"},
	[DISPATCH_BPF_LINK_RAW_TP] = {"bpf_link_raw_tp", NULL,
				      "the same of a raw tracepoint's link"},
};

static void skip_all(struct dispatch_bpf_results *r, int err)
{
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++)
		snprintf(r->way[i].skipped, sizeof(r->way[i].skipped),
			 err == -EPERM ? "%s: BPF programs need root, or CAP_BPF, CAP_PERFMON and "
					 "CAP_NET_ADMIN"
				       : "the kernel refuses the programs: %s",
			 error_text(err));
}

int dispatch_bpf_open(struct dispatch_bpf_results *r, size_t rounds)
{
	int err;

	memset(r, 0, sizeof(*r));
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++) {
		r->way[i].name = ways[i].name;
		r->way[i].promise = ways[i].promise;
		r->way[i].ns = ways[i].timed ? calloc(rounds, sizeof(double)) : NULL;
		if (ways[i].timed && !r->way[i].ns)
			return -ENOMEM;
	}
	r->programs = dispatch_bpf__new(&err);
	if (!r->programs)
		skip_all(r, err);
	return 0;
}

void dispatch_bpf_close(struct dispatch_bpf_results *r)
{
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++)
		free(r->way[i].ns);
	dispatch_bpf__free(r->programs);
	memset(r, 0, sizeof(*r));
}

/* Nanoseconds of one run, as the kernel counts; negative: refused. */
static double run_ns(const struct dispatch_bpf *b, const char *program)
{
	char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = REPEAT);

	if (bpf_prog_test_run_opts(dispatch_bpf_program_fd(b, program), &opts))
		return -1;
	return opts.duration;
}

void dispatch_bpf_round(struct dispatch_bpf_results *r, bool warm_up)
{
	double empty;

	if (!r->programs)
		return;
	cpu_pin(cpu_at(0, true));
	dispatch_bpf_reset(r->programs);
	empty = run_ns(r->programs, "time_empty");
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++) {
		struct dispatch_bpf_result *w = &r->way[i];
		double ns = ways[i].timed ? run_ns(r->programs, ways[i].timed) : 0;

		if (ns < 0 || empty < 0)
			snprintf(w->skipped, sizeof(w->skipped), "test run: %s", error_text(errno));
		if (ways[i].timed && !w->skipped[0] && !warm_up)
			w->ns[w->rounds++] = (ns - empty) / DISPATCH_BPF_STEPS;
	}
	cpu_unpin();
}
