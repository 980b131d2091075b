// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * uses.cc - the public headers used from C++: a latch, a table of records by key, a slot of a
 * handler, the registry. Returns 0 if each does what it does in C.
 */
#include <cstring>
#include <urcu/urcu-memb.h>

#define LATCH_VARIANT bank
#include <latchkit/keyed.h>
#include <latchkit/record.h>
#include <latchkit/refcount.h>
#define DISPATCH_RCU memb
#include <latchkit/dispatch.h>
#define REGISTRY_RCU memb
#include <latchkit/registry.h>

static const unsigned int WORDS = latch_accumulate_words(1);

static void add(lk_u64 *record, const void *delta)
{
	latch_word_set(record, 0, latch_word_get(record, 0) + *(const lk_u64 *)delta);
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	into[0] += from[0];
}

static bool latches()
{
	alignas(64) static lk_u64 latch[latch_publish_words(5)];
	const lk_u64 record[5] = {1, 2, 3, 4, 5};
	lk_u64 copy[5];

	return latch_publish(latch, 5, record, 1) == 0 && latch_read(latch, 5, copy, 10) == 0 &&
	       memcmp(record, copy, sizeof(copy)) == 0;
}

static bool tables()
{
	alignas(64) static lk_u64 memory[2 * keyed_bucket_words(1, latch_accumulate_words(1))];
	const keyed_table table = {memory, 2, 1, WORDS, 0, 42};
	lk_u64 sum = 0, scratch, key = 7, found = 0;
	unsigned int at;

	for (lk_u64 by = 1; by <= 3; by++) {
		lk_u64 hash = keyed_hash(&key, 1, table.seed);
		int made;
		lk_u64 *latch = keyed_latch(
			keyed_bucket(&table, keyed_first(hash, table.buckets)),
			keyed_bucket(&table, keyed_second(hash, table.buckets)), &key, 1, WORDS,
			hash, &made);

		if (!latch || !made == (by == 1) || latch_accumulate(latch, 1, add, &by))
			return false;
	}
	at = keyed_next(&table, 0, &found);
	return at < keyed_places(&table) && found == 7 &&
	       latch_read_sum(keyed_latch_at(&table, at), 1, &sum, &scratch, 10, merge) >= 0 &&
	       sum == 6;
}

static void on_event(void *, void *event)
{
	++*static_cast<int *>(event);
}

static bool slots()
{
	static dispatch_slot slot;
	static dispatch_handler handler;
	dispatch_handler *old = nullptr;
	int events = 0;

	handler.call = on_event;
	return !dispatch_slot_call(&slot, &events) && !dispatch_slot_swap(&slot, &handler, &old) &&
	       !old && dispatch_slot_call(&slot, &events) && events == 1 &&
	       !dispatch_slot_swap(&slot, nullptr, &old) && old == &handler;
}

static bool registries()
{
	registry_config config = {};
	registry *r = nullptr;
	registry_object *o;

	config.payload_bytes = 16;
	if (registry_create(&r, &config))
		return false;
	o = registry_new(r, 42);
	if (!o || registry_insert(r, o))
		return false;
	o = registry_lookup(r, 42);
	if (!o)
		return false;
	registry_put(r, o);
	return registry_delete(r, 42) == 0 && !registry_lookup(r, 42) &&
	       registry_destroy(r, REGISTRY_WAIT) == 0;
}

int main()
{
	bool all;

	urcu_memb_register_thread();
	all = latches() && tables() && slots() && registries();
	urcu_memb_unregister_thread();
	return all ? 0 : 1;
}
