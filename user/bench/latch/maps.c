// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * maps.c - the loops of peers in BPF: user space reads their maps by system call.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "bench/latch/bpf.h"

/* A spin lock, padded to a word, precedes the record. */
struct locked_record {
	lk_u64 lock;
	lk_u64 words[LATCH_MAX_WORDS];
};

static void judge(struct bench_thread *t, const lk_u64 *record)
{
	t->checked++;
	t->torn += bench_is_torn(record, t->bpf->shape.words, false);
}

static void lookup(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	int map = bpf_map__fd(t->bpf->map);
	lk_u64 record[LATCH_MAX_WORDS];
	__u32 zero = 0;

	(void)memory;
	for (lk_u64 i = 0; i < count; i++)
		t->gave_up += bpf_map_lookup_elem(map, &zero, record) != 0;
	t->done += count;
	judge(t, record);
}

static void lookup_locked(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	int map = bpf_map__fd(t->bpf->map);
	struct locked_record record;
	__u32 zero = 0;

	(void)memory;
	for (lk_u64 i = 0; i < count; i++)
		t->gave_up += bpf_map_lookup_elem_flags(map, &zero, &record, BPF_F_LOCK) != 0;
	t->done += count;
	judge(t, record.words);
}

/* The values of all CPUs at once; those that were ever written are judged. */
static void lookup_percpu(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	int cpus = libbpf_num_possible_cpus(), map = bpf_map__fd(t->bpf->map);
	unsigned int words = t->bpf->shape.words;
	lk_u64 *values = cpus > 0 ? calloc((size_t)cpus, words * sizeof(*values)) : NULL;
	__u32 zero = 0;

	(void)memory;
	for (lk_u64 i = 0; values && i < count; i++)
		t->gave_up += bpf_map_lookup_elem(map, &zero, values) != 0;
	t->done += count;
	for (int cpu = 0; values && cpu < cpus; cpu++)
		if (values[(unsigned int)cpu * words])
			judge(t, values + (unsigned int)cpu * words);
	free(values);
}

/* The newest record of a ring buffer; the consumer is made once, threads come and go. */
static __thread lk_u64 newest[LATCH_MAX_WORDS];

static int on_record(void *arg, void *data, size_t size)
{
	(void)arg;
	memcpy(newest, data, size < sizeof(newest) ? size : sizeof(newest));
	return 0;
}

/* Takes what there is, `count` times: a read is a record taken. */
static void consume(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	struct ring_buffer *ring = bench_bpf_ring(t->bpf, on_record, NULL);

	(void)memory;
	newest[0] = 0;
	for (lk_u64 i = 0; ring && i < count; i++) {
		int taken = ring_buffer__consume(ring);

		t->done += taken > 0 ? (lk_u64)taken : 0;
	}
	if (newest[0])
		judge(t, newest);
}

static size_t record_words(const struct bench_shape *shape)
{
	return shape->words;
}

#define MAP_LOOPS(name, loop) \
	static bench_loop_fn *reader_##name(const struct bench_shape *shape) \
	{ \
		(void)shape; \
		return loop; \
	} \
	const struct bench_loops bench_loops_##name = { \
		.memory_words = record_words, \
		.reader = reader_##name, \
	};

MAP_LOOPS(map_lookup, lookup)
MAP_LOOPS(map_update, lookup)
MAP_LOOPS(map_percpu, lookup_percpu)
MAP_LOOPS(map_spin_lock, lookup_locked)
/* No lookup takes this lock: a program copies the record, one run of it for each read. */
MAP_LOOPS(map_res_spin_lock, bench_bpf_read_singly)
MAP_LOOPS(map_ringbuf, consume)
