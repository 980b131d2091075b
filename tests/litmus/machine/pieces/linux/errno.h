/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* errno.h - for the proofs; all is in the other one. */
#include "../errno.h"
