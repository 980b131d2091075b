#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Allocations and system calls that fail, in trace, ctl, doctor, list and bench compare: sampled for
# LATCHKIT_FAULTS seconds each (14) from a seed that each commit changes. tests/cli/faults/inject --all
# tries every one.
. "$(dirname "$0")/lib.sh"
need_bpf
seconds=${LATCHKIT_FAULTS:-14}
seed=${LATCHKIT_FAULTS_SEED:-$(git rev-parse HEAD 2>/dev/null | cksum | cut -d ' ' -f 1)}
inject=$(dirname "$0")/faults/inject

"$inject" memory --seconds "$seconds" --seed "$seed" || failures=1
if strace -o /dev/null true 2>/dev/null; then
	"$inject" calls --seconds "$seconds" --seed "$seed" || failures=1
else
	skip "calls: strace may not trace here: $(strace -o /dev/null true 2>&1 | head -n 1)"
fi
done_testing
