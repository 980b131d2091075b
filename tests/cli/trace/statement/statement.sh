#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit trace --explain and -l: statements against this kernel's types; nothing is attached.
. "$(dirname "$0")/../../lib.sh"

explain() { "$lk" trace --explain "$@" >"$work/out" 2>"$work/err"; }
says() { grep -qE -- "$1" "$work/out"; }

if [ ! -r /sys/kernel/btf/vmlinux ]; then
	skip "statement.sh: this kernel has no type information"
	exit 0
fi

# Every example of the document.
sed -n '/^```statements/,/^```$/p' docs/trace.md | grep -v '^```' >"$work/examples"
check "the document has examples" [ "$(wc -l <"$work/examples")" -ge 30 ]
while IFS= read -r example; do
	if explain "$example"; then
		pass "explained: $example"
	elif grep -qE 'no such (kernel function|tracepoint|program|name|function)|does not know|not to be read here|has no debug information' "$work/err"; then
		skip "explained: $example: not here: $(head -n 1 "$work/err")"
	else
		fail "explained: $example: $(head -n 1 "$work/err")"
	fi
done <"$work/examples"

# Offsets are those that another reader of the same types finds.
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
offset_of() { # offset_of STRUCT FIELD
	"$bpftool" btf dump file /sys/kernel/btf/vmlinux 2>/dev/null |
		awk -v s="STRUCT '$1' " -v f="'$2' " 'index($0, s) { open = 1; next } /^\[/ { open = 0 }
			open && index($0, f) { sub(/.*bits_offset=/, ""); print $1 / 8; exit }'
}
if [ -x "$bpftool" ]; then
	pid=$(offset_of task_struct pid)
	explain 'tracepoint:sched:sched_switch {sum(args.next.pid)}'
	check "args.next.pid is where task_struct has it" says "deref 4 signed at \+$pid\$"
	parent=$(offset_of task_struct real_parent) comm=$(offset_of task_struct comm)
	explain 'tracepoint:sched:sched_switch {count() by str(args.next.real_parent.comm)}'
	check "a pointer is followed" says "deref 8 at \+$parent\$"
	check "an array is not" says "addr at \+$comm\$"
	"$lk" trace -l 'struct task_struct' >"$work/out"
	check "-l lists fields, with that offset" says "pid_t pid \(offset $pid\)"
else
	skip "offsets: no bpftool"
fi

explain 'tracepoint:sched:sched_switch /args.prev_state == 0 && args.next.prio < 100/'
check "a short cut leads behind what it leaves out" says "andj to 9|andj to 8"
explain 'tracepoint:syscalls:sys_enter_read /retval < 0/ {count() by errno(retval)}'
check "what a system call returns is signed" says 'slt$'
explain 'tracepoint:syscalls:sys_enter_openat {count() by str(arg1)}'
check "a system call's strings are the user's" says 'in user memory'
explain --force 'kprobe:vfs_read'
check "a probe alone is explained" says 'attached +kprobe:vfs_read \(how often it occurs\)'
"$lk" trace --dry-run 'kprobe:vfs_read' >"$work/dry" 2>&1
check "--dry-run is the same" cmp -s "$work/dry" "$work/out"
explain 'tracepoint:sched:sched_w*'
check "a pattern names what it stands for" says 'attached +tracepoint:sched:sched_wa'
explain 'tracepoint:sched:sched_wakeu* {sum(args.p.pid)}'
check "one statement for probes that agree" says '(arg 0|deref 4 signed)'

refuses "near misses of arguments" 2 'args\.nxt\.pid: no such argument of sched_switch; did you mean next\?' \
	trace --explain 'tracepoint:sched:sched_switch {count() by args.nxt.pid}'
tail -n 2 "$work/err" >"$work/place"
printf '%s\n' '  tracepoint:sched:sched_switch {count() by args.nxt.pid}' \
	'                                                 ^~~' >"$work/want"
check "the caret is under it" cmp -s "$work/place" "$work/want"
refuses "near misses of fields" 2 'no such field of struct task_struct; did you mean (pid|tgid)\?' \
	trace --explain 'tracepoint:sched:sched_switch {count() by args.next.pidd}'
if explain 'tracepoint:sched:sched_switch {sum(args.next_pid)}'; then
	check "the format file's spelling" says 'args\.next_pid +pid_t +field of the format file'
