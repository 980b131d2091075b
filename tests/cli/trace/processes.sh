#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Who the rows of a trace are about: processes that live shortly have their own names, each once,
# also if all have one pid; and what is remembered of them is bounded.
# LATCHKIT_LIVES: how many processes (12000: more than are remembered).
. "$(dirname "$0")/../lib.sh"
need_bpf
lives=$build/tests/lives
many=${LATCHKIT_LIVES:-12000}

trace() { timeout 600 "$lk" trace --json -i 600 "$@" >"$work/trace" 2>"$work/err"; }
# "PID NAME" of each process that was reported.
reported() { sed -n 's/^{"type":"process",.*"pid":\([0-9]*\),"name":"\([^"]*\)".*/\1 \2/p' "$work/trace"; }
threads() { "$jsonl" summary "threads.$1" <"$work/trace"; }
differences() { # differences: between who was reported and who lived
	reported | grep -E ' (life-|true)' | sort >"$work/reported"
	sort "$work/lived" | diff - "$work/reported" | grep -c '^[<>]'
}

as_proc_says() { # as_proc_says WHAT: as many are known to live as there are, others come and go
	alive=$(ls -d /proc/[0-9]*/task/[0-9]* | wc -l)
	check "$1: $(threads alive), /proc has $alive" \
		test "$(threads alive)" -lt $((alive * 3 / 2)) -a "$(threads alive)" -gt $((alive / 2))
}

trace --processes tracepoint:syscalls:sys_enter_getppid -- sh -c "exec $lives many $many >$work/lived"
check "$many processes: exit 0" test $? -eq 0
wrong=$(differences)
check "$many processes: $wrong missing or with another name, $(threads lost) events lost" test "$wrong" -eq 0
check "$many processes: all began and ended: $(threads began), $(threads ended)" \
	test "$(threads began)" -ge "$many" -a "$(threads ended)" -ge "$many"
check "at most $(threads kept_most) threads were remembered, $(threads shed) shed" \
	test "$(threads kept_most)" -le 11500
as_proc_says "who lives is not shed"

"$lives" same 2 >/dev/null 2>&1
if [ $? -eq 3 ]; then
	skip "one pid for all: this process may not choose pids"
else
	trace --processes --on-sample stacks tracepoint:syscalls:sys_enter_getppid -- sh -c "exec $lives same 200 >$work/lived"
	wrong=$(differences)
	check "200 processes of one pid: $wrong missing or with another name" test "$wrong" -eq 0
	check "they have one pid" test "$(cut -d' ' -f1 "$work/lived" | sort -u | wc -l)" -eq 1
	# A row's own name was written down in the event; that of its process was looked up.
	sed -n 's/^{"type":"stack",.*"comm":"\(life-[^"]*\)".*"process":"\([^"]*\)".*/\1 \2/p' "$work/trace" >"$work/rows"
	check "each of their rows names the right one: $(wc -l <"$work/rows") rows" \
		awk '$1 != $2 { exit 1 } END { exit NR < 200 }' "$work/rows"
fi

trace --processes tracepoint:syscalls:sys_enter_getppid -- sh -c "exec $lives threads 300 >$work/lived"
check "threads that execute a program: their processes have the new name" test "$(differences)" -eq 0
as_proc_says "their old selves are not taken for alive"

# Somebody who was there before, and only later does something.
sleep 300 &
sleeper=$!
: >"$work/trace"
timeout 60 "$lk" trace --json -i 0.2 -p "$sleeper" --processes tracepoint:syscalls:sys_enter_getppid >"$work/trace" 2>"$work/err" &
eventually test -s "$work/trace"
kill "$sleeper"
wait
check "a process that was there before" test "$(reported)" = "$sleeper sleep"

# A cgroup that is gone when the trace ends, and before that made and removed without anybody in it.
cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
mine=latchkit-test-$$
if [ -n "$cgroups" ] && mkdir "$cgroups/$mine" 2>/dev/null; then
	cat >"$work/enter" <<-EOF
		sh -c 'echo \$\$ >$cgroups/$mine/cgroup.procs; exec sleep 0.3'
		rmdir $cgroups/$mine
		sleep 0.2
	EOF
	trace --processes tracepoint:syscalls:sys_enter_getppid -- sh "$work/enter"
	check "the cgroup of a process, which is gone" \
		grep -q "\"type\":\"process\".*\"name\":\"sleep\".*\"cgroup_path\":\"/$mine\"" "$work/trace"
	mkdir "$cgroups/$mine"
	timeout 20 "$lk" trace --processes -d 5 profile:hz:49 -- sh "$work/enter" >"$work/out" 2>"$work/err"
	check "the table names it, too" grep -qE "^ended: sleep, .*, in /$mine\$" "$work/out"
	rmdir "$cgroups/$mine" 2>/dev/null
else
	skip "cgroups by name: no unified hierarchy that can be written to"
fi

timeout 20 "$lk" trace -d 5 --processes profile:hz:49 -- sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done' >"$work/out" 2>"$work/err"
check "the table says whose samples they are" grep -qE '; of sh, began [0-9.]+[mu]?s ago' "$work/out"
check "and which processes ended" grep -qE '^ended: sh, pid [0-9]+, child of [0-9]+, after ' "$work/out"
script -qec "timeout 20 $lk trace -i 0.2 -d 1 --processes profile:hz:49 -- sh -c 'sleep 0.5'" /dev/null >"$work/out" 2>&1
check "on a terminal, too" grep -qE '^ended: sleep, pid ' "$work/out"
check "which is not wiped out" sh -c "! grep -q \"\$(printf '\\033')\[H\" '$work/out'"
refuses "--processes with --csv" 2 'use the table or --json' trace --processes --csv -d 1
refuses "--processes with --folded" 2 'use the table or --json' trace --folded --processes -d 1
done_testing
