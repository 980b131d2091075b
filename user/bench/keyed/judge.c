// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* judge.c - judges what latchkit promises of its tables of records by key. */
#include <string.h>

#include "bench/core/claim.h"
#include "bench/keyed/judge.h"
#include "bench/keyed/result.h"

#define BAR_READ_NS 200e3
#define BAR_TIMES 20.0

static const struct bench_cell *cell_of(const struct bench_plan *plan, const char *name, size_t l)
{
	return bench_plan_find(plan, name, bench_plan_load(plan, l));
}

static void say_load(struct bench_answer *a, const struct bench_plan *plan, size_t l)
{
	const struct bench_keyed_load *load = bench_plan_load(plan, l);

	bench_say(a, " %zu keys of %zu bytes, a %s each", load->keys,
		  load->key_words * sizeof(lk_u64), bench_keyed_records[load->record]);
}

/* -- bars -------------------------------------------------------------------------------------- */

static void say_others(struct bench_answer *a, const struct bench_plan *plan, size_t l)
{
	const struct bench_cell *keyed = cell_of(plan, "keyed", l);

	for (size_t s = 0; s < plan->subjects_count; s++) {
		const struct bench_cell *other = bench_plan_result(plan, l, s);
		const char *name = other->subject->name;

		if (strcmp(name, "keyed") != 0 && strcmp(name, "hash") != 0 && !other->skipped[0])
			bench_say(a, ", %s %.3g", name,
				  bench_cell_ratio(other, keyed, BENCH_READ_NS).median);
	}
}

/* Returns whether both bars are met under load number l. What was not measured meets none. */
static bool bars_of(struct bench_answer *a, const struct bench_plan *plan, size_t l)
{
	const struct bench_cell *keyed = cell_of(plan, "keyed", l);
	double ns = bench_cell_of(keyed, BENCH_READ_NS).median;
	double times = bench_cell_ratio(cell_of(plan, "hash", l), keyed, BENCH_READ_NS).median;
	bool fast = ns > 0 && ns < BAR_READ_NS, cheaper = times >= BAR_TIMES;

	say_load(a, plan, l);
	bench_say(a, ": %.3g us (%s); a batch lookup takes %.3g times as long (%s)", ns / 1e3,
		  fast ? "met" : "MISSED", times, cheaper ? "met" : "MISSED");
	say_others(a, plan, l);
	bench_say(a, ".");
	return fast && cheaper;
}

BENCH_JUDGE(bars, plan, a)
{
	bool met = true;

	for (size_t l = 0; l < plan->loads_count; l++)
		met &= bars_of(a, plan, l);
	bench_decide(a, met ? "met" : "missed");
	return 0;
}

/* -- more keys than room ----------------------------------------------------------------------- */

static void say_room(struct bench_answer *a, const struct bench_cell *cell)
{
	const struct bench_keyed_result *r = (const struct bench_keyed_result *)cell;
	double updates = r->updates ? (double)r->updates : 1;

	bench_say(a, " %s: of the updates %.3g %% refused, %.3g %% lost silently;",
		  cell->subject->name, 100 * (double)r->refused / updates,
		  100 * (double)r->lost / updates);
}

BENCH_JUDGE(room, plan, a)
{
	bool told = true, measured = false;

	for (size_t l = 0; l < plan->loads_count; l++) {
		const struct bench_cell *keyed = cell_of(plan, "keyed", l);

		say_load(a, plan, l);
		bench_say(a, ", room for half.");
		for (size_t s = 0; s < plan->subjects_count; s++)
			if (!bench_plan_result(plan, l, s)->skipped[0])
				say_room(a, bench_plan_result(plan, l, s));
		a->text[strlen(a->text) - 1] = '.';
		measured |= keyed != NULL;
		told &= !keyed || !((const struct bench_keyed_result *)keyed)->lost;
	}
	if (measured)
		bench_decide(a, told ? "confirmed" : "refuted");
	return 0;
}
