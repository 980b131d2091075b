// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * target.c - something to trace, with known behaviour:
 *   target work N        call target_work() N times, each 100 us or more
 *   target step N        pass the static probe latchkit:step N times
 *   target switch S      switch context between two threads as fast as they can, S seconds
 *   target calls N       call getppid N times
 *   target deep N        call target_deep() N deep, one in another
 *   target dives N       call target_deep() 10 deep, N times
 *   target syscalls S    call getppid as fast as it can, S seconds
 *   target threads N     call getppid 10 times, then nanosleep, in N threads that live at once
 *   target compat N      call getpid N times as 32-bit programs do; exit 3 where that cannot be
 *   target fexec N       execute /bin/true by execveat, N times
 *   target store N       print the address of a word, wait for a line, store to it N times
 * TARGET_WAITS_FOR: a file; do not begin before something is in it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sdt.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long long watched;

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

__attribute__((noinline)) void target_work(void)
{
	double end = now_s() + 100e-6;

	while (now_s() < end)
		;
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) int target_deep(int n)
{
	int below = n > 1 ? target_deep(n - 1) : 0;

	__asm__ volatile("" : "+r"(below)::"memory");
	return below + 1;
}

static void *echo(void *arg)
{
	const int *fds = arg;
	char byte;

	while (read(fds[0], &byte, 1) == 1 && write(fds[1], &byte, 1) == 1)
		;
	return NULL;
}

/* A byte goes round two threads: each hop is a switch. */
static int do_switch(double seconds)
{
	double end = now_s() + seconds;
	int there[2], back[2], fds[2];
	pthread_t thread;
	char byte = 'x';

	if (pipe(there) || pipe(back))
		return 1;
	fds[0] = there[0];
	fds[1] = back[1];
	if (pthread_create(&thread, NULL, echo, fds))
		return 1;
	while (now_s() < end)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			return 1;
	close(there[1]);
	pthread_join(thread, NULL);
	return 0;
}

static int do_syscalls(double seconds)
{
	double end = now_s() + seconds;

	while (now_s() < end)
		for (int i = 0; i < 1000; i++)
			syscall(SYS_getppid);
	return 0;
}

static pthread_barrier_t all_live;

static void *call_in_thread(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&all_live);
	for (int i = 0; i < 10; i++)
		syscall(SYS_getppid);
	syscall(SYS_nanosleep, &(struct timespec){.tv_sec = 1}, NULL);
	pthread_barrier_wait(&all_live);
	return NULL;
}

static int do_threads(int count)
{
	pthread_t *thread = calloc((size_t)count, sizeof(*thread));
	pthread_attr_t attr;

	if (!thread || pthread_barrier_init(&all_live, NULL, (unsigned int)count))
		return 1;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (int i = 0; i < count; i++)
		if (pthread_create(&thread[i], &attr, call_in_thread, NULL))
			return 1;
	for (int i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	return 0;
}

static void no_compat(int signal)
{
	(void)signal;
	_exit(3);
}

static int do_compat(int count)
{
	long pid = 0;

	signal(SIGSEGV, no_compat);
	for (int i = 0; i < count; i++) {
#ifdef __x86_64__
		__asm__ volatile("int $0x80"
				 : "=a"(pid)
				 : "a"(20L)
				 : "memory", "r8", "r9", "r10", "r11");
#endif
		if (pid != getpid())
			return 3;
	}
	return 0;
}

static int do_fexec(int count)
{
	char *args[] = {"true", NULL}, *environment[] = {NULL};
	int status = 0;

	for (int i = 0; i < count && !status; i++) {
		pid_t child = fork();

		if (!child) {
			syscall(SYS_execveat, AT_FDCWD, "/bin/true", args, environment, 0);
			_exit(1);
		}
		if (child < 0 || waitpid(child, &status, 0) < 0)
			return 1;
	}
	return status != 0;
}

static int do_store(int count)
{
	printf("%p\n", (void *)&watched);
	fflush(stdout);
	if (getchar() == EOF)
		return 1;
	for (int i = 0; i < count; i++)
		watched = (unsigned long long)i;
	return 0;
}

static void wait_for(const char *path)
{
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	struct stat s;

	while (path && (stat(path, &s) || !s.st_size))
		nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
	double seconds = argc == 3 ? atof(argv[2]) : 0;
	int n = (int)seconds;

	wait_for(getenv("TARGET_WAITS_FOR"));
	if (seconds > 0 && strcmp(argv[1], "switch") == 0)
		return do_switch(seconds);
	if (seconds > 0 && strcmp(argv[1], "syscalls") == 0)
		return do_syscalls(seconds);
	if (n > 0 && strcmp(argv[1], "store") == 0)
		return do_store(n);
	if (n > 0 && strcmp(argv[1], "threads") == 0)
		return do_threads(n);
	if (n > 0 && strcmp(argv[1], "compat") == 0)
		return do_compat(n);
	if (n > 0 && strcmp(argv[1], "fexec") == 0)
		return do_fexec(n);
	if (n > 0 && strcmp(argv[1], "deep") == 0)
		return target_deep(n) != n;
	for (int i = 0; i < n && strcmp(argv[1], "dives") == 0; i++)
		target_deep(10);
	for (int i = 0; i < n && strcmp(argv[1], "calls") == 0; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < n && strcmp(argv[1], "work") == 0; i++)
		target_work();
	for (int i = 0; i < n && strcmp(argv[1], "step") == 0; i++)
		DTRACE_PROBE1(latchkit, step, i);
	return n > 0 ? 0 : 2;
}
