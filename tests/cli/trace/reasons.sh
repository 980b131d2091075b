#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What fails is named with its true cause: reads that fail, privileges that are not enough, limits.
. "$(dirname "$0")/../lib.sh"
need_bpf
types=/sys/kernel/btf/vmlinux

# says NAME REGEX NOT COMMAND...: what it prints on standard error, and what it does not.
says() {
	name=$1 regex=$2 not=$3
	shift 3
	"$@" >"$work/out" 2>"$work/err" </dev/null
	if ! grep -qE -- "$regex" "$work/err"; then
		fail "$name: does not say '$regex': $(head -n 1 "$work/err")"
	elif grep -qE -- "$not" "$work/err"; then
		fail "$name: says '$not': $(head -n 1 "$work/err")"
	else
		pass "$name"
	fi
}

# failing FILE CALL ERRNO ARG...: latchkit, where that system call on that file fails
failing() {
	file=$1 call=$2 error=$3
	shift 3
	timeout 60 strace -qqq -o /dev/null -P "$file" -e "inject=$call:error=$error" "$lk" "$@"
}
if strace -qqq -o /dev/null true 2>/dev/null; then
	says "type information: no descriptor" "$types: Too many open files" CONFIG_DEBUG_INFO_BTF \
		failing $types openat EMFILE trace -d 0.1 profile:hz:99
	says "type information: a read that fails" "$types: Input/output error" CONFIG_DEBUG_INFO_BTF \
		failing $types read EIO trace -d 0.1 profile:hz:99
	says "type information that is not there" CONFIG_DEBUG_INFO_BTF "No such process" \
		failing $types openat ENOENT trace -d 0.1 profile:hz:99
	says "kernel symbols: no descriptor" "/proc/kallsyms: Too many open files" kptr_restrict \
		failing /proc/kallsyms openat EMFILE trace -d 0.1 --folded profile:hz:99
else
	skip "calls that fail: no strace, or it may not trace"
fi

plain() { # plain ARG...: as a user with CAP_BPF and CAP_PERFMON alone
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+bpf,+perfmon \
		--ambient-caps=+bpf,+perfmon timeout 60 "$lk" "$@"
}
if plain trace -d 0.1 tracepoint:sched:sched_switch >/dev/null 2>&1; then
	says "two capabilities, a probe in user space" CAP_SYS_ADMIN "or with CAP_BPF" \
		plain trace -d 0.1 uprobe:libc:malloc
	says "two capabilities, a return in user space" CAP_SYS_ADMIN "or with CAP_BPF" \
		plain trace -d 0.1 uretprobe:libc:malloc
else
	skip "two capabilities: not enough here"
fi

# Without tracefs nobody knows categories: the pattern is refused, not taken for every tracepoint.
if plain trace -d 0.1 'tracepoint:sched:*' >"$work/out" 2>"$work/err"; then
	check "tracefs can be read: a category" test -s "$work/out"
else
	check "a category without tracefs" grep -q 'known to tracefs alone' "$work/err"
fi
if "$lk" trace --json -d 0.1 'tracepoint:sched:*' >"$work/out" 2>"$work/err"; then
	"$jsonl" probe probe <"$work/out" | grep -v '^tracepoint:sched:' >"$work/others"
	check "a category holds its own tracepoints alone" test ! -s "$work/others"
	check "and has some" grep -q '"tracepoint:sched:sched_switch"' "$work/out"
else
	check "a category that cannot be told" grep -q 'known to tracefs alone' "$work/err"
fi

few() { # few ARG...: latchkit, with few descriptors
	ulimit -n 100
	exec timeout 60 "$lk" "$@"
}
(few trace -d 0.1 --max-probes 60000 'tracepoint:*:*' >"$work/out" 2>"$work/err")
check "more probes than descriptors: the limit is named" grep -q 'Too many open files.*ulimit' "$work/err"
done_testing
