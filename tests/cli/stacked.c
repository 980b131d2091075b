// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stacked.c - a program whose stacks are known. What it does in them is call getppid.
 *   stacked short MS     work in spin_outer(), spin_inner() for so many ms of CPU time; no calls
 *   stacked many N S     N calls from different stacks of many_a() and many_b(); sleep S seconds
 *   stacked made N       N calls from code that it makes, called "made code" in its perf map
 *   stacked load LIB N   load a library, N calls from its loaded_call(), and end at once
 *   stacked mangled N    N calls each from shop::price() of C++, and shop::count of Rust
 *   stacked leaves N     N calls from leave(), which does not return to its caller, calls_last()
 *   stacked forks N      one call from child_call() in each of N children, which end at once
 *   stacked sell, buy    for ever a call from sell() or buy()
 * Exit 3: not on this machine.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/cli/stacked.h"

static volatile int sink;

__attribute__((noinline)) static void spin_inner(int n)
{
	KEEP_FRAME();
	for (int i = 0; i < n; i++)
		sink++;
}

__attribute__((noinline)) static void spin_outer(int n)
{
	spin_inner(n);
	sink++;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void be_short(double ms)
{
	while (cpu_ms() < ms)
		spin_outer(100000);
}

/* The call is the last instruction of its function: the next one begins where it would return. */
static jmp_buf back;

__attribute__((noinline, noreturn)) static void leave(void)
{
	call_getppid();
	longjmp(back, 1);
}

__attribute__((noinline, noreturn)) static void calls_last(void)
{
	KEEP_FRAME();
	leave();
}

__attribute__((noinline)) static void never_called_so(void)
{
	sink++;
}

static void leave_often(int n)
{
	for (volatile int i = 0; i < n; i++)
		if (!setjmp(back))
			calls_last();
	never_called_so();
}

static void many_b(unsigned int bits, int depth);

__attribute__((noinline)) static void many_a(unsigned int bits, int depth)
{
	if (!depth)
		call_getppid();
	else if (bits & 1)
		many_a(bits >> 1, depth - 1);
	else
		many_b(bits >> 1, depth - 1);
	sink++;
}

__attribute__((noinline)) static void many_b(unsigned int bits, int depth)
{
	if (!depth)
		call_getppid();
	else if (bits & 1)
		many_a(bits >> 1, depth - 1);
	else
		many_b(bits >> 1, depth - 1);
	sink--;
}

static int make_code(int n)
{
#ifdef __x86_64__
	/* push rbp; mov rbp,rsp; mov eax,SYS_getppid; syscall; pop rbp; ret */
	static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xb8, SYS_getppid, 0,
					     0,	   0,	 0x0f, 0x05, 0x5d, 0xc3};
	void *made = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char path[64];
	FILE *f;

	if (made == MAP_FAILED)
		return 3;
	memcpy(made, code, sizeof(code));
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	f = fopen(path, "w");
	if (!f)
		return 1;
	fprintf(f, "%lx %zx made code\n", (unsigned long)made, sizeof(code));
	fclose(f);
	while (n--)
		((void (*)(void))made)();
	/* Nobody needs to be told when: who saw the calls has had the time to open the file. */
	usleep(200000);
	unlink(path);
	return 0;
#else
	(void)n;
	return 3;
#endif
}

static int load(const char *library, int n)
{
	void *handle = dlopen(library, RTLD_NOW);
	void (*loaded)(void) = handle ? (void (*)(void))dlsym(handle, "loaded_call") : NULL;

	while (loaded && n--)
		loaded();
	return loaded ? 0 : 1;
}

__attribute__((noinline)) void price(int n) __asm__("_ZN4shop5priceEi");
__attribute__((noinline)) void price(int n)
{
	while (n--)
		call_getppid();
	sink++;
}

__attribute__((noinline)) void count(int n) __asm__("_RNvC4shop5count");
__attribute__((noinline)) void count(int n)
{
	while (n--)
		call_getppid();
	sink++;
}

__attribute__((noinline)) static void child_call(void)
{
	call_getppid();
	sink++;
}

static int fork_children(int n)
{
	while (n--) {
		pid_t pid = fork();

		if (pid == 0) {
			child_call();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
	return 0;
}

__attribute__((noinline)) static void sell(void)
{
	call_getppid();
	sink++;
}

__attribute__((noinline)) static void buy(void)
{
	call_getppid();
	sink--;
}

static void trade(void (*deal)(void))
{
	for (;;) {
		deal();
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? atoi(argv[2]) : 0;

	if (strcmp(what, "short") == 0)
		be_short(n);
	else if (strcmp(what, "made") == 0)
		return make_code(n);
	else if (strcmp(what, "leaves") == 0)
		leave_often(n);
	else if (strcmp(what, "load") == 0 && argc > 3)
		return load(argv[2], atoi(argv[3]));
	else if (strcmp(what, "mangled") == 0) {
		price(n);
		count(n);
	} else if (strcmp(what, "forks") == 0)
		return fork_children(n);
	else if (strcmp(what, "sell") == 0)
		trade(sell);
	else if (strcmp(what, "buy") == 0)
		trade(buy);
	else if (strcmp(what, "many") == 0 && argc > 3) {
		for (int i = 0; i < n; i++)
			many_a((unsigned int)i, 14);
		sleep((unsigned int)atoi(argv[3]));
	} else
		return 2;
	return 0;
}
