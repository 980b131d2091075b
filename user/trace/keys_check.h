/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* keys_check.h - can the probes of a trace have the keys that it is asked for? */
#ifndef LATCHKIT_USER_TRACE_KEYS_CHECK_H
#define LATCHKIT_USER_TRACE_KEYS_CHECK_H

#include "trace/session/session.h"

/* Returns 0, or EXIT_USAGE after naming the probe that cannot. */
int keys_check(const struct trace *t);

#endif /* LATCHKIT_USER_TRACE_KEYS_CHECK_H */
