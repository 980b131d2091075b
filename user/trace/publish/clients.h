/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * clients.h - who is connected, oldest first, and how long each may stay. A connection is ended by
 * shutting its socket down: who serves it finds that at once, and forgets it.
 */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_CLIENTS_H
#define LATCHKIT_USER_TRACE_PUBLISH_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

struct client {
	struct client *older, *newer;
	int fd;
	bool cut; /* it has been ended, and is about to be forgotten */
	unsigned long long since_ns; /* CLOCK_MONOTONIC */
	unsigned long long answer; /* the number of the rendering that it was sent; 0: none */
};

struct clients {
	struct client *oldest, *newest;
	size_t count; /* of those that are not cut */
	size_t most;
	unsigned long long patience_ns;
};

/* One more; if there are too many, the oldest is cut. NULL: no memory. */
struct client *clients_add(struct clients *clients, int fd);
/* It is gone. */
void clients_remove(struct clients *clients, struct client *client);
/* Cut those that stay for too long. Returns when the next one will have; ~0: there is none. */
unsigned long long clients_expire(struct clients *clients);
/* Cut all that have the oldest answer that anybody has. */
void clients_cut_oldest_answer(struct clients *clients);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_CLIENTS_H */
