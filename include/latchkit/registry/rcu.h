/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcu - the names of liburcu's flavour REGISTRY_RCU, and of the reference count REGISTRY_REF, both
 * defined by the including program (registry.h).
 *
 * liburcu names everything urcu_FLAVOUR_VERB, so one macro is the whole difference.
 */
#ifndef LATCHKIT_REGISTRY_RCU_H
#define LATCHKIT_REGISTRY_RCU_H

#define REGISTRY_PASTE_(a, b, c) a##b##c
#define REGISTRY_PASTE(a, b, c) REGISTRY_PASTE_(a, b, c)
/* clang-format off */
#define REGISTRY_HEADER_(file) #file
#define REGISTRY_HEADER(file) REGISTRY_HEADER_(file)
#define REGISTRY_FLAVOUR_(name) urcu/urcu-name.h
#define REGISTRY_FLAVOUR(name) REGISTRY_FLAVOUR_(name)
/* clang-format on */
#include REGISTRY_HEADER(REGISTRY_FLAVOUR(REGISTRY_RCU))
#include <urcu/rculfhash.h>

#include "../refcount.h"

/* The flavour's function: REGISTRY_URCU(read_lock)(). */
#define REGISTRY_URCU(verb) REGISTRY_PASTE(urcu_, REGISTRY_RCU, _##verb)

#ifndef REGISTRY_REF
#define REGISTRY_REF refcount
#endif
#define REGISTRY_COUNT(verb) REGISTRY_PASTE(REGISTRY_REF, _, verb)
typedef struct REGISTRY_REF registry_ref;

#endif /* LATCHKIT_REGISTRY_RCU_H */
