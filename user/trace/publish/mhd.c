// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* mhd.c - see trace/publish/mhd.h. Without the library's header when this is built: nothing. */
#if __has_include(<microhttpd.h>)

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "cli/diag.h"
#include "trace/publish/mhd.h"

#define MHD_LIBRARY "libmicrohttpd.so.12"

static bool find(void *library, const char *name, void *function, size_t size)
{
	void *found = dlsym(library, name);

	memcpy(function, &found, size);
	return found;
}

const struct mhd *mhd_load(void)
{
	static struct mhd mhd;
	void *library = dlopen(MHD_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool complete = library;

#define MHD_FIND(name) \
	complete = complete && find(library, "MHD_" #name, &mhd.name, sizeof(mhd.name));
	MHD_FUNCTIONS(MHD_FIND)
#undef MHD_FIND
	if (complete)
		return &mhd;
	fail("--listen: cannot load the HTTP library: %s; install libmicrohttpd12", dlerror());
	return NULL;
}

#endif
