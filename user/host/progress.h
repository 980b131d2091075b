/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* progress.h - how far work has come that takes a while, on a terminal's standard error. */
#ifndef LATCHKIT_USER_HOST_PROGRESS_H
#define LATCHKIT_USER_HOST_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *what; /* is done: "measured" */
	uint64_t start_ns;
	uint64_t shown_ns; /* when it was shown last; 0: never */
};

void progress_begin(struct progress *p, const char *what);
/*
 * So much of all is done. Shown with the time that is left if the rest takes as long: not in the
 * first second, and twice a second at most. Nothing where standard error is no terminal.
 */
void progress_show(struct progress *p, size_t done, size_t all);
/* Wipe it out. */
void progress_end(struct progress *p);

#endif /* LATCHKIT_USER_HOST_PROGRESS_H */
