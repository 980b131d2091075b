// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* judge_bars.c - judges what latchkit promises of its registry. */
#include <math.h>

#include "bench/registry/judge.h"
#include "bench/registry/run.h"
#include "bench/registry/trials.h"

#define BAR_LFHT 1.2
#define BAR_BYTES (2.0 * sizeof(struct bench_payload) + 64)
#define BAR_FLAT 1.1
#define MILLION 1000000

/* Lookups are judged twice: where the caches hold the table, and where they do not. */
static const size_t sizes[] = {10000, 100000};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* How many times as long as rculfhash's a lookup takes, at the worst of 1 and all threads. */
static double of_lfht(const struct bench_plan *plan, const char *name, const char *peer,
		      size_t objects)
{
	return fmax(registry_judged_ratio(plan, peer, name, 1, objects),
		    registry_judged_ratio(plan, peer, name, 0, objects));
}

/* How many times the lookups of the best lock, at the worst of both flavours. */
static double of_locks(const struct bench_plan *plan, size_t objects)
{
	static const char *const names[] = {"hardened_memb", "hardened_qsbr"};
	double worst = 0;

	for (int i = 0; i < 2; i++) {
		double times = fmin(registry_judged_ratio(plan, names[i], "mutex", 0, objects),
				    registry_judged_ratio(plan, names[i], "rwlock", 0, objects));

		worst = i ? fmin(worst, times) : times;
	}
	return worst;
}

static bool bar(struct bench_answer *a, bool met, const char *name, double value, const char *unit)
{
	bench_say(a, " %s %.3g%s (%s).", name, value, unit, met ? "met" : "MISSED");
	return met;
}

/* The same of both sizes, in one sentence. Returns whether both are met. */
static bool bar_of_sizes(struct bench_answer *a, const char *name, const double *values,
			 bool (*meets)(double value))
{
	bool met = true;

	bench_say(a, " %s", name);
	for (size_t i = 0; i < SIZES; i++) {
		bench_say(a, "%s %.3g times among %zu (%s)", i ? "," : "", values[i], sizes[i],
			  meets(values[i]) ? "met" : "MISSED");
		met &= meets(values[i]);
	}
	bench_say(a, ".");
	return met;
}

/* What was not measured, 0, meets nothing. */
static bool near_lfht(double times)
{
	return times > 0 && times <= BAR_LFHT;
}

static bool keeps_p99(double times)
{
	return times > 0 && times <= REGISTRY_P99_AT_MOST;
}

static bool ahead(double times)
{
	return times > 1;
}

static bool bars_of_lookups(const struct bench_plan *plan, struct bench_answer *a)
{
	double memb[SIZES], qsbr[SIZES], locks[SIZES];
	bool met;

	for (size_t i = 0; i < SIZES; i++) {
		memb[i] = of_lfht(plan, "hardened_memb", "lfht_memb", sizes[i]);
		qsbr[i] = of_lfht(plan, "hardened_qsbr", "lfht_qsbr", sizes[i]);
		locks[i] = of_locks(plan, sizes[i]);
	}
	met = bar_of_sizes(a, "A lookup takes of rculfhash's time (memb)", memb, near_lfht);
	met &= bar_of_sizes(a, "(qsbr)", qsbr, near_lfht);
	met &= bar_of_sizes(a, "Of the best lock's lookups", locks, ahead);
	return met;
}

static bool bars_of_memory(const struct bench_plan *plan, const struct bench_flat *flat,
			   struct bench_answer *a)
{
	double bytes = bench_registry_bytes_of(plan, "hardened_memb");
	int last = BENCH_FLAT_CYCLES - 1;
	bool met;

	met = bar(a, bytes > 0 && bytes <= BAR_BYTES, "An object of 64 bytes takes", bytes,
		  " bytes");
	met &= bar(a,
		   !flat->not_freed && flat->full_bytes[last] <= BAR_FLAT * flat->full_bytes[0] &&
			   flat->empty_bytes[last] <= flat->full_bytes[0] / 2,
		   "A million in the third cycle take of the first's memory",
		   flat->full_bytes[last] / flat->full_bytes[0], " times");
	bench_say(a, " Emptied, %.0f of %.0f MB stay.", flat->empty_bytes[last] / 1e6,
		  flat->full_bytes[last] / 1e6);
	return met;
}

BENCH_JUDGE(bars, plan, a)
{
	double memb = registry_judged_p99(plan, "hardened_memb"),
	       qsbr = registry_judged_p99(plan, "hardened_qsbr");
	struct bench_flat flat;
	int err = bench_try_flat(MILLION, &flat);
	bool met;

	if (err)
		return err;
	met = bars_of_lookups(plan, a);
	met &= bar(a, keeps_p99(memb), "p99 beside a shrinker (memb)", memb, " times");
	met &= bar(a, keeps_p99(qsbr), "(qsbr)", qsbr, " times");
	met &= bars_of_memory(plan, &flat, a);
	bench_decide(a, met ? "met" : "missed");
	return 0;
}
