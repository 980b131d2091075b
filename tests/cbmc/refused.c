/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers add OPS times each; there are as many ways as writers, so none is ever refused. The
 * writers are alike, so one of them is asked.
 * Bounds: 2 writers x OPS.
 */
#include "adders.h"

static int add_once(void)
{
	return latch_accumulate(memory, WORDS, add, 0);
}

static void other(void)
{
	for (unsigned int n = 0; n < OPS; n++)
		add_once();
}

static void asked(void)
{
	_Bool refused = 0;

	for (unsigned int n = 0; n < OPS; n++)
		refused |= add_once() != 0;
	__CPROVER_assert(!refused, "refused: a way is free");
	__CPROVER_assert(!memory_load(memory + LATCH_BANK_MET), "reach: the writers meet");
}

int main(void)
{
__CPROVER_ASYNC_1:
	other();
__CPROVER_ASYNC_2:
	asked();
	return 0;
}
