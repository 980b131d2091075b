#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Mistakes a user makes: each is told the thing, the reason and the next step, and the exit code
# says whose mistake it was (2 the command line's, 1 everything else).
. "$(dirname "$0")/lib.sh"

refuses "no command" 2 'Usage: latchkit'
refuses "unknown command" 2 'trcae: no such command; did you mean trace\?' trcae
refuses "unknown option" 2 "unrecognized option" trace --nonsense
refuses "unknown probe type" 2 'kprob:x: no such probe type; did you mean kprobe\?' trace kprob:x
refuses "probe without type" 2 'no such probe type' trace vfs_read
refuses "form of kprobe" 2 'write it as kprobe:FUNCTION' trace kprobe:a:b
refuses "empty field" 2 'write it as kprobe:FUNCTION' trace kprobe:
refuses "form of tracepoint" 2 'tracepoint:CATEGORY:NAME' trace tracepoint:x
refuses "unknown system call" 1 'did you mean sys_enter_openat\?' trace tracepoint:syscalls:sys_enter_opnat
refuses "unknown program" 1 'no such program or library' trace uprobe:/no/such/file:main
refuses "not an ELF file" 1 'is not an ELF file' trace uprobe:/etc/passwd:main
refuses "unknown symbol" 1 'did you mean target_work\?' trace "uprobe:$target:target_wrok"
refuses "unknown static probe" 1 'did you mean' trace "usdt:$target:latchkit:stpe"
refuses "no static probes" 1 'no such static probe' trace "usdt:$lk:a:b"
refuses "unknown software event" 2 'did you mean cpu-clock\?' trace software:cpu-clok
refuses "unknown hardware event" 2 'did you mean cycles\?' trace hardware:cylces
refuses "period of zero" 2 'whole number of at least 1' trace software:cpu-clock:0
refuses "frequency of zero" 2 'from 1 to 100000' trace profile:hz:0
refuses "negative frequency" 2 'from 1 to 100000' trace profile:hz:-5
refuses "watchpoint length" 2 '1, 2, 4 or 8 bytes' trace watchpoint:0x1000:3:w
refuses "watchpoint alignment" 2 'not a multiple' trace watchpoint:0x1001:8:w
refuses "watchpoint mode" 2 'w or rw' trace watchpoint:0x1000:8:x
refuses "duration of zero" 2 '-d 0: not a number of seconds' trace -d 0
refuses "negative duration" 2 '-d -1: not a number' trace -d -1
refuses "duration in words" 2 '-d soon: not a number' trace -d soon
refuses "duration beyond all" 2 '-d 1e99: not a number of seconds from 0.001 to 1e\+09' trace -d 1e99
refuses "fewer than no rows" 2 '--top -3: not a whole number from 0 to 100000' trace --top -3
refuses "empty probe" 2 'a probe that is empty; probes look like' trace ''
refuses "interval of zero" 2 '-i 0: not a number' trace -i 0
refuses "infinite interval" 2 '-i inf: not a number' trace -i inf
refuses "negative pid" 2 '-p -5: not a whole number' trace -p -5
refuses "pid that is not" 1 '-p 4194303: no such process' trace -p 4194303
refuses "tid that is not" 1 '-t 4194303: no such thread' trace -t 4194303
refuses "CPU that is not" 2 '-C 1000: CPU 1000 is not online' trace -C 1000
refuses "CPU beyond all" 2 'not a list of CPUs' trace -C 99999
refuses "malformed CPU list" 2 'not a list of CPUs' trace -C 0-
refuses "backward CPU range" 2 'not a list of CPUs' trace -C 1-0
refuses "unknown latch" 2 'did you mean ring\?' trace --latch rign
refuses "two formats" 2 'choose one' trace --json --csv
refuses "unknown color" 2 'auto, always or never' trace --color red
refuses "command twice" 2 'give the command once' trace -c true -- true
refuses "no command after --" 2 "no command follows" trace --
refuses "malformed command" 2 'not a command' trace -c 'a "b'
refuses "file that cannot be made" 1 '/no/such/dir/x: cannot write' trace -o /no/such/dir/x
refuses "list takes no arguments" 2 'takes no arguments but the word recipes' list x
refuses "list recipes, mistyped" 2 'did you mean recipes' list recipe
refuses "doctor takes no arguments" 2 '.' doctor x
if [ -r /proc/kallsyms ]; then
	refuses "unknown function" 1 'did you mean vfs_read\?' trace kprobe:vfs_raed
	refuses "too many functions" 1 'more than the limit of 1000; narrow the pattern or raise --max-probes' trace 'kprobe:*'
	refuses "no function matches" 1 'no kernel function matches' trace 'kprobe:zzz_nothing_*'
