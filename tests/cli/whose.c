// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * whose.c - whose FILE N: when something is in FILE, call sell() N times, which calls the C
 * library's getppid() and strnlen(), an indirect function.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

__attribute__((noinline)) size_t sell(const char *text)
{
	__asm__ volatile("" : "+r"(text));
	return strnlen(text, 100) + (getppid() < 0);
}

int main(int argc, char **argv)
{
	const struct timespec moment = {0, 10000000};
	size_t sum = 0;
	struct stat st;

	if (argc != 3)
		return 2;
	while (stat(argv[1], &st) || !st.st_size)
		nanosleep(&moment, NULL);
	for (int i = 0; i < atoi(argv[2]); i++)
		sum += sell(argv[1]);
	return sum == 42;
}
