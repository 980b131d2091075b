#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Twelve statements: latchkit and bpftrace watch the same run of tests/cli/doings.c, and their figures are equal.
. "$(dirname "$0")/../../lib.sh"
need_bpf
doings=$build/tests/doings same=$(dirname "$0")/same_figures
command -v bpftrace >/dev/null || { skip "same as bpftrace: it is not installed: apt-get install bpftrace"; exit 0; }
command -v python3 >/dev/null || { skip "same as bpftrace: no python3 to read what they say"; exit 0; }
"$lk" doctor --json | grep -q '"key":"uprobe","[^}]*"state":"yes"' || { skip "same as bpftrace: no uprobes here"; exit 0; }
if [ ! -d /sys/kernel/tracing/events ]; then # what bpftrace wants: mounted for this test alone
	[ -z "${LATCHKIT_MOUNTED:-}" ] && LATCHKIT_MOUNTED=1 exec unshare -m sh -c 'mount -t tracefs tracefs /sys/kernel/tracing; exec "$0"' "$0"
	skip "same as bpftrace: it wants tracefs at /sys/kernel/tracing"
	exit 0
fi

# bpftrace's map; which trace of latchkit has the statement; what is compared; latchkit's probe; the rest of its
# statement; bpftrace's.
statements() {
	sed "s,BIN,$(realpath "$doings"),g; s/PID/$pid/g" <<'END'
@a;1;sum;tracepoint:syscalls:sys_enter_write;/args.count > 100 && pid == PID/ {sum(args.count)};tracepoint:syscalls:sys_enter_write /args->count > 100 && pid == PID/ { @a = sum(args->count); }
@b;1;sum;uprobe:BIN:work;{sum(arg0 * arg1)};uprobe:BIN:work { @b = sum(arg0 * arg1); }
@c;2;stats;uretprobe:BIN:work;{stats((long)retval)};uretprobe:BIN:work { @c = stats((int64)retval); }
@d;1;count;tracepoint:sched:sched_process_fork;/args.parent.tgid == PID/;tracepoint:sched:sched_process_fork /args->parent_pid == PID/ { @d = count(); }
@e;1;hist;usdt:BIN:latchkit:step;{hist(arg0)};usdt:BIN:latchkit:step { @e = hist(arg0); }
@f;2;count;uprobe:BIN:more;/arg0 > 50 && arg0 % 2 == 0 || arg0 == 1/;uprobe:BIN:more /arg0 > 50 && arg0 % 2 == 0 || arg0 == 1/ { @f = count(); }
@g;2;count;tracepoint:sched:sched_switch;/args.prev.pid == PID/;tracepoint:sched:sched_switch /args->prev_pid == PID/ { @g = count(); }
@h;2;hist;tracepoint:syscalls:sys_enter_read;/pid == PID && retval > 1/ {hist(retval)};tracepoint:syscalls:sys_exit_read /pid == PID && args->ret > 1/ { @h = hist(args->ret); }
@i;3;count;tracepoint:syscalls:sys_enter_close;/pid == PID && retval < 0/ {count() by errno(retval)};tracepoint:syscalls:sys_exit_close /pid == PID && args->ret < 0/ { @i[args->ret] = count(); }
@j;4;count;tracepoint:signal:signal_generate;/pid == PID/ {count() by args.sig};tracepoint:signal:signal_generate /pid == PID/ { @j[args->sig] = count(); }
@k;5;count;tracepoint:sched:sched_process_exit;/args.p.real_parent.tgid == PID/ {count() by args.p.exit_code >> 8};tracepoint:sched:sched_process_exit /curtask->real_parent->tgid == PID/ { @k[curtask->exit_code >> 8] = count(); }
@l;6;sum;tracepoint:kmem:mm_page_alloc;/pid == PID/ {sum(4096 << args.order) by comm};tracepoint:kmem:mm_page_alloc /pid == PID/ { @l[comm] = sum(4096 << args->order); }
END
}

# The load, which waits; bpftrace, and signs that it is attached to all: before and behind, of both its ways to go
# through its probes.
mkfifo "$work/go"
"$doings" wait <"$work/go" >"$work/pid" &
load=$!
exec 3>"$work/go"
eventually test -s "$work/pid"
pid=$(cat "$work/pid")
sign() { printf "%s\n" "tracepoint:syscalls:sys_enter_setfs$1 { printf(\"sign $1\\n\"); } uprobe:$(realpath "$doings"):$2_sign { printf(\"sign $2\\n\"); }"; }
{ sign uid first && statements | cut -d';' -f6- && sign gid last; } >"$work/script.bt"
$unignored bpftrace -f json "$work/script.bt" >"$work/bpftrace" 2>"$work/bpftrace.err" &
peer=$!
for n in 1 2 3 4 5 6; do
	statements | awk -F';' -v n=$n '$2 == n { print $4 " " $5 }' >"$work/statements"
	set --
	while read -r line; do set -- "$@" "$line"; done <"$work/statements"
	$unignored "$lk" trace --json -i 0.3 "$@" >"$work/ours.$n" 2>"$work/err.$n" &
	tracers="${tracers:-} $!"
done
watched() { # is bpftrace attached to all of its probes?
	"$doings" signs
	for sign in uid gid first last; do grep -q "sign $sign" "$work/bpftrace" || return; done
}
begun() { for n in 1 2 3 4 5 6; do [ -s "$work/ours.$n" ] || return; done; }
if ! eventually watched; then
	kill "$peer" $tracers 2>/dev/null
	skip "same as bpftrace: it does not attach: $(grep -v RLIMIT "$work/bpftrace.err" | head -n 1)"
	exit 0
fi
check "latchkit traces all twelve: $(cat "$work"/err.? | head -n 1)" eventually begun
echo go >&3
exec 3>&-
wait "$load"
kill -INT "$peer" $tracers
wait "$peer" $tracers

# same MAP TRACE WHAT PROBE [SHIFT]: sets handled
same() { handled=$("$same" "$work/bpftrace" "$1" "$work/ours.$2" "$4" "$3" ${5:-} 2>&1); }
equal() {
	if same "$@"; then pass "$4 $rest: $handled"; else fail "$4 $rest: $handled"; fi
}
statements >"$work/statements"
while IFS=';' read -r map n what probe rest theirs; do
	equal "$map" "$n" "$what" "$probe"
done <"$work/statements"
check "twelve were compared" test "$(wc -l <"$work/statements")" -eq 12
# Counts that are not equal are noticed.
while IFS=';' read -r map n what probe rest theirs; do
	same "$map" "$n" "$what" "$probe" 1
	check "$probe $rest: one more of each is noticed" test $? -eq 1
done <"$work/statements"
done_testing
