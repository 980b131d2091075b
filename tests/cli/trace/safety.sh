#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a trace may not do: leave something behind, keep privileges, let user space write its maps,
# or ask the kernel for a record.
. "$(dirname "$0")/../lib.sh"
loaded=$(programs_loaded)
need_bpf
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)

# Start a trace in the background and wait until it is attached; sets tracer.
start_trace() {
	: >"$work/out"
	$unignored "$lk" trace "$@" >"$work/out" 2>"$work/err" &
	tracer=$!
	eventually test -s "$work/out" || fail "the trace did not start: $(head -n 1 "$work/err")"
}

gone() { eventually programs_at_most "$loaded"; } # freed a little after their last descriptor
gone
for signal in INT TERM HUP; do
	start_trace -i 0.2 tracepoint:sched:sched_switch
	kill -s "$signal" "$tracer"
	wait "$tracer"
	check "SIG$signal ends with exit 0" test $? -eq 0
	check "SIG$signal: there is a summary" grep -q '^lost: ' "$work/out"
	check "SIG$signal leaves nothing loaded" gone
done

start_trace -i 0.2 tracepoint:sched:sched_switch profile:hz:99
check "capabilities: only CAP_PERFMON and CAP_BPF are left" \
	grep -q '^CapEff:	000000c000000000$' "/proc/$tracer/status"
if command -v "$bpftool" >/dev/null 2>&1; then
	id=$("$bpftool" map show | awk -F: '/ name events / { print $1; exit }')
	check "the map is frozen: updates are refused" sh -c \
		"! $bpftool map update id $id key 0 0 0 0 value $(yes 0 | head -n 512 | tr '\n' ' ') 2>/dev/null"
	check "the map can be looked at" sh -c "$bpftool map lookup id $id key 0 0 0 0 >/dev/null"
else
	skip "the map is frozen: no bpftool"
fi
kill -KILL "$tracer"
wait "$tracer" 2>/dev/null
check "SIGKILL leaves nothing loaded" gone

# The command dies with the tracer, and the tracer with the command.
"$lk" trace tracepoint:sched:sched_switch -- sleep 321.5 >/dev/null 2>&1 &
tracer=$!
eventually pgrep -x -f 'sleep 321.5' >/dev/null
kill -KILL "$tracer"
wait "$tracer" 2>/dev/null
check "SIGKILL leaves no command behind" eventually sh -c "! pgrep -x -f 'sleep 321.5' >/dev/null"
check "a trace of a command ends with it" timeout 20 "$lk" trace -o "$work/out" tracepoint:sched:sched_switch -- sleep 0.1
"$target" switch 1 &
victim=$!
check "a trace of a process ends with it" timeout 20 "$lk" trace -o "$work/out" -p "$victim" tracepoint:sched:sched_switch 2>"$work/err"
check "a trace of a process says that it ended" grep -q "process $victim has ended" "$work/err"
check "nothing is left of all that" gone

# From the first wait on, the only system calls are the waits, however many records are read.
if command -v strace >/dev/null 2>&1; then
	strace -o "$work/strace" "$lk" trace --spin --json -i 100 -d 1 tracepoint:sched:sched_switch >"$work/trace"
	reads=$("$jsonl" summary reads <"$work/trace")
	# Waiting for events; what waits for the reader of the report (POLLOUT) is part of that report.
	waits=$(grep '^ppoll' "$work/strace" | grep -vc POLLOUT)
	others=$(awk '/^ppoll/ && !/POLLOUT/ { if (n > m) m = n; n = 0; seen = 1; next } seen { n++; last = n } END { print m + 0 }' "$work/strace")
	check "$reads records read, no system call between $waits waits" test "$others" -eq 0
	check "hundreds of records for each wait" test "$reads" -gt $((waits * 100))
else
	skip "no system call per read: strace is not installed"
fi

# Capabilities instead of root.
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	$as_nobody --bounding-set=-all,+bpf,+perfmon --inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon \
		"$work/latchkit" trace -d 0.2 --json tracepoint:sched:sched_switch profile:hz:99 >"$work/trace" 2>"$work/err"
	check "works with CAP_BPF and CAP_PERFMON alone: $(head -n 1 "$work/err")" test -s "$work/trace"
	$as_nobody --bounding-set=-all --inh-caps=-all "$work/latchkit" trace -d 0.2 tracepoint:sched:sched_switch >"$work/out" 2>"$work/err"
	check "without privileges: exit 1" test $? -eq 1
	check "without privileges: says what to do" grep -q 'CAP_BPF and CAP_PERFMON' "$work/err"
else
	skip "capabilities instead of root: needs root and setpriv"
fi
done_testing
