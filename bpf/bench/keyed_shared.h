/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keyed_shared.h - between the programs of keyed.bpf.c and user space: what a key and a record are,
 * and a loop and its counts.
 */
#ifndef LATCHKIT_BPF_BENCH_KEYED_SHARED_H
#define LATCHKIT_BPF_BENCH_KEYED_SHARED_H

#define LATCH_VARIANT bank
#include <latchkit/keyed.h>
#include <latchkit/record.h>

/* Words of the keys that are built in: such as a pid, and such as a pid and what it is called. */
#define BENCH_KEYED_KEY_WORDS_MAX 4
/* Words of a record that is a count; the other kind is the latency of latchkit/record.h. */
#define BENCH_KEYED_COUNT_WORDS 1

/* Word i of key number `id`: all of them tell it, the first one is it. */
static LK_INLINE lk_u64 bench_keyed_word(lk_u64 id, unsigned int i)
{
	return i ? id * 0x9e3779b97f4a7c15ULL + i : id;
}

/* What a program is asked for, and what it did: element cb[0] of the context, of `runs`. */
#define BENCH_KEYED_RUNS 64
struct bench_keyed_run {
	lk_u64 keys; /* ids are 0 to keys - 1 */
	lk_u64 random; /* state of the generator of ids; 0: each once, in order */
	lk_u64 count; /* updates */
	lk_u64 ns; /* that they took */
	lk_u64 refused; /* of them: the table or map had no room */
	lk_u64 sum; /* of what was drawn, so that it is */
	lk_u64 pad[2];
};

#endif /* LATCHKIT_BPF_BENCH_KEYED_SHARED_H */
