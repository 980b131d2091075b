// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * exprs.c - a program whose arguments and results are known: 300 writes of 1000 bytes to
 * /dev/null, 40 reads of a descriptor that is not open, and calls work(1, 100, p) to work(100, 1,
 * p), which return -1 to -100; p leads nowhere.
 */
#include <fcntl.h>
#include <unistd.h>

__attribute__((noinline)) long work(int i, long rest, const void *nowhere)
{
	asm volatile("" : : "r"(rest), "r"(nowhere) : "memory");
	return -i;
}

int main(void)
{
	int null = open("/dev/null", O_WRONLY);
	static char bytes[1000];
	long sum = 0;

	for (int i = 0; i < 300; i++)
		sum += write(null, bytes, sizeof(bytes));
	for (int i = 0; i < 40; i++)
		sum += read(-1, bytes, 10);
	for (int i = 1; i <= 100; i++)
		sum += work(i, 101 - i, (const void *)0x10);
	return sum == 300000 - 40 - 5050 ? 0 : 1;
}
