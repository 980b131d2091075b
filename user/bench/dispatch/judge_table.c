// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * judge_table.c - judges what is claimed of the handler table (S1), and what
 * dispatch.h promises itself.
 */
#include <math.h>
#include <string.h>

#include "bench/core/claim.h"
#include "bench/dispatch/result.h"
#include "bench/dispatch/trials.h"

/*
 * Linear: at least that part of what n threads gain where they share nothing at all, so that a
 * machine which does not give n CPUs to n threads is not taken for contention.
 */
#define LINEAR 0.8
/* Sharing a cache line does not matter as long as packed slots do that much of what padded ones do.
 */
#define UNSHARED 0.9

/* -- S1.2 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(unregister, plan, a)
{
	static const char *const names[] = {"table_posted_same", "table_qsbr_same",
					    "table_memb_same"};
	const struct dispatch_result *posted = dispatch_find(plan, names[0], 1, true);

	for (int i = 0; i < 3; i++) {
		const struct dispatch_result *r = dispatch_find(plan, names[i], 1, true);

		if (r)
			bench_say(a,
				  "%s%s: %llu of %llu calls found their context given back, in "
				  "%llu times it was swapped out.",
				  i ? " " : "", names[i], r->late, r->calls, r->swaps);
	}
	if (!posted)
		return 0;
	if (posted->late)
		bench_decide(a, "refuted: handlers run after unregister has returned");
	else
		bench_decide(a, "not seen to fail in this run; nothing in it waits");
	return 0;
}

/* -- S1.3 ------------------------------------------------------------------------------------- */

static void say_contention(struct bench_answer *a, const char *name,
			   const struct dispatch_contention *alone,
			   const struct dispatch_contention *all)
{
	if (alone->code.locked >= 0)
		bench_say(a, "%s: %d locked instruction%s, %d in a loop;", name, alone->code.locked,
			  alone->code.locked == 1 ? "" : "s", alone->code.in_loops);
	else
		bench_say(a, "%s: instructions not counted (x86-64 with objdump only);", name);
	bench_say(
		a,
		" alone p50 %llu, p99.99 %llu, max %llu ns, clock included; %u threads on one slot "
		"p50 %llu, p99.99 %llu, max %llu ns, %llu of %llu refused. ",
		bench_times_percentile(&alone->times, 50),
		bench_times_percentile(&alone->times, 99.99), alone->times.max,
		bench_many_threads(), bench_times_percentile(&all->times, 50),
		bench_times_percentile(&all->times, 99.99), all->times.max, all->refused,
		all->times.count);
}

BENCH_JUDGE(register, plan, a)
{
	static struct dispatch_contention alone[2], all[2];

	(void)plan;
	for (int posted = 1; posted >= 0; posted--) {
		int err = dispatch_try_contention(posted, 1, &alone[posted]);

		err = err ? err
			  : dispatch_try_contention(posted, bench_many_threads(), &all[posted]);
		if (err)
			return err;
		say_contention(a, posted ? "The published table" : "The hardened one",
			       &alone[posted], &all[posted]);
	}
	if (alone[1].code.locked < 0)
		bench_decide(a, "not measured: the instructions of a registration are not known");
	else if (alone[1].code.locked == 1 && !alone[1].code.in_loops)
		bench_decide(a, "confirmed");
	else
		bench_decide(a, "refuted: %d locked instructions, %d of them in loops",
			     alone[1].code.locked, alone[1].code.in_loops);
	return 0;
}

/* -- S1.4 ------------------------------------------------------------------------------------- */

static double rate(const struct bench_plan *plan, const char *name, unsigned int threads,
		   bool swapper)
{
	return dispatch_of(dispatch_find(plan, name, threads, swapper), DISPATCH_CALLS_PER_S)
		.median;
}

/* How many times as much as 1 thread n threads must get through to be called linear. */
static double linear(double unshared)
{
	double threads = bench_many_threads();

	return LINEAR * (unshared < threads ? unshared : threads);
}

