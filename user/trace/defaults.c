// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* defaults.c - see trace/defaults.h */
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "doctor/features.h"
#include "trace/defaults.h"
#include "trace/keys_check.h"
#include "trace/probe/perf.h"
#include "trace/probe/syntax.h"
#include "trace/report/picture/pictures.h"
#include "trace/spans.h"
#include "trace/statement/span_grammar.h"
#include "trace/statements.h"

/* The strongest sampling there is: by the PMU, in NMI where the machine has them, else a timer. */
static int add_default_sampling(struct trace *t)
{
	struct feature_result pmu = feature_probe(feature_find("pmu"));
	char clock[32];

	if (pmu.state == FEATURE_YES)
		return probe_list_add_cycles(&t->probes, t->options->frequency_hz);
	note("no PMU here (%s): sampling by the CPU clock at %u Hz, an ordinary interrupt that "
	     "does not see code which runs with interrupts off",
	     pmu.detail, t->options->frequency_hz);
	snprintf(clock, sizeof(clock), "profile:hz:%u", t->options->frequency_hz);
	return probe_list_add(&t->probes, clock);
}

static int add_one(struct trace *t, const char *text)
{
	return span_is(text) ? spans_add(t, text) : statements_add(t, text);
}

static int add_probes(struct trace *t)
{
	int r = 0;

	t->probes.limit = t->options->max_probes;
	t->probes.force = t->options->force;
	t->probes.pid =
		(pid_t)(t->options->engine.tgid ? t->options->engine.tgid : t->options->engine.tid);
	for (int i = 0; !r && i < t->options->probe_count; i++)
		r = add_one(t, t->options->probes[i]);
	if (!r && t->options->probe_count && !t->probes.count)
		return fail("%s: matches nothing any more: what it names has changed while it was "
			    "looked up; try again",
			    t->options->probes[0]);
	if (r || t->options->probe_count)
		return r;
	r = add_default_sampling(t);
	if (t->options->only_stacks)
		return r;
	r = r ? r : probe_list_add(&t->probes, "tracepoint:sched:sched_switch");
	return r ? r : probe_list_add(&t->probes, "tracepoint:syscalls:sys_enter_*");
}

/* Can the probes do what they are asked for? */
static int check_handler(const struct trace *t)
{
	const struct handler *h = t->options->engine.handler;
	unsigned int n = h ? handler_serves(h, t->probes.kinds) : 0;

	if (h && !n)
		return fail_usage("--on-sample %s: none of the probes can have it: %s has count "
				  "and stacks only",
				  h->name, t->probes.probe[0].name);
	if (h && n < t->probes.count)
		note("--on-sample %s: %zu of %zu probes cannot have it and do as they always do",
		     h->name, t->probes.count - n, t->probes.count);
	if (t->options->stacks_option && !t->probes.kinds[KIND_SAMPLE] && !t->options->control &&
	    !t->options->engine.keys.count && (!h || h->id != HANDLER_STACKS))
		return fail_usage("%s: none of the probes takes stacks; add profile:hz:99, "
				  "or --on-sample stacks",
				  t->options->stacks_option);
	return 0;
}

static int check_spans(const struct trace *t)
{
	const struct trace_options *o = t->options;

	if (t->probes.hit_count || (!o->open && !o->engine.spans_most))
		return 0;
	return fail_usage("%s: of which spans? Give one: PROBE .. PROBE",
			  o->open ? "--open" : "--spans");
}

int trace_set_up_probes(struct trace *t)
{
	int r = add_probes(t);

	if (r)
		return r;
	probe_list_number(&t->probes);
	r = check_spans(t);
	r = r ? r : keys_check(t);
	r = r ? r : check_handler(t);
	r = r ? r : pictures_check(t);
	if (r)
		return r;
	t->previous = calloc(t->probes.count + 1, sizeof(*t->previous));
	t->previous_other = calloc(t->probes.count + 1, sizeof(*t->previous_other));
	return t->previous && t->previous_other ? 0 : fail("trace: out of memory");
}
