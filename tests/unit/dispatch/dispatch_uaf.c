// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dispatch_uaf.c - handlers' contexts are allocated and freed at each swap, while another thread
 * calls. To be run under AddressSanitizer, by check-use-after-free.sh or by hand.
 * Usage: dispatch_uaf WAY SECONDS (ways.c: posted, swap, swap_async, unregister ...)
 */
#include "dispatch_test.h"

struct words {
	struct dispatch_handler handler;
	lk_u64 words[64];
};

/* Use all of the context. */
static void use(void *context, void *event)
{
	const struct words *c = context;
	struct event *e = event;

	for (int i = 0; i < 64; i++)
		e->mixed += order_load_relaxed(&c->words[i]);
	e->calls++;
}

static struct dispatch_handler *handler_new(void)
{
	struct words *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->handler = (struct dispatch_handler){.call = use, .context = c};
	return &c->handler;
}

static void handler_free(struct dispatch_handler *old)
{
	free(old->context);
}

static int run(const struct way *way, int seconds)
{
	double end = now_s() + seconds;
	static struct subject s; /* what it holds at the end is not leaked */
	struct caller caller;
	unsigned long swaps = 0;

	subject_init(&s, handler_new());
	callers_start(&caller, 1, &s, way);
	for (; now_s() < end; swaps++) {
		way->swap(&s, handler_new(), handler_free);
		RCU(quiescent_state)();
	}
	callers_stop(&caller, 1);
	printf("%s: %lu swaps under %llu calls\n", way->name, swaps, caller.seen.calls);
	return 0;
}

int main(int argc, char **argv)
{
	int r = 2;

	RCU(register_thread)();
	for (int i = 0; argc == 3 && i < WAYS; i++)
		if (strcmp(ways[i].name, argv[1]) == 0)
			r = run(&ways[i], atoi(argv[2]));
	RCU(unregister_thread)();
	return r;
}
