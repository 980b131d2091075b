// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* watch.c - see verify/core/watch.h. */
#include <pthread.h>
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
static uint64_t end_ns;

void verify_alive(void)
{
	silent_s = 0;
}

bool verify_time_is_up(void)
{
	return end_ns && clock_now_ns() > end_ns;
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

static void failed_by_itself(struct verify_verdict *v)
{
	struct verify_failure f = {0};

	if (where)
		where(&f);
	snprintf(f.read, sizeof(f.read), "%s", gave_up_because);
	verify_fail(v, gave_up_for, &f);
}

/* A check that neither failed nor was skipped must have done some of its work. */
static void require_work(struct verify_verdict *v)
{
	struct verify_failure f = {0};

	if (v->kinds || v->outcome == VERIFY_SKIP || verify_counted(v, v->check->work))
		return;
	snprintf(f.read, sizeof(f.read), "did nothing: 0 %s", v->check->work);
	verify_fail(v, VERIFY_IDLE, &f);
}

void verify_check_here(const struct verify_options *options, struct verify_verdict *v)
{
	uint64_t start = clock_now_ns();

	if (options->seconds > 0)
		end_ns = start + (uint64_t)(options->seconds * 1e9);
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
