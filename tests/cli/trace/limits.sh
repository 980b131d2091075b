#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Limits of descriptors: the soft one is raised, the hard one is named when it is met.
. "$(dirname "$0")/../lib.sh"
need_bpf
getppid=tracepoint:syscalls:sys_enter_getppid

(
	ulimit -Sn 64
	exec "$lk" trace --json -d 0.1 'tracepoint:sched:sched_*' 'tracepoint:timer:timer_*' 'tracepoint:timer:hrtimer_*' 'tracepoint:writeback:writeback_*' 'tracepoint:irq:*irq*' >"$work/out" 2>"$work/err"
)
check "more probes than the soft limit of descriptors" test $? -eq 0
check "none is left out" test ! -s "$work/err"
(
	ulimit -Sn 64
	exec "$lk" trace $getppid -- sh -c "ulimit -Sn >&3" 3>"$work/limit" >/dev/null 2>&1
)
check "the command has the limit it would have had" test "$(cat "$work/limit")" -eq 64

# Whatever is the first that finds no descriptor: the message names the cause.
for n in $(seq 8 60); do
	(
		ulimit -n $n
		"$lk" --version >/dev/null 2>&1 || exit 0 # not even its libraries
		exec "$lk" trace -d 0.1 profile:hz:99 $getppid
	) >"$work/out" 2>"$work/err" && continue
	echo $n >>"$work/tried"
	grep -q 'Too many open files' "$work/err" && ! grep -q 'samples at' "$work/err" ||
		echo "$n: $(head -n 1 "$work/err")" >>"$work/other"
done
check "the hard limit is met" test -s "$work/tried"
check "no other cause is named: $(cat "$work/other" 2>/dev/null)" test ! -e "$work/other"

done_testing
