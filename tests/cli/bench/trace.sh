#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench trace: every row is there and says something, and nothing stays attached, however
# it ends. Times are not judged.
. "$(dirname "$0")/../lib.sh"

refuses "bench alone" 2 'Usage: latchkit bench' bench
refuses "unknown benchmark" 2 'did you mean trace\?' bench trac
refuses "rounds of zero" 2 '--rounds 0: not a whole number' bench trace --rounds 0
refuses "rounds in words" 2 '--rounds many: not a whole number' bench trace --rounds many
refuses "too many rounds" 2 '--rounds 10001: not a whole number from 1 to 10000' bench trace --rounds 10001
refuses "duration of zero" 2 '-d 0: not a number of seconds' bench trace -d 0
refuses "endless duration" 2 '-d inf: not a number of seconds' bench trace -d inf
refuses "an argument" 2 'takes no arguments' bench trace getppid
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$work/latchkit" bench trace >"$work/out" 2>"$work/err"
	check "without privileges: exit 1" test $? -eq 1
	check "without privileges: says what to do" grep -q 'CAP_BPF and CAP_PERFMON' "$work/err"
	check "without privileges: no table" test ! -s "$work/out"
else
	skip "without privileges: needs root and setpriv"
fi
loaded=$(programs_loaded)
need_bpf
gone() { eventually programs_at_most "$loaded"; } # freed a little after their last descriptor
gone

# row JOB TOOL KEY: a value of that row of $work/json.
row() { grep -F "\"job\":\"$1\",\"tool\":\"$2\"" "$work/json" | "$jsonl" trace_cost "$3" 2>/dev/null; }
is_number() { echo "$1" | grep -qE '^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$'; }
is_positive() { is_number "$1" && awk -v n="$1" 'BEGIN { exit !(n > 0) }'; }

timeout 300 "$lk" bench trace --rounds 3 --json >"$work/json" 2>"$work/err"
code=$?
check "--json: exit 0: $(head -n 1 "$work/err")" test $code -eq 0
check "nothing is left attached" gone
for job in count latency "count by comm" "latency by comm" "sum by comm"; do
	for tool in none empty latchkit; do
		check "$job: $tool: a time for each call" is_positive "$(row "$job" $tool call_ns.median)"
		check "$job: $tool: 3 rounds" test "$(row "$job" $tool rounds)" = 3
		check "$job: $tool: not partial" test "$(row "$job" $tool partial)" = false
		[ $tool = none ] && continue
		for key in added_ns.median added_ns.low added_ns.high added_ns.mad; do
			check "$job: $tool: $key" is_number "$(row "$job" $tool $key)"
		done
	done
	check "$job: latchkit in units of empty" is_number "$(row "$job" latchkit of_empty.median)"
	if ! grep -F "\"job\":\"$job\",\"tool\":\"bpftrace\"" "$work/json" | grep -q '"type":"skipped"'; then
		check "$job: bpftrace: a time for each call" is_positive "$(row "$job" bpftrace call_ns.median)"
		check "$job: latchkit in units of bpftrace" is_number "$(row "$job" latchkit of_bpftrace.median)"
	else
		skip "$job: bpftrace: $(grep -F "\"tool\":\"bpftrace\"" "$work/json" | "$jsonl" skipped reason)"
	fi
done

# Without other tools: short rounds.
alone() { PATH=/nonexistent "$lk" bench trace "$@"; }
alone --rounds 1 --json >"$work/json" 2>"$work/err"
check "an absent tool is skipped, and says how to get it" \
	grep -q '"type":"skipped","job":"latency","tool":"bpftrace","reason":"not installed: apt-get install bpftrace"' "$work/json"
alone --rounds 1 >"$work/table" 2>"$work/err"
check "table: a row for latchkit in all jobs" test "$(grep -c '^latchkit  *[0-9.]* \[' "$work/table")" -eq 5
check "table: says what latchkit does" grep -q 'latchkit: tracepoint:syscalls:sys_enter_getppid' "$work/table"
check "table: and by what" grep -q 'latchkit: --by comm tracepoint:syscalls:sys_enter_getppid' "$work/table"
check "table: says what is absent" grep -q 'bpftrace: not installed' "$work/table"
alone --rounds 1 >/dev/full 2>"$work/err"
check "output that is full: exit 1" test $? -eq 1
alone --rounds 100 -d 0.1 >"$work/table" 2>"$work/err"
check "-d ends it, and it says so" grep -q '1 of 100 rounds.*PARTIAL: out of time' "$work/table"

# begin SECONDS PATH ARG...: run in the background, in a session of its own, for that long.
begin() {
	seconds=$1 path=$2
	shift 2
	setsid env PATH="$path" "$lk" bench trace "$@" >"$work/out" 2>"$work/err" &
	bench=$!
	sleep "$seconds"
}
alone_session() { # nobody is left in the session
	for i in $(seq 100); do
		pgrep -s "$bench" >/dev/null || return 0
		sleep 0.05
	done
	return 1
}
# interrupted SIGNAL PATH: after 8, 16, 32 ... seconds, until a round is through: other tools take
# their time to start.
interrupted() {
	for after in 8 16 32 64 128; do
		begin $after "$2" --rounds 1000 -d 1000 --json
		kill -s "$1" "$bench"
		wait "$bench"
		code=$?
		[ ! -s "$work/out" ] || break
	done
	check "SIG$1: exit 0: $(head -n 1 "$work/err")" test $code -eq 0
	check "SIG$1: what there is, marked partial" grep -q '"tool":"latchkit".*"partial":true' "$work/out"
	check "SIG$1 leaves nothing attached" gone
	check "SIG$1 leaves no other tool" alone_session
}
interrupted INT "$PATH"
interrupted TERM /nonexistent
begin 0.6 "$PATH"
kill -s INT "$bench"
wait "$bench"
check "interrupted in the first round: exit 1" test $? -eq 1
check "interrupted in the first round: says so" grep -q 'before the first round was over' "$work/err"
check "interrupted in the first round: nothing is left attached" gone
begin 2 "$PATH"
kill -s KILL "$bench"
wait "$bench" 2>/dev/null
check "SIGKILL leaves nothing attached" gone
check "SIGKILL leaves no other tool" alone_session
done_testing
