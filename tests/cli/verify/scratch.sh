#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify scratch: scratch.h holds, each counterexample fails for its own reason, failures are
# kept and found again, and what it says to bad input. No time is asserted.
# LATCHKIT_SCRATCH_SECONDS: how long NMIs come (1).
. "$(dirname "$0")/../lib.sh"
seconds=${LATCHKIT_SCRATCH_SECONDS:-1}

verify() { timeout 300 "$lk" verify scratch "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qE -- "$1" "$work/out"; }
# Of the verdict of remedy $1 by check $2: key $3.
verdict() { grep "\"type\":\"verdict\",\"subject\":\"$1\",.*\"check\":\"$2\"" "$work/out" | "$jsonl" verdict "$3"; }
work_of() { verdict "$1" "$2" "work.$3"; }
as_it_must() { [ "$(verdict "$1" "$2" outcome) $(verdict "$1" "$2" expected) $(verdict "$1" "$2" first_failure.kind)" = "fail true shared" ]; }

refuses "unknown check" 2 'setp: no such check; did you mean step\?' verify scratch --check setp
refuses "unknown remedy" 2 'nestin: no such remedy; did you mean nesting\?' verify scratch nestin
refuses "no time" 2 'not a number of seconds above 0' verify scratch --seconds 0
refuses "a mistyped set" 2 'scrtch: no such command; did you mean scratch\?' verify scrtch
check "checks are listed" sh -c "'$lk' verify scratch --help | grep -q '^  preempt  '"
check "and remedies" sh -c "'$lk' verify scratch --help | grep -q '^Names: plain busy nesting scratch'"

# All of it is stepped, whatever the time.
verify --check step --json
check "stepped: exit 0" test $? -eq 0
check "stepped: JSON lines" sh -c "'$jsonl' verdict subject <'$work/out' >/dev/null"
if [ "$(verdict scratch step outcome)" = skip ]; then
	skip "step: $(verdict scratch step reason)"
else
	check "scratch: step passes, at $(work_of scratch step pairs) pairs of instructions" test "$(verdict scratch step outcome)" = pass
	check "scratch: nobody is refused" test "$(work_of scratch step refused)" -eq 0
	check "scratch: more than 500 pairs" test "$(work_of scratch step pairs)" -gt 500
	for remedy in plain busy nesting; do
		check "$remedy: step fails as it must: $(verdict $remedy step reason)" as_it_must $remedy step
	done
	# Each for its own reason: whoever comes while one holds it; within a claim; when one leaves before another.
	check "plain: most runs: $(work_of plain step shared) of $(work_of plain step runs)" \
		test "$(work_of plain step shared)" -gt "$(($(work_of plain step runs) * 9 / 10))"
	check "busy: stopped within a claim, fewer: $(work_of busy step shared) of $(work_of busy step runs)" \
		test "$(work_of busy step shared)" -lt "$(($(work_of busy step runs) / 2))"
	check "busy: says where" grep -qE '"subject":"busy".*"site":"claim_busy\+0x[0-9a-f]+: ' "$work/out"
	check "nesting: whoever came first leaves first" grep -qE '"subject":"nesting".*buffer [1-3] has two owners' "$work/out"

	# Kept and found again, only there.
	saved=$work/saved.json
	verify busy --check step --tap --save "$saved"
	check "TAP: an expected failure is ok" says '^ok 1 - busy step: fails as it must: shared'
	refuses "replayed: fails again" 1 'busy step fails again: shared' verify --replay "$saved"
	timeout 60 "$lk" verify --replay "$saved" --json >"$work/out" 2>"$work/err"
	check "replayed: there alone" test "$(work_of busy step runs)" -eq 1
fi

# By watchpoints, on each word that a program stores to.
with_debug_registers verify --check nmi --seconds "$seconds" --json
check "NMIs: exit 0" test $? -eq 0
if [ "$(verdict scratch nmi outcome)" = skip ]; then
	skip "NMIs: $(verdict scratch nmi reason)"
else
	check "scratch: $(work_of scratch nmi NMIs) NMIs at its stores" test "$(verdict scratch nmi outcome)" = pass
	check "scratch: at the owners of two ways and all 32 words of the first" test "$(work_of scratch nmi sites)" -ge 33
	check "scratch: most while a claim is under way" test "$(work_of scratch nmi inside)" -gt 1000
	check "scratch: nobody is refused" test "$(work_of scratch nmi refused)" -eq 0
	check "plain: NMIs: fails as it must: $(verdict plain nmi reason)" as_it_must plain nmi
	check "busy: NMIs: refuses, and is not shared" test "$(verdict busy nmi outcome) $(work_of busy nmi shared)" = "pass 0"
	check "nesting: NMIs: is not shared" test "$(verdict nesting nmi outcome)" = pass
fi

verify --check preempt --json
check "preempted: exit 0" test $? -eq 0
for remedy in plain busy nesting scratch; do
	case $(verdict $remedy preempt outcome) in
	skip) skip "preempted: $remedy: $(verdict $remedy preempt reason)" ;;
	pass) check "preempted: $remedy: $(work_of $remedy preempt preempted) times" test $remedy = scratch ;;
	fail) check "preempted: $remedy: fails as it must: $(verdict $remedy preempt reason)" as_it_must $remedy preempt ;;
	esac
done

works_or_fails scratch

if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	timeout 120 setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$work/latchkit" verify scratch scratch --json >"$work/out" 2>"$work/err"
	check "without privileges: exit 0" test $? -eq 0
	check "without privileges: step: $(verdict scratch step outcome)" test "$(verdict scratch step outcome)" != fail
	check "without privileges: no NMIs, and why" sh -c "grep -qE '\"check\":\"nmi\",.*(BPF programs need root|are no NMIs)' '$work/out'"
else
	skip "without privileges: needs root and setpriv"
fi
done_testing
