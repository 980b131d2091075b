// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trials.c - see bench/dispatch/trials.h. */
#define _LGPL_SOURCE
#define DISPATCH_RCU memb
#include <latchkit/dispatch.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/core/slice.h"
#include "bench/dispatch/trials.h"
#include "host/clock.h"
#include "host/cpus.h"

#define CONTENTION_MS 200
#define ABA_MS 500

/* -- registering against others --------------------------------------------------------------- */

static void *one_slot[1];
static struct dispatch_table_posted one_posted = {one_slot, 1};
static struct dispatch_table one_table = {one_slot, 1, DISPATCH_PACKED};

static void do_nothing(void *context, void *event)
{
	(void)context;
	(void)event;
}

static void bare_nothing(void *event)
{
	(void)event;
}

/* In functions of their own, for bench_code_of_function(). */
extern bool dispatch_one_register_posted(unsigned int index);
extern bool dispatch_one_register(unsigned int index, struct dispatch_handler *handler);

__attribute__((noinline)) bool dispatch_one_register_posted(unsigned int index)
{
	return dispatch_table_posted_register(&one_posted, index, bare_nothing);
}

__attribute__((noinline)) bool dispatch_one_register(unsigned int index,
						     struct dispatch_handler *handler)
{
	return dispatch_table_register(&one_table, index, handler) == 0;
}

struct contender {
	struct bench_worker worker;
	bool posted;
	struct bench_times times;
	lk_u64 refused;
};

static void contend(void *arg)
{
	struct dispatch_handler handler = {.call = do_nothing}, *old;
	struct contender *c = arg;

	do {
		uint64_t start = clock_now_ns();
		bool in = c->posted ? dispatch_one_register_posted(0)
				    : dispatch_one_register(0, &handler);

		bench_times_add(&c->times, clock_now_ns() - start);
		c->refused += !in;
		/* Nobody calls: no need to wait. */
		if (in && c->posted)
			dispatch_table_posted_unregister(&one_posted, 0);
		else if (in)
			dispatch_table_take(&one_table, 0, &old);
	} while (bench_slice_on(&c->worker));
}

