// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stacked_lib.c - the library that `stacked load` loads: loaded_call() calls getppid. */
#include "tests/cli/stacked.h"

static volatile int sink;

void loaded_call(void);
void loaded_call(void)
{
	call_getppid();
	sink++;
}
