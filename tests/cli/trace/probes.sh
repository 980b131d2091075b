#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every probe type that this kernel has, every filter and every output format, on a program whose
# behaviour is known. Kernels that have more are tested in virtual machines.
. "$(dirname "$0")/../lib.sh"
need_bpf

count_of() { "$jsonl" probe count <"$work/trace" | tail -n 1; }
context() { "$jsonl" probe "contexts.$1" <"$work/trace"; }
trace() { timeout 60 "$lk" trace --json -i 100 "$@" >"$work/trace" 2>"$work/err"; }

trace "uprobe:$target:target_work" -- "$target" work 50
check "uprobe counts: 50" test "$(count_of)" -eq 50
trace "uprobe:$target:target_w*" -- "$target" work 50
check "uprobe pattern counts: 50" test "$(count_of)" -eq 50
trace "uprobe:$target:target_work" "uretprobe:$target:target_work" -- "$target" work 50
check "uprobe and uretprobe are one pair" test "$("$jsonl" summary probes <"$work/trace")" -eq 1
check "the pair counts: 50" test "$(count_of)" -eq 50
trace "usdt:$target:latchkit:step" -- "$target" step 70
check "usdt counts: 70" test "$(count_of)" -eq 70
trace tracepoint:syscalls:sys_enter_getppid -- "$target" syscalls 1
check "system call is timed" test "$("$jsonl" probe kind <"$work/trace")" = latency
check "rawtracepoint" trace -d 0.2 rawtracepoint:sched_switch
check "tracepoint pattern" trace -d 0.2 'tracepoint:sched:sched_w*'
check "tracepoint pattern matched more than one" test "$("$jsonl" summary probes <"$work/trace")" -gt 1
trace profile:hz:200 -- "$target" syscalls 1
check "profile samples: $(count_of)" test "$(count_of)" -gt 10
check "samples have a context" test "$("$jsonl" probe contexts.unknown <"$work/trace")" -eq 0
check "samples of user code: $(context user)" test "$(context user)" -gt 0
check "samples in system calls: $(context task)" test "$(context task)" -gt 0
check "the clock's own interrupt is no context" test "$(context hardirq)" -lt "$(context task)"
trace software:cpu-clock:2000000 -- "$target" syscalls 1
check "software:cpu-clock:PERIOD samples: $(count_of)" test "$(count_of)" -gt 10
trace software:page-faults -- sh -c 'ls / >/dev/null'
check "software:page-faults samples: $(count_of)" test "$(count_of)" -gt 10
check "a counted event knows what was skipped" test "$("$jsonl" probe losses.skipped <"$work/trace")" != unknown

# A watchpoint: the target says where, waits until it is watched, and stores 500 times.
mkfifo "$work/go"
"$target" store 500 <"$work/go" >"$work/address" &
storer=$!
exec 3>"$work/go"
while [ ! -s "$work/address" ]; do sleep 0.05; done
rm -f "$work/trace"
"$lk" trace --json -i 0.2 -p "$storer" "watchpoint:$(cat "$work/address"):8:w" >"$work/trace" 2>"$work/err" &
tracer=$!
while [ ! -s "$work/trace" ] && kill -0 "$tracer" 2>/dev/null; do sleep 0.05; done
echo go >&3
exec 3>&-
wait "$storer" "$tracer"
if grep -q 'debug register' "$work/err"; then
	skip "watchpoint: $(cat "$work/err")"
else
	check "watchpoint samples: 500" test "$(count_of)" -eq 500
	check "stores of user code" test "$(context user | tail -n 1)" -eq 500
fi

