// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* signals.c - see trace/signals.h */
#include <stddef.h>

#include "trace/signals.h"

volatile sig_atomic_t signals_stop;
static volatile sig_atomic_t suspend_requested;

static void on_stop(int number)
{
	(void)number;
	signals_stop = 1;
}

static void on_suspend(int number)
{
	(void)number;
	suspend_requested = 1;
}

/* They interrupt only the waiting, where they are unblocked. */
void signals_catch(sigset_t *while_waiting)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = on_stop};
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction before;

		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
		sigaddset(&block, numbers[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* if it is ignored, nobody learns how the command ended */
	signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is an error, too */
	sigprocmask(SIG_BLOCK, &block, while_waiting);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigdelset(while_waiting, numbers[i]);
}

void signals_catch_suspend(void)
{
	sigaction(SIGTSTP, &(struct sigaction){.sa_handler = on_suspend}, NULL);
}

bool signals_suspended(void)
{
	bool was = suspend_requested;

	suspend_requested = 0;
	return was;
}
