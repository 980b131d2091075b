#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# See results.c.
. "$(dirname "$0")/fuzz.sh"
fuzz results
