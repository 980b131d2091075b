// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* errors.c - see cli/errors.h */
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "cli/errors.h"

const char *error_text(int err)
{
	static char text[128];

	err = abs(err);
	if (err < __LIBBPF_ERRNO__START)
		return strerror(err);
	libbpf_strerror(err, text, sizeof(text));
	return text;
}
