/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ksyms.h - kernel functions by name and by address, from /proc/kallsyms. */
#ifndef LATCHKIT_USER_KSYMS_H
#define LATCHKIT_USER_KSYMS_H

#include <stdbool.h>
#include <stdint.h>

struct ksyms;

/* Returns the table, or NULL with errno set when it cannot be read. */
struct ksyms *ksyms__load(void);
void ksyms__free(struct ksyms *k);
/* Are the addresses shown to this process (kernel.kptr_restrict, CAP_SYSLOG)? */
bool ksyms__addresses_known(const struct ksyms *k);
/* Returns the function that holds the address and the offset in it, in bytes; NULL when unknown. */
const char *ksyms__name(const struct ksyms *k, uint64_t address, uint64_t *offset);
bool ksyms__has_function(const struct ksyms *k, const char *name);
/* Call fn for each function's name, once, until it returns non-zero; returns that. */
int ksyms__for_each_function(const struct ksyms *k, int (*fn)(const char *name, void *arg),
			     void *arg);

#endif /* LATCHKIT_USER_KSYMS_H */
