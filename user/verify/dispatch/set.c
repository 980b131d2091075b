// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the designs of dispatch.h as a set, and the table of their checks. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>

#include "verify/latch/code.h"
#include "verify/dispatch/set.h"
#include "verify/sets.h"

static const struct verify_check checks[] = {
	{"step", "a signal between any two instructions, which calls and swaps, does no harm",
	 "boundaries", verify_dispatch_step_nature, verify_dispatch_step},
	{"storm", "all threads register, swap and call on all slots, and the accounts balance",
	 "trials", verify_dispatch_storm_nature, verify_dispatch_storm},
	{"lifetime", "nothing is used after it was given back", "swaps",
	 verify_dispatch_lifetime_nature, verify_dispatch_lifetime},
	{"aba", "a handler that is out and in again is not taken for one that stayed", "boundaries",
	 verify_dispatch_aba_nature, verify_dispatch_aba},
	{"progress", "operations end as declared while others stop or hurry", "runs",
	 verify_dispatch_progress_nature, verify_dispatch_progress},
};

#define DESIGNS_MAX 16

static const struct verify_subject *get(size_t i)
{
	static struct verify_subject subjects[DESIGNS_MAX];
	const struct design *d = design_get(i);

	subjects[i] = (struct verify_subject){d->name, d->soundness, d};
	return &subjects[i];
}

static void code_id(const struct verify_subject *subject, char *id, size_t size)
{
	const struct design *d = subject->self;

	verify_code_id(d->begin, d->end, id, size);
}

static int command(int argc, char **argv)
{
	return verify_command(&verify_dispatch, argc, argv);
}

const struct verify_set verify_dispatch = {
	.name = "dispatch",
	.noun = "design",
	.summary = "try to break handlers that are swapped, and see the posted ones fail",
	.doc = "Try to break the slots and tables of dispatch.h. Those with RCU must hold; what "
	       "was "
	       "published must fail, each in its own way, or the check is broken.",
	.shown_by = "latchkit verify dispatch --help",
	.command = command,
	.count = design_count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
	.code_id = code_id,
};

static void mask_alarm(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(how, &set, NULL);
}

void verify_dispatch_threads(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		signal(fatal[i], SIG_DFL);
	mask_alarm(SIG_BLOCK);
}

void verify_dispatch_watch(void)
{
	mask_alarm(SIG_UNBLOCK);
}

struct trapped {
	design_call_fn *call;
	struct design_request *request;
};

static int call_it(void *arg)
{
	const struct trapped *t = arg;

	return t->call(t->request);
}

int verify_dispatch_trapped(struct trap *trap, design_call_fn *call, struct design_request *r)
{
	struct trapped t = {call, r};

	return trap_run(trap, (uintptr_t)call, call_it, &t);
}
