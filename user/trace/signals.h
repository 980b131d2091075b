/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* signals.h - signals that end a trace, or stop it on a terminal. */
#ifndef LATCHKIT_USER_TRACE_SIGNALS_H
#define LATCHKIT_USER_TRACE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/*
 * Catch those that end a trace, and block them; *while_waiting is the mask that lets them through.
 * Those that are ignored, as nohup and the shell's & have it, stay so, here and in the command.
 */
void signals_catch(sigset_t *while_waiting);
/* Not 0 once one has come. */
extern volatile sig_atomic_t signals_stop;
/* Catch SIGTSTP from now on. */
void signals_catch_suspend(void);
/* Has it come since the last call? */
bool signals_suspended(void);

#endif /* LATCHKIT_USER_TRACE_SIGNALS_H */
