// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* design.c - see verify/dispatch/design.h. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/dispatch/design.h"

const char *design_operation_name(enum design_operation operation)
{
	static const char *const names[] = {
		[DESIGN_HANDLE] = "handle",
		[DESIGN_REGISTER] = "register",
		[DESIGN_REPLACE] = "replace",
		[DESIGN_UNREGISTER] = "unregister",
		[DESIGN_REPLACE_ASYNC] = "replace_async",
		[DESIGN_UNREGISTER_ASYNC] = "unregister_async",
	};

	return names[operation];
}

enum design_operation design_operation(const struct design *d, char letter)
{
	switch (letter) {
	case 'P':
		return d->calls[DESIGN_REPLACE_ASYNC] ? DESIGN_REPLACE_ASYNC : DESIGN_REPLACE;
	case 'T':
		return d->calls[DESIGN_UNREGISTER_ASYNC] ? DESIGN_UNREGISTER_ASYNC
							 : DESIGN_UNREGISTER;
	case 'I':
		return d->is_table ? DESIGN_REGISTER : design_operation(d, 'P');
	case 'X':
		return DESIGN_REPLACE;
	case 'S':
		return DESIGN_UNREGISTER;
	default:
		return DESIGN_HANDLE;
	}
}

int design_put_in(const struct design *d, enum design_operation operation,
		  struct design_place *place, unsigned int slot, struct registration *in)
{
	struct design_request r = {place, slot, in, NULL, NULL};
	int err;

	registration_offer(in);
	err = d->calls[operation](&r);
	if (err)
		registration_refused(in);
	if (r.out)
		registration_give_back(r.out);
	return err;
}

int design_put(const struct design *d, enum design_operation operation, struct design_place *place,
	       unsigned int slot, struct registrations *pool)
{
	struct registration *in = registration_take(pool);

	return in ? design_put_in(d, operation, place, slot, in) : -ENOMEM;
}

int design_take(const struct design *d, enum design_operation operation, struct design_place *place,
		unsigned int slot)
{
	struct design_request r = {place, slot, NULL, NULL, NULL};
	int err = d->calls[operation](&r);

	if (r.out)
		registration_give_back(r.out);
	return err;
}

int design_handle(const struct design *d, struct design_place *place, unsigned int slot,
		  struct registration_event *event)
{
	struct design_request r = {place, slot, NULL, NULL, event};

	return d->calls[DESIGN_HANDLE](&r);
}

void design_empty(const struct design *d, struct design_place *place)
{
	for (unsigned int i = 0; i < DESIGN_SLOTS; i++)
		design_take(d, DESIGN_UNREGISTER, place, i);
	d->barrier();
}

/* The design's own function that begins at `address` or nearest before it. */
static const char *function_at(const struct design *d, lk_u64 address, lk_u64 *begin)
{
	const char *name = "?";

	*begin = 0;
	for (int i = 0; i < DESIGN_OPERATIONS; i++) {
		lk_u64 start = (uintptr_t)d->calls[i];

		if (start && start <= address && start > *begin) {
			*begin = start;
			name = d->names[i];
		}
	}
	return name;
}

bool design_has(const struct design *d, lk_u64 address)
{
	return address >= (uintptr_t)d->begin && address < (uintptr_t)d->end;
}

void design_site(const struct design *d, lk_u64 address, char *site, size_t size)
{
	const unsigned char *at = (const unsigned char *)(uintptr_t)address;
	lk_u64 begin = 0;
	const char *name = NULL;
	Dl_info info;

	if (design_has(d, address)) {
		name = function_at(d, address, &begin);
	} else if (dladdr(at, &info)) {
		/* A static function has no name there: then from the beginning of its file. */
		name = info.dli_sname ? info.dli_sname : basename(info.dli_fname);
		begin = (uintptr_t)(info.dli_sname ? info.dli_saddr : info.dli_fbase);
	} else {
		snprintf(site, size, "outside");
		return;
	}
	verify_site_text(site, size, name, address - begin, at, at + 8);
}

struct trapped {
	design_call_fn *call;
	struct design_request *request;
};

static int call_it(void *arg)
{
	const struct trapped *t = arg;

	return t->call(t->request);
}

int design_trapped(struct trap *trap, design_call_fn *call, struct design_request *r)
{
	struct trapped t = {call, r};

	return trap_run(trap, (uintptr_t)call, call_it, &t);
}

/* -- threads ---------------------------------------------------------------------------------- */

static void *run_between(void *arg)
{
	struct design_thread *t = arg;

	t->design->enter();
	t->run(t->arg);
	t->design->leave();
	return NULL;
}

void design_thread(struct design_thread *t, const struct design *d, void (*run)(void *arg),
		   void *arg)
{
	*t = (struct design_thread){.design = d, .run = run, .arg = arg};
	t->id = verify_thread(run_between, t);
}

void design_do(const struct design *d, void (*run)(void *arg), void *arg)
{
	struct design_thread t;

	design_thread(&t, d, run, arg);
	pthread_join(t.id, NULL);
}
