// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * judge.c - judges what is claimed of the slot (S0): each verdict follows from the
 * numbers of this run by a rule that is stated with it. The table's are in
 * bench/dispatch/judge_table.c.
 */
#include <string.h>

#include "bench/core/claim.h"
#include "bench/dispatch/result.h"

/* What is claimed. */
#define CYCLES_LEAST 8.0
#define CYCLES_MOST 12.0
#define NS_LEAST 15.0
#define NS_MOST 20.0

/* "Near" is within a factor of 2; the claim's own figures are 8 to 12 against 3 to 5 cycles. */
#define NEAR 2.0
/* Percentiles come in steps of 6 %: up to there they are the same. */
#define SAME 1.1
/* And up to there it is the machine's noise. */
#define ALIKE 1.25

/* -- S0.1 ------------------------------------------------------------------------------------- */

static void say_ratio(struct bench_answer *a, const struct bench_plan *plan, const char *name)
{
	const struct dispatch_result *other = dispatch_find(plan, name, 1, false);
	struct bench_estimate ns = dispatch_of(other, DISPATCH_ALONE_NS);
	struct bench_estimate ratio = dispatch_ratio(
		other, dispatch_find(plan, "slot_posted", 1, false), DISPATCH_ALONE_NS);

	if (ratio.count)
		bench_say(a, " %s %.2f ns (%.2fx),", name, ns.median, ratio.median);
}

/* Where the whole interval is: -1 below the claim, 0 within, 1 above, 2 across a border. */
static int place(double low, double high, double least, double most)
{
	return high < least ? -1 : low > most ? 1 : low >= least && high <= most ? 0 : 2;
}

static const char *const places[] = {"below", "within", "above", "at the border of"};

BENCH_JUDGE(cost, plan, a)
{
	static const char *const others[] = {
		"inlined",   "direct",	  "static_branch",  "indirect", "switch",
		"array",     "slot_qsbr", "slot_memb",	    "rwlock",	"urcu_qsbr",
		"urcu_memb", "mutex",	  "slot_memb_calls"};
	const struct dispatch_result *slot = dispatch_find(plan, "slot_posted", 1, false);
	struct bench_estimate ns = dispatch_of(slot, DISPATCH_ALONE_NS);
	double cycles = slot ? bench_pmu_per_operation(&slot->counts, BENCH_CYCLES) : -1, ghz;
	bool counted = cycles >= 0;
	int by_ns, by_cycles;

	if (!ns.count)
		return 0;
	ghz = counted ? cycles / ns.median : plan->env.tsc_ghz;
	if (ghz <= 0) {
		bench_say(a, "A call takes %.2f ns; nothing here counts cycles.", ns.median);
		return 0;
	}
	by_ns = place(ns.low, ns.high, NS_LEAST, NS_MOST);
	by_cycles = place(ns.low * ghz, ns.high * ghz, CYCLES_LEAST, CYCLES_MOST);
	bench_say(a,
		  "A call by the published slot takes %.2f ns [%.2f, %.2f], %.1f cycles (%s), "
		  "handler and loop included. The two figures exclude each other above %.1f "
		  "GHz; this is %.2f GHz, where %.0f to %.0f cycles are %.1f to %.1f ns. "
		  "Others:",
		  ns.median, ns.low, ns.high, ns.median * ghz,
		  counted ? "counted" : "of the time stamp counter: there is no PMU",
		  CYCLES_MOST / NS_LEAST, ghz, CYCLES_LEAST, CYCLES_MOST, CYCLES_LEAST / ghz,
		  CYCLES_MOST / ghz);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		say_ratio(a, plan, others[i]);
	a->text[strlen(a->text) - 1] = '.';
	if (!by_ns && !by_cycles)
		bench_decide(a, "confirmed");
	else if (by_ns == 2 || by_cycles == 2)
		bench_decide(a, "depends on the machine: %s the claim by ns, %s it by cycles",
			     places[by_ns + 1], places[by_cycles + 1]);
	else
		bench_decide(a, "refuted: %s the claim by ns, %s it by cycles", places[by_ns + 1],
			     places[by_cycles + 1]);
	return 0;
}

/* -- S0.2 ------------------------------------------------------------------------------------- */

static double percentile(const struct dispatch_result *r, double percent)
{
	return r ? (double)bench_times_percentile(&r->call_times, percent) : 0;
}

static void say_times(struct bench_answer *a, const char *what, const struct dispatch_result *r)
{
	bench_say(a, "%s p50 %.0f, p99 %.0f, p99.99 %.0f, max %.0f ns", what, percentile(r, 50),
		  percentile(r, 99), percentile(r, 99.99), percentile(r, 100));
}

