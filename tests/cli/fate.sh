#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a trace is limited to: targets that exclude each other, that cannot match, that are gone.
. "$(dirname "$0")/lib.sh"
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

done_testing
