// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * judge.c - judges what is claimed of the registry (S4): each verdict follows from
 * the numbers of this run by a rule that is stated with it.
 */
#include <errno.h>
#include <stdlib.h>

#include "bench/core/code.h"
#include "bench/registry/judge.h"
#include "bench/registry/keys.h"
#include "bench/registry/trials.h"
#include "verify/core/run.h"
#include "verify/registry/set.h"

/* Up to there it is the same: the machine's noise. */
#define ALIKE 1.25
/* From this part of N times on, N threads get through N times as much. */
#define SCALES 0.8
#define MILLION 1000000

/* What was measured without writes; 0 threads: as many as there are CPUs. NULL: it was not. */
static const struct bench_cell *judged(const struct bench_plan *plan, const char *name,
				       unsigned int threads, size_t objects,
				       enum bench_registry_keys keys, bool shrinker)
{
	const struct bench_registry_load load = {
		.load = {threads ? threads : bench_many_threads(), shrinker},
		.objects = objects,
		.keys = keys};

	return bench_plan_find(plan, name, &load);
}

static const struct bench_cell *uniform(const struct bench_plan *plan, const char *name,
					unsigned int threads, size_t objects, bool shrinker)
{
	return judged(plan, name, threads, objects, BENCH_KEYS_UNIFORM, shrinker);
}

/* One key of 1000. */
static const struct bench_cell *hot(const struct bench_plan *plan, const char *name,
				    unsigned int threads)
{
	return judged(plan, name, threads, 1000, BENCH_KEYS_HOT, false);
}

/* How many times as much a's metric is as b's; 0: not measured. */
static double times_of(const struct bench_cell *a, const struct bench_cell *b,
		       enum bench_registry_metric m)
{
	return bench_cell_ratio(a, b, (int)m).median;
}

/* What a lookup takes one thread, in ns. */
static double ns_of(const struct bench_cell *c)
{
	double rate = bench_cell_of(c, BENCH_LOOKUPS_PER_S).median;

	return rate > 0 ? 1e9 * ((const struct bench_load *)c->load)->threads / rate : 0;
}

double registry_judged_ratio(const struct bench_plan *plan, const char *name, const char *peer,
			     unsigned int threads, size_t objects)
{
	return times_of(uniform(plan, name, threads, objects, false),
			uniform(plan, peer, threads, objects, false), BENCH_LOOKUPS_PER_S);
}

/* -- S4.1 ------------------------------------------------------------------------------------- */

/* How many times as much all threads get through as one, on one key. */
static double hot_scaling(const struct bench_plan *plan, const char *name)
{
	return times_of(hot(plan, name, 0), hot(plan, name, 1), BENCH_LOOKUPS_PER_S);
}

BENCH_JUDGE(constant, plan, a)
{
	const char *name = "hardened_qsbr";
	unsigned int n = bench_many_threads();
	const struct bench_cell *small = uniform(plan, name, 1, 1000, false);
	const struct bench_cell *large = uniform(plan, name, 1, MILLION, false);
	const struct bench_cell *busy = uniform(plan, name, 1, MILLION, true);
	double size, spread, one_key, modified;

	if (!small || !large || !busy)
		return 0;
	size = ns_of(large) / ns_of(small);
	spread = times_of(uniform(plan, name, 0, MILLION, false), large, BENCH_LOOKUPS_PER_S);
	one_key = hot_scaling(plan, name);
	modified = times_of(busy, large, BENCH_LOOKUPS_PER_S);
	bench_say(
		a,
		"A lookup (hardened, qsbr) takes %.0f ns among 1000 objects, %.0f among a million "
		"(%.1f times: the table is constant, the caches are not). %u threads get through "
		"%.2f times as much as one with uniform keys, %.2f times with one hot key "
		"(rcuref %.2f, without a reference %.2f, rculfhash with urcu_ref %.2f); beside a "
		"shrinker that runs flat out %.2f times as much.",
		ns_of(small), ns_of(large), size, n, spread, one_key,
		hot_scaling(plan, "rcuref_qsbr"), hot_scaling(plan, "pure_qsbr"),
		hot_scaling(plan, "lfht_qsbr"), modified);
	if (size <= ALIKE && spread >= SCALES * n && one_key >= SCALES * n && modified >= SCALES)
		bench_decide(a, "confirmed");
	else if (spread >= SCALES * n)
		bench_decide(
			a,
			"depends on the keys: uniform ones scale, a hot one %s; %.1f times the "
			"time among a million",
			one_key >= SCALES * n ? "too" : "does not", size);
	else
		bench_decide(a, "refuted: %u threads get through %.2f times as much", n, spread);
	return 0;
}

