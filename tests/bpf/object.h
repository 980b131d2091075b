/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* object.h - a BPF object under test and its global variables. Failures fail the cmocka test. */
#ifndef LATCHKIT_TESTS_OBJECT_H
#define LATCHKIT_TESTS_OBJECT_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <latchkit/order.h>

struct object {
	struct bpf_object *object;
	struct btf *btf;
	struct bpf_map *constants; /* NULL: none */
	char *globals;
};

/* Open the file; constants may be set until it is loaded. */
void object_open(struct object *o, const char *path);
/* Load none but these programs, a list that ends with NULL. */
void object_want(struct object *o, const char *const *programs);
/* Load it and map its global variables. */
void object_load(struct object *o);
/* Unmap and free. Memory from object_map() stays mapped. */
void object_close(struct object *o);
/* The place of a `const volatile` variable, or NULL. */
void *object_constant(struct object *o, const char *name);
/* The place of a global variable. */
lk_u64 *object_global(struct object *o, const char *name);
/* Map an array map for reading and writing. */
lk_u64 *object_map(struct object *o, const char *name);
/* Run a program once by test run. Returns 0 or -1 with errno. */
int object_run(struct object *o, const char *program);

#endif /* LATCHKIT_TESTS_OBJECT_H */