/* By how much more than 1 thread n threads get through, and how far that can be trusted. */
static struct bench_estimate scale(struct bench_answer *a, const struct bench_plan *plan,
				   const char *name)
{
	const struct dispatch_result *one = dispatch_find(plan, name, 1, false);
	const struct dispatch_result *many = dispatch_find(plan, name, bench_many_threads(), false);
	struct bench_estimate ratio = {0};

	if (one && many)
		ratio = bench_ratio_of_medians(
			many->cell.value[DISPATCH_CALLS_PER_S], many->cell.rounds,
			one->cell.value[DISPATCH_CALLS_PER_S], one->cell.rounds);
	bench_say(a, " %s %.2fx [%.2f, %.2f],", name, ratio.median, ratio.low, ratio.high);
	return ratio;
}

static double sharing(const struct bench_plan *plan, const char *packed, const char *padded)
{
	double apart = rate(plan, padded, 1, true);

	return apart > 0 ? rate(plan, packed, 1, true) / apart : 0;
}

BENCH_JUDGE(scaling, plan, a)
{
	static const char *const names[] = {"table_posted_same",   "table_posted_packed",
					    "table_posted_padded", "table_qsbr_same",
					    "table_qsbr_packed",   "table_qsbr_padded"};
	double least = 1e9, surely = 1e9, shared, kept, wanted;

	bench_say(a, "%u threads get through, of what one does:", bench_many_threads());
	wanted = linear(scale(a, plan, "direct").median);
	for (int i = 0; i < 6; i++) {
		struct bench_estimate ratio = scale(a, plan, names[i]);

		if (i < 3 && ratio.high < least)
			least = ratio.high;
		if (i < 3 && ratio.low < surely)
			surely = ratio.low;
	}
	shared = sharing(plan, "table_posted_packed", "table_posted_padded");
	kept = sharing(plan, "table_qsbr_packed", "table_qsbr_padded");
	bench_say(a,
		  " where nobody registers. While another thread registers in the next slot, "
		  "flat out, packed slots get through %.2fx of what padded ones do (%.2fx with "
		  "qsbr, whose swaps are fewer).",
		  shared, kept);
	if (shared <= 0)
		return 0;
	if (least < wanted)
		bench_decide(a,
			     "refuted: %.2fx is less than %.0f %% of what threads gain that "
			     "share nothing",
			     least, 100 * LINEAR);
	else if (surely < wanted)
		bench_decide(a, "not told by this run: its rounds differ too much; %s",
			     shared < UNSHARED ? "but packed slots do share cache lines"
					       : "run it again when the machine is quiet");
	else if (shared < UNSHARED)
		bench_decide(a, "depends on the layout: linear while nobody registers, but 8 "
				"slots share a cache line");
	else
		bench_decide(a, "confirmed");
	return 0;
}

/* -- S1.5 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(aba, plan, a)
{
	struct dispatch_aba found[2];

	(void)plan;
	for (int posted = 1; posted >= 0; posted--) {
		int err = dispatch_try_aba(posted, &found[posted]);

		if (err)
			return err;
		bench_say(a,
			  "%s: in %llu calls during %llu registrations of the same handler, "
			  "%llu ran under a later registration than the one that was found, and "
			  "in %llu of these the slot held the same pointer before and after. ",
			  posted ? "The published table" : "The hardened one", found[posted].calls,
			  found[posted].registrations, found[posted].moved, found[posted].unseen);
	}
	bench_say(a, "Such a call uses the context of the new registration, or one that the old "
		     "one has freed.");
	if (found[1].unseen)
		bench_decide(a, "refuted: a call cannot tell a handler that was registered again");
	else
		bench_decide(a, "not seen to fail in this run");
	return 0;
}

/* -- S1.6 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(bounds, plan, a)
{
	struct dispatch_bounds found[2];

	(void)plan;
	for (int posted = 1; posted >= 0; posted--) {
		int err = dispatch_try_bounds(posted, &found[posted]);

		if (err)
			return err;
		bench_say(a,
			  "%s: of %u uses of an index out of range %u returned an error, %u "
			  "ended the program by a trap (in Rust a panic), %u touched memory "
			  "beyond the end. ",
			  posted ? "The published table" : "The hardened one", found[posted].tried,
			  found[posted].errors, found[posted].trapped, found[posted].touched);
	}
	if (found[1].errors == found[1].tried)
		bench_decide(a, "confirmed");
	else if (found[1].touched || found[0].errors != found[0].tried)
		bench_decide(a, "refuted");
	else
		bench_decide(a, "depends on the variant: no memory is touched, but only the "
				"hardened table returns an error");
	return 0;
}

/* -- what dispatch.h promises ----------------------------------------------------------------- */