/* -- S4.2 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(atomics, plan, a)
{
	const struct bench_cell *with = hot(plan, "hardened_qsbr", 1);
	const struct bench_cell *without = hot(plan, "pure_qsbr", 1);
	const struct bench_cell *with_all = hot(plan, "hardened_qsbr", 0);
	const struct bench_cell *without_all = hot(plan, "pure_qsbr", 0);
	struct bench_code posted = bench_code_of_function("bench_registry_one_posted_memb"),
			  pure = bench_code_of_function("bench_registry_one_pure_memb");

	if (!with || !without || !with_all || !without_all)
		return 0;
	if (posted.locked >= 0)
		bench_say(a,
			  " The code that looks up and puts as published has %d locked "
			  "instructions, its rare paths included; without a reference %d.",
			  posted.locked, pure.locked);
	bench_say(
		a,
		" The reference takes one thread from %.0f to %.0f ns a lookup, %u threads on one "
		"key from %.0f to %.0f ns (rcuref %.0f).",
		ns_of(without), ns_of(with), bench_many_threads(), ns_of(without_all),
		ns_of(with_all), ns_of(hot(plan, "rcuref_qsbr", 0)));
	if (posted.locked > 0 || ns_of(with_all) > ALIKE * ns_of(without_all))
		bench_decide(a, "refuted: this lookup counts in the object it finds; without a "
				"reference it holds");
	else
		bench_decide(a, "confirmed");
	return 0;
}

/* -- S4.3 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(lifetime, plan, a)
{
	const struct verify_set *set = &verify_registry;
	const struct verify_subject *subjects[2] = {verify_subject_find(set, "posted"),
						    verify_subject_find(set, "refcount")};
	struct verify_plan checked = {.set = set,
				      .subjects = subjects,
				      .subjects_count = 2,
				      .checks = (const struct verify_check **)set->checks,
				      .checks_count = set->checks_count,
				      .options = {.seed = 1}};
	unsigned int failed[2] = {0, 0}, checks = (unsigned int)set->checks_count;
	lk_u64 operations = 0;
	int err = verify_run(&checked) ? -EIO : checked.interrupted ? -EINTR : 0;

	(void)plan;
	for (size_t i = 0; i < checked.verdicts_count; i++) {
		const struct verify_verdict *v = &checked.verdicts[i];
		bool hardened = v->subject == subjects[1];

		failed[hardened] += v->outcome == VERIFY_FAIL;
		operations += hardened ? verify_counted(v, "operations") : 0;
		if (!hardened && v->outcome == VERIFY_FAIL)
			bench_say(a, " %s: %s.", v->check->name, v->reason);
	}
	free(checked.verdicts);
	if (err)
		return err;
	bench_say(a,
		  " So the published registry fails %u of %u checks over a poisoning cache; the "
		  "hardened one fails %u, after %llu operations.",
		  failed[0], checks, failed[1], operations);
	if (failed[1])
		bench_decide(a, "refuted, of the hardened registry, too");
	else if (failed[0])
		bench_decide(a, "refuted: %u of %u checks fail; hardened: 0", failed[0], checks);
	else
		bench_decide(a, "confirmed");
	return 0;
}

/* -- S4.4 ------------------------------------------------------------------------------------- */

static double p99(const struct bench_plan *plan, const char *name, bool shrinker)
{
	return bench_cell_of(uniform(plan, name, 1, 100000, shrinker), BENCH_P99_NS).median;
}

double registry_judged_p99(const struct bench_plan *plan, const char *name)
{
	return times_of(uniform(plan, name, 1, 100000, true), uniform(plan, name, 1, 100000, false),
			BENCH_P99_NS);
}

BENCH_JUDGE(teardown, plan, a)
{
	static const char *const names[] = {"posted_memb", "hardened_memb", "hardened_qsbr",
					    "mutex", "rwlock"};
	double worst = 0;

	bench_say(a, "p99 of a lookup among 100000 objects, idle and beside a thread that sheds "
		     "and inserts flat out:");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		double times = registry_judged_p99(plan, names[i]);

		bench_say(a, " %s %.0f and %.0f ns (%.2f times)%s", names[i],
			  p99(plan, names[i], false), p99(plan, names[i], true), times,
			  i + 1 < sizeof(names) / sizeof(names[0]) ? "," : ".");
		if (i < 3 && times > worst)
			worst = times;
	}
	if (worst == 0)
		return 0;
	if (worst <= REGISTRY_P99_AT_MOST)
		bench_decide(a, "confirmed: p99 grows %.2f times at most", worst);
	else
		bench_decide(a, "refuted: p99 grows %.2f times", worst);
	return 0;
}

/* -- S4.5 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(pressure, plan, a)
{
	struct bench_flat flat;
	int err = bench_try_flat(MILLION / 2, &flat);

	(void)plan;
	if (err)
		return err;
	bench_say(a,
		  "Asked to, the shrinker sheds %.1f million objects a second; of the %.0f MB that "
		  "half a million take, %.0f MB stay with the process. The published one is called "
		  "by the kernel; in user space somebody has to watch the pressure.",
		  flat.shed_per_s / 1e6, flat.full_bytes[0] / 1e6, flat.empty_bytes[0] / 1e6);
	if (flat.not_freed || flat.empty_bytes[0] > flat.full_bytes[0] / 2)
		bench_decide(a, "refuted: memory does not go back");
	else
		bench_decide(a, "confirmed, where somebody calls it");
	return 0;
}

/* -- S4.6 ------------------------------------------------------------------------------------- */

BENCH_JUDGE(cache, plan, a)
{
	struct bench_allocation found;
	struct bench_estimate lookups;
	bool cheaper, faster;
	int err = bench_try_allocation(&found);

	(void)plan;
	if (!err)
		err = bench_try_placement(MILLION, &lookups);
	if (err)
		return err;
	cheaper = bench_ratio_order(&found.ratio, 0.02) == BENCH_LESS;
	faster = lookups.count && bench_ratio_order(&lookups, 0.02) == BENCH_MORE;
	bench_say(
		a,
		"To take a constructed object and give it back takes %.0f ns with the cache, %.0f "
		"with malloc and a constructor (%.2f times). Lookups among a million objects from "
		"the cache: %.2f times those among as many from malloc%s.",
		found.cache_ns.median, found.malloc_ns.median, found.ratio.median, lookups.median,
		faster ? "" : ", which is no gain");
	if (cheaper && faster)
		bench_decide(a, "confirmed");
	else if (cheaper || faster)
		bench_decide(a, "depends on what is done: %s",
			     cheaper ? "allocation is cheaper, lookups are not"
				     : "lookups are faster, allocation is not");
	else
		bench_decide(a, "refuted: neither allocation nor lookups gain");
	return 0;
}
