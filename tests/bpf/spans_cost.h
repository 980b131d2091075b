/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* spans_cost.h - what a start and its end cost in a program, beside a BPF hash map: measured. */
#ifndef LATCHKIT_TESTS_SPANS_COST_H
#define LATCHKIT_TESTS_SPANS_COST_H

/* Measure with the object in that file, and print. Returns 0, or 1 if that cannot be done. */
int spans_cost(const char *path);

#endif /* LATCHKIT_TESTS_SPANS_COST_H */