# Filters: what is left out and what is not.
"$target" syscalls 30 &
other=$!
trace -d 1 -p "$other" tracepoint:syscalls:sys_enter_getppid
check "-p: the process: $(count_of)" test "$(count_of)" -gt 1000
trace -d 1 -t "$other" tracepoint:syscalls:sys_enter_getppid
check "-t: the thread: $(count_of)" test "$(count_of)" -gt 1000
trace -p $$ -d 0.5 tracepoint:syscalls:sys_enter_getppid
check "-p: no other process" test "$(count_of)" -eq 0
trace -t $$ -d 0.5 tracepoint:syscalls:sys_enter_getppid
check "-t: no other thread" test "$(count_of)" -eq 0
trace tracepoint:syscalls:sys_enter_getppid -- sleep 0.3
check "--: no other process" test "$(count_of)" -eq 0
trace -c "$target step 1" "usdt:$target:latchkit:step"
check "-c runs the command" test "$(count_of)" -eq 1
trace -- sh -c "$target work 1; $target work 1" 2>/dev/null
trace "uprobe:$target:target_work" -- sh -c "$target work 10; $target work 10"
check "--: children are followed" test "$(count_of)" -eq 20
if [ "$(nproc)" -ge 2 ]; then
	taskset -pc 1 "$other" >/dev/null
	trace -p "$other" -C 0 -d 0.5 tracepoint:syscalls:sys_enter_getppid
	check "-C: no other CPU" test "$(count_of)" -eq 0
	trace -C 1 -d 0.5 tracepoint:syscalls:sys_enter_getppid
	check "-C: that CPU" test "$(count_of)" -gt 1000
fi
cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ -n "$cgroups" ] && mkdir "$cgroups/latchkit-test" 2>/dev/null; then
	trace --cgroup "$cgroups/latchkit-test" -d 0.5 tracepoint:syscalls:sys_enter_getppid
	check "--cgroup: nobody else" test "$(count_of)" -eq 0
	if echo "$other" >"$cgroups/latchkit-test/cgroup.procs" 2>/dev/null; then
		trace --cgroup "$cgroups/latchkit-test" -d 0.5 tracepoint:syscalls:sys_enter_getppid
		check "--cgroup: its tasks" test "$(count_of)" -gt 1000
	fi
	kill "$other"
	wait "$other" 2>/dev/null
	rmdir "$cgroups/latchkit-test" 2>/dev/null || { sleep 0.5; rmdir "$cgroups/latchkit-test"; }
else
	skip "--cgroup: no cgroup version 2 hierarchy that can be written"
	kill "$other"
	wait "$other" 2>/dev/null
fi

# Formats.
"$lk" trace --csv -d 0.5 -i 0.2 tracepoint:sched:sched_switch >"$work/csv"
check "--csv: every row has as many columns as the heading" \
	awk -F, 'NR == 1 { n = NF } NF != n { bad = 1 } END { exit bad || NR < 3 }' "$work/csv"
"$lk" trace --folded profile:hz:500 -- "$target" work 5000 >"$work/folded" 2>"$work/err"
check "--folded: lines are STACK COUNT" awk '!/ [0-9]+$/ { bad = 1 } END { exit bad || !NR }' "$work/folded"
check "--folded: user symbols" grep -q '^target;.*target_work' "$work/folded"
"$lk" trace -d 0.5 -i 0.2 --color always >"$work/table" 2>/dev/null
check "no probes: samples, switches and system calls" grep -q 'sched_switch' "$work/table"
check "--color always" grep -q '\[1m' "$work/table"
check "what was lost is told, and what cannot be known" sh -c "grep -q '^lost: ' '$work/table' && grep -q '^cannot be known here: skipped of ' '$work/table'"
for latch in $("$lk" list | awk 'NR > 1 { print $1 }'); do
	trace --latch "$latch" -d 0.2 profile:hz:99 tracepoint:sched:sched_switch 'tracepoint:syscalls:sys_enter_*'
	check "--latch $latch" test "$("$jsonl" summary latch <"$work/trace")" = "$latch"
done
check "list --json" sh -c "'$lk' list --json | grep -q '\"name\":\"bank\"'"
check "doctor --json" sh -c "'$lk' doctor --json | grep -q '\"key\"'"
done_testing
