/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry.h - reference-counted objects, looked up by id under RCU, without a lock.
 *
 * Compile with _GNU_SOURCE, and define REGISTRY_RCU (below) before including this header.
 *
 *   registry         hardened: what to use
 *     registry/object.h   an object, its references         registry/cache.h    its memory
 *     registry/table.h    create, insert, look up, delete   registry/end.h      shutdown
 *     registry/hash.h     the hash table                    registry/resize.h   its size
 *     registry/reclaim.h  the shrinker                      registry/count.h    statistics
 *     registry/fork.h     child processes
 *   registry_posted  as it was posted, to be measured and judged: registry/posted.h
 *
 * An object is a header, struct registry_object, with the program's payload behind it. Its life:
 *
 *   registry_new()      allocated, with one reference, the caller's; not published
 *   registry_insert()   published: found by its id; that reference is the registry's now
 *   registry_lookup()   found, with one more reference, the caller's, to be put by registry_put()
 *   registry_delete()   unpublished. Unlinking succeeds for exactly one of those who try, deleters
 *     _shrink()         and shrinkers alike; that one puts the registry's reference
 *   the last put        after a grace period (call_rcu) the object is freed to the cache, and its
 *                       memory, sooner or later, to the system
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
 *   reclaimed = registry_shrink(r, age_ns, scan);                  how many, of `scan` at most
 *
 *   held = registry_destroy(r, REGISTRY_WAIT);                     how many were still in use
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
 * Before including this header, define the flavour of RCU, as for dispatch.h: REGISTRY_RCU, memb or
 * qsbr (link with -lurcu-memb or -lurcu-qsbr); and, for another reference count than refcount,
 * REGISTRY_REF, refcount or rcuref. Every translation unit that uses one registry uses the same.
 * Where the program's licence allows liburcu's read side to be inlined, define _LGPL_SOURCE as
 * well: otherwise memb's read_lock() is a call, and a lookup that misses the caches took 1.3 times
 * as long.
 *
 * Threads: each that calls any of this is registered with the flavour. Callbacks of
 * struct registry_config: liburcu's call_rcu() thread calls release(); keep() is called under the
 * mutex, and may only look at the object. Functions that wait, registry_settle() and
 * registry_destroy(), must not be called within a read-side critical section, nor by release().
 * Fork: create registries after it, also in a daemon, or call registry_before_fork() and the like
 * around it (registry/fork.h). In a child for which this was not done lookups, gets and puts go on,
 * but nothing is freed: new returns NULL, insert, delete, remove, touch and settle return -ECHILD,
 * shrink 0, destroy at once REGISTRY_ORPHANED. A child that only calls an exec function or _exit()
 * is no concern.
 * Ordering: stores before registry_insert() are visible to whoever finds the object; accesses to it
 * before a put are complete before release() is called.
 * Ids: any 64-bit number, 0 and the largest too. Others may choose them: which chain an id belongs
 * to depends on a random seed of each registry (registry/hash.h).
 *
 * Misuse is counted, not obeyed (registry_counts_of(), registry_warnings_of()): a put without a
 * get, if the object is still linked, is undone when the count reaches 0; otherwise the count
 * saturates, and the object leaks rather than being used after it was freed. Out of memory:
 * registry_create() and registry_new() return it, all others need none. A table that finds none to
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
