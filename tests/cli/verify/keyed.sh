#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify keyed: the table of records by key holds, the one that is ready too early fails each
# check, failures are kept and found again, and what it says to bad input. No time is asserted.
# LATCHKIT_KEYED_SECONDS: how long threads count (1).
. "$(dirname "$0")/../lib.sh"
seconds=${LATCHKIT_KEYED_SECONDS:-1}

verify() { timeout 300 "$lk" verify keyed "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qE -- "$1" "$work/out"; }
# Of the verdict of table $1 by check $2: key $3.
verdict() { grep "\"type\":\"verdict\",\"subject\":\"$1\",.*\"check\":\"$2\"" "$work/out" | "$jsonl" verdict "$3"; }
work_of() { verdict "$1" "$2" "work.$3"; }

refuses "unknown check" 2 'setp: no such check; did you mean step\?' verify keyed --check setp
refuses "no check" 2 'give the names of checks' verify keyed --check ''
refuses "unknown table" 2 'keyd: no such table; did you mean keyed\?' verify keyed keyd
refuses "no time" 2 'not a number of seconds above 0' verify keyed --seconds 0
refuses "seed in words" 2 'not a whole number' verify keyed --seed x
refuses "a mistyped set" 2 'keyedd: no such command; did you mean keyed\?' verify keyedd
check "checks are listed" sh -c "'$lk' verify keyed --help | grep -q '^  progress  '"
check "and tables" sh -c "'$lk' verify keyed --help | grep -q '^Names: ready_first keyed'"

# All of it is stepped, whatever the time.
verify --check step,progress --json
check "stepped: exit 0" test $? -eq 0
check "stepped: JSON lines" sh -c "'$jsonl' verdict subject <'$work/out' >/dev/null"
if [ "$(verdict keyed step outcome)" = skip ]; then
	skip "step and progress: $(verdict keyed step reason)"
else
	check "keyed: step passes, at $(work_of keyed step boundaries) instructions" test "$(verdict keyed step outcome)" = pass
	check "keyed: each find has more than 100" test "$(work_of keyed step longest)" -gt 100
	check "keyed: one in another, $(work_of keyed step pairs) times" test "$(work_of keyed step pairs)" -gt 1000
	check "keyed: what others see is read" test "$(work_of keyed step reads)" -gt 10000
	check "keyed: progress passes, after $(work_of keyed progress stops) stores" test "$(verdict keyed progress outcome)" = pass
	check "keyed: stopped after each store of a claim" test "$(work_of keyed progress stops)" -ge 12
	check "keyed: a writer that dies takes one place" test "$(work_of keyed progress places_lost)" -eq 1
	check "ready_first: step fails as it must" test "$(verdict ready_first step outcome) $(verdict ready_first step expected)" = "fail true"
	check "ready_first: a key is torn: $(verdict ready_first step reason)" test "$(verdict ready_first step first_failure.kind)" = torn
	check "ready_first: says where" sh -c "grep -qE '\"site\":\"find_ready_first_[0-9]\+0x[0-9a-f]+: ' '$work/out'"

	# Kept and found again, only there.
	saved=$work/saved.json
	verify ready_first --check step --tap --save "$saved"
	check "TAP: an expected failure is ok" says '^ok 1 - ready_first step: fails as it must: torn'
	refuses "replayed: fails again" 1 'ready_first step fails again: torn' verify --replay "$saved"
	timeout 60 "$lk" verify --replay "$saved" --json >"$work/out" 2>"$work/err"
	check "replayed: there alone" test "$(work_of ready_first step runs)" -le 2
	sed 's/"code":"[^"]*/&0/' "$saved" >"$work/other.json"
	refuses "replay: another build" 1 'from another build' verify --replay "$work/other.json"
fi

# By watchpoints, on each word that a claim stores to.
with_debug_registers verify --check nmi --json
check "NMIs: exit 0" test $? -eq 0
if [ "$(verdict keyed nmi outcome)" = skip ]; then
	skip "NMIs: $(verdict keyed nmi reason)"
else
	check "keyed: $(work_of keyed nmi NMIs) NMIs at its stores" test "$(verdict keyed nmi outcome)" = pass
	check "keyed: at all 64 words" test "$(work_of keyed nmi sites)" -eq 64
	check "keyed: NMIs claimed the same key" test "$(work_of keyed nmi twins)" -gt 0
	check "ready_first: NMIs: torn at the fingerprint: $(work_of ready_first nmi torn)" test "$(verdict ready_first nmi first_failure.kind)" = torn
	check "ready_first: NMIs: says where" grep -q '"site":"a store to the fingerprint of place' "$work/out"
fi

verify --check stress --seconds "$seconds" --json
check "threads: exit 0" test $? -eq 0
check "keyed: threads: $(work_of keyed stress reads) cells read in $(work_of keyed stress tables) tables" test "$(verdict keyed stress outcome)" = pass
check "keyed: threads: nothing torn" test "$(work_of keyed stress torn)" -eq 0
check "keyed: threads: keys were refused for want of room" test "$(work_of keyed stress refused)" -gt 0
check "keyed: threads: counts in signal handlers" test "$(work_of keyed stress signals)" -gt 0
check "ready_first: threads: $(work_of ready_first stress torn) torn" test "$(work_of ready_first stress torn)" -gt 0
check "ready_first: threads: fails as it must" test "$(verdict ready_first stress outcome) $(verdict ready_first stress expected)" = "fail true"

works_or_fails keyed

if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	timeout 120 setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$work/latchkit" verify keyed keyed --check progress,nmi --json >"$work/out" 2>"$work/err"
	check "without privileges: exit 0" test $? -eq 0
	check "without privileges: progress: $(verdict keyed progress outcome)" test "$(verdict keyed progress outcome)" != fail
	check "without privileges: no NMIs, and why" sh -c "grep -qE '\"check\":\"nmi\",.*(BPF programs need root|are no NMIs)' '$work/out'"
else
	skip "without privileges: needs root and setpriv"
fi

timeout 60 "$lk" verify keyed --check stress --seconds 30 keyed >"$work/out" 2>"$work/err" &
tool=$!
sleep 1
kill -TERM $tool
wait $tool
check "SIGTERM ends it: exit code 1" test $? -eq 1
check "and it says so" grep -q 'interrupted' "$work/err"
done_testing
