// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* watch.c - see verify/core/watch.h. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>

#include "host/clock.h"
#include "verify/core/watch.h"

/* Without verify_alive() for so long, a check hangs. */
#define PATIENCE_S 20

static sigjmp_buf give_up;
static enum verify_kind gave_up_for;
static char gave_up_because[128];
static volatile sig_atomic_t silent_s;
static void (*where)(struct verify_failure *f);
static uint64_t end_ns, part_end_ns;

void verify_alive(void)
{
	silent_s = 0;
}

void verify_alive_by(lk_u64 done)
{
	static lk_u64 before;

	if (done != before)
		verify_alive();
	before = done;
}

bool verify_has_time(struct verify_verdict *v, const char *what)
{
	if (!end_ns || clock_now_ns() <= end_ns)
		return true;
	verify_skip(v, "--seconds was not enough for %s", what);
	return false;
}

void verify_part(const struct verify_options *options, double seconds, unsigned int parts)
{
	seconds = (options->seconds > 0 ? options->seconds : seconds) / parts;
	part_end_ns = clock_now_ns() + (uint64_t)(seconds * 1e9);
}

bool verify_part_is_over(void)
{
	return clock_now_ns() >= part_end_ns;
}

void verify_where(void (*tell)(struct verify_failure *f))
{
	where = tell;
}

void verify_give_up(enum verify_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(gave_up_because, sizeof(gave_up_because), format, args);
	va_end(args);
	gave_up_for = kind;
	siglongjmp(give_up, 1);
}

/* What is left here is not gone back to: the process ends after this check. */
static void on_signal(int signal)
{
	if (signal != SIGALRM)
		verify_give_up(VERIFY_CRASH, "an operation was ended by signal %d (%s)", signal,
			       signal == SIGSEGV ? "SIGSEGV" : "see signal(7)");
	if (++silent_s >= PATIENCE_S)
		verify_give_up(VERIFY_HANG, "no operation ended for %d s", PATIENCE_S);
}

static void catch_signals(void)
{
	static const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
	const struct itimerval tick = {{1, 0}, {1, 0}};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
}

static void mask_alarm(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(how, &set, NULL);
}

void verify_threads(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		signal(fatal[i], SIG_DFL);
	mask_alarm(SIG_BLOCK);
}

void verify_watch(void)
{
	mask_alarm(SIG_UNBLOCK);
}

pthread_t verify_thread(void *(*work)(void *arg), void *arg)
{
	pthread_t thread;

	verify_threads();
	if (pthread_create(&thread, NULL, work, arg))
		verify_give_up(VERIFY_IDLE, "no threads");
	verify_watch();
	return thread;
}

static void failed_by_itself(struct verify_verdict *v)
{
	struct verify_failure f = {0};

	if (where)
		where(&f);
	verify_fail(v, gave_up_for, &f, "%s", gave_up_because);
}

/* A check that neither failed nor was skipped must have done some of its work. */
static void require_work(struct verify_verdict *v)
{
	if (!v->kinds && v->outcome != VERIFY_SKIP && !verify_counted(v, v->check->work))
		verify_fail(v, VERIFY_IDLE, NULL, "did nothing: 0 %s", v->check->work);
}

void verify_check_here(const struct verify_options *options, struct verify_verdict *v)
{
	uint64_t start = clock_now_ns();

	if (options->seconds > 0)
		end_ns = start + (uint64_t)(options->seconds * 1e9);
	for (const char *const *item = v->check->items; *item; item++)
		verify_count(v, *item, 0);
	catch_signals();
	if (sigsetjmp(give_up, 1) == 0)
		v->check->run(options, v);
	else
		failed_by_itself(v);
	if (!options->replay)
		require_work(v);
	v->seconds = (double)(clock_now_ns() - start) / 1e9;
	verify_settle(v);
}
