/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* image.h - open and load a BPF object; its constants, variables, maps and programs by name. */
#ifndef LATCHKIT_USER_OBJECT_IMAGE_H
#define LATCHKIT_USER_OBJECT_IMAGE_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>

#include <latchkit/order.h>

struct bpf_image {
	struct bpf_object *object;
	char *globals; /* the variables that are not constant, mapped */
	size_t globals_bytes;
};

/*
 * Does this kernel take load-acquire and store-release in programs (Linux 6.15 and newer, on some
 * machines)? Returns 0 or a negative errno.
 */
int bpf_image_try_acqrel(void);
/*
 * Open one of the objects inside the executable (object/blobs.h) or a file. Where the machine needs
 * load-acquire and store-release, and the kernel takes them, they are chosen: the constant
 * lk_order_acqrel. Constants may be set until it is loaded. From here on libbpf prints nothing, see
 * bpf_image_complaint(). Returns 0 or a negative errno; call bpf_image_close() in either case.
 */
int bpf_image_open(struct bpf_image *image, const char *kind, const char *variant);
int bpf_image_open_file(struct bpf_image *image, const char *path);
/* The first warning of libbpf since the last open, one line, for diagnostics; "" if none. */
const char *bpf_image_complaint(void);
/* Also print to standard error all that libbpf has to say. */
void bpf_image_set_verbose(bool on);
/* Unmap the variables, unload what nothing else holds. An image of zeros is allowed. */
void bpf_image_close(struct bpf_image *image);
/* Load none but these programs, a list that ends with NULL. */
void bpf_image_want(struct bpf_image *image, const char *const *programs);
/* Load it and map its variables. Returns 0 or a negative errno. */
int bpf_image_load(struct bpf_image *image);
/* The place of a `const volatile` variable, or NULL. */
void *bpf_image_constant(const struct bpf_image *image, const char *name);
/* The place of a global variable, or NULL. */
void *bpf_image_global(const struct bpf_image *image, const char *name);
/*
 * Map all elements of an array map for reading and writing; *bytes: the size, rounded up to pages.
 * Returns NULL with errno on failure.
 */
lk_u64 *bpf_image_map(const struct bpf_image *image, const char *name, size_t *bytes);
/* The same for reading only, and freeze the map: programs can write it, no process can. */
const lk_u64 *bpf_image_map_frozen(const struct bpf_image *image, const char *name, size_t *bytes);
/* Run a program once by test run. Returns 0 or a negative errno. */
int bpf_image_run(const struct bpf_image *image, const char *program);

#endif /* LATCHKIT_USER_OBJECT_IMAGE_H */
