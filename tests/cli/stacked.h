/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stacked.h - a system call without a frame of its own: the caller is where the stack begins. */
#ifndef LATCHKIT_TESTS_CLI_STACKED_H
#define LATCHKIT_TESTS_CLI_STACKED_H

#include <sys/syscall.h>
#include <unistd.h>

/* Have a function set up its frame, though it calls nobody. */
#define KEEP_FRAME() __asm__ volatile("" : : "r"(__builtin_frame_address(0)))

static inline __attribute__((always_inline)) void call_getppid(void)
{
	KEEP_FRAME();
#ifdef __x86_64__
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"((long)SYS_getppid)
			 : "rcx", "r11", "memory");
#else
	syscall(SYS_getppid);
#endif
}

#endif /* LATCHKIT_TESTS_CLI_STACKED_H */
