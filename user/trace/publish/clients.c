// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* clients.c - see trace/publish/clients.h */
#include <stdlib.h>
#include <sys/socket.h>

#include "host/clock.h"
#include "trace/publish/clients.h"

static void cut(struct clients *all, struct client *c)
{
	if (c->cut)
		return;
	c->cut = true;
	all->count--;
	shutdown(c->fd, SHUT_RDWR);
}

static struct client *oldest_left(const struct clients *all)
{
	struct client *c = all->oldest;

	while (c && c->cut)
		c = c->newer;
	return c;
}

struct client *clients_add(struct clients *all, int fd)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = fd;
	c->since_ns = clock_now_ns();
	c->older = all->newest;
	*(all->newest ? &all->newest->newer : &all->oldest) = c;
	all->newest = c;
	if (++all->count > all->most)
		cut(all, oldest_left(all));
	return c;
}

void clients_remove(struct clients *all, struct client *c)
{
	all->count -= !c->cut;
	*(c->older ? &c->older->newer : &all->oldest) = c->newer;
	*(c->newer ? &c->newer->older : &all->newest) = c->older;
	free(c);
}

unsigned long long clients_expire(struct clients *all)
{
	unsigned long long now = clock_now_ns();
	struct client *c;

	while ((c = oldest_left(all)) && now - c->since_ns >= all->patience_ns)
		cut(all, c);
	return c ? c->since_ns + all->patience_ns : ~0ULL;
}

void clients_cut_oldest_answer(struct clients *all)
{
	unsigned long long oldest = ~0ULL;

	for (struct client *c = all->oldest; c; c = c->newer)
		if (!c->cut && c->answer && c->answer < oldest)
			oldest = c->answer;
	for (struct client *c = all->oldest; c; c = c->newer)
		if (c->answer == oldest)
			cut(all, c);
}
