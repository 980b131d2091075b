// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scarcity.c - see host/scarcity.h */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "cli/diag.h"
#include "host/scarcity.h"

bool scarcity_is(int err)
{
	switch (err < 0 ? -err : err) {
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EAGAIN:
	case EINTR:
	case EIO:
		return true;
	default:
		return false;
	}
}

static void *do_nothing(void *arg)
{
	return arg;
}

int scarcity_of_threads(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, do_nothing, NULL);

	if (!err)
		pthread_join(thread, NULL);
	return err;
}

/* Only what a signal handler may call. */
static void on_abort(int number)
{
	static const char no_memory[] = "latchkit: out of memory: liburcu cannot go on\n";
	static const char no_thread[] = "latchkit: no more threads (ulimit -u, pids.max): liburcu "
					"cannot go on\n";
	bool memory = errno == ENOMEM;

	ssize_t written;

	if (!memory && errno != EAGAIN) {
		signal(number, SIG_DFL); /* abort(3) raises it again when this returns */
		return;
	}
	written = memory ? write(STDERR_FILENO, no_memory, sizeof(no_memory) - 1)
			 : write(STDERR_FILENO, no_thread, sizeof(no_thread) - 1);
	(void)written; /* there is nobody else to tell */
	_exit(EXIT_FAILED);
}

void scarcity_explain_abort(void)
{
	const struct sigaction action = {.sa_handler = on_abort};

	sigaction(SIGABRT, &action, NULL);
}
