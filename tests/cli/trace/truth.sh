#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the tool counts against what others count.
. "$(dirname "$0")/../lib.sh"
need_bpf
seconds=${TRUTH_SECONDS:-10}

# Context switches: the growth of ctxt in /proc/stat. The trace is under way before the load begins
# and goes on after it ends; what little switches outside of the load does not matter.
ctxt() { awk '$1 == "ctxt" { print $2 }' /proc/stat; }
$unignored "$lk" trace --json -i 1 tracepoint:sched:sched_switch >"$work/trace" &
tracer=$!
eventually test -s "$work/trace"
before=$(ctxt)
"$target" switch "$seconds"
after=$(ctxt)
kill -INT "$tracer"
wait "$tracer"
counted=$("$jsonl" probe count <"$work/trace" | tail -n 1)
grown=$((after - before))
check "context switches: $counted counted, /proc/stat grew by $grown" within 1 "$counted" "$grown"
check "context switches: there were enough of them" test "$grown" -gt 100000

# System calls of a command and its children: strace.
if command -v strace >/dev/null 2>&1; then
	work_command="for i in 1 2 3; do dd if=/dev/zero of=/dev/null bs=1 count=3000 2>/dev/null; done; ls / >/dev/null; true | cat"
	strace -f -c -o "$work/strace" sh -c "$work_command"
	theirs=$(awk '/total$/ { print $4 }' "$work/strace")
	"$lk" trace --json -i 100 'tracepoint:syscalls:sys_enter_*' -- sh -c "$work_command" >"$work/trace"
	ours=$("$jsonl" probe count <"$work/trace" | awk '{ n += $1 } END { print n + 0 }')
	check "system calls: $ours counted, strace counts $theirs" within 1 "$ours" "$theirs"
	check "system calls: nothing lost" test "$("$jsonl" summary losses.dropped <"$work/trace")" -eq 0
else
	skip "system calls against strace: strace is not installed"
fi

# A known number of calls of a known function, each of a known length at least.
"$lk" trace --json -i 100 "uretprobe:$target:target_work" -- "$target" work 1000 >"$work/trace"
check "calls of a function: 1000" test "$("$jsonl" probe count <"$work/trace")" -eq 1000
check "each took 100 us or more" test "$("$jsonl" probe min_ns <"$work/trace")" -ge 100000
done_testing
