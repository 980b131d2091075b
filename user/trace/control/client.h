/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* client.h - the other end of trace/control/socket.h: find running traces and ask them. */
#ifndef LATCHKIT_USER_TRACE_CONTROL_CLIENT_H
#define LATCHKIT_USER_TRACE_CONTROL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bpf/trace/shared.h"

/* Bytes of the longest answer that is accepted. */
#define CTL_ANSWER 4096

struct ctl_client {
	int fd;
	pid_t pid;
	bool gone; /* the trace has ended since it was listed */
	char line[CTL_ANSWER];
	size_t length;
};

/* An answer, parsed. Other processes wrote it: in strings, what is not printable ASCII is "?". */
struct ctl_answer {
	bool ok;
	char *text; /* the line */
	char error[256], handler[16], before[16], first_probe[256];
	unsigned long long swaps, probes, of, handled[HANDLERS];
	double duration_s;
};

struct ctl_trace_list {
	pid_t *pid; /* free() */
	size_t count;
};

/*
 * The pids that have a socket in the directories of this user. Returns 0, or EXIT_FAILED: prints
 * why not all could be found. free(list->pid) is due in both cases.
 */
int ctl_list(struct ctl_trace_list *list);
/*
 * Connect to the trace of that pid. Returns 0, or EXIT_FAILED: prints a diagnostic, and sets
 * client->gone if there is no such trace any more.
 */
int ctl_connect(struct ctl_client *client, pid_t pid);
void ctl_disconnect(struct ctl_client *client);
/*
 * Send a request and wait for its answer, at most 10 s. Returns 0, or EXIT_FAILED: prints a
 * diagnostic. A refusal is an answer, too: answer->ok is false.
 */
int ctl_ask(struct ctl_client *client, const char *request, struct ctl_answer *answer);
void ctl_answer_free(struct ctl_answer *answer);

#endif /* LATCHKIT_USER_TRACE_CONTROL_CLIENT_H */
