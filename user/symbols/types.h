/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* types.h - the kernel's type information (BTF), or why there is none. */
#ifndef LATCHKIT_USER_SYMBOLS_TYPES_H
#define LATCHKIT_USER_SYMBOLS_TYPES_H

/* Where the kernel shows it. */
#define KERNEL_TYPES "/sys/kernel/btf/vmlinux"

struct btf;

/*
 * Try to read KERNEL_TYPES. Returns 0, or an errno: ENOENT when this kernel has none, or it is
 * empty. libbpf says ESRCH whatever the cause.
 */
int kernel_types_errno(void);
/* Load it, for btf__free(); libbpf prints nothing. Returns NULL with errno: the true one. */
struct btf *kernel_types_load(void);

#endif /* LATCHKIT_USER_SYMBOLS_TYPES_H */
