#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a trace is limited to: targets that exclude each other, that cannot match, that are gone.
. "$(dirname "$0")/../lib.sh"
need_bpf
getppid=tracepoint:syscalls:sys_enter_getppid

# A process of two threads that prints the second one's number, until its input ends.
two_threads='
import sys, threading
def wait():
    print(threading.get_native_id(), flush=True)
    sys.stdin.read()
threading.Thread(target=wait).start()
'
mkfifo "$work/in" "$work/tid"
python3 -c "$two_threads" <"$work/in" >"$work/tid" &
pid=$!
exec 8>"$work/in"
read -r tid <"$work/tid"
refuses "a thread's number is no process's" 1 "is a thread of process $pid; use -t $tid or -p $pid" trace -p "$tid" $getppid
refuses "a thread of another process" 1 "is a thread of process $pid, not of $$" trace -p $$ -t "$tid" $getppid
check "a thread of its process" "$lk" trace -o "$work/out" -d 0.1 -p $pid -t "$tid" $getppid
refuses "a process and -c" 2 'two targets' trace -p $$ -c true $getppid
refuses "a process and a command" 2 'two targets' trace -p $$ $getppid -- true
refuses "a thread and a command" 2 'two targets' trace -t $$ $getppid -- true
exec 8>&-
wait $pid

# The number is there when it is looked up, and nobody's when the probes are attached.
sh -c 'sleep 0.02 & exec timeout 20 "$0" trace -p $! "$1"' "$lk" $getppid >/dev/null 2>"$work/err"
check "a target that is gone ends the trace" test $? -ne 124
check "a target that is gone is told" grep -qE 'has ended|no such process' "$work/err"
for i in 1 2 3 4 5; do
	sh -c 'sleep 0.02 & timeout 20 "$0" trace -p $! "$1"; exit $?' "$lk" $getppid >/dev/null 2>"$work/err"
	[ $? -ne 124 ] && grep -qE 'has ended|no such process' "$work/err" || echo "$i" >>"$work/missed"
done
check "so it is each of five times" test ! -e "$work/missed"

# A cgroup that is removed: nothing can be in it any more.
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
group=$unified/latchkit-fate-$$
if [ -n "$unified" ] && mkdir "$group" 2>/dev/null; then
	mkfifo "$work/first"
	timeout -s KILL 30 "$lk" trace --json -i 0.1 -o "$work/first" --cgroup "$group" $getppid 2>"$work/err" &
	tracer=$!
	(
		read -r line # it has begun
		rmdir "$group"
		cat >/dev/null
	) <"$work/first"
	wait $tracer
	check "a cgroup that is removed ends the trace" test $? -eq 0
	check "that is told" grep -q -- "--cgroup $group: was removed" "$work/err"
else
	skip "a cgroup that is removed: no cgroup can be made here"
fi

# A thread's number may become somebody else's: the trace ends with the thread.
sleep 0.5 &
check "a thread that ends, ends the trace" timeout 20 "$lk" trace -t $! $getppid >/dev/null 2>"$work/err"
check "and that is told" grep -qE 'thread [0-9]+ has ended|no such thread' "$work/err"

# exits NAME CODE ARG...: `latchkit trace ARG...` exits with CODE, within 20 s.
exits() {
	name=$1 code=$2
	shift 2
	timeout 20 "$lk" trace "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ "$got" -eq "$code" ]; then
		pass "$name"
	else
		fail "$name: exit $got instead of $code: $(head -n 1 "$work/err")"
	fi
}
exits "a command's status is passed on" 3 $getppid -- sh -c 'exit 3'
check "a status is not told as a death" test ! -s "$work/err"
exits "so it is with -c" 4 -c 'sh -c "exit 4"' $getppid
exits "a command's death is passed on" 139 $getppid -- sh -c 'kill -SEGV $$'
check "a death is told" grep -q 'sh: killed by signal 11 (Segmentation fault)' "$work/err"
exits "SIGKILL as well" 137 $getppid -- sh -c 'kill -KILL $$'
exits "0 stays 0" 0 $getppid -- true
exits "the trace's own status" 0 --exit-status=trace $getppid -- sh -c 'exit 3'
python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$lk" trace -o "$work/out" $getppid -- sh -c 'exit 5' 2>"$work/err"
check "a status is seen though SIGCHLD was ignored" test $? -eq 5
exits "a command that the trace ends" 0 -d 0.1 $getppid -- sleep 300
exits "neither of both" 2 --exit-status=mine $getppid -- true

