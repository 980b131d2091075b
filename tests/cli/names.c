// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * names.c - names.c and names_other.c are one program whose functions have awkward names:
 *   same                 two static functions, called 700 and 300 times
 *   shape[int]           beside shapei and shapen, which it matches as a pattern: 200, 30, 4
 */
int other(int x);
int bracket(int x);
int decoy_i(int x) __asm__("shapei");
int decoy_n(int x) __asm__("shapen");

/* Compilers differ in how they quote a name, assemblers do not. */
__asm__(".globl \"shape[int]\"\n"
	".type \"shape[int]\", STT_FUNC\n"
	".set \"shape[int]\", bracket\n");

static __attribute__((noinline)) int same(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

__attribute__((noinline)) int bracket(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 2;
}

__attribute__((noinline)) int decoy_i(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 3;
}

__attribute__((noinline)) int decoy_n(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 4;
}

int main(void)
{
	int sum = 0;

	for (int i = 0; i < 700; i++)
		sum += same(i);
	for (int i = 0; i < 300; i++)
		sum += other(i);
	for (int i = 0; i < 200; i++)
		sum += bracket(i);
	for (int i = 0; i < 30; i++)
		sum += decoy_i(i);
	for (int i = 0; i < 4; i++)
		sum += decoy_n(i);
	return sum == 42;
}
