/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * socket.h - the socket of a running trace, for latchkit ctl. A request is a line of at most
 * CONTROL_LINE bytes, `status` or `set-handler NAME`; the answer to each is one line of JSON. Only
 * the trace's own user and root are answered. Nothing here ever waits for a client: one that talks
 * nonsense, does not read its answers or falls silent loses its connection, not more.
 */
#ifndef LATCHKIT_USER_TRACE_CONTROL_SOCKET_H
#define LATCHKIT_USER_TRACE_CONTROL_SOCKET_H

#define CONTROL_LINE 255

struct control;
struct trace;

/* Listen. Returns NULL on failure: said. */
struct control *control__new(struct trace *trace);
/* Remove the socket. NULL is fine. */
void control__free(struct control *control);
/* A descriptor that is readable when there is something to serve. */
int control_fd(const struct control *control);
/* Answer what can be answered without waiting, a bounded number of requests. */
void control_serve(struct control *control);

#endif /* LATCHKIT_USER_TRACE_CONTROL_SOCKET_H */
