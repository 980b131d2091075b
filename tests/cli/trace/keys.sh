#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Records by key, for every kind of probe and every key that this host has, in every format: what
# a program did so many times is in its rows, exactly, also when keys find no room.
# LATCHKIT_LIVES: how many processes overflow the tables (5000).
. "$(dirname "$0")/../lib.sh"
need_bpf
callers=$build/tests/callers
key_rows=$(dirname "$0")/../key_rows
many=${LATCHKIT_LIVES:-5000}

format=json
# trace OPTION... -- COMMAND...: the trace's output and the command's, each in a file of its own.
trace() { timeout 300 "$lk" trace -i 600 --$format -o "$work/trace" "$@" >"$work/told" 2>"$work/err"; }
rows() { "$key_rows" $format "$@" <"$work/trace"; } # rows FIELDS [FIELD=VALUE]...
sum() { rows count "$@" | awk '{ n += $1 } END { print n + 0 }'; } # sum [FIELD=VALUE]...: of counts
is() { # is NAME WANTED GOT
	if [ "$2" = "$3" ]; then pass "$1: $2"; else fail "$1: '$3' instead of '$2': $(head -n 1 "$work/err")"; fi
}
of_probe() { grep -F "{\"type\":\"probe\"" "$work/trace" | grep -F "\"probe\":\"$1\"" | "$jsonl" probe "$2" | tail -n 1; }

# What callers does 1000 times in each of 3 threads, as each kind of probe sees it.
# As it is shown; it is spelled without its category.
raw=rawtracepoint:task:task_rename
kernel="tracepoint:task:task_rename $raw tracepoint:syscalls:sys_enter_getppid"
user="uprobe:$callers:callers_work uretprobe:$callers:callers_timed usdt:$callers:latchkit:work"
work_by() { # work_by KEYS PROBE...
	keys=$1
	shift
	trace --by "$keys" $(echo "$@" | sed "s/$raw/rawtracepoint:task_rename/") -- "$callers" each 1000 3
}
known() { # known PROBE: execve sets a name, too
	case $1 in *rename) echo 3001 ;; *) echo 3000 ;; esac
}
pid_of() { awk '{ print $1; exit }' "$work/told"; }

for format in json csv; do
	what="$format, as many keys as fit"
	work_by comm,pid,tid,uid,cpu,cgroup,probe $kernel $user
	is "$what: exit" 0 $?
	for probe in $kernel $user; do
		is "$what: $probe" 3000 "$(sum probe="$probe" comm=callers pid="$(pid_of)")"
		while read -r pid tid; do
			is "$what: $probe, one thread" 1000 "$(sum probe="$probe" pid="$pid" tid="$tid" comm=callers uid=0)"
		done <"$work/told"
	done
	rows cpu | sort -u | while read -r cpu; do
		[ -d "/sys/devices/system/cpu/cpu$cpu" ] || echo "$cpu"
	done >"$work/cpus"
	check "$what: CPUs that there are" test ! -s "$work/cpus"
	case $format in json) field=cgroup_path ;; *) field=cgroup ;; esac
	mine=$(sed -n 's/^0:://p' /proc/self/cgroup)
	if [ -n "$mine" ] && grep -q ' cgroup2 ' /proc/mounts; then
		is "$what: the cgroup" "$mine" "$(rows $field comm=callers | sort -u)"
	else
		skip "$what: the cgroup: no unified hierarchy"
	fi
done

# Each key by itself: its rows add up to what was done, and to what the probe says.
format=json
for by in comm pid tid uid cgroup 'kstack' 'kstack(2)' 'ustack' 'ustack(1)' func; do
	case $by in
	comm | uid | cgroup | kstack*) probes=$kernel ;;
	func) probes="uprobe:$callers:callers_work usdt:$callers:latchkit:work" ;;
	*) probes="$kernel $user" ;;
	esac
	work_by "$by" $probes
	for probe in $probes; do
		is "by $by: $probe" "$(known "$probe")" "$(sum probe="$probe")"
		is "by $by: $probe: that is its count" "$(known "$probe")" "$(of_probe "$probe" count)"
		is "by $by: $probe: all have room" 0 "$(of_probe "$probe" keys_full)"
	done
	case $by in
	func)
		is "the function of a uprobe" 3000 "$(sum probe="uprobe:$callers:callers_work" func=callers_work)"
		is "that of a static probe" 3000 "$(sum probe="usdt:$callers:latchkit:work" func=call)"
		;;
	'ustack(1)') is "the innermost of a user stack" 3000 "$(sum probe="uprobe:$callers:callers_work" ustack=callers_work)" ;;
	ustack) check "a user stack, outermost first" grep -q '"probe":"usdt:.*"ustack":"[^"]*;call"' "$work/trace" ;;
	'kstack(2)') check "two innermost of a kernel stack" grep -qE '"kstack":"[^;"]+_\[k\](;[^;"]+_\[k\])?"' "$work/trace" ;;
	kstack) check "a kernel stack" grep -q '"kstack":"[^"]*do_syscall_64_\[k\][^"]*"' "$work/trace" ;;
	esac
