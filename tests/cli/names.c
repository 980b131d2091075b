// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * names.c - names.c and names_other.c are one program whose functions have awkward names:
 *   same                 two static functions, called 700 and 300 times
 *   shape[int]           beside shapei and shapen, which it matches as a pattern: 200, 30, 4
 *   copied               only copies that a compiler would make, .isra.0 and .constprop.1: 20 and 3
 *   pieced               only a piece, .part.0: 6
 *   frozen               only a piece that is jumped into, .cold: 8
 *   chosen               indirect: the program chooses chosen_here() when it starts: 9
 */
int other(int x);
int bracket(int x);
int decoy_i(int x) __asm__("shapei");
int decoy_n(int x) __asm__("shapen");

int copy_a(int x) __asm__("copied.isra.0");
int copy_b(int x) __asm__("copied.constprop.1");
int piece(int x) __asm__("pieced.part.0");
int frozen(int x) __asm__("frozen.cold");
int chosen(int x);

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

__attribute__((noinline)) int copy_a(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 5;
}

__attribute__((noinline)) int copy_b(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 6;
}

__attribute__((noinline)) int piece(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 7;
}

__attribute__((noinline)) int frozen(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 8;
}

static __attribute__((noinline)) int chosen_here(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 9;
}

static int (*choose(void))(int)
{
	return chosen_here;
}

int chosen(int x) __attribute__((ifunc("choose")));

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
	for (int i = 0; i < 20; i++)
		sum += copy_a(i);
	for (int i = 0; i < 3; i++)
		sum += copy_b(i);
	for (int i = 0; i < 6; i++)
		sum += piece(i);
	for (int i = 0; i < 8; i++)
		sum += frozen(i);
	for (int i = 0; i < 9; i++)
		sum += chosen(i);
	return sum == 42;
}
