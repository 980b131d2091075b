/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* set.h - the registries of registry.h as a set, and its checks: verify/registry/checks.def. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_SET_H
#define LATCHKIT_USER_VERIFY_REGISTRY_SET_H

#include "verify/core/set.h"

#define CHECK(name) extern const struct verify_check verify_registry_##name;
#include "verify/registry/checks.def"
#undef CHECK

extern const struct verify_set verify_registry;

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_SET_H */
