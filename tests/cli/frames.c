// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * frames.c - functions that are entered and left in every way there is:
 *   frames recurse N     down() N deep, then down() 1000 times and other() 1000 times
 *   frames jump N        leave() N times, left by longjmp; then other() and leave() 1000 times each
 *   frames climb N       climb() N times, which calls itself 3 deep and longjmps back from there
 *   frames tail N        first() N times, which jumps to second(), which jumps to third()
 *   frames twins N       twin(), also called twin_too, N times, the first half left by longjmp
 *   frames signal N      work() N times, interrupted by a handler that calls it, on the same stack
 *                        and on another in turn
 *   frames escape N      the same, and the handler leaves by siglongjmp
 *   frames coroutine N   outer() N times, which calls work() on a stack of another context
 *   frames threads N     work() in N threads, each of which ends inside it
 *   frames fork N        split() N times, from which a parent and its child return
 *   frames exec N        again() in N programs, each of which executes the next inside it
 *   frames vfork N       work() after each of N vforks, whose child ends inside it
 *   frames die 1         work(), which ends the process by a signal
 *   frames wait N        work() in each of N threads, which wait in it for standard input to end
 *   frames sleep N       N threads at once sleep 10 times 1 ms
 *   frames restart N     nanosleep N times, stopped and continued within it
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __clang__
#define PROBED __attribute__((noinline, used))
#else
#define PROBED __attribute__((noinline, noclone, used))
#endif
/* The compiler must not know what a call does, nor make a jump of it. */
#define OPAQUE(x) __asm__ volatile("" : "+r"(x)::"memory")

static jmp_buf back;
static sigjmp_buf out;
static char stack[65536] __attribute__((aligned(16)));
static char signal_stack[65536] __attribute__((aligned(16)));
static char *self;

PROBED int down(int n)
{
	int below = n > 1 ? down(n - 1) : 0;

	OPAQUE(below);
	return below + 1;
}

PROBED int other(int n)
{
	OPAQUE(n);
	return n + 1;
}

PROBED int leave(int jump)
{
	OPAQUE(jump);
	if (jump)
		longjmp(back, 1);
	return jump + 1;
}

PROBED int twin(int jump)
{
	OPAQUE(jump);
	if (jump)
		longjmp(back, 1);
	return jump + 2;
}
int twin_too(int jump) __attribute__((alias("twin")));

/* From the bottom back into the frame at the top, which began a while before the others. */
PROBED int climb(int n, int top)
{
	int below = 0;

	if (n == top) {
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
		if (setjmp(back))
			return n;
	}
	if (!n)
		longjmp(back, 1);
	below = climb(n - 1, top);
	OPAQUE(below);
	return below + 1;
}

PROBED int third(int n)
{
	OPAQUE(n);
	return n + 3;
}

PROBED int second(int n)
{
	OPAQUE(n);
	return third(n + 2);
}

PROBED int first(int n)
{
	OPAQUE(n);
	return second(n + 1);
}

/* What work() does on the way. */
static void (*inside)(void);

PROBED int work(int n)
{
	void (*act)(void) = n ? inside : NULL;

	OPAQUE(n);
	if (act)
		act();
	OPAQUE(n);
	return n;
}

static void switch_context(void);

PROBED int outer(int n)
{
	OPAQUE(n);
	switch_context();
	OPAQUE(n);
	return n;
}

PROBED int split(void)
{
	pid_t child = fork();

	OPAQUE(child);
	return child;
}

PROBED int again(int n)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", n - 1);
	if (n > 1)
		execl(self, self, "exec", number, NULL);
	OPAQUE(n);
	return n;
}

static void handle(int signal)
{
	(void)signal;
	work(0);
}

static void handle_and_leave(int signal)
{
	handle(signal);
	siglongjmp(out, 1);
}

static void raise_here(void)
{
	raise(SIGUSR1);
}

static void interrupted(int n, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	stack_t other_stack = {.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};

	inside = raise_here;
	sigaltstack(&other_stack, NULL);
	for (volatile int i = 0; i < n; i++) {
		action.sa_flags = i & 1 ? SA_ONSTACK : 0;
		sigaction(SIGUSR1, &action, NULL);
		if (!sigsetjmp(out, 1))
			work(1);
	}
}

