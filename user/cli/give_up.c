// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* give_up.c - see cli/give_up.h */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/give_up.h"

/* Only what a signal handler may call. EPERM: a filter of system calls (seccomp). */
static void on_abort(int number)
{
	static const char no_memory[] = "latchkit: out of memory: a library cannot go on\n";
	static const char no_thread[] = "latchkit: no more threads (ulimit -u, pids.max): a "
					"library cannot go on\n";
	bool memory = errno == ENOMEM;
	ssize_t written;

	if (!memory && errno != EAGAIN && errno != EPERM) {
		signal(number, SIG_DFL); /* abort(3) raises it again when this returns */
		return;
	}
	written = memory ? write(STDERR_FILENO, no_memory, sizeof(no_memory) - 1)
			 : write(STDERR_FILENO, no_thread, sizeof(no_thread) - 1);
	(void)written; /* there is nobody else to tell */
	_exit(EXIT_FAILED);
}

void give_up_explain(void)
{
	const struct sigaction action = {.sa_handler = on_abort};

	sigaction(SIGABRT, &action, NULL);
}
