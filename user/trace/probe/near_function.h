/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* near_function.h - what to say when a file has no function of a name. */
#ifndef LATCHKIT_USER_TRACE_PROBE_NEAR_FUNCTION_H
#define LATCHKIT_USER_TRACE_PROBE_NEAR_FUNCTION_H

#include <stddef.h>

#include "cli/suggest.h"

/*
 * Write to out, of `size` bytes, what to do instead, to end a message with: the function of the
 * file whose name people write so, or nearly so, in C++ or Rust, with the name that it has in the
 * file; or what `near` has found among the latter; else how to list them, local ones too. Names
 * may be given without scopes. Reads the file.
 */
void near_function_hint(const char *path, const char *wanted, struct suggest *near, char *out,
			size_t size);

#endif /* LATCHKIT_USER_TRACE_PROBE_NEAR_FUNCTION_H */
