/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* list.h - the latch variants and their properties, from variants.def. */
#ifndef LATCHKIT_USER_LATCH_LIST_H
#define LATCHKIT_USER_LATCH_LIST_H

#include <stdbool.h>

/* Print them to standard output: a table, or an object of JSON. Returns an exit code, diagnosed. */
int latches_show(bool json);

#endif /* LATCHKIT_USER_LATCH_LIST_H */
