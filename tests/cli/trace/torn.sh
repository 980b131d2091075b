#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Under load, with a reader that never rests: the latch without protection is seen to tear, every
# sound latch never, over ten million records and more.
. "$(dirname "$0")/../lib.sh"
need_bpf
if [ "$(nproc)" -lt 2 ]; then
	skip "torn reads: one CPU: reader and writer never run at once"
	exit 0
fi
seconds=${TORN_SECONDS:-3}

# Trace a busy system call, reading all the time. Sets torn, reads and count.
spin() {
	taskset -c 0 "$target" syscalls $((seconds + 5)) &
	load=$!
	taskset -c 1 timeout 60 "$lk" trace --spin --json -i 100 -d "$seconds" --latch "$1" \
		tracepoint:syscalls:sys_enter_getppid >"$work/trace" 2>"$work/err"
	kill "$load" 2>/dev/null
	wait "$load" 2>/dev/null
	torn=$("$jsonl" summary torn <"$work/trace")
	reads=$("$jsonl" summary reads <"$work/trace")
	count=$("$jsonl" probe count <"$work/trace" | tail -n 1)
}

total=0
for latch in $("$lk" list | awk '$2 == "sound" { print $1 }'); do
	spin "$latch"
	total=$((total + reads))
	check "$latch: $torn of $reads reads torn, $count writes" test "$torn" -eq 0
	check "$latch: there was something to read" test "$count" -gt 100000
done
check "ten million records of sound latches were read: $total" test "$total" -ge 10000000
for i in 1 2 3; do # it tears by the thousand; a machine that is busy elsewhere gets more chances
	spin raw
	[ "$torn" -gt 0 ] && break
done
check "raw: $torn of $reads reads torn, as it must" test "$torn" -gt 0
done_testing