else
	refuses "the format file's spelling" 2 'args\.next_pid: .*; write args\.next\.pid' \
		trace --explain 'tracepoint:sched:sched_switch {sum(args.next_pid)}'
fi
refuses "what a probe does not have" 2 'a tracepoint returns nothing' \
	trace --explain 'tracepoint:sched:sched_switch {sum(retval)}'
refuses "what differs between probes" 2 'is not the same at|no such argument of' \
	trace --explain 'tracepoint:sched:sched_* {sum(args.p.pid)}'
refuses "a probe that does not exist" 1 'no such tracepoint; did you mean sched_switch\?' \
	trace --explain 'tracepoint:sched:sched_swich {count()}'
refuses "control characters in a statement" 2 '\\x1b' trace --explain "$(printf 'tracepoint:sched:sched_switch {\033}')"
refuses "nothing to explain" 2 '--explain: what\?' trace --explain
refuses "nothing to list" 1 'no probe of this host matches' trace -l 'tracepoint:nothing:like_it'
refuses "no program to list" 1 'no such program or library' trace -l 'uprobe:/does/not/exist:*'

# Without any privilege, so without attaching anything.
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$work/latchkit" trace --explain \
		'tracepoint:sched:sched_switch {sum(args.next.pid)}' >"$work/out" 2>"$work/err"
	check "nobody may ask what a statement means" says 'args.next.pid'
else
	skip "nobody may ask: no setpriv, or not root"
fi

"$lk" trace -l 'tracepoint:sched:sched_s*' >"$work/out"
check "-l lists probes" says '^tracepoint:sched:sched_switch$'
check "-l lists what matches only" [ "$(grep -vc '^tracepoint:sched:sched_s' "$work/out")" -eq 0 ]
"$lk" trace -lv t:sched:sched_switch >"$work/out"
check "-lv tells arguments" says '^    struct task_struct \* args.next$'
"$lk" trace -lv 'tracepoint:syscalls:sys_enter_openat' >"$work/out"
if says 'args\.'; then
	check "-lv tells a system call's arguments" says '^    const char \* args.filename$'
else
	skip "-lv tells a system call's arguments: no tracefs"
fi
check "-lv tells what it returns" says 'retval$'
"$lk" trace -lv 'fexit:vfs_write' >"$work/out"
if says .; then
	check "-lv tells a function's arguments" says '^    struct file \* args.file$'
	check "-lv tells a function's return" says '^    ssize_t retval$'
else
	skip "-lv tells a function's arguments: no vfs_write"
fi
"$lk" trace -l "uprobe:$build/tests/target:ma*" >"$work/out"
check "-l lists the functions of a program" says ':main$'
"$lk" trace -l >"$work/out"
check "-l lists all" [ "$(wc -l <"$work/out")" -gt 1000 ]

# What first users of it do.
write=tracepoint:syscalls:sys_enter_write
refuses "no blank before a brace" 2 'put a blank before \{' trace 'tracepoint:sched:sched_switch{count()}'
refuses "no blank before a predicate" 2 'put a blank before /' trace "$write/args.fd == 3/"
refuses "nanoseconds in another unit" 2 'ns are in ns' trace "$write {hist(ns, us)}"
refuses "a probe that has a statement" 2 'there already, with a statement' trace "$write /args.fd == 3/" "$write"
refuses "two outputs in one file" 2 'is two outputs' trace --flame "$work/x" --heatmap "$work/x" -d 1
if "$lk" trace -d 0.01 tracepoint:sched:sched_switch >/dev/null 2>&1; then
	"$lk" trace -i 100 "$write /args.count == 1000/ {lhist(args.count, 0, 90, 30)}" -- "$build/tests/exprs" >"$work/out" 2>"$work/err"
	check "linear buckets end where they should" test "$(grep -c ' - .*|' "$work/out")" -eq 1
	check "what is above them is in the last" grep -q '90 - more  *300' "$work/out"
	"$lk" trace -i 100 "$write /args.count == 1000/ {lhist(args.count, 0, 2000, 500)}" -- "$build/tests/exprs" >"$work/out" 2>"$work/err"
	check "a linear bucket" grep -q '1000 - 1500  *300' "$work/out"
else
	skip "linear buckets in a table: cannot trace here"
fi
done_testing
