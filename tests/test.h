/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * test.h - what the test programs share: cmocka and the headers it wants, tests that register
 * themselves, and the clock, CPUs and numbers from the environment that races need.
 */
#ifndef LATCHKIT_TESTS_TEST_H
#define LATCHKIT_TESTS_TEST_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Define a test, which is registered before main() begins. */
#define TEST(name) \
	static void name(void **state); \
	__attribute__((constructor)) static void register_##name(void) \
	{ \
		test_add(name, NULL, #name); \
	} \
	static void name(void **state __attribute__((unused)))

/* Register a test by the name that the format makes; *state will be what is given here. */
void test_add(CMUnitTestFunction test, void *state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * Run all registered tests, setup before and teardown after them (NULL: none). Returns how many
 * failed; 1 if there is none to run. A program without a main() of its own does just this.
 */
int tests_run(const char *group, CMFixtureFunction setup, CMFixtureFunction teardown);
/* Print the reason and end the test as skipped; nothing if it is NULL. */
void skip_with_reason(const char *reason);
/* Why two threads cannot run at once here, or NULL. */
const char *one_cpu(void);

/* The wait status of a child that does that: with its signals as by default, in 20 s, silent. */
int child_status(void (*what)(void *arg), void *arg);

/* A number from the environment, or `value` where there is none above 0. */
unsigned long setting(const char *name, unsigned long value);
/* CLOCK_MONOTONIC in seconds. */
double now_s(void);
/* Run the calling thread on that CPU only; -1: on any again. */
void pin(int cpu);

#endif /* LATCHKIT_TESTS_TEST_H */