int dispatch_try_contention(bool posted, unsigned int threads, struct dispatch_contention *found)
{
	static const struct bench_crew crew = {.work = contend};
	struct contender *c = calloc(threads, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	memset(found, 0, sizeof(*found));
	found->code = bench_code_of_function(posted ? "dispatch_one_register_posted"
						    : "dispatch_one_register");
	one_slot[0] = NULL;
	for (unsigned int i = 0; i < threads; i++) {
		c[i].posted = posted;
		c[i].worker.cpu = cpu_at(i, true);
	}
	err = bench_slice_run(&crew, c, sizeof(*c), threads, CONTENTION_MS);
	for (unsigned int i = 0; i < threads; i++) {
		bench_times_merge(&found->times, &c[i].times);
		found->refused += c[i].refused;
	}
	free(c);
	return err;
}

/* -- the same one again ------------------------------------------------------------------------ */

/* The number of the registration: odd only while it is in; it changes before it is taken out. */
static struct {
	lk_u64 number __attribute__((aligned(DISPATCH_LINE)));
	bool posted __attribute__((aligned(DISPATCH_LINE)));
	struct dispatch_handler handler;
	struct dispatch_aba found;
} aba;

static void note_number(void *event)
{
	for (volatile int i = 0; i < 20; i++)
		;
	*(lk_u64 *)event = order_load_acquire(&aba.number);
}

static void note_number_of(void *context, void *event)
{
	(void)context;
	note_number(event);
}

/* One call, as the tables do it, with a look at the number around each step. */
static void aba_call(void)
{
	lk_u64 before = order_load_acquire(&aba.number), after, ran = 0;
	void *loaded = order_ptr_load_acquire(&one_slot[0]), *again;

	after = order_load_acquire(&aba.number);
	if (!loaded || before != after || !(before & 1))
		return; /* of whose registration is not known */
	if (aba.posted)
		((dispatch_bare_fn *)loaded)(&ran);
	else
		((struct dispatch_handler *)loaded)->call(NULL, &ran);
	again = order_ptr_load_acquire(&one_slot[0]);
	aba.found.calls++;
	aba.found.moved += (ran | 1) != before && ran != before + 1;
	aba.found.unseen += (ran | 1) != before && ran != before + 1 && again == loaded;
}

/* Out and in again; what was given back is used again at once. */
static void aba_churn(void)
{
	struct dispatch_handler *old;

	order_store_release(&aba.number, aba.number + 1);
	if (aba.posted) {
		dispatch_table_posted_unregister(&one_posted, 0);
		dispatch_table_posted_register(&one_posted, 0, note_number);
	} else {
		dispatch_table_unregister(&one_table, 0, &old);
		dispatch_table_register(&one_table, 0, &aba.handler);
	}
	order_store_release(&aba.number, aba.number + 1);
	aba.found.registrations++;
	/* Reading it takes a while, in which the handler stays in: calls must find it. */
	clock_now_ns();
}

struct aba_worker {
	struct bench_worker worker;
	bool calls; /* the other one registers */
};

static void aba_work(void *arg)
{
	const struct aba_worker *w = arg;

	do {
		bool entered = w->calls && !aba.posted && dispatch_rcu_enter();

		(w->calls ? aba_call : aba_churn)();
		if (entered)
			dispatch_rcu_leave();
	} while (bench_slice_on(&w->worker));
}

static void aba_enter(void *worker)
{
	(void)worker;
	urcu_memb_register_thread();
}

static void aba_leave(void *worker)
{
	(void)worker;
	urcu_memb_unregister_thread();
}

int dispatch_try_aba(bool posted, struct dispatch_aba *found)
{
	static const struct bench_crew crew = {
		.enter = aba_enter, .leave = aba_leave, .work = aba_work};
	struct aba_worker workers[2] = {{{.cpu = cpu_at(0, true)}, true},
					{{.cpu = cpu_at(1, true)}, false}};
	int err;

	memset(&aba, 0, sizeof(aba));
	aba.posted = posted;
	aba.number = 1;
	aba.handler.call = note_number_of;
	one_slot[0] = posted ? (void *)note_number : (void *)&aba.handler;
	err = bench_slice_run(&crew, workers, sizeof(workers[0]), 2, ABA_MS);
	one_slot[0] = NULL;
	*found = aba.found;
	return err;
}

/* -- out of range ------------------------------------------------------------------------------ */

#define BOUNDS_SLOTS 8

static int posted_beyond(unsigned int what, void **slots, unsigned int index)
{
	struct dispatch_table_posted t = {slots, BOUNDS_SLOTS};

	switch (what) {
	case 0:
		return dispatch_table_posted_handle(&t, index, NULL);
	case 1:
		return dispatch_table_posted_register(&t, index, bare_nothing);
	default:
		return dispatch_table_posted_unregister(&t, index) != NULL;
	}
}

static int hardened_beyond(unsigned int what, void **slots, unsigned int index)
{
	static struct dispatch_handler handler = {.call = do_nothing};
	struct dispatch_table t = {slots, BOUNDS_SLOTS, DISPATCH_PACKED};
	struct dispatch_handler *old;

	switch (what) {
	case 0:
		return dispatch_table_handle(&t, index, NULL);
	case 1:
		return dispatch_table_register(&t, index, &handler);
	default:
		return dispatch_table_unregister(&t, index, &old);
	}
}

/* In a child: what it does to memory is its own affair. 0: it returned an error. */
static void try_beyond(bool posted, unsigned int what, void **slots, unsigned int index,
		       struct dispatch_bounds *found)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		int r;

		signal(SIGILL, SIG_DFL);
		signal(SIGTRAP, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		urcu_memb_register_thread();
		r = (posted ? posted_beyond : hardened_beyond)(what, slots, index);
		_exit(r != -ERANGE);
	}
	waitpid(child, &status, 0);
	found->tried++;
	if (WIFEXITED(status))
		found->errors += WEXITSTATUS(status) == 0;
	else if (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP)
		found->trapped++;
	else
		found->touched++;
}

int dispatch_try_bounds(bool posted, struct dispatch_bounds *found)
{
	static const unsigned int indexes[] = {BOUNDS_SLOTS, BOUNDS_SLOTS + 1, 1U << 20, 1U << 31,
					       ~0U};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void **slots = (void **)(memory + page) - BOUNDS_SLOTS;

	memset(found, 0, sizeof(*found));
	if (memory == MAP_FAILED || mprotect(memory + page, page, PROT_NONE))
		return -errno;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++)
		for (unsigned int what = 0; what < 3; what++)
			try_beyond(posted, what, slots, indexes[i], found);
	munmap(memory, 2 * page);
	return 0;
}
