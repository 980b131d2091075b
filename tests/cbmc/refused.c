/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two writers add, or publish, OPS times each; there are as many ways as writers, so none is ever
 * refused. The writers are alike, so one of them is asked.
 * Bounds: 2 writers x OPS, WORDS word(s).
 */
#include "adders.h"

#ifdef REFUSED_PUBLISH
#define OVERFLOWED (LATCH_CONTROL_WORDS + LATCH_BANK_OVERFLOWED)
static int write_once(unsigned int number)
{
	return latch_publish(memory, WORDS, records[number], number);
}
#else
#define OVERFLOWED LATCH_BANK_OVERFLOWED
static int write_once(unsigned int number)
{
	(void)number;
	return latch_accumulate(memory, WORDS, add, 0);
}
#endif

static void other(void)
{
	for (unsigned int n = 1; n <= OPS; n++)
		write_once(n);
}

static void asked(void)
{
	_Bool refused = 0;

	for (unsigned int n = 1; n <= OPS; n++)
		refused |= write_once(OPS + n) != 0;
	__CPROVER_assert(!refused, "refused: a way is free");
	__CPROVER_assert(!memory_load(memory + OVERFLOWED), "reach: the writers meet");
}

int main(void)
{
__CPROVER_ASYNC_1:
	other();
__CPROVER_ASYNC_2:
	asked();
	return 0;
}
