#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What may go wrong while a trace runs: readers of a command's report that go away, full disks, stops,
# threads that cannot be started, ticks that are late.
. "$(dirname "$0")/../lib.sh"
need_bpf
getppid=tracepoint:syscalls:sys_enter_getppid

# says FILE REGEX: wait until a file does, 20 s at most.
says() {
	for i in $(seq 200); do
		grep -q "$2" "$1" 2>/dev/null && return
		sleep 0.1
	done
	false
}

# A command whose report nobody reads any more: it is told to go on when that has been noticed.
mkfifo "$work/go" "$work/report"
command="read -r word <$work/go; echo \$word >$work/done; exit 7"
{
	timeout 60 "$lk" trace --json -i 0.01 tracepoint:sched:sched_switch -- sh -c "$command" 2>"$work/err" >"$work/report"
	echo $? >"$work/status"
} &
head -n 1 <"$work/report" >"$work/out"
check "a reader that goes away: it is said" says "$work/err" 'sh goes on'
timeout 20 sh -c "echo alive >'$work/go'"
wait
check "a reader that goes away: the command lives" grep -q alive "$work/done"
check "a reader that goes away: the command's status" test "$(cat "$work/status")" -eq 7
rm -f "$work/done"
timeout 60 "$lk" trace --json -i 0.01 tracepoint:sched:sched_switch -- sh -c "$command" 2>"$work/err" >/dev/full &
tracer=$!
check "a full disk: it is said" says "$work/err" 'cannot write: No space'
timeout 20 sh -c "echo alive >'$work/go'"
wait $tracer
check "a full disk: exit 1" test $? -eq 1
check "a full disk: the command lives" grep -q alive "$work/done"
# Still, the trace is ended as ever.
timeout 60 "$lk" trace -i 0.01 tracepoint:sched:sched_switch -- sleep 300 2>"$work/err" >/dev/full &
tracer=$!
says "$work/err" 'sleep goes on'
kill -TERM $(ps -o pid= --ppid $tracer)
wait $tracer
check "a full disk: SIGTERM ends both" test $? -eq 1

# A limit of file sizes, in the middle of a line.
sh -c "ulimit -f 16; exec timeout 60 '$lk' trace --json -i 0.001 -o '$work/limited' tracepoint:sched:sched_switch" 2>"$work/err"
check "a file that gets too large: exit 1" test $? -eq 1
check "a file that gets too large: says so" grep -q 'limited: cannot write: File too large' "$work/err"
check "a file that gets too large: has lines" test "$(wc -l <"$work/limited")" -ge 10
check "a file that gets too large: whole lines" test "$(tail -c 1 "$work/limited" | wc -l)" -eq 1

# Reports that are missed while the trace is stopped: how many lie closer than a tenth of an interval?
mkfifo "$work/lines"
timeout 60 "$lk" trace --json -i 0.05 -o "$work/lines" tracepoint:sched:sched_switch 2>"$work/err" &
tracer=$!
{
	read -r line && echo "$line"
	pid=$(ps -o pid= --ppid $tracer | tr -d ' ')
	kill -STOP $pid
	sleep 1.2
	kill -CONT $pid
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
		read -r line && echo "$line"
	done
	kill -TERM $pid
	cat >/dev/null
} <"$work/lines" >"$work/out"
wait $tracer
close=$(sed 's/.*"t_ns":\([0-9]*\).*/\1/' "$work/out" | awk 'NR > 1 && $1 - last < 5000000 { n++ } { last = $1 } END { print n + 0, NR }')
check "a trace that was stopped reports once for all of it (close together, of reports: $close)" test "${close% *}" -le 3
check "a trace that was stopped goes on" test "${close#* }" -eq 26

# What is late stays so.
"$lk" trace --json -i 0.004 -d 2 -o "$work/late" profile:hz:999 2>"$work/err"
fell=$(sed -n 's/.*"type":"probe".*"late":\([0-9]*\).*/\1/p' "$work/late" | awk '$1 < last { n++ } { last = $1 } END { print n + 0, NR }')
check "late ticks only grow (fell, of reports: $fell)" test "${fell% *}" -eq 0
check "late ticks: there were reports" test "${fell#* }" -ge 2

# No thread may be started: liburcu would abort.
if strace -o /dev/null true 2>/dev/null; then
	timeout 60 strace -qq -o /dev/null -e trace=clone3,clone -e inject=clone3,clone:error=EAGAIN \
		"$lk" trace -d 0.1 profile:hz:99 >/dev/null 2>"$work/err"
	check "no thread may be started: exit 1" test $? -eq 1
	check "no thread may be started: says so" grep -q 'cannot start a thread: Resource temporarily unavailable' "$work/err"
else
	skip "no thread may be started: strace may not trace here"
fi
for mount in /sys/fs/cgroup/pids /sys/fs/cgroup; do
	group=$mount/latchkit-faults-$$
	mkdir "$group" 2>/dev/null && [ -e "$group/pids.max" ] && echo 1 >"$group/pids.max" && break
	rmdir "$group" 2>/dev/null
done
if [ -e "$group/pids.max" ]; then
	timeout 60 sh -c "echo \$\$ >$group/cgroup.procs && exec '$lk' trace -d 0.1 profile:hz:99" >/dev/null 2>"$work/err"
	check "pids.max 1: exit 1" test $? -eq 1
	check "pids.max 1: says so" grep -q 'cannot start a thread.*pids.max' "$work/err"
	rmdir "$group"
else
	skip "pids.max 1: no pids controller here"
fi
done_testing