done

# Samples: the kernel's own count of switches, which a program reads in /proc.
switches="software:context-switches:1 tracepoint:sched:sched_switch"
for format in json csv; do
	trace --by comm,pid $switches -- "$callers" switches 3200
	read -r pid least most <"$work/told"
	for probe in $switches; do
		got=$(sum probe="$probe" comm=phase pid="$pid")
		check "$format: $probe: $got switches, /proc says $least to $most" test "$least" -ge 3000 -a "$got" -ge "$least" -a "$got" -le "$most"
	done
done
format=json
for by in comm,pid,tid,uid,cpu,cgroup,probe func,kstack,ustack; do
	trace --by $by profile:hz:999 software:cpu-clock -- "$callers" hot 300
	for probe in profile:hz:999 software:cpu-clock; do
		is "by $by: $probe" "$(of_probe $probe count)" "$(sum probe=$probe)"
	done
	check "by $by: there are samples" test "$(sum probe=profile:hz:999)" -gt 50
done

# Folded: the keys and then the frames.
format=folded
work_by comm,pid,ustack "usdt:$callers:latchkit:work"
is "folded, by comm, pid and stack" 3000 "$(rows stack,count | awk -F '\t' -v keys="^callers;$(pid_of);.*;call\$" '$1 ~ keys { n += $2 } END { print n + 0 }')"
is "folded: nothing else" 3000 "$(sum)"
work_by kstack $kernel
is "folded, by kernel stack of three probes" 9002 "$(sum)"

# The table.
timeout 60 "$lk" trace -i 600 -o "$work/trace" --by tid,comm tracepoint:syscalls:sys_enter_getppid -- "$callers" each 1000 3 >"$work/told" 2>"$work/err"
while read -r pid tid; do
	check "table: a row of a thread" grep -qE "^ +1000 .* $tid +callers\$" "$work/trace"
done <"$work/told"

# What is reported from time to time adds up to what there is in the end.
for format in json csv; do
	"$lk" trace -i 0.1 --$format -o "$work/trace" --by comm,pid tracepoint:syscalls:sys_enter_getppid -- "$target" syscalls 1 2>"$work/err"
	all=$(sum comm=target)
	case $format in
	json) deltas=$(sed -n 's/^{"type":"key",.*"comm":"target".*"delta":\([0-9]*\),.*/\1/p' "$work/trace") ;;
	*) deltas=$(awk -F , '$3 == "\"target\"" { print $9 }' "$work/trace") ;;
	esac
	is "$format: deltas add up" "$all" "$(echo "$deltas" | awk '{ n += $1 } END { print n + 0 }')"
	check "$format: reports of several intervals" test "$(echo "$deltas" | wc -l)" -gt 2
done

# Through every latch: what it refuses, as CPUs share the record of a key, is counted.
format=json
for latch in $("$lk" list | awk '$2 == "sound" { print $1 }'); do
	trace --latch "$latch" --by comm tracepoint:syscalls:sys_enter_getppid -- "$callers" each 1000 3
	is "latch $latch: rows and what was dropped" 3000 $(($(sum) + $("$jsonl" summary losses.dropped <"$work/trace")))
done

# More keys than there is room for: they are in (other), and counted.
format=json
probe=tracepoint:syscalls:sys_enter_getppid
for room in 10 1000; do
	trace --keys $room --by pid $probe -- "$callers" many "$many"
	is "--keys $room of $many processes: rows add up" "$many" "$(sum)"
	is "--keys $room: so does the probe's count" "$many" "$(of_probe $probe count)"
	is "--keys $room: keys_full is what is without room" "$(sum other=True)" "$(of_probe $probe keys_full)"
	got=$(sum other=False)
	check "--keys $room: $got have room" test "$got" -ge $room
	[ $((room * 8)) -ge "$many" ] || check "--keys $room: others have not" test "$(sum other=True)" -gt 0
done
# How much room there is unless it is said: more where samples have many addresses.
room_for() { "$lk" trace -v -d 0.01 "$@" 2>&1 | sed -n 's/^latchkit: --keys \([0-9]*\): tables of .*/\1/p'; }
is "room for samples by comm" 1000 "$(room_for --by comm profile:hz:9)"
is "room for samples by function" 10000 "$(room_for --by func profile:hz:9)"
is "room for latencies by stack" 1000 "$(room_for --by kstack $probe)"
format=csv
trace --keys 10 --by pid $probe -- "$callers" many "$many"
is "--keys 10 of $many processes, in CSV" "$many" "$(sum)"
check "in CSV: others have no room" test "$(sum other=1)" -gt 0
format=folded
trace --keys 10 --by pid,kstack $probe -- "$callers" many "$many"
is "--keys 10 of $many processes, folded" "$many" "$(sum)"
check "folded: others have no room" test "$(sum stack="(other)")" -gt 0
done_testing

