// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kernel.h - kernel functions by name and by address, from /proc/kallsyms. Loading takes a tenth of
 * a second and some megabytes, so load only what is needed. For one thread at a time.
 */
#ifndef LATCHKIT_USER_SYMBOLS_KERNEL_H
#define LATCHKIT_USER_SYMBOLS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ksyms;

/*
 * Load the running kernel's symbols. Returns the table, for ksyms__free(), or NULL with errno:
 * ENODATA when the file holds no function, else why it cannot be read.
 */
struct ksyms *ksyms__load(void);
/* The same from another file of that form, such as a saved copy. */
struct ksyms *ksyms__load_file(const char *path);
/* Free the table and all names it gave. NULL is fine. */
void ksyms__free(struct ksyms *k);
/* Returns true if this process may see addresses (kernel.kptr_restrict, CAP_SYSLOG). */
bool ksyms__addresses_known(const struct ksyms *k);
/*
 * Name the function, of the kernel or a module, that holds an address. Of several names the first
 * in the file, as the kernel itself does. Sets *offset, unless it is NULL, to the address's
 * distance in bytes from the function's start. Returns NULL when the address is in no function
 * or addresses are not known.
 */
const char *ksyms__name(const struct ksyms *k, uint64_t addr, uint64_t *offset);
/*
 * Write "function+0x12" for an address into buf of `size` bytes. Returns false, and writes an
 * empty string, when it has no name; k may be NULL.
 */
bool ksyms__describe(const struct ksyms *k, uint64_t addr, char *buf, size_t size);
/* Returns true if the kernel or a module has a function of that name. Needs no addresses. */
bool ksyms__has_function(struct ksyms *k, const char *name);
/*
 * Call fn with the name of each function, in order and each name once, until it returns
 * non-zero. Returns that, or 0. Needs no addresses.
 */
int ksyms__for_each_function(struct ksyms *k, int (*fn)(const char *name, void *arg), void *arg);

#endif /* LATCHKIT_USER_SYMBOLS_KERNEL_H */
