// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * between.c - a program whose spans from begins() to ends() are known, by their first argument:
 *   1 to 100      begin with 10 times that, and end with the rest of division by two
 *   1001 to 1007  begin, and never end
 *   2001 to 2005  end without having begun
 *   3000          begins four times, and ends once
 *   4000          begins in one thread and ends in another, which is called "ender"
 * So 112 begin and 102 end, 7 stay open, 3 begin again, and 5 ends have no begin. Calls of turns():
 * 11, one after the other. Calls of getppid(2) within those of getpgid(2): 20, in each of which is
 * one call of within().
 *
 *   between [wait]    wait: for a line of standard input first, and before the end for another
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

NOINLINE long begins(long key, long amount)
{
	asm volatile("" : "+r"(key), "+r"(amount) : : "memory");
	return key;
}

NOINLINE long ends(long key, long rest)
{
	asm volatile("" : "+r"(key), "+r"(rest) : : "memory");
	return rest;
}

NOINLINE long turns(long number)
{
	asm volatile("" : "+r"(number) : : "memory");
	return number;
}

NOINLINE long within(long number)
{
	asm volatile("" : "+r"(number) : : "memory");
	return number;
}

static void *end_of_other(void *arg)
{
	pthread_setname_np(pthread_self(), "ender");
	ends(4000, 0);
	return arg;
}

static void begin_and_end(void)
{
	pthread_t ender;

	for (long i = 1; i <= 100; i++) {
		begins(i, 10 * i);
		ends(i, i % 2);
	}
	for (long i = 1; i <= 7; i++)
		begins(1000 + i, 5);
	for (long i = 1; i <= 5; i++)
		ends(2000 + i, 0);
	for (int i = 0; i < 4; i++)
		begins(3000, 1);
	ends(3000, 0);
	begins(4000, 1);
	if (pthread_create(&ender, NULL, end_of_other, NULL) == 0)
		pthread_join(ender, NULL);
}

static void wait_for_line(void)
{
	char line[16];

	if (!fgets(line, sizeof(line), stdin))
		line[0] = '\0';
}

int main(int argc, char **argv)
{
	int waits = argc > 1 && strcmp(argv[1], "wait") == 0;

	if (waits)
		wait_for_line();
	begin_and_end();
	for (long i = 0; i < 11; i++)
		turns(i);
	for (long i = 0; i < 20; i++) {
		syscall(SYS_getppid);
		within(i);
		syscall(SYS_getpgid, 0);
	}
	if (waits)
		wait_for_line();
	return 0;
}
