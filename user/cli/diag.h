/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * diag.h - messages to the user: thing, reason, next step, on standard error. What others chose in
 * them is escaped (cli/escape.h): a message is one line and moves no cursor.
 */
#ifndef LATCHKIT_USER_CLI_DIAG_H
#define LATCHKIT_USER_CLI_DIAG_H

/* Exit codes of every subcommand. */
#define EXIT_OK 0
#define EXIT_FAILED 1
#define EXIT_USAGE 2

/* Print "latchkit: " and the message and a newline. Returns EXIT_FAILED. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a mistake in the command line. Returns EXIT_USAGE. */
int fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Print "latchkit: " and the message: something the user should know, no failure. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * From diag_hold() on messages wait until diag_release() prints them: the terminal shows something
 * else meanwhile, and would lose them. One thread at a time.
 */
void diag_hold(void);
void diag_release(void);
/* Instead of diag_release(): what has waited is not printed. */
void diag_drop(void);
/* Print lines that belong to the last message, as they are: they wait where it waits. */
void diag_more(const char *lines);

#endif /* LATCHKIT_USER_CLI_DIAG_H */
