#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# See types.c.
. "$(dirname "$0")/fuzz.sh"
LATCHKIT_FUZZ=${LATCHKIT_FUZZ:-10}
fuzz types
