/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* module.h - arguments of functions and tracepoints of kernel modules. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_SOURCE_MODULE_H
#define LATCHKIT_USER_TRACE_STATEMENT_SOURCE_MODULE_H

#include "symbols/module_types.h"

struct btf;

/*
 * The types to resolve expressions by at a kernel function, or a tracepoint, of that name: the
 * kernel's, or, when it does not have it, those of the module that has. `type`: the probe's, such
 * as "kprobe". *modules must outlive them.
 */
const struct btf *module_types_for(struct module_types *modules, const struct btf *kernel,
				   const char *type, const char *target);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_SOURCE_MODULE_H */
