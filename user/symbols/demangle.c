// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * demangle.c - see symbols/demangle.h. References back in a mangled name can double its length with
 * every few letters, so a demangler is left, by longjmp(3), as soon as it has written too much.
 * What it holds then is on its stack, or a few bytes.
 */
#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "symbols/demangle.h"

struct text {
	char *out;
	size_t size, length; /* length: of all that was written, though cut in `out` */
	jmp_buf too_long;
};

static void take(const char *part, size_t length, void *arg)
{
	struct text *t = arg;

	if (length > DEMANGLE_MAX - t->length)
		longjmp(t->too_long, 1);
	if (t->length + 1 < t->size) {
		size_t room = t->size - 1 - t->length;

		memcpy(t->out + t->length, part, length < room ? length : room);
	}
	t->length += length;
	t->out[t->length < t->size ? t->length : t->size - 1] = '\0';
}

static bool is_cxx(const char *symbol)
{
	return strncmp(symbol, "_Z", 2) == 0;
}

static bool is_rust(const char *symbol)
{
	return strncmp(symbol, "_R", 2) == 0 || is_cxx(symbol); /* the old scheme looks like C++ */
}

bool demangle(const char *symbol, char *out, size_t size)
{
	struct text t = {.out = out, .size = size};
	volatile bool done = false;

	if (strnlen(symbol, DEMANGLE_MAX) < DEMANGLE_MAX && setjmp(t.too_long) == 0) {
		done = is_rust(symbol) && rust_demangle_callback(symbol, DMGL_NO_OPTS, take, &t);
		if (!done && is_cxx(symbol)) {
			t.length = 0;
			done = cplus_demangle_v3_callback(symbol, DMGL_NO_OPTS, take, &t);
		}
	} else {
		done = false;
	}
	if (!done || !t.length)
		snprintf(out, size, "%s", symbol);
	return done && t.length;
}
