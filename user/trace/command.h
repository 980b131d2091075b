/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* command.h - the command that a trace runs: forked before probes are attached, executed after. */
#ifndef LATCHKIT_USER_TRACE_COMMAND_H
#define LATCHKIT_USER_TRACE_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct command {
	pid_t pid; /* 0: none */
	const char *name;
	int go; /* write end of the pipe that the child waits on, -1: released */
	int result; /* read end of the pipe that tells whether exec worked */
	int status; /* of waitpid(2), once it has ended */
	bool ended;
};

/*
 * Fork a child that waits for command_release(), then runs `adopt_fd`, a BPF program that makes the
 * trace follow the child (negative: none), and then executes argv. The kernel kills it when this
 * process ends. Returns 0, or EXIT_FAILED: prints a diagnostic.
 */
int command_start(struct command *command, char *const argv[], int adopt_fd);
/* Let the child execute the command. Returns 0, or EXIT_FAILED: prints a diagnostic. */
int command_release(struct command *command);
/* Reap the child; if it still runs, send SIGTERM first and SIGKILL two seconds later. */
void command_stop(struct command *command);
/*
 * What a shell's $? would be after the command, which has ended and was reaped by command_stop():
 * its status, or 128 and the number of the signal that killed it, which is also printed.
 */
int command_exit_code(const struct command *command);
/*
 * Split a command line into words as a shell does, without command substitution. free() each word
 * and the array. Returns NULL when the line is malformed or empty.
 */
char **command_split(const char *line);

#endif /* LATCHKIT_USER_TRACE_COMMAND_H */
