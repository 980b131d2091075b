/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* module_types.h - type information (BTF) of kernel modules, loaded when it is asked for. */
#ifndef LATCHKIT_USER_SYMBOLS_MODULE_TYPES_H
#define LATCHKIT_USER_SYMBOLS_MODULE_TYPES_H

#include <stdbool.h>
#include <stddef.h>

struct btf;

struct module_type {
	char name[64]; /* of the module */
	struct btf *btf; /* behind the kernel's */
};

/* Begins as zeros. */
struct module_types {
	const char *directory; /* NULL: where the kernel shows them */
	struct module_type *module;
	size_t count, room;
	bool read;
};

/* Load those of all modules, unless that was done; what cannot be read is left out. */
void module_types_load(struct module_types *modules, const struct btf *kernel);
/*
 * Find the types of the module that has something of a kind (BTF_KIND_*) and name: its own and the
 * kernel's, which is `kernel`. Loads them. Returns NULL: there is none.
 */
const struct btf *module_types_with(struct module_types *modules, const struct btf *kernel,
				    const char *name, unsigned int kind);
void module_types_free(struct module_types *modules);
/*
 * Find the function in what the kernel has loaded of modules, to attach to it. Returns the id of
 * its type and sets *fd, a descriptor of the module's types, or a negative errno: -ENOENT when no
 * module has it.
 */
int module_function_id(const char *function, int *fd);

#endif /* LATCHKIT_USER_SYMBOLS_MODULE_TYPES_H */
