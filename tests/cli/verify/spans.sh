#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify spans: the table of starts holds, the counterexamples fail, each for its reason, failures are
# kept and found again, and what it says to bad input. No time is asserted.
# LATCHKIT_SPANS_SECONDS: how long threads start and end (0.5).
. "$(dirname "$0")/../lib.sh"
seconds=${LATCHKIT_SPANS_SECONDS:-0.5}

verify() { timeout 300 "$lk" verify spans "$@" >"$work/out" 2>"$work/err" </dev/null; }
# Of the verdict of table $1 by check $2: key $3.
verdict() { grep "\"type\":\"verdict\",\"subject\":\"$1\",.*\"check\":\"$2\"" "$work/out" | "$jsonl" verdict "$3"; }
work_of() { verdict "$1" "$2" "work.$3"; }
outcome() { echo "$(verdict "$1" "$2" outcome) $(verdict "$1" "$2" expected)"; }

refuses "unknown check" 2 'setp: no such check; did you mean step\?' verify spans --check setp
refuses "unknown table" 2 'span: no such table; did you mean spans\?' verify spans span
refuses "a mistyped set" 2 'spasn: no such command; did you mean spans\?' verify spasn
check "checks are listed" sh -c "'$lk' verify spans --help | grep -q '^  stress  '"
check "and tables" sh -c "'$lk' verify spans --help | grep -q '^Names: per_cpu ready_first spans'"

# All of it is stepped, whatever the time.
verify --check step --json
check "stepped: exit 0" test $? -eq 0
if [ "$(verdict spans step outcome)" = skip ]; then
	skip "step: $(verdict spans step reason)"
else
	check "spans: step passes, at $(work_of spans step boundaries) instructions" test "$(verdict spans step outcome)" = pass
	check "spans: an operation has more than 100 of them" test "$(work_of spans step longest)" -gt 100
	check "spans: one in another, $(work_of spans step pairs) times" test "$(work_of spans step pairs)" -gt 1000
	check "spans: what others leave is met" test "$(work_of spans step copies)" -gt 10000
	check "ready_first: step fails as it must" test "$(outcome ready_first step)" = "fail true"
	check "ready_first: a start is torn: $(verdict ready_first step reason)" test "$(verdict ready_first step first_failure.kind)" = torn
	check "ready_first: says where" sh -c "grep -qE '\"site\":\"start_ready_first_[0-9]\+0x[0-9a-f]+: ' '$work/out'"
	check "per_cpu: step fails as it must" test "$(outcome per_cpu step)" = "fail true"
	check "per_cpu: a start is not found: $(verdict per_cpu step reason)" test "$(verdict per_cpu step first_failure.kind)" = lost

	# Kept and found again, only there.
	saved=$work/saved.json
	verify ready_first --check step --save "$saved"
	refuses "replayed: fails again" 1 'ready_first step fails again: torn' verify --replay "$saved"
	timeout 60 "$lk" verify --replay "$saved" --json >"$work/out" 2>"$work/err"
	check "replayed: there alone" test "$(work_of ready_first step runs)" -le 2
fi

# By watchpoints, on each word that is stored to.
with_debug_registers verify --check nmi --json
check "NMIs: exit 0" test $? -eq 0
check "per_cpu: NMIs: none is on another CPU" grep -q '"subject":"per_cpu",.*"outcome":"skip"' "$work/out"
if [ "$(verdict spans nmi outcome)" = skip ]; then
	skip "NMIs: $(verdict spans nmi reason)"
else
	check "spans: $(work_of spans nmi NMIs) NMIs at its stores" test "$(verdict spans nmi outcome)" = pass
	check "spans: at all 128 words" test "$(work_of spans nmi sites)" -eq 128
	check "spans: NMIs made twins, and found no room" test "$(work_of spans nmi twins)" -gt 0 -a "$(work_of spans nmi full)" -gt 0
	check "ready_first: NMIs: torn: $(work_of ready_first nmi torn)" test "$(verdict ready_first nmi first_failure.kind)" = torn
fi

verify --check stress --seconds "$seconds" --json
check "threads: exit 0" test $? -eq 0
check "spans: threads: $(work_of spans stress ended) spans in $(work_of spans stress rounds) rounds" test "$(verdict spans stress outcome)" = pass
check "spans: threads: nothing torn" test "$(work_of spans stress torn)" -eq 0
check "spans: threads: there was no room, too" test "$(work_of spans stress full)" -gt 0
check "spans: threads: in signal handlers, too" test "$(work_of spans stress signals)" -gt 0
check "ready_first: threads: fails as it must: $(verdict ready_first stress reason)" test "$(outcome ready_first stress)" = "fail true"
check "per_cpu: threads: fails as it must: $(verdict per_cpu stress reason)" test "$(outcome per_cpu stress)" = "fail true"

works_or_fails spans
done_testing
