/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* command.h - the command that a trace is for: started stopped, released when all is attached. */
#ifndef LATCHKIT_USER_TRACE_COMMAND_H
#define LATCHKIT_USER_TRACE_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct command {
	pid_t pid; /* 0: none */
	const char *name;
	int go; /* write end of the pipe that the child waits on, -1: released */
	int result; /* read end of the pipe that tells whether exec worked */
	int status; /* of waitpid, once it has ended */
	bool ended;
};

/*
 * Fork a child that waits, runs `adopt_fd` (a BPF program that makes the trace follow it) and
 * then executes argv. It dies with this process. Returns 0, or EXIT_FAILED: said.
 */
int command_start(struct command *command, char *const argv[], int adopt_fd);
/* Let it run. Returns 0, or EXIT_FAILED when it cannot be executed: said. */
int command_release(struct command *command);
/* Has it ended? Does not wait. */
bool command_poll(struct command *command);
/* End it if it still runs, and wait for it. */
void command_stop(struct command *command);
/* Split a command line into words as a shell does, without running commands. free() each word and
 * the array. Returns NULL when it is malformed or empty. */
char **command_split(const char *line);

#endif /* LATCHKIT_USER_TRACE_COMMAND_H */
