/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * random.h - pseudo-random numbers to vary or to sample with, from a seed, so that a run can be
 * repeated: a linear congruential generator with Knuth's constants (MMIX). Its high bits are good.
 */
#ifndef LATCHKIT_USER_HOST_RANDOM_H
#define LATCHKIT_USER_HOST_RANDOM_H

#include <stdint.h>

/* Step to the next number. Any seed will do. */
static inline uint64_t random_next(uint64_t *state)
{
	return *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
}

/* From 0 to below - 1; `below` up to 2^31. */
static inline uint64_t random_below(uint64_t *state, uint64_t below)
{
	return (random_next(state) >> 33) % below;
}

#endif /* LATCHKIT_USER_HOST_RANDOM_H */
