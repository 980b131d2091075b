#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify registry: the hardened registries hold, the published one fails each check, with
# and without sanitizers, and what it says to bad input. LATCHKIT_REGISTRY_SECONDS: how long each
# check that repeats itself does so (1).
. "$(dirname "$0")/../lib.sh"
seconds=${LATCHKIT_REGISTRY_SECONDS:-1}

refuses "unknown check" 2 'strom: no such check; did you mean storm\?' verify registry --check strom
refuses "no check" 2 'give the names of checks' verify registry --check ''
refuses "unknown registry" 2 'psoted: no such registry; did you mean posted\?' verify registry psoted
refuses "no time" 2 'not a number of seconds above 0' verify registry --seconds 0
refuses "time in words" 2 'two: not a number of seconds' verify registry --seconds two
refuses "unknown option" 2 'unrecognized option' verify registry --nothing
check "checks are listed" sh -c "'$lk' verify registry --help | grep -q '^  storm  '"
check "all of them" sh -c "'$lk' verify registry --help | grep -q '^  step  '"
check "and registries" sh -c "'$lk' verify registry --help | grep -q '^Names: posted '"

# field SUBJECT CHECK KEY
field() { sed -n "s/.*\"subject\":\"$1\",.*\"check\":\"$2\".*\"$3\":\"*\([^\",}]*\).*/\1/p" "$work/out"; }

# judge HOW CHECK REGISTRY: it comes out as it must.
judge() {
	case $3:$(field "$3" "$2" outcome) in
	*:skip) skip "$1: $3: $2: $(field "$3" "$2" reason)" ;;
	posted:fail) pass "$1: posted fails $2: $(field posted "$2" reason)" ;;
	posted:*) fail "$1: posted does not fail $2" ;;
	*:pass)
		if [ "$(field "$3" "$2" leaked)" = 0 ] && [ "$(field "$3" "$2" early)" = 0 ] && [ "$(field "$3" "$2" miscounted)" = 0 ]; then
			pass "$1: $3 passes $2: $(field "$3" "$2" operations) operations, $(field "$3" "$2" made) objects made, 0 leaked, 0 used after they were freed"
		else
			fail "$1: $3: $2: it passed, but its accounts are not even"
		fi
		;;
	*) fail "$1: $3: $2: $(field "$3" "$2" reason)" ;;
	esac
}

# judged HOW CHECKS REGISTRIES PROGRAM...: each of the checks of each of the registries.
judged() {
	how=$1 checks=$2 registries=$3
	shift 3
	# Stepping is done when all instructions were visited.
	case $checks in *step*) limit= ;; *) limit="--seconds $seconds" ;; esac
	timeout 300 "$@" --json $limit --check "$(echo $checks | tr ' ' ,)" $registries >"$work/out" 2>"$work/err"
	code=$?
	check "$how: exit code 0" [ "$code" = 0 ]
	check "$how: JSON lines" "$jsonl" verdict subject <"$work/out" >"$work/json"
	for c in $checks; do
		for r in $registries; do judge "$how" "$c" "$r"; done
	done
}

# stepped REGISTRY OPERATION KEY
stepped() { sed -n "s/.*\"subject\":\"$1\",.*\"check\":\"step\".*{\"operation\":\"$2\"[^}]*\"$3\":\([^,}]*\).*/\1/p" "$work/out"; }

# went HOW REGISTRY FAILING: it was stepped through each operation, and failed in those.
went() {
	[ "$(field "$2" step outcome)" = skip ] && return
	for o in lookup 'lookup of nothing' put 'last put' remove delete insert shrink; do
		case $3 in *"$o,"*) failed=true ;; *) failed=false ;; esac
		if [ "$(stepped "$2" "$o" failed)" != $failed ]; then
			fail "$1: $2: $o: failed: $(stepped "$2" "$o" failed), not $failed"
		elif [ "$(stepped "$2" "$o" boundaries)" -gt 5 ] && [ "$(stepped "$2" "$o" runs)" -gt "$(($(stepped "$2" "$o" missed) * 2))" ]; then
			pass "$1: $2: $o was stopped at $(stepped "$2" "$o" boundaries) instructions, in $(stepped "$2" "$o" runs) runs; failed: $failed"
		else
			fail "$1: $2: $o was hardly stopped: $(stepped "$2" "$o" boundaries) instructions, $(stepped "$2" "$o" missed) missed"
		fi
	done
}

others='held freed deletes misuse storm'
judged "plain" "$others step" "posted refcount rcuref" "$lk" verify registry
check "a storm finds and makes objects" [ "$(field refcount storm hits)" -gt 100 ]
went "plain" refcount ''
went "plain" rcuref ''
went "plain" posted 'remove,delete,insert,shrink,'
judged "sanitized" "$others" "posted refcount rcuref" "$build/tests/verify_registry.sanitized"
check "sanitized: what was freed is seen to be used" grep -q '"check":"freed",.*AddressSanitizer: use-after-poison' "$work/out"
# More than twice as many instructions: one reference count.
judged "sanitized" step refcount "$build/tests/verify_registry.sanitized"
went "sanitized" refcount ''
timeout 100 "$lk" verify registry --check step posted >"$work/out"
check "a table says where it was stopped" grep -qE '^posted: stopped at each instruction of lookup [0-9]+, .*, delete [0-9]+ \(fails\)|^posted +SKIP' "$work/out"

works_or_fails registry refcount deletes

# Kept and found again, as failures of the other sets.
saved=$work/saved.json
"$lk" verify registry posted --check deletes --tap --save "$saved" >"$work/out"
check "TAP: an expected failure is ok" grep -q '^ok 1 - posted deletes: fails as it must: twice' "$work/out"
refuses "replayed: fails again" 1 'posted deletes fails again: twice' verify registry --replay "$saved"
if "$lk" verify registry posted --check step --save "$saved" >"$work/out" && grep -q '"boundary"' "$saved"; then
	refuses "step replayed: fails again" 1 'posted step fails again: lost' verify --replay "$saved"
else
	skip "step replayed: nothing was saved"
fi

timeout 60 "$lk" verify registry --check storm --seconds 30 refcount >"$work/out" 2>"$work/err" &
tool=$!
sleep 1
kill -INT $tool
wait $tool
code=$?
check "^C ends it: exit code 1" [ $code = 1 ]
check "and it says so" grep -q 'interrupted' "$work/err"

# Again and again, before it has reported; the shell lets its background ignore SIGINT.
"$lk" verify registry --check storm --seconds 30 refcount >"$work/out" 2>"$work/err" &
tool=$!
sleep 1
for _ in $(seq 200); do kill -TERM $tool 2>/dev/null; done
wait $tool
code=$?
check "SIGTERM many times: exit code 1" [ $code = 1 ]
check "SIGTERM many times: a report" grep -q '^interrupted' "$work/out"
done_testing
