// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* shrink.c - the checks held and freed: the next object is deleted while the lock is dropped. */
#include <string.h>

#include "verify/registry/result.h"
#include "verify/registry/set.h"

#define OBJECTS 200

/* What the thread that shrinks has done to it when it has dropped its lock. */
static struct {
	const struct verify_registry_ops *ops;
	lk_u64 next; /* the object that is next */
	bool freed; /* wait until it is */
	int err;
} meanwhile;

static void delete_the_next(void *r)
{
	verify_registry_dropped = NULL;
	meanwhile.err = meanwhile.ops->erase(r, meanwhile.next);
	if (meanwhile.freed)
		meanwhile.ops->settle(r);
}

static void shrink_meanwhile(struct verify_verdict *v, bool hold)
{
	struct registry_result result;
	const struct verify_registry_ops *ops;
	void *r, *o = NULL;

	if (!registry_begin(&result, v))
		return;
	ops = result.ops;
	r = result.r;
	for (lk_u64 id = 0; id < OBJECTS; id++)
		ops->insert(r, id);
	meanwhile.ops = ops;
	meanwhile.next = ops->batch;
	meanwhile.freed = !hold;
	if (hold)
		o = ops->lookup(r, meanwhile.next);
	verify_registry_dropped = delete_the_next;
	result.operations = ops->shrink(r, 0, OBJECTS / 2);
	verify_registry_dropped = NULL;
	if (meanwhile.err)
		verify_fail(v, VERIFY_WRONG, NULL, "the object could not be deleted: %s",
			    strerror(-meanwhile.err));
	if (hold && !ops->whole(o, meanwhile.next))
		verify_fail(v, VERIFY_FREED, NULL, "the object that is held was freed");
	if (ops->lookup(r, meanwhile.next))
		verify_fail(v, VERIFY_WRONG, NULL, "the deleted object is found");
	if (o)
		ops->put(r, o);
	registry_end(&result);
}

static void run_held(const struct verify_options *options, struct verify_verdict *v)
{
	(void)options;
	shrink_meanwhile(v, true);
}

static void run_freed(const struct verify_options *options, struct verify_verdict *v)
{
	(void)options;
	shrink_meanwhile(v, false);
}

const struct verify_check verify_registry_held = {
	"held",	      "the shrinker's next object is deleted while its lock is dropped, and held",
	"operations", registry_expects,
	run_held,     {NULL}};

const struct verify_check verify_registry_freed = {
	"freed", "the same, and freed", "operations", registry_expects, run_freed, {NULL}};
