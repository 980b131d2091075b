// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * callers.c - who did how much, known beforehand or told by the kernel:
 *   callers each N T     N times in each of T threads: set the own name, call getppid, call
 *                        callers_work() and callers_timed(), pass the static probe latchkit:work.
 *                        Prints "PID TID" of each, whose name is "callers"
 *   callers many N       N processes, one after the other, each calls getppid once
 *   callers names        a process for each name of names[], which calls getppid 10 * (i + 1)
 *                        times. Prints "PID i"
 *   callers switches N   give the CPU away N times and more under the name "phase". Prints "PID
 *                        LEAST MOST": so many switches away from it /proc counts of that time
 *   callers hot MS [AS]  run hot_one() and hot_three(), which do as much work as 1 to 3, in turn
 *                        for MS milliseconds of CPU, under the name AS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sdt.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In the order of tests/cli/trace/keys_names.sh. */
static const char *const names[] = {
	"new\nline",
	"\x1b[31mred",
	"bad\xff\xfe",
	"quo\"te",
	"semi;colon",
	"com,ma",
	"back\\slash",
	"(other)",
	"",
	"ta\tb",
	"[none]",
	"a 7",
	"\xc3\xb6",
	"\xe2\x80\xae"
	"rtl",
};

static int rounds;

__attribute__((noinline)) void callers_work(void)
{
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void callers_timed(void)
{
	__asm__ volatile("" : : : "memory");
}

static void *call(void *arg)
{
	(void)arg;
	printf("%d %ld\n", getpid(), syscall(SYS_gettid));
	for (int i = 0; i < rounds; i++) {
		prctl(PR_SET_NAME, "callers");
		syscall(SYS_getppid);
		callers_work();
		callers_timed();
		DTRACE_PROBE1(latchkit, work, i);
	}
	return NULL;
}

static int each(int threads)
{
	pthread_t *thread = calloc((size_t)threads, sizeof(*thread));

	for (int i = 1; i < threads; i++)
		if (!thread || pthread_create(&thread[i], NULL, call, NULL))
			return 1;
	call(NULL);
	for (int i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	return 0;
}

/* A process that calls once, and costs little. Returns its pid, or -1. */
static __attribute__((noinline)) pid_t live_once(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		syscall(SYS_getppid);
		_exit(0);
	}
	return pid;
}

static int many(int count)
{
	for (int i = 0; i < count; i++) {
		pid_t pid = live_once();

		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
	return 0;
}

static int all_names(void)
{
	for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			prctl(PR_SET_NAME, names[i]);
			for (int j = 0; j < 10 * (i + 1); j++)
				syscall(SYS_getppid);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
		printf("%d %d\n", pid, i);
	}
	return 0;
}

/* Switches away from this task so far, by its choice or not. */
static long switches_so_far(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	long sum = 0, n;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %ld", &n) == 1)
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

static int switches(int count)
{
	const struct timespec pause = {.tv_nsec = 1000};
	long before, begun, ended, after;

	before = switches_so_far();
	prctl(PR_SET_NAME, "phase");
	begun = switches_so_far();
	for (int i = 0; i < count; i++)
		nanosleep(&pause, NULL);
	ended = switches_so_far();
	prctl(PR_SET_NAME, "callers");
	after = switches_so_far();
	printf("%d %ld %ld\n", getpid(), ended - begun, after - before);
	return 0;
}

#define SPIN(n) \
	for (volatile long spun_ = 0; spun_ < (n); spun_++) \
		;

__attribute__((noinline)) void hot_one(long n)
{
	SPIN(n)
}

__attribute__((noinline)) void hot_three(long n)
{
	SPIN(3 * n)
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Each turn takes about 40 ms: many samples, so that where they fall does not matter. */
static __attribute__((noinline)) int hot(int ms)
{
	double start = cpu_ms(), one;
	long n = 1000000;

	hot_one(n);
	one = cpu_ms() - start;
	n = (long)((double)n * 10 / (one > 0.01 ? one : 0.01));
	while (cpu_ms() - start < ms) {
		hot_one(n);
		hot_three(n);
	}
	return 0;
}

int main(int argc, char **argv)
{
	rounds = argc > 2 ? atoi(argv[2]) : 0;
	if (argc == 4 && rounds > 0 && strcmp(argv[1], "each") == 0 && atoi(argv[3]) > 0)
		return each(atoi(argv[3]));
	if (argc == 2 && strcmp(argv[1], "names") == 0)
		return all_names();
	if (argc == 3 && rounds > 0 && strcmp(argv[1], "many") == 0)
		return many(rounds);
	if (argc == 3 && rounds > 0 && strcmp(argv[1], "switches") == 0)
		return switches(rounds);
	if (argc == 4)
		prctl(PR_SET_NAME, argv[3]);
	return argc > 2 && rounds > 0 && strcmp(argv[1], "hot") == 0 ? hot(rounds) : 2;
}
