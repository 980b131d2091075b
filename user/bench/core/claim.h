/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * claim.h - a claim, and the answer that measuring gives: what scenarios of bench dispatch
 * and bench registry have in common.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_CLAIM_H
#define LATCHKIT_USER_BENCH_CORE_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The first member of each scenario. */
struct bench_claim {
	const char *name, *sentence;
};

struct bench_answer {
	char text[2048];
	char verdict[256]; /* begins with: confirmed, refuted, depends on, not seen, not told, left
			      to, met, missed, measured */
};

/* Append to the text. */
void bench_say(struct bench_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Set the verdict. */
void bench_decide(struct bench_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* So many threads are many: as many as there are CPUs, 2 at least. */
unsigned int bench_many_threads(void);

/* Find one of `count` scenarios of `size` bytes each. Returns NULL: none, the error was printed. */
const void *bench_claim_find(const void *scenarios, size_t count, size_t size, const char *name);
/* Names, `width` columns, and sentences of all. */
void bench_claims_list(const void *scenarios, size_t count, size_t size, int width, FILE *out);
/* Can threads meet: are there two CPUs, or may they share one? Or else fails, and says so. */
int bench_claim_needs_two(const struct bench_claim *c, bool oversubscribe);
/* Print the claim and the answer. */
void bench_claim_print(const struct bench_claim *c, const struct bench_answer *a, bool json,
		       FILE *out);

#endif /* LATCHKIT_USER_BENCH_CORE_CLAIM_H */
