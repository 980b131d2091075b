#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Records by key against what others count: strace, the kernel's own counters, how a program was
# written. And who the rows are about: by the name they had, though they ended long before.
. "$(dirname "$0")/../lib.sh"
need_bpf
callers=$build/tests/callers
lives=$build/tests/lives
key_rows=$(dirname "$0")/../key_rows

trace() { timeout 300 "$lk" trace --json -i 30 -o "$work/trace" "$@" >"$work/told" 2>"$work/err"; }
rows() { "$key_rows" json "$@" <"$work/trace"; } # rows FIELDS [FIELD=VALUE]...
sum() { rows count "$@" | awk '{ n += $1 } END { print n + 0 }'; } # sum [FIELD=VALUE]...: of counts
is() { # is NAME WANTED GOT
	if [ "$2" = "$3" ]; then pass "$1: $2"; else fail "$1: '$3' instead of '$2': $(head -n 1 "$work/err")"; fi
}

# System calls of three programs: strace counts each by itself.
if strace -o /dev/null true 2>/dev/null; then
	in_dd="dd if=/dev/zero of=/dev/null bs=1 count=3000"
	in_find="find /usr/include -name *.h"
	in_md5sum="md5sum /usr/include/*.h"
	trace --by comm 'tracepoint:syscalls:sys_enter_*' -- sh -c "$in_dd 2>/dev/null; $in_find >/dev/null; $in_md5sum >/dev/null"
	for program in dd find md5sum; do
		eval "strace -c -o $work/strace \$in_$program >/dev/null 2>&1"
		theirs=$(awk '/total$/ { print $4 }' "$work/strace")
		ours=$(sum comm=$program)
		check "$program: $ours system calls, strace counts $theirs" within 1 "$ours" "$theirs"
	done
else
	skip "system calls by comm against strace: strace is not here, or may not trace"
fi

# Context switches by process: what /proc says of each, of two that live at once.
trace --by pid tracepoint:sched:sched_switch -- sh -c "$callers switches 5000 & $callers switches 9000 & wait"
while read -r pid least most; do
	got=$(sum pid="$pid")
	# Before and after, while the process began and ended: some more.
	check "switches of $pid: $got, /proc says $least to $most" test "$got" -ge "$least" -a "$got" -le $((most + most / 100))
done <"$work/told"
is "two processes" 2 "$(sed -n '$=' "$work/told")"

# Two functions of which one works three times as much.
trace --by comm,func -d 60 profile:hz:999 -- "$callers" hot 4000
three=$(sum comm=callers func=hot_three)
one=$(sum comm=callers func=hot_one)
check "functions 3:1: $three and $one samples" within 5 "$three" $((one * 3))
check "there are enough of them" test "$one" -gt 500
timeout 60 "$lk" trace --folded -i 30 --by func,ustack profile:hz:999 -- "$callers" hot 500 >"$work/trace" 2>"$work/err"
check "by func and stack: a function, and the stack that ends there" grep -qE '^hot_three;.*;hot;hot_three [0-9]+$' "$work/trace"

# Who ended long before the report has its name still, also when thousands have ended since: so many
# are forgotten by then. Nobody is without a name.
trace --keys 20000 --by pid tracepoint:syscalls:sys_enter_getppid -- sh -c "$lives many 3; $callers many 9000"
while read -r pid name; do
	is "$name, which ended first" "$name True" "$(rows process,ended pid="$pid" count=1 | tr '\t' ' ' | grep life)"
done <"$work/told"
is "9000 that ended at once have names" 9000 "$(rows pid process=callers ended=True count=1 | sed -n '$=')"
is "and a row each, as has the shell" 9004 "$(rows pid count=1 | grep -vc '^None$')"

# The same of what they had mapped: more programs than that is remembered of.
trace --keys 20000 --by ustack tracepoint:syscalls:sys_enter_getppid -- "$callers" many 5000
is "5000 that ended at once: stacks with names" 5000 "$(rows ustack,count | awk -F '\t' '$1 ~ /;main;/ && $1 !~ /unknown/ { n += $2 } END { print n + 0 }')"