static ucontext_t here, there;

static void coroutine(void)
{
	inside = NULL;
	work(1);
}

static void switch_context(void)
{
	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = sizeof(stack);
	there.uc_link = &here;
	makecontext(&there, coroutine, 0);
	swapcontext(&here, &there);
}

static void end_thread(void)
{
	syscall(SYS_exit, 0);
}

static void end_process(void)
{
	raise(SIGKILL);
}

static void read_to_end(void)
{
	char byte;

	while (read(0, &byte, 1) > 0)
		;
}

static void *call_work(void *arg)
{
	work(1);
	return arg;
}

static void *sleep_often(void *arg)
{
	for (int i = 0; i < 10; i++)
		syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = 1000000}, NULL);
	return arg;
}

/* With a stack of its own each, which is used again by the next. */
static void in_threads(int n, int at_once, void *(*what)(void *))
{
	pthread_t thread[200];

	for (int i = 0; i < n; i += at_once) {
		int count = n - i < at_once ? n - i : at_once;

		for (int t = 0; t < count; t++)
			if (pthread_create(&thread[t], NULL, what, NULL))
				exit(1);
		for (int t = 0; t < count; t++)
			pthread_join(thread[t], NULL);
	}
}

static void forks(int n)
{
	for (int i = 0; i < n; i++) {
		int child = split();

		if (!child)
			_exit(0);
		waitpid(child, NULL, 0);
	}
}

static void vforks(int n)
{
	for (volatile int i = 0; i < n; i++) {
		inside = end_thread;
		if (!vfork())
			work(1);
		inside = NULL;
		work(1);
	}
}

static void restarts(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t child = fork();

		if (!child) {
			raise(SIGSTOP);
			syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = 300000000}, NULL);
			_exit(0);
		}
		waitpid(child, NULL, WUNTRACED);
		kill(child, SIGCONT);
		nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
		kill(child, SIGSTOP);
		waitpid(child, NULL, WUNTRACED);
		kill(child, SIGCONT);
		waitpid(child, NULL, 0);
	}
}

static void jumps(int n, int (*function)(int))
{
	for (volatile int i = 0; i < n; i++)
		if (!setjmp(back))
			function(1);
}

static int run(const char *what, int n)
{
	int sum = 0;

	if (!strcmp(what, "recurse"))
		sum = down(n);
	else if (!strcmp(what, "jump"))
		jumps(n, leave);
	else if (!strcmp(what, "twins"))
		jumps(n / 2, twin);
	else if (!strcmp(what, "signal"))
		interrupted(n, handle);
	else if (!strcmp(what, "escape"))
		interrupted(n, handle_and_leave);
	else if (!strcmp(what, "fork"))
		forks(n);
	else if (!strcmp(what, "exec"))
		sum = again(n);
	else if (!strcmp(what, "vfork"))
		vforks(n);
	else if (!strcmp(what, "restart"))
		restarts(n);
	else if (!strcmp(what, "threads"))
		inside = end_thread, in_threads(n, 10, call_work);
	else if (!strcmp(what, "wait"))
		inside = read_to_end, in_threads(n, n, call_work);
	else if (!strcmp(what, "sleep"))
		in_threads(n, n, sleep_often);
	else if (!strcmp(what, "die"))
		inside = end_process, work(1);
	for (int i = 0; i < n && !strcmp(what, "climb"); i++)
		sum += climb(3, 3);
	for (int i = 0; i < n && !strcmp(what, "tail"); i++)
		sum += first(i);
	for (int i = 0; i < n && !strcmp(what, "coroutine"); i++)
		sum += outer(i);
	for (int i = 0; i < n / 2 && !strcmp(what, "twins"); i++)
		sum += twin(0);
	for (int i = 0; i < 1000 && !strcmp(what, "recurse"); i++)
		sum += down(1);
	for (int i = 0; i < 1000 && (!strcmp(what, "recurse") || !strcmp(what, "jump")); i++)
		sum += other(i);
	for (int i = 0; i < 1000 && !strcmp(what, "jump"); i++)
		sum += leave(0);
	return sum;
}

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : 0;

	self = argv[0];
	if (n < 1 || n > 200)
		return 2;
	return run(argv[1], n) == -7;
}