fi
if [ ! -e /sys/bus/event_source/devices/kprobe ]; then
	refuses "kernel without kprobes" 1 'has no kprobes' trace kprobe:vfs_read
fi
if [ -r /sys/kernel/btf/vmlinux ]; then
	refuses "unknown tracepoint" 1 'did you mean sched_switch\?' trace tracepoint:sched:sched_swich
fi
refuses "help of a command that is not" 2 'nosuch: no such command' help nosuch
refuses "version with an argument" 2 'version foo: it takes no' version foo
check "help of a command" sh -c "'$lk' help trace | grep -q -- --on-sample"
for words in version --help "trace --help" "bench --help" list doctor; do
	timeout 20 "$lk" $words >/dev/full 2>"$work/err"
	check "$words, output that is full: exit 1" test $? -eq 1
	check "$words, output that is full: one message" test "$(grep -c 'cannot write: No space' "$work/err")" -eq 1
done
# What others chose, in messages and tables: nothing that moves the cursor, forges a line, or is no UTF-8.
names=$(printf 'a\033[31m\nlatchkit all is well\302\233\377')
refuses "a path of any bytes" 1 'a\\x1b\[31m\\x0alatchkit all is well\\xc2\\x9b\\xff: no such program' trace "uprobe:/no/$names:main"
check "a path of any bytes: one line" test "$(wc -l <"$work/err")" -eq 1
refuses "a backslash stays one" 1 'b\\d: no such program' trace 'uprobe:/no/b\d:main'
result='"type":"result","workload":"w","writers":"u","readers":"r","payload_bytes":8,"rate_per_s":0,"metrics":{"read_ns":{"median":1,"low":1,"high":1,"values":[1,1,1]}}'
printf '{"type":"environment","schema":1}\n{"subject":"a\\u001b[31m\\nforged",%s}\n' "$result" >"$work/forged"
"$lk" bench compare "$work/forged" "$work/forged" >"$work/out"
check "a forged table: its rows" test "$(grep -c forged "$work/out")" -eq 2
check "a forged table: escaped" grep -q '^a\\x1b\[31m\\x0aforged ' "$work/out"
need_bpf
"$lk" trace --json -d 0.1 -o "$work/closed" >&- 2>&-
check "closed descriptors: no note in the file" test "$(grep -cv '^{' "$work/closed")" -eq 0
refuses "cgroup that is not" 1 'No such file' trace --cgroup /no/such/cgroup -d 0.1 tracepoint:sched:sched_switch
refuses "not a cgroup" 1 'version 2' trace --cgroup /tmp -d 0.1 tracepoint:sched:sched_switch
refuses "command that is not" 1 'no-such-command: cannot run: No such file' trace tracepoint:sched:sched_switch -- no-such-command
refuses "user address without a process" 1 'user addresses need -p PID' trace -d 0.1 watchpoint:0x1000:8:w
if "$lk" trace -d 0.1 hardware:cycles >/dev/null 2>&1; then
	skip "machine without a PMU: this one has one"
else
	refuses "machine without a PMU" 1 'no such counter' trace -d 0.1 hardware:cycles
fi
# Standard output that is full: fail() is for messages, hence the detour.
timeout 20 "$lk" trace -d 0.3 -i 0.1 tracepoint:sched:sched_switch >/dev/full 2>"$work/err"
check "output that is full: exit 1" test $? -eq 1
check "output that is full: message" grep -q 'cannot write: No space left' "$work/err"
timeout 20 "$lk" trace -d 5 -i 0.1 tracepoint:sched:sched_switch 2>"$work/err" | head -n 2 >/dev/null
check "a reader that goes away is no error" test ! -s "$work/err"
# A kernel without type information.
if unshare -m true 2>/dev/null; then
	unshare -m sh -c "mount --bind /dev/null /sys/kernel/btf/vmlinux && '$lk' trace -d 1 profile:hz:99" >/dev/null 2>"$work/err"
	check "no BTF: exit 1" test $? -eq 1
	check "no BTF: says so, and what to do" grep -q 'CONFIG_DEBUG_INFO_BTF' "$work/err"
else
	skip "no BTF: may not hide it here"
fi
echo keep >"$work/keep"
refuses "-o FILE of a trace that cannot begin" 2 'no such probe type' trace -o "$work/keep" foo:bar
check "leaves the file as it was" test "$(cat "$work/keep")" = keep
done_testing
