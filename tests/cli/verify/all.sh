#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify, all of it: every check of every latch, a million NMIs, and what it does when NMIs
# cannot be had. No time is asserted.
. "$(dirname "$0")/../lib.sh"
have_debug_registers

victim=$build/tests/victim
verify() { timeout 900 "$lk" verify latch "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qE -- "$1" "$work/out"; }
# Of the verdict of latch $1 by check $2: key $3.
verdict() { grep "\"type\":\"verdict\",\"subject\":\"$1\",.*\"check\":\"$2\"" "$work/out" | "$jsonl" verdict "$3"; }
# The sum of an item over all verdicts of a check.
total() { for v in $variants; do verdict "$v" "$1" "work.$2"; done | awk '{ n += $1 } END { print n + 0 }'; }

variants=$("$lk" list | awk 'NR > 1 { print $1 }')
sound=$("$lk" list | awk '$2 == "sound" { print $1 }')
checks='step progress nmi stress stale'

verify --all --json
check "all checks of all latches: exit 0" test $? -eq 0
for v in $variants; do
	for c in $checks; do
		case "$(verdict "$v" $c outcome) $(verdict "$v" $c expected)" in
		pass*) check "$v $c: passes" true ;;
		"fail true") check "$v $c: fails as it must: $(verdict "$v" $c reason)" true ;;
		skip*) skip "$v $c: $(verdict "$v" $c reason)" ;;
		*) check "$v $c: $(verdict "$v" $c outcome) $(verdict "$v" $c reason)" false ;;
		esac
	done
done
check "raw fails stress" test "$(verdict raw stress outcome) $(verdict raw stress expected)" = "fail true"
check "bank loses no last value" test "$(verdict bank stale work.lost)" = 0
for v in $sound; do
	check "$v: writes met in stress" test "$(verdict "$v" stress work.nested)" -gt 0
done
if [ "$(verdict mpmc_cell nmi outcome)" = pass ]; then
	# On a busy machine it takes more than one run.
	nmis=$(total nmi NMIs) runs=1
	cp "$work/out" "$work/all"
	while [ "$nmis" -lt 1000000 ] && [ $((runs += 1)) -le 5 ] && verify --all --check nmi --json; do
		nmis=$((nmis + $(total nmi NMIs)))
	done
	cp "$work/all" "$work/out"
	check "a million NMIs: $nmis" test "$nmis" -ge 1000000
	check "raw: torn in NMIs" test "$(verdict raw nmi work.torn)" -gt 0
	check "seqlock: readers in NMIs go round" test "$(verdict seqlock nmi first_failure.kind)" = livelock
	check "mpmc_cell refuses writers in NMIs" test "$(verdict mpmc_cell nmi work.refused)" -gt 1000
	check "bank refuses none" test "$(verdict bank nmi work.refused)" -eq 0
	check "no NMI's program was left out" test "$(total nmi missed)" -eq 0

	# Someone else has the debug registers.
	"$victim" hold >"$work/held" &
	holder=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -s "$work/held" ] && break
		sleep 0.1
	done
	verify ring --check nmi --tap
	check "debug registers taken: exit 0" test $? -eq 0
	check "debug registers taken: skipped, and why" says '^ok 1 - ring nmi # SKIP the debug registers are taken'
	verify ring --check nmi --require-nmi --tap
	check "--require-nmi: exit 1" test $? -eq 1
	check "--require-nmi: not ok" says '^not ok 1 - ring nmi'
	check "--require-nmi: why" says '^# .*the debug registers are taken'
	kill "$holder"
	wait "$holder" 2>/dev/null

	# One that is broken in BPF, kept and found again.
	if tests/mutants --build "$work" ring-never-refuses >"$work/err" 2>&1; then
		timeout 100 "$work/latchkit" verify latch ring --check nmi --save "$work/saved.json" >"$work/out" 2>"$work/err"
		check "broken: exit 1" test $? -eq 1
		check "broken: says at which store" says '^FAIL ring nmi: .*; at the store to word [0-9]+ of the latch'
		timeout 100 "$work/latchkit" verify --replay "$work/saved.json" >"$work/out" 2>"$work/err"
		check "broken: replayed, fails again" grep -q 'ring nmi fails again' "$work/err"
	else
		check "a broken latch is built: $(head -n 1 "$work/err")" false
	fi
else
	skip "verify nmi: $(verdict mpmc_cell nmi reason)"
fi

if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	timeout 120 setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$work/latchkit" verify latch ring --check nmi,stress,stale --seconds 0.5 --json >"$work/out" 2>"$work/err"
	check "without privileges: exit 0" test $? -eq 0
	check "without privileges: stress" test "$(verdict ring stress outcome)" = pass
	check "without privileges: stale" test "$(verdict ring stale outcome)" = pass
	check "without privileges: no NMIs, and why" sh -c "grep -q '\"check\":\"nmi\",.*BPF programs need root' '$work/out'"
else
	skip "without privileges: needs root and setpriv"
fi
done_testing
