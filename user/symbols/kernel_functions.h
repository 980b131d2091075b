// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kernel_functions.h - the functions of the running kernel and its modules that have a name, all
 * places of it: static functions may have the same one.
 */
#ifndef LATCHKIT_USER_SYMBOLS_KERNEL_FUNCTIONS_H
#define LATCHKIT_USER_SYMBOLS_KERNEL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_function {
	char *name;
	uint64_t address; /* 0: hidden from this process (kernel.kptr_restrict, CAP_SYSLOG) */
};

struct kernel_functions {
	struct kernel_function *function; /* in order of names, then addresses; each once */
	size_t count;
};

/*
 * Find those functions for which wanted() returns true; it is called once for each line of
 * /proc/kallsyms. Returns 0 or a negative errno. Free *found in either case.
 */
int kernel_functions_find(bool (*wanted)(const char *name, void *arg), void *arg,
			  struct kernel_functions *found);
void kernel_functions_free(struct kernel_functions *found);
/* How many from function[i] on have the same name. */
size_t kernel_functions_same(const struct kernel_functions *found, size_t i);

#endif /* LATCHKIT_USER_SYMBOLS_KERNEL_FUNCTIONS_H */
