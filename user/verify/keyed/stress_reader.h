/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stress_reader.h - who reads the table while threads count, and judges what is read. */
#ifndef LATCHKIT_USER_VERIFY_KEYED_STRESS_READER_H
#define LATCHKIT_USER_VERIFY_KEYED_STRESS_READER_H

#include "verify/keyed/stress_state.h"

/* Note what went wrong; the first fault stays. */
void stress_fault(struct stress *s, enum verify_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Look at all places: one that is ready has its key, whole. */
void stress_look(struct stress *s);
/* Read all keys by keyed_next() and keyed_twin(): each is met once, its records are whole, and its
 * sum does not fall. */
void stress_walk(struct stress *s);

#endif /* LATCHKIT_USER_VERIFY_KEYED_STRESS_READER_H */
