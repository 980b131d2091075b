/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scratch.h - scratch memory that preemption and interrupts cannot share.
 *
 * For what does not fit the stack of a BPF program. Memory of the CPU is not one program's alone:
 * programs are preempted in the middle, by others and by themselves in another task, and softirqs,
 * hardirqs and NMIs run programs inside of them. Here each CPU has some buffers ("ways") of a size
 * that is fixed at compile time; a program claims the first free one and releases it.
 *
 *   #include <bpf/bpf_helpers.h>
 *   #include <latchkit/scratch.h>
 *
 *   SCRATCH_MAP(lines, 8192, 4);                      4 buffers of 8 KiB on each CPU
 *
 *       lk_u64 which;
 *       char *line = scratch_claim(lines, &which);
 *       if (!line)
 *               return 0;                             all four are taken: counted in the map
 *       ...
 *       scratch_release(line, which);
 *
 * Promise    A buffer has one owner at a time, who finds what owners before have left, whole. As
 *            long as no more than `ways` are between claim and release at once, none is refused.
 * Contexts   any, NMI included, preempted or not; no helper that sleeps. In BPF a program stays on
 *            its CPU; threads may migrate: what is claimed is released where it was claimed.
 * Cost       claim: a map lookup and one atomic operation for each way that is found taken, plus
 *            one of each; release: one store
 * Progress   wait-free: at most `ways` steps, whatever the others do
 * Memory     ways * (64 + bytes, rounded up to 8) for each CPU
 * Kernels    BPF: what has atomic compare-exchange, Linux 5.12
 *
 *   word SCRATCH_OWNER of a buffer
 *   0                   free
 *   a mark, not 0       taken: by whom claims with that mark; only he stores 0 again
 *
 * Programs run to their end: one cannot die, be killed or be detached between its claim and its
 * release. When it is replaced while it is preempted, the old one keeps its buffer until it ends,
 * and its map lives as long; a new one that uses the same map gets another buffer, and with a map
 * of its own has nothing to do with it. Two ways to leave do not pass the release: bpf_throw() and
 * a tail call. Release before them, or the buffer is lost until the map is.
 *
 * With SCRATCH_CHECK defined, each claim has a mark of its own, and a release of what is not held,
 * a second release and that of another CPU's buffer are refused and counted, also when somebody
 * else has claimed the buffer since. Without, the mark is the way alone, and such a release is as
 * wrong as with free().
 *
 * Source     first-fit claiming is the long-lived renaming by test-and-set of Moir and Anderson
 *            (1995), as in latch/bank.h, where it is told why nobody is refused too early.
 */
#ifndef LATCHKIT_SCRATCH_H
#define LATCHKIT_SCRATCH_H

#include "order.h"

#define SCRATCH_WAYS_MAX 32
#define SCRATCH_PLACES_MAX 65536
/* errno value: ways, sizes or places that cannot be, or a release of what is not held. */
#define SCRATCH_EINVAL 22

/* What is before the bytes of a buffer: a cache line. Proofs take less. */
#ifndef SCRATCH_HEAD_WORDS
#define SCRATCH_HEAD_WORDS 8
#endif
enum {
	SCRATCH_OWNER,
	SCRATCH_REFUSED, /* claims that found all ways taken: counted in the last way */
	SCRATCH_MISUSED, /* releases that were refused, with SCRATCH_CHECK */
	SCRATCH_TICKETS, /* claims so far, with SCRATCH_CHECK */
};

/* Words of a buffer and its head: a constant expression. */
#define scratch_words(bytes) (SCRATCH_HEAD_WORDS + ((bytes) + 7UL) / 8)

/* The way, from 0, of a claim that succeeded. */
static LK_INLINE unsigned int scratch_way(lk_u64 which)
{
	return (unsigned int)(which & 0xff) - 1;
}

/* What marks a buffer as taken by the claim that is under way. */
static LK_INLINE lk_u64 scratch_mark(lk_u64 *buffer, unsigned int place, unsigned int way)
{
#ifdef SCRATCH_CHECK
	/* Relaxed: tickets only have to differ. */
	lk_u64 ticket = order_fetch_add_relaxed(buffer + SCRATCH_TICKETS, 1);

	return ticket << 24 | (lk_u64)(place & 0xffff) << 8 | (way + 1);
#else
	(void)buffer;
	(void)place;
	return way + 1;
#endif
}

/*
 * Try to own one buffer. Any context. Returns the mark, or 0: it is taken. Who gets it sees all
 * that the owners before did with it.
 */
