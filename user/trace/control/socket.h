/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * socket.h - the socket of a running trace, for latchkit ctl. A request is a line of at most
 * CONTROL_LINE bytes, the answer to each is one line of JSON. Only the trace's own user and root
 * are answered. Nothing here waits for a client: one that sends a longer line, does not read its
 * answers or, when others need its place, has been silent longest, is disconnected.
 */
#ifndef LATCHKIT_USER_TRACE_CONTROL_SOCKET_H
#define LATCHKIT_USER_TRACE_CONTROL_SOCKET_H

#include <stddef.h>

#define CONTROL_LINE 255

struct control;

/*
 * Do what a request of at most CONTROL_LINE bytes says, without its newline. Returns the answer: a
 * line with its newline, freed by the caller; NULL: no memory.
 */
typedef char *(*control_answer_fn)(void *arg, const char *line, size_t length);

/* Listen, and have requests answered by `answer`. Returns NULL: the error has been printed. */
struct control *control__new(control_answer_fn answer, void *arg);
/* Disconnect all and remove the socket. NULL is allowed. */
void control__free(struct control *control);
/* A descriptor that is readable when there is something to serve. */
int control_fd(const struct control *control);
/* Answer what can be answered without waiting, a bounded number of requests. */
void control_serve(struct control *control);
/* The answer to what cannot be done; `why` in plain ASCII. free(); NULL: no memory. */
char *control_refusal(const char *why);

#endif /* LATCHKIT_USER_TRACE_CONTROL_SOCKET_H */
