// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* types.c - see symbols/types.h */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "symbols/types.h"

int kernel_types_errno(void)
{
	int fd = open(KERNEL_TYPES, O_RDONLY | O_CLOEXEC), err;
	char start[64];
	ssize_t n;

	if (fd < 0)
		return errno;
	n = read(fd, start, sizeof(start));
	err = n < 0 ? errno : 0;
	close(fd);
	return n ? err : ENOENT;
}

struct btf *kernel_types_load(void)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	struct btf *btf = btf__load_vmlinux_btf();
	int err = btf ? 0 : errno, why = btf ? 0 : kernel_types_errno();

	libbpf_set_print(print);
	errno = why ? why : err;
	return btf;
}
