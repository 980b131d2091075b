// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* names_other.c - see names.c: the other function called same. */
int other(int x);

static __attribute__((noinline)) int same(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 2;
}

int other(int x)
{
	return same(x) * 2;
}
