/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry.h - objects that are found by an id, without a lock, and stay while somebody uses them.
 *
 *   registry         hardened: what to use
 *     registry/object.h      an object, its references            registry/cache.h    its memory
 *     registry/table.h       create, insert, look up, delete      registry/end.h      shutdown
 *     registry/hash.h        its chains      registry/resize.h    how many of them there are
 *     registry/reclaim.h        what is old is shed                  registry/count.h    statistics
 *   registry_posted  as it was published, to be measured and judged: registry/posted.h
 *
 * An object is a header, struct registry_object, with the program's payload behind it. Its life:
 *
 *   registry_new()      made, with one reference, the caller's; nobody else sees it
 *   registry_insert()   found by its id from now on; that reference is the registry's
 *   registry_lookup()   found, with one reference more, which registry_put() gives back
 *   registry_delete()   not found any more. Unlinking succeeds for exactly one of those who try, be
 *     _shrink()         they deleters or the shrinker; that one gives the registry's reference back
 *   the last put        ends it: when no reader can be looking at it any more (call_rcu), it goes
 *                       back to the cache, and its memory, sooner or later, to the system
 *
 *   struct registry_config config = {.payload_bytes = sizeof(struct process)};
 *   struct registry *r;
 *   struct registry_object *o;
 *
 *   err = registry_create(&r, &config);                            0 or -ENOMEM, -EINVAL
 *   o = registry_new(r, pid);                                      NULL: no memory
 *   fill(registry_payload(o));
 *   err = registry_insert(r, o);                                   0 or -EEXIST, -ESHUTDOWN:
 *   if (err) registry_put(r, o);                                     it is still the caller's
 *
 *   o = registry_lookup(r, pid);                                   NULL: there is none
 *   use(registry_payload(o));
 *   registry_put(r, o);
 *
 *   err = registry_delete(r, pid);                                 0 or -ENOENT
 *   shed = registry_shrink(r, age_ns, scan);                       how many, of `scan` at most
 *
 *   held = registry_destroy(r, REGISTRY_WAIT);                     how many were referred to
 *
 *   operation         with lookups   with each other          steps
 *   lookup, put       -              -                        a short walk of a hash chain; get as
 *                                                             the reference count's (refcount.h)
 *   walk              -              does not exclude         one for each object
 *   insert, delete    does not wait  one at a time, a mutex   a walk of the chain; the table grows
 *                                                             and shrinks by itself, in a thread of
 *                                                             liburcu, which takes the same mutex,
 *                                                             dropped every REGISTRY_MOVE chains
 *   shrink            does not wait  the same mutex, dropped  at most `scan` objects
 *                                    every REGISTRY_BATCH
 *
 * The flavour of RCU is chosen by the including program, before it includes this header, as for
 * dispatch.h: REGISTRY_RCU, memb or qsbr (link with -lurcu-memb or -lurcu-qsbr).
 * REGISTRY_REF is refcount or rcuref, if it is not to be refcount. Every translation unit that uses
 * one registry uses the same. Where the program's licence allows liburcu's inline functions, it
 * defines _LGPL_SOURCE first: otherwise memb's read_lock() is a call, and a lookup that misses the
 * caches took 1.3 times as long.
 *
 * Threads: each that calls any of this is registered with the flavour. Callbacks of
 * struct registry_config: release() is called by a thread of liburcu; keep() under the mutex: it
 * may look at the object only. Functions that wait, registry_settle() and registry_destroy(), must
 * not be called within a read-side critical section, nor by release().
 * Order: what was written before registry_insert() is visible to who finds the object; what anybody
 * did with it before putting it is visible to release().
 * Ids: any 64-bit number, 0 and the largest too.
 *
 * Mistakes are counted, not followed (registry_counts_of(), registry_warnings_of()): a put without
 * a get, if the object is still linked, is undone when the count reaches 0; otherwise the count
 * saturates, and the object's memory is lost rather than used after it was freed. Out of memory:
 * registry_create() and registry_new() say so, all others need none. A table that finds none to
 * grow stays as it is, and tries again after REGISTRY_PAUSE inserts and deletes.
 */
#ifndef LATCHKIT_REGISTRY_H
#define LATCHKIT_REGISTRY_H

#ifndef REGISTRY_RCU
#error "define REGISTRY_RCU to a flavour of liburcu before including registry.h: memb or qsbr"
#endif

#include "registry/rcu.h"
#include "registry/cache.h"
#include "registry/count.h"
#include "registry/object.h"
#include "registry/table.h"
#include "registry/reclaim.h"
#include "registry/end.h"
#include "registry/posted.h"

#endif /* LATCHKIT_REGISTRY_H */