static LK_INLINE lk_u64 scratch_take(lk_u64 *buffer, unsigned int place, unsigned int way)
{
	lk_u64 mark = scratch_mark(buffer, place, way);

	/* ORDER: acquire, or its bytes could be used while the owner before still uses them, and
	 * though it fails, or a way that the owner of this one released before could still look
	 * taken and this claim be refused for nothing; release, so that those who find this one
	 * taken see the ways released before; pairs with the release in scratch_give(), and with
	 * itself; mutants scratch-release-only, scratch-acquire-claim, scratch-relaxed-failure. */
	if (order_cmpxchg_acq_rel(buffer + SCRATCH_OWNER, 0, mark))
		return 0;
	return mark;
}

/*
 * Give a buffer back that is owned under `mark`. Returns 0, or -SCRATCH_EINVAL: see SCRATCH_CHECK.
 */
static LK_INLINE int scratch_give(lk_u64 *buffer, lk_u64 mark)
{
#ifdef SCRATCH_CHECK
	/* Relaxed: only who claimed with this mark has it, and he stores next. */
	if (!mark || order_load_relaxed(buffer + SCRATCH_OWNER) != mark) {
		order_fetch_add_relaxed(buffer + SCRATCH_MISUSED, 1);
		return -SCRATCH_EINVAL;
	}
#else
	(void)mark;
#endif
	/* ORDER: release, or the next owner could find it free while this one's accesses are not
	 * done; pairs with the acquire in scratch_take(); mutant scratch-relaxed-release. */
	order_store_release(buffer + SCRATCH_OWNER, 0);
	return 0;
}

/* The buffer whose bytes these are. */
static LK_INLINE lk_u64 *scratch_buffer(void *bytes)
{
	return (lk_u64 *)bytes - SCRATCH_HEAD_WORDS;
}

/*
 * Release what was claimed. Any context. Returns 0; with SCRATCH_CHECK -SCRATCH_EINVAL, counted,
 * when it is not held under `which`. Order: the next owner sees all that was done with it.
 */
static LK_INLINE int scratch_release(void *bytes, lk_u64 which)
{
	return scratch_give(scratch_buffer(bytes), which);
}

/* -- BPF --------------------------------------------------------------------------------------- */

/* bpf_helpers.h was included before. */
#if defined(__bpf__) && defined(__uint)

/*
 * Larger values than this the kernel does not allocate for each CPU: they are elements of a plain
 * array, for SCRATCH_CPUS CPUs unless the loader sets max_entries to CPUs * ways before it loads.
 * On a CPU beyond that, every claim is refused, counted in the first element.
 */
#define SCRATCH_PERCPU_BYTES 32768
#ifndef SCRATCH_CPUS
#define SCRATCH_CPUS 64
#endif
#define scratch_is_percpu(value_bytes) ((value_bytes) <= SCRATCH_PERCPU_BYTES)

