// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* module.c - see trace/statement/source/module.h */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "trace/statement/source/module.h"

static const struct btf *with(struct module_types *modules, const struct btf *kernel,
			      const char *name, unsigned int kind)
{
	const struct btf *found;

	if (btf__find_by_name_kind(kernel, name, kind) > 0)
		return kernel;
	found = module_types_with(modules, kernel, name, kind);
	return found ? found : kernel;
}

const struct btf *module_types_for(struct module_types *modules, const struct btf *kernel,
				   const char *type, const char *target)
{
	bool function = strcmp(type, "kprobe") == 0 || strcmp(type, "kretprobe") == 0 ||
			strcmp(type, "fentry") == 0 || strcmp(type, "fexit") == 0;
	char name[160];

	if (!kernel || !target)
		return kernel;
	if (function)
		return with(modules, kernel, target, BTF_KIND_FUNC);
	if (strcmp(type, "tracepoint") && strcmp(type, "rawtracepoint"))
		return kernel;
	snprintf(name, sizeof(name), "btf_trace_%s", target);
	return with(modules, kernel, name, BTF_KIND_TYPEDEF);
}