BENCH_JUDGE(jitter, plan, a)
{
	const struct dispatch_result *idle = dispatch_find(plan, "slot_posted", 1, false);
	const struct dispatch_result *swapped = dispatch_find(plan, "slot_posted", 1, true);
	const struct dispatch_result *inlined = dispatch_find(plan, "inlined", 1, false);
	double spread, own, swaps;

	if (!idle || !swapped || !inlined || !idle->call_times.count)
		return 0;
	spread = percentile(idle, 99.99) / percentile(idle, 50);
	own = percentile(idle, 99.99) / percentile(inlined, 99.99);
	swaps = percentile(swapped, 99) / percentile(idle, 99);
	say_times(a, "Single calls of the published slot, clock included, nobody swaps:", idle);
	say_times(a, "; a swapper flat out:", swapped);
	say_times(a, "; no dispatch at all:", inlined);
	bench_say(a,
		  ". p99.99 is %.2fx the p50, %.2fx that of no dispatch; with a swapper p99 is "
		  "%.2fx, p99.99 %.2fx what it is without.",
		  spread, own, swaps, percentile(swapped, 99.99) / percentile(idle, 99.99));
	if (spread <= SAME && swaps <= SAME)
		bench_decide(a, "confirmed");
	else if (swaps > ALIKE || own > ALIKE)
		bench_decide(a, "refuted: calls take %s",
			     swaps > ALIKE ? "longer while somebody swaps"
					   : "longer now and then than without dispatch");
	else
		bench_decide(a, "depends on the machine: dispatch adds no jitter to what calls "
				"have here without it");
	return 0;
}

/* -- S0.3 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(jump_label, plan, a)
{
	const struct dispatch_result *slot = dispatch_find(plan, "slot_posted", 1, false);
	const struct dispatch_result *branch = dispatch_find(plan, "static_branch", 1, false);
	const struct dispatch_result *indirect = dispatch_find(plan, "indirect", 1, false);
	struct bench_estimate ratio = dispatch_ratio(slot, branch, DISPATCH_ALONE_NS);

	if (!ratio.count) {
		bench_say(a, "Code cannot be patched here: see the table.");
		return 0;
	}
	bench_say(a,
		  "A call by the published slot takes %.2f ns, behind a patched branch %.2f ns: "
		  "%.2fx [%.2f, %.2f]; a plain indirect call %.2f ns. Near is taken to be less "
		  "than %.0fx. The branch predictor has seen every one of these calls before.",
		  dispatch_of(slot, DISPATCH_ALONE_NS).median,
		  dispatch_of(branch, DISPATCH_ALONE_NS).median, ratio.median, ratio.low,
		  ratio.high, dispatch_of(indirect, DISPATCH_ALONE_NS).median, NEAR);
	if (ratio.high < NEAR)
		bench_decide(a, "confirmed");
	else if (ratio.low > NEAR)
		bench_decide(a, "refuted");
	else
		bench_decide(a, "depends on the run: the interval holds %.0fx", NEAR);
	return 0;
}

/* -- S0.4 ------------------------------------------------------------------------------------- */

static void say_swap(struct bench_answer *a, const struct dispatch_result *r)
{
	struct bench_estimate swaps = dispatch_of(r, DISPATCH_SWAPS_PER_S);

	if (!r || !swaps.count)
		return;
	bench_say(a,
		  " %s: another CPU called the new handler %llu ns after a swap began (median; "
		  "p99 %llu), a swap takes %.3g ns, %llu swaps, after which %llu of %llu calls "
		  "were of the handler that was out.",
		  r->cell.subject->name, bench_times_percentile(&r->visible_times, 50),
		  bench_times_percentile(&r->visible_times, 99),
		  swaps.median > 0 ? 1e9 / swaps.median : 0, r->swaps, r->late, r->calls);
}

BENCH_JUDGE(swap, plan, a)
{
	const struct dispatch_result *posted = dispatch_find(plan, "slot_posted", 1, true);
	double visible;

	if (!posted || !posted->visible_times.count)
		return 0;
	visible = (double)bench_times_percentile(&posted->visible_times, 50);
	say_swap(a, posted);
	say_swap(a, dispatch_find(plan, "slot_qsbr", 1, true));
	say_swap(a, dispatch_find(plan, "slot_memb", 1, true));
	if (posted->mixed)
		bench_say(a, " Calls of the published slot that mixed function and context: %llu.",
			  posted->mixed);
	if (posted->late)
		bench_decide(a,
			     "refuted: visible after %.0f ns, but the old handler is called "
			     "after the swap has returned",
			     visible);
	else if (visible > 2 * plan->env.clock_ns)
		bench_decide(a, "refuted: visible after %.0f ns", visible);
	else
		bench_decide(a, "confirmed");
	return 0;
}

BENCH_JUDGE(by_proof, plan, a)
{
	(void)plan;
	bench_say(a, "No run on this processor can answer that: x86 keeps stores in order. It is a "
		     "question for the memory-model proofs; the mutants of dispatch.h that are "
		     "marked \"model\" in tests/mutants.def are theirs.");
	bench_decide(a, "left to the proofs");
	return 0;
}