# While the tracer stands still, more begins and ends than it can be told of: who lives on has a stack with
# names all the same.
"$lk" trace --json -i 1 --keys 100000 --by comm,ustack -o "$work/trace" tracepoint:syscalls:sys_enter_getppid -- sh -c "
	kill -STOP \$PPID
	$callers many 20000
	: >$work/full
	exec $target syscalls 60" 2>"$work/err" &
tracer=$!
check "a tracer that stands still" eventually test -e "$work/full"
sleeper=$(pgrep -P "$tracer")
eventually grep -q '^target' "/proc/$sleeper/comm"
sleep 0.1 # it calls
kill -CONT "$tracer"
check "who lives when it goes on has a name" eventually grep -q '"comm":"target","ustack":"[^"]*syscall"' "$work/trace"
kill -TERM "$tracer"
wait "$tracer"
check "it was not told of all: $("$jsonl" summary threads.lost <"$work/trace") events lost" test "$("$jsonl" summary threads.lost <"$work/trace")" -gt 0

# One pid for all: a row for each process, with its own name.
"$lives" same 2 >/dev/null 2>&1
if [ $? -eq 3 ]; then
	skip "one pid for all: this process may not choose pids"
else
	trace --by comm,pid tracepoint:syscalls:sys_enter_getppid -- "$lives" same 200
	is "200 processes of one pid: rows" "200 1" "$(rows comm other=False | sed -n '$=') $(rows pid | sort -u | sed -n '$=')"
	timeout 300 "$lk" trace --csv -i 30 -o "$work/trace" --by pid tracepoint:syscalls:sys_enter_getppid -- "$lives" same 200 >"$work/told" 2>"$work/err"
	is "in CSV, each with its name and begin" "200 200" "$("$key_rows" csv process,start_ns count=1 <"$work/trace" | sort -u | awk '{ n++; seen[$2] = 1 } END { print n, length(seen) }')"
	trace --by comm,pid tracepoint:syscalls:sys_enter_getppid -- "$lives" same 200
	is "each named by who it was" 200 "$(rows comm,process,ended,count | awk -F '\t' '$1 == $2 && $3 == "True" && $4 == 1 { n++ } END { print n + 0 }')"
fi

# Idle CPUs are one: no process, but with a name.
for try in 1 2 3 4 5 6 7 8; do
	trace --by pid,tid -d 0.5 tracepoint:sched:sched_switch
	[ -z "$(rows pid pid=0)" ] || break
done
if [ -z "$(rows pid pid=0)" ]; then
	skip "idle CPUs: none was idle"
else
	is "idle CPUs" "0 0 swapper None" "$(rows pid,tid,process,start_ns pid=0 | xargs)"
fi

# A process is called by its last name, a row by comm by what its thread was called then.
trace --by comm,pid tracepoint:task:task_rename -- sh -c "exec $callers each 10 1"
pid=$(awk '{ print $1; exit }' "$work/told")
is "an exec: names then" "callers 10 sh 1" "$(rows comm,count pid="$pid" | grep -v latchkit | sort | xargs)"
is "an exec: name in the end" callers "$(rows process pid="$pid" | sort -u)"

# A cgroup that is gone.
cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
mine=latchkit-test-$$
if [ -n "$cgroups" ] && mkdir "$cgroups/$mine" 2>/dev/null; then
	cat >"$work/enter" <<-EOT
		sh -c 'echo \$\$ >$cgroups/$mine/cgroup.procs; exec $callers each 50 1'
		rmdir $cgroups/$mine
		mkdir $cgroups/$mine-2
		sh -c 'echo \$\$ >$cgroups/$mine-2/cgroup.procs; exec $callers each 70 1'
		rmdir $cgroups/$mine-2
	EOT
	trace --by comm,cgroup tracepoint:syscalls:sys_enter_getppid -- sh "$work/enter"
	is "a cgroup that is gone" 50 "$(sum comm=callers cgroup_path="/$mine")"
	is "one that was made and removed during the trace" 70 "$(sum comm=callers cgroup_path="/$mine-2")"
	rmdir "$cgroups/$mine" "$cgroups/$mine-2" 2>/dev/null
else
	skip "cgroups by name: no unified hierarchy that can be written to"
fi
done_testing
