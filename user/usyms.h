/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* usyms.h - user-space addresses to names, by elfutils' libdw. */
#ifndef LATCHKIT_USER_USYMS_H
#define LATCHKIT_USER_USYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct usyms;

/* Returns a table that fills as it is asked, or NULL when out of memory. */
struct usyms *usyms__new(void);
void usyms__free(struct usyms *u);
/* Note what the process has mapped now, so that its addresses have names when it is gone. To be
 * called again now and then: a process may execute another program. */
void usyms__watch(struct usyms *u, pid_t pid);
/*
 * Name the function at an address of a process: "function", or "[file+0xoffset]" for a mapped
 * file without a symbol there. Returns false when the process is gone or nothing is mapped there.
 */
bool usyms__name(struct usyms *u, pid_t pid, uint64_t address, char *out, size_t size);

#endif /* LATCHKIT_USER_USYMS_H */