#define OF_POSTED 1.1
#define OF_INDIRECT 1.5

static struct bench_estimate say_bar(struct bench_answer *a, const struct bench_plan *plan,
				     const char *name, const char *other)
{
	struct bench_estimate ratio =
		dispatch_ratio(dispatch_find(plan, name, 1, false),
			       dispatch_find(plan, other, 1, false), DISPATCH_ALONE_NS);

	bench_say(a, " %s costs %.2fx [%.2f, %.2f] of %s;", name, ratio.median, ratio.low,
		  ratio.high, other);
	return ratio;
}

/* Events of the ways that are to miss and mix nothing, and how many did; false: none were had. */
static bool add_events(const struct bench_plan *plan, uint64_t *events, uint64_t *wrong)
{
	const struct dispatch_bpf_results *in_bpf = &((const struct dispatch_plan *)plan)->in_bpf;

	for (int i = 0; i < DISPATCH_BPF_WAYS; i++) {
		const struct dispatch_bpf_result *r = &in_bpf->way[i];

		if (i == DISPATCH_BPF_SPLIT || i == DISPATCH_BPF_CONSTANT_DELETED ||
		    r->cell.skipped[0])
			continue;
		*events += r->events;
		*wrong += r->missed + r->mixed;
	}
	return *events > 0;
}

BENCH_JUDGE(bars, plan, a)
{
	struct bench_estimate of_posted = say_bar(a, plan, "slot_qsbr", "slot_posted");
	struct bench_estimate of_indirect = say_bar(a, plan, "slot_qsbr", "indirect");
	double wanted, most;
	uint64_t events = 0, wrong = 0;
	char failed[192] = "";

	say_bar(a, plan, "slot_memb", "slot_posted");
	say_bar(a, plan, "slot_memb", "indirect");
	bench_say(a, " %u threads get through, of what one does:", bench_many_threads());
	wanted = linear(scale(a, plan, "direct").median);
	most = scale(a, plan, "table_qsbr_packed").high;
	most = fmin(most, scale(a, plan, "table_qsbr_padded").high);
	if (add_events(plan, &events, &wrong))
		bench_say(a,
			  " and of %llu events in BPF under a swapper %llu were missed or mixed.",
			  (unsigned long long)events, (unsigned long long)wrong);
	else
		bench_say(a, " and there were no events in BPF: see the table.");
	if (of_posted.median > OF_POSTED)
		strcat(failed, " of the posted slot,");
	if (of_indirect.median > OF_INDIRECT)
		strcat(failed, " of the indirect call,");
	if (most < wanted)
		strcat(failed, " the table's scaling,");
	if (wrong)
		strcat(failed, " events in BPF,");
	failed[strlen(failed) ? strlen(failed) - 1 : 0] = '\0';
	if (failed[0])
		bench_decide(a, "missed:%s", failed);
	else
		bench_decide(a, "met%s, with qsbr",
			     events ? "" : " without BPF, which was skipped");
	return 0;
}
