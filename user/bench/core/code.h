/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - how many locked instructions machine code has: of a function of this executable, or of
 * a BPF program as the kernel compiled it. x86-64, by objdump; elsewhere, and without objdump,
 * nothing is known.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_CODE_H
#define LATCHKIT_USER_BENCH_CORE_CODE_H

struct bench_code {
	int locked; /* instructions that lock memory; -1: not known */
	int in_loops; /* of those, inside a loop */
};

/* Count in a function of this executable. */
struct bench_code bench_code_of_function(const char *function);
/* Count in what the kernel made of a BPF program, by its descriptor; it needs privilege. */
struct bench_code bench_code_of_program(int program);

#endif /* LATCHKIT_USER_BENCH_CORE_CODE_H */
