// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * syscalls.c - see host/syscalls.h. The table is generated from the build machine's headers; newer
 * system calls, which have the same number on all architectures, are listed here.
 */
#include <stddef.h>
#include <string.h>

#include "host/syscalls.h"

#define SYSCALLS_MAX 512

/* Later entries win: the headers come last. */
#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
#define SYSCALL(number, name) [number] = #name,
static const char *const names[SYSCALLS_MAX] = {
	SYSCALL(451, cachestat) SYSCALL(452, fchmodat2) SYSCALL(453, map_shadow_stack) SYSCALL(
		454, futex_wake) SYSCALL(455, futex_wait) SYSCALL(456, futex_requeue)
		SYSCALL(457, statmount) SYSCALL(458, listmount) SYSCALL(459, lsm_get_self_attr)
			SYSCALL(460, lsm_set_self_attr) SYSCALL(461, lsm_list_modules) SYSCALL(
				462, mseal) SYSCALL(463, setxattrat) SYSCALL(464, getxattrat)
				SYSCALL(465, listxattrat) SYSCALL(466, removexattrat)
					SYSCALL(467, open_tree_attr) SYSCALL(468, file_getattr)
						SYSCALL(469, file_setattr)
#include "syscall_names.inc"
};
#undef SYSCALL
#pragma GCC diagnostic pop

/* System calls whose tracepoint has another name than the headers give them. */
static const struct {
	const char *header, *tracepoint;
} renamed[] = {
	{"stat", "newstat"},   {"fstat", "newfstat"},	   {"lstat", "newlstat"},
	{"uname", "newuname"}, {"sendfile", "sendfile64"}, {"umount2", "umount"},
};

const char *syscall_name(int number)
{
	const char *name = number >= 0 && number < SYSCALLS_MAX ? names[number] : NULL;

	for (size_t i = 0; name && i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (strcmp(renamed[i].header, name) == 0)
			return renamed[i].tracepoint;
	return name;
}

int syscall_number(const char *name)
{
	for (int i = 0; i < SYSCALLS_MAX; i++)
		if (names[i] && (strcmp(names[i], name) == 0 || strcmp(syscall_name(i), name) == 0))
			return i;
	return -1;
}

int syscall_count(void)
{
	return SYSCALLS_MAX;
}
