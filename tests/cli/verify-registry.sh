#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify registry: the hardened registries hold, the published one fails each check, with
# and without sanitizers, and what it says to bad input. LATCHKIT_REGISTRY_SECONDS: how long each
# check that repeats itself does so (1).
. "$(dirname "$0")/lib.sh"
seconds=${LATCHKIT_REGISTRY_SECONDS:-1}

refuses "unknown check" 2 'strom: no such check; did you mean storm\?' verify registry --check strom
refuses "no check" 2 'no such check; --help shows them' verify registry --check ''
refuses "unknown registry" 2 'psoted: no such registry; did you mean posted\?' verify registry psoted
refuses "no time" 2 'not a number of seconds above 0' verify registry --seconds 0
refuses "time in words" 2 'two: not a number of seconds' verify registry --seconds two
refuses "unknown option" 2 'unrecognized option' verify registry --nothing
check "checks are listed" sh -c "'$lk' verify registry --help | grep -q '^  storm  '"
check "and registries" sh -c "'$lk' verify registry --help | grep -q '^  posted  '"

# field SUBJECT CHECK KEY
field() { sed -n "s/.*\"subject\":\"$1\",\"check\":\"$2\".*\"$3\":\"*\([^\",]*\).*/\1/p" "$work/out"; }

# judged HOW PROGRAM...: every check of every registry comes out as it must.
judged() {
	how=$1
	shift
	timeout 200 "$@" --json --seconds "$seconds" >"$work/out" 2>"$work/err"
	code=$?
	check "$how: exit code 0" [ "$code" = 0 ]
	check "$how: JSON lines" "$jsonl" verify_registry subject <"$work/out" >"$work/json"
	for c in held freed deletes misuse storm; do
		if [ "$(field posted $c outcome)" = fail ]; then
			pass "$how: posted fails $c: $(field posted $c reason)"
		else
			fail "$how: posted does not fail $c"
		fi
		for r in refcount rcuref; do
			if [ "$(field $r $c outcome)" = pass ] && [ "$(field $r $c leaked)" = 0 ] &&
				[ "$(field $r $c early)" = 0 ] && [ "$(field $r $c miscounted)" = 0 ]; then
				pass "$how: $r passes $c: $(field $r $c operations) operations, $(field $r $c made) objects made, 0 leaked, 0 used after they were freed"
			else
				fail "$how: $r: $c: $(field $r $c reason)"
			fi
		done
	done
}
judged "plain" "$lk" verify registry
judged "sanitized" "$build/tests/verify_registry.sanitized"
check "sanitized: what was freed is seen to be used" grep -q '"check":"freed",.*AddressSanitizer: use-after-poison' "$work/out"
check "a storm finds and makes objects" [ "$(field refcount storm hits)" -gt 100 ]

timeout 60 "$lk" verify registry --check storm --seconds 30 refcount >"$work/out" 2>"$work/err" &
tool=$!
sleep 1
kill -INT $tool
wait $tool
code=$?
check "^C ends it: exit code 1" [ $code = 1 ]
check "and it says so" grep -q 'interrupted' "$work/err"
done_testing