/* Declare `buffers` buffers of `size` bytes for each CPU: 1 to 32 of them, not empty. */
#define SCRATCH_MAP(name, size, buffers) \
	struct name##_scratch { \
		_Static_assert((buffers) >= 1 && (buffers) <= SCRATCH_WAYS_MAX, \
			       "SCRATCH_MAP(" #name "): 1 to 32 ways"); \
		_Static_assert((size) >= 1, "SCRATCH_MAP(" #name "): buffers of 1 byte or more"); \
		lk_u64 words[scratch_words(size)]; \
	}; \
	enum { name##_scratch_ways = (buffers) }; \
	struct { \
		__uint(type, scratch_is_percpu(sizeof(struct name##_scratch)) \
				     ? BPF_MAP_TYPE_PERCPU_ARRAY \
				     : BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, (buffers) * (scratch_is_percpu(sizeof(struct name##_scratch)) \
							 ? 1 \
							 : SCRATCH_CPUS)); \
		__type(key, __u32); \
		__type(value, struct name##_scratch); \
	} name SEC(".maps")

/* Nobody's buffer is free, or there is none for this CPU. */
static LK_INLINE void *scratch_refuse(void *map, lk_u64 *buffer)
{
	__u32 first = 0;

	if (!buffer)
		buffer = bpf_map_lookup_elem(map, &first);
	/* Relaxed: a count. */
	if (buffer)
		order_fetch_add_relaxed(buffer + SCRATCH_REFUSED, 1);
	return 0;
}

/* The CPU, where it matters: calls are not removed when their result is not used. */
static LK_INLINE unsigned int scratch_cpu(unsigned int percpu)
{
#ifndef SCRATCH_CHECK
	if (percpu)
		return 0;
#endif
	return bpf_get_smp_processor_id();
}

static LK_INLINE void *scratch_claim_in(void *map, unsigned int ways, unsigned int percpu,
					lk_u64 *which)
{
	unsigned int cpu = scratch_cpu(percpu), first = percpu ? 0 : cpu * ways;
	lk_u64 *buffer = 0;

	for (unsigned int way = 0; way < ways; way++) {
		__u32 key = first + way;

		buffer = bpf_map_lookup_elem(map, &key);
		if (!buffer)
			break;
		*which = scratch_take(buffer, cpu, way);
		if (*which)
			return buffer + SCRATCH_HEAD_WORDS;
	}
	return scratch_refuse(map, buffer);
}

/*
 * Claim the first free buffer of this CPU in a SCRATCH_MAP. Any context, NMI included. Returns its
 * bytes, aligned to 8, as the owner before left them, and which it is in *which, for
 * scratch_release() and scratch_way(); NULL when all are taken, counted in the head of the last.
 */
#define scratch_claim(name, which) \
	scratch_claim_in(&(name), name##_scratch_ways, \
			 scratch_is_percpu(sizeof(struct name##_scratch)), which)

#else

/* -- threads ----------------------------------------------------------------------------------- */

/*
 * The same in plain memory, for threads and their signal handlers, who choose a place, such as
 * sched_getcpu(): an outdated one is as good, it only may be somebody else's.
 */
struct scratch_pool {
	lk_u64 *words;
	unsigned int places, ways;
	unsigned long bytes; /* of a buffer */
};

/* Bytes of memory for a pool; 0: ways, places or sizes that cannot be. */
static LK_INLINE unsigned long scratch_pool_size(unsigned int places, unsigned int ways,
						 unsigned long bytes)
{
	if (!ways || ways > SCRATCH_WAYS_MAX || !places || places > SCRATCH_PLACES_MAX || !bytes ||
	    bytes > ~0UL / 16 / SCRATCH_WAYS_MAX / SCRATCH_PLACES_MAX)
		return 0;
	return scratch_words(bytes) * 8 * ways * places;
}

/*
 * Make a pool of memory of that size that is all zero, aligned to 8 bytes. Returns 0, or
 * -SCRATCH_EINVAL: no memory, 0 or 33 ways, no places or too many, no bytes.
 */
static LK_INLINE int scratch_pool_init(struct scratch_pool *p, void *memory, unsigned int places,
				       unsigned int ways, unsigned long bytes)
{
	if (!memory || ((unsigned long)memory & 7) || !scratch_pool_size(places, ways, bytes))
		return -SCRATCH_EINVAL;
	p->words = (lk_u64 *)memory;
	p->places = places;
	p->ways = ways;
	p->bytes = bytes;
	return 0;
}

/* A buffer with its head. */
static LK_INLINE lk_u64 *scratch_pool_buffer(const struct scratch_pool *p, unsigned int place,
					     unsigned int way)
{
	return p->words + ((unsigned long)place * p->ways + way) * scratch_words(p->bytes);
}

/*
 * Claim the first free buffer of a place; any number is one, modulo p->places. Threads and signal
 * handlers. Returns its bytes and *which as scratch_claim() does; NULL when all are taken, counted.
 */
static LK_INLINE void *scratch_pool_claim(const struct scratch_pool *p, unsigned int place,
					  lk_u64 *which)
{
	place %= p->places;
	for (unsigned int way = 0; way < p->ways; way++) {
		lk_u64 *buffer = scratch_pool_buffer(p, place, way);

		*which = scratch_take(buffer, place, way);
		if (*which)
			return buffer + SCRATCH_HEAD_WORDS;
	}
	/* Relaxed: a count. */
	order_fetch_add_relaxed(scratch_pool_buffer(p, place, p->ways - 1) + SCRATCH_REFUSED, 1);
	return 0;
}

/* Are these the bytes of a buffer of the pool? */
static LK_INLINE int scratch_pool_has(const struct scratch_pool *p, const void *bytes)
{
	unsigned long at = (unsigned long)bytes - (unsigned long)p->words - 8 * SCRATCH_HEAD_WORDS;
	unsigned long each = 8 * scratch_words(p->bytes);

	return bytes && at / each < (unsigned long)p->places * p->ways && at % each == 0;
}

/*
 * Release a buffer of the pool. Returns as scratch_release(); with SCRATCH_CHECK also for what is
 * no buffer of it, counted in the first one.
 */
static LK_INLINE int scratch_pool_release(const struct scratch_pool *p, void *bytes, lk_u64 which)
{
#ifdef SCRATCH_CHECK
	if (!scratch_pool_has(p, bytes)) {
		order_fetch_add_relaxed(p->words + SCRATCH_MISUSED, 1);
		return -SCRATCH_EINVAL;
	}
#else
	(void)p;
#endif
	return scratch_release(bytes, which);
}

/* The sum of a count, SCRATCH_REFUSED or SCRATCH_MISUSED, over all buffers. Any context. */
static LK_INLINE lk_u64 scratch_pool_count(const struct scratch_pool *p, unsigned int count)
{
	lk_u64 sum = 0;

	for (unsigned long i = 0; i < (unsigned long)p->places * p->ways; i++)
		sum += order_load_relaxed(p->words + i * scratch_words(p->bytes) + count);
	return sum;
}

#endif

#endif /* LATCHKIT_SCRATCH_H */
