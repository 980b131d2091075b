// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dispatch_uaf.c - a slot whose handlers' contexts are allocated and freed at each swap, while
 * another thread calls. To be run under AddressSanitizer, by check-use-after-free.sh or by hand.
 * Usage: dispatch_uaf posted|swap|swap_async|unregister SECONDS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <latchkit/dispatch.h>

#define RCU_NAME_(flavour, verb) urcu_##flavour##_##verb
#define RCU_NAME(flavour, verb) RCU_NAME_(flavour, verb)
#define RCU(verb) RCU_NAME(DISPATCH_RCU, verb)

struct context {
	struct dispatch_handler handler;
	lk_u64 words[64];
};

static struct dispatch_slot slot;
static struct dispatch_slot_posted posted;
static void *slots[1];
static struct dispatch_table table = {slots, 1, DISPATCH_PACKED};
static struct context *current; /* of the posted slot */
static lk_u64 stop, calls;
static lk_u64 swaps;

/* Use all of the context. */
static void use(void *context, void *event)
{
	const struct context *c = context;
	lk_u64 *sum = event;

	for (int i = 0; i < 64; i++)
		*sum += order_load_relaxed(&c->words[i]);
}

static struct context *context_new(void)
{
	struct context *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->handler = (struct dispatch_handler){.call = use, .context = c};
	return c;
}

static void free_handler(struct dispatch_handler *old)
{
	free(old ? old->context : NULL);
}

static void swap_posted(void)
{
	struct context *old = current;

	current = context_new();
	dispatch_slot_posted_set(&posted, use, current);
	free(old);
}

static void swap_slot(void)
{
	struct dispatch_handler *old;

	dispatch_slot_swap(&slot, &context_new()->handler, &old);
	free_handler(old);
}

static void swap_slot_async(void)
{
	dispatch_slot_swap_async(&slot, &context_new()->handler, free_handler);
	if (swaps % 1024 == 0)
		RCU(barrier)();
}

static void unregister(void)
{
	struct dispatch_handler *old;

	dispatch_table_unregister(&table, 0, &old);
	free_handler(old);
	dispatch_table_register(&table, 0, &context_new()->handler);
}

static void call_posted(lk_u64 *sum)
{
	dispatch_slot_posted_call(&posted, sum);
}

static void call_slot(lk_u64 *sum)
{
	dispatch_slot_call(&slot, sum);
}

static void call_table(lk_u64 *sum)
{
	dispatch_table_handle(&table, 0, sum);
}

static const struct way {
	const char *name;
	void (*swap)(void);
	void (*call)(lk_u64 *sum);
} ways[] = {
	{"posted", swap_posted, call_posted},
	{"swap", swap_slot, call_slot},
	{"swap_async", swap_slot_async, call_slot},
	{"unregister", unregister, call_table},
};

static void *caller(void *arg)
{
	const struct way *way = arg;
	lk_u64 sum = 0, count = 0;

	RCU(register_thread)();
	while (!order_load_acquire(&stop)) {
		for (int i = 0; i < 64; i++)
			way->call(&sum);
		count += 64;
		RCU(quiescent_state)();
	}
	RCU(unregister_thread)();
	order_fetch_add_acq_rel(&calls, count + (sum != 0));
	return NULL;
}

static int run(const struct way *way, int seconds)
{
	time_t end = time(NULL) + seconds;
	pthread_t thread;

	way->swap();
	if (pthread_create(&thread, NULL, caller, (void *)way))
		return 1;
	while (time(NULL) < end) {
		way->swap();
		swaps++;
		RCU(quiescent_state)();
	}
	order_store_release(&stop, 1);
	RCU(thread_offline)();
	pthread_join(thread, NULL);
	RCU(thread_online)();
	RCU(barrier)();
	printf("%s: %llu swaps under %llu calls\n", way->name, swaps, calls);
	free(current);
	free_handler(slot.current);
	free_handler(slots[0]);
	return 0;
}

int main(int argc, char **argv)
{
	int r = 2;

	RCU(register_thread)();
	for (size_t i = 0; argc == 3 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0)
			r = run(&ways[i], atoi(argv[2]));
	RCU(unregister_thread)();
	return r;
}
