# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# lib.sh - sourced by the tests in this directory: run the built tool, say PASS, FAIL or SKIP.
# Every case is one line; tests/run counts them. The last exit code is that of the worst case.

build=${LATCHKIT_BUILD:-build}
lk=$build/latchkit
jsonl=$build/tests/jsonl
target=$build/tests/target
work=$(mktemp -d)
failures=0
trap 'rm -rf "$work"' EXIT

pass() { echo "PASS $*"; }
fail() {
	echo "FAIL $*"
	failures=$((failures + 1))
}
skip() { echo "SKIP $*"; } # skip NAME: REASON
done_testing() { [ "$failures" -eq 0 ]; }

# check NAME COMMAND...: PASS if the command succeeds.
check() {
	name=$1
	shift
	if "$@"; then pass "$name"; else fail "$name: $*"; fi
}

# eventually COMMAND...: wait until it succeeds: a minute at most, as this machine may be busy.
eventually() {
	for _ in $(seq 600); do
		"$@" && return
		sleep 0.1
	done
	false
}

# interrupt_later ARG...: interrupt `latchkit ARG...` after 1, 2, 4 ... seconds, until it has something
# to show: a busy machine may take its time. Returns its exit code.
interrupt_later() {
	for seconds in 1 2 4 8 16 32; do
		timeout --preserve-status -s INT "$seconds" "$lk" "$@" >"$work/out" 2>"$work/err"
		code=$?
		[ ! -s "$work/out" ] || break
	done
	return $code
}

# A shell starts what is in the background with SIGINT ignored, and latchkit leaves that so.
unignored="env --default-signal=INT,HUP"

# Can this process load BPF programs? Everything that traces needs it.
need_bpf() {
	"$lk" trace -d 0.01 tracepoint:sched:sched_switch >/dev/null 2>"$work/need" && return 0
	skip "$(basename "$0"): cannot trace here: $(head -n 1 "$work/need")"
	exit 0
}

# There are four debug registers: two tests cannot have them at once. This one has them to its end, or
# for one command.
have_debug_registers() {
	exec 9>"$build/tests/debug-registers.lock"
	flock 9
}
with_debug_registers() { (have_debug_registers && "$@"); } # with_debug_registers COMMAND...

# refuses NAME CODE REGEX ARG...: `latchkit ARG...` exits with CODE and says REGEX, within 20 s.
refuses() {
	name=$1 code=$2 regex=$3
	shift 3
	timeout 20 "$lk" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ "$got" -ne "$code" ]; then
		fail "$name: exit $got instead of $code: $(head -n 1 "$work/err")"
	elif ! grep -qE -- "$regex" "$work/err"; then
		fail "$name: does not say '$regex': $(head -n 1 "$work/err")"
	else
		pass "$name"
	fi
}

# works_or_fails SET [SUBJECT CHECK]: no check of this set of `verify` passes without work when it
# has no time; CHECK of SUBJECT, which then does none, fails for that reason.
works_or_fails() {
	with_debug_registers timeout 300 "$lk" verify "$1" --seconds 1e-9 --tap >"$work/out" 2>"$work/err" </dev/null
	check "in no time no check of $1 passes without work" sh -c "grep -q '^ok' '$work/out' && ! grep -E '^ok .*: 0 [A-Za-z]+\$' '$work/out'"
	[ $# -eq 1 ] && return
	check "in no time $2 $3 fails" grep -qE "^not ok [0-9]+ - $2 $3: 0 " "$work/out"
	check "in no time $2 $3 did nothing" sh -c "grep -A 1 -E ' - $2 $3: ' '$work/out' | grep -q '^# check: did nothing: 0 '"
}

# How many processes does a session have?
members() { ps -o pid= -s "$1" | wc -l; }
has_members() { [ "$(members "$1")" -eq "$2" ]; }

# ends_whole NAME SIGNAL COUNT ARG...: `latchkit ARG...` becomes so many processes; the signal ends
# them all. Sets code.
ends_whole() {
	what=$1 signal=$2 count=$3
	shift 3
	setsid "$lk" "$@" >"$work/out" 2>"$work/err" &
	session=$!
	check "$what: $count processes" eventually has_members "$session" "$count"
	kill -"$signal" "$session"
	check "$what: none is left" eventually has_members "$session" 0
	wait "$session"
	code=$?
}

# within PERCENT A B: do the two numbers differ by at most that much of B?
within() { awk -v p="$1" -v a="$2" -v b="$3" 'BEGIN { d = a > b ? a - b : b - a; exit !(d <= b * p / 100) }'; }

# How many of our programs does the kernel hold, attached or not?
programs_loaded() {
	"$(command -v bpftool || echo /usr/sbin/bpftool)" prog show 2>/dev/null |
		grep -cE ' name (hit|span|enter|leave|sample|follow_|process_|adopt|hit_cookie|enter_|leave_|lk_bench)'
}
programs_at_most() { [ "$(programs_loaded)" -le "$1" ]; }