# A signal that is ignored when latchkit starts stays ignored, here and in the command.
(
	trap '' HUP INT
	exec "$lk" trace $getppid -- grep SigIgn /proc/self/status
) >"$work/out" 2>&1
check "an ignored signal stays so in the command" grep -q 'SigIgn:.*3$' "$work/out"
mkfifo "$work/ready"
(
	trap '' HUP
	exec "$lk" trace --json -o "$work/ready" -i 0.1 $getppid
) &
tracer=$!
(
	read -r line # it has begun: its signals are as they will be
	kill -HUP $tracer
	for i in 1 2 3 4 5; do read -r line || exit 1; done
	kill -TERM $tracer
	cat >/dev/null
) <"$work/ready"
check "an ignored SIGHUP does not end a trace" test $? -eq 0
wait $tracer
check "SIGTERM ends it" test $? -eq 0

# The probes on a thread's exit run before it is forgotten.
counts() { # counts NAME COUNT PROBE COMMAND...
	name=$1 count=$2 probe=$3
	shift 3
	"$lk" trace --json -i 100 "$probe" -- "$@" >"$work/trace" 2>"$work/err"
	got=$("$jsonl" probe count <"$work/trace" | tail -n 1)
	check "$name" test "$got" -eq "$count"
}
forks='i=0; while [ $i -lt 100 ]; do (:); i=$((i + 1)); done'
counts "exits of a command and its 100 children" 101 tracepoint:sched:sched_process_exit sh -c "$forks"
counts "by a raw tracepoint, too" 101 rawtracepoint:sched_process_exit sh -c "$forks"

# tracer_has REGEX FILE: wait until that file below /proc of the trace under timeout(1) matches, 20 s at most.
tracer_has() {
	for i in $(seq 200); do
		grep -q "$1" "/proc/$(ps -o pid= --ppid $tracer | tr -d ' ')/$2" 2>/dev/null && return
		sleep 0.1
	done
	fail "the trace did not get as far as that: $2 has no $1"
}

# Output that nobody reads: a FIFO without a reader, and a reader that stalls.
mkfifo "$work/unread" "$work/stalled"
timeout -k 0 -s KILL 20 "$lk" trace -o "$work/unread" $getppid 2>"$work/err" &
tracer=$!
tracer_has 'SigCgt:.*40[0-9a-f][1-7]$' status
kill -TERM "$(ps -o pid= --ppid $tracer)"
wait $tracer
check "SIGTERM ends a trace whose FIFO nobody opens" test $? -eq 1
timeout -s KILL 20 "$lk" trace --json -i 0.001 -o "$work/stalled" 'tracepoint:sched:sched_*' 2>"$work/err" &
tracer=$!
exec 7<"$work/stalled"
# 64 KiB, of which a whole report may be too much.
full() { python3 -c 'import fcntl, struct, termios as t
raise SystemExit(struct.unpack("i", fcntl.ioctl(7, t.FIONREAD, b"    "))[0] < 32768)' 7<&7; }
check "a report fills the FIFO" eventually full
tracer_has poll wchan
kill -TERM "$(ps -o pid= --ppid $tracer)"
wait $tracer
check "SIGTERM ends a trace whose reader stalls" test $? -eq 1
exec 7<&-

done_testing
