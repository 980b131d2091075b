#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify dispatch: that slots and tables with RCU hold, that what was published is seen to
# fail, each in its own way, that a failure can be kept and found again, and what it says to bad
# input. No time is asserted.
. "$(dirname "$0")/../lib.sh"

verify() { timeout 300 "$lk" verify dispatch "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qE -- "$1" "$work/out"; }
# Of the verdict of design $1 by check $2: key $3.
verdict() { grep "\"type\":\"verdict\",\"subject\":\"$1\",.*\"check\":\"$2\"" "$work/out" | "$jsonl" verdict "$3"; }

refuses "unknown command" 2 'dispach: no such command; did you mean dispatch\?' verify dispach
refuses "unknown design" 2 'slot_mmeb: no such design; did you mean slot_memb\?' verify dispatch slot_mmeb
refuses "a latch" 2 'mpmc_cell: no such design; latchkit verify dispatch --help shows them' verify dispatch mpmc_cell
refuses "design given twice" 2 'slot_qsbr: given twice' verify dispatch slot_qsbr slot_qsbr
refuses "names and --all" 2 'give names or --all' verify dispatch --all slot_qsbr
refuses "unknown check" 2 '--check strom: no such check; did you mean storm\?' verify dispatch --check strom
refuses "check of latches" 2 '--check nmi: no such check' verify dispatch --check nmi
refuses "empty list of checks" 2 'give the names of checks' verify dispatch --check ''
refuses "two formats" 2 'choose one' verify dispatch --json --tap
refuses "no seconds" 2 '--seconds 0: not a number of seconds above 0' verify dispatch --seconds 0
refuses "seconds in words" 2 '--seconds soon: not a number' verify dispatch --seconds soon
refuses "negative seconds" 2 '--seconds -1: not a number' verify dispatch --seconds -1
refuses "seed in words" 2 '--seed x: not a whole number' verify dispatch --seed x
refuses "NMIs where there are none" 2 'unrecognized option' verify dispatch --require-nmi
refuses "replay and a name" 2 'the file says which' verify dispatch --replay x slot_qsbr
"$lk" verify --help >"$work/out"
check "help of verify" says '^  dispatch '
"$lk" verify dispatch --help >"$work/out"
check "help names the checks" says '^  storm '
check "help names the designs" says 'slot_posted'
check "help has no option of latches" sh -c "! grep -q require-nmi '$work/out'"
"$lk" verify dispatch slot_qsbr --check storm --seconds 0.2 >/dev/full 2>"$work/err"
check "output that is full: exit 1" test $? -eq 1

# All designs, shortly.
verify --all --check storm,lifetime --seconds 1 --json
check "all: exit 0" test $? -eq 0
check "all: first the environment" test "$(head -n 1 "$work/out" | "$jsonl" environment bounds.seconds)" = 1
for d in slot_posted table_posted; do
	check "$d: used after it was given back, in a storm" test "$(verdict $d storm expected) $(verdict $d storm first_failure.kind)" = "true freed"
	check "$d: no registration lost in a storm" test "$(verdict $d storm work.registered)" = "$(verdict $d storm 'work.given back')"
	check "$d: used after it was given back" test "$(verdict $d lifetime expected) $(verdict $d lifetime first_failure.kind)" = "true freed"
	check "$d: given back while the handler ran" test "$(verdict $d lifetime 'work.given back held')" -gt 0
done
for d in slot_memb slot_qsbr table_memb table_qsbr; do
	for c in storm lifetime; do
		check "$d $c: passes" test "$(verdict $d $c outcome)" = pass
		check "$d $c: nothing used after it was given back" test "$(verdict $d $c work.freed)" = 0
	done
	check "$d: registered and given back: $(verdict $d storm work.registered)" test "$(verdict $d storm work.registered)" = "$(verdict $d storm 'work.given back')"
	check "$d: handlers were called before they were taken out" test "$(verdict $d storm work.called)" -gt 10
	check "$d: waiting within a handler is refused" test "$(verdict $d storm work.deadlocks)" -gt 10
	check "$d: nothing given back while it was held" test "$(verdict $d lifetime work.held) $(verdict $d lifetime 'work.given back held')" = "4 0"
done

# Stepping.
verify slot_posted --check step --json
if [ "$(verdict slot_posted step outcome)" = skip ]; then
	skip "step and aba: $(verdict slot_posted step reason)"
	done_testing
	exit
fi
verify slot_posted table_posted slot_qsbr table_qsbr --check step,aba --json
check "stepped: exit 0" test $? -eq 0
check "slot_posted: mixed pairs" test "$(verdict slot_posted step expected) $(verdict slot_posted step first_failure.kind)" = "true mixed"
check "table_posted: freed" test "$(verdict table_posted step expected) $(verdict table_posted step first_failure.kind)" = "true freed"
for d in slot_posted table_posted; do
	check "$d: taken for the one before" test "$(verdict $d aba expected) $(verdict $d aba first_failure.kind)" = "true aba"
	check "$d: the pointer does not show it" test "$(verdict $d aba work.mistaken)" -eq "$(verdict $d aba work.unseen)"
done
for d in slot_qsbr table_qsbr; do
	check "$d: step passes" test "$(verdict $d step outcome)" = pass
	check "$d: step nested two levels" test "$(verdict $d step work.pairs)" -gt 1000
	check "$d: waiting in a signal within a call is refused" test "$(verdict $d step work.refused)" -gt 10
	check "$d: says what is not done" grep -q "\"subject\":\"$d\",.*\"check\":\"step\",.*forms that wait were tried only within calls" "$work/out"
	check "$d: aba passes" test "$(verdict $d aba outcome)" = pass
	check "$d: never taken for the one before" test "$(verdict $d aba work.loaded)" -gt 10 -a "$(verdict $d aba work.mistaken)" -eq 0
done
verify table_memb table_qsbr table_posted --check progress --json
check "progress: exit 0" test $? -eq 0
check "table_posted: nobody waits" test "$(verdict table_posted progress work.handle) $(verdict table_posted progress work.unregister)" = "wait_free wait_free"
for d in table_memb table_qsbr; do
	check "$d: progress passes" test "$(verdict $d progress outcome)" = pass
	check "$d: calls do not wait" test "$(verdict $d progress work.handle) $(verdict $d progress work.register)" = "wait_free wait_free"
	check "$d: replacing is only lock-free" test "$(verdict $d progress work.replace_async)" = lock_free
	check "$d: who waits waits for calls" test "$(verdict $d progress work.unregister)" = blocking
done
verify slot_memb table_memb --check step,aba --json
check "stepped, with memb: exit 0" test $? -eq 0
for d in slot_memb table_memb; do
	check "$d: step passes" test "$(verdict $d step outcome)" = pass
	check "$d: aba passes" test "$(verdict $d aba outcome)" = pass
done

works_or_fails dispatch

# Table and TAP.
verify slot_posted slot_qsbr --check storm --seconds 0.5
check "table: passes" says '^slot_qsbr +PASS, [0-9]+ trials$'
check "table: expected failures" says '^slot_posted +FAIL \(expected\), '
verify slot_posted slot_qsbr --check storm --seconds 0.5 --tap
check "TAP: an expected failure is ok" says '^ok 1 - slot_posted storm: fails as it must: freed'
check "TAP: a pass" says '^ok 2 - slot_qsbr storm: [0-9]+ trials'
verify table_memb --check step --seconds 0.2 --tap
check "too few seconds: exit 0" test $? -eq 0
check "too few seconds: skipped" says '^ok 1 - table_memb step # SKIP --seconds was not enough'

# Keep a failure and find it again, from either command.
saved=$work/saved.json
verify slot_posted --check step --save "$saved"
check "saved" test -s "$saved"
refuses "replayed: fails again" 1 'slot_posted step fails again: mixed' verify dispatch --replay "$saved"
refuses "replayed without the command" 1 'slot_posted step fails again: mixed' verify --replay "$saved"
bad() { # bad NAME SED REGEX: the saved file, changed
	sed "$2" "$saved" >"$work/bad.json"
	refuses "$1" 1 "$3" verify dispatch --replay "$work/bad.json"
}
bad "replay: another build" 's/"code":"[^"]*/&0/' 'from another build'
bad "replay: unknown design" 's/"subject":"slot/&x/' 'no such design or check here'
bad "replay: unknown set" 's/"set":"dispatch/&x/' 'no such set or check here'
bad "replay: truncated" 's/,"where".*//' 'cut short'
refuses "replay: no such file" 1 'cannot read: No such file' verify dispatch --replay "$work/none.json"
verify slot_posted --check aba --save "$saved"
refuses "aba replayed: fails again" 1 'slot_posted aba fails again: aba' verify --replay "$saved"

# A design that hangs is a verdict: waiting within a handler that is not refused waits for itself.
broken() { # broken HEADER SED: $work/latchkit is the tool with that header changed
	echo "MUTANT(broken-header, dispatch/$1, storm, $2)" >"$work/mutants"
	LATCHKIT_MUTANTS=$work/mutants tests/mutants --build "$work" broken-header >"$work/err" 2>&1
}
if [ -n "$LATCHKIT_OBJECTS" ]; then
	check "a slot that waits for itself is built" broken slot.h 's/if (dispatch_rcu_inside())/if (0)/'
	timeout 60 "$work/latchkit" verify dispatch slot_memb --check storm >"$work/out" 2>"$work/err"
	check "hang: exit 1" test $? -eq 1
	check "hang: a verdict" says '^FAIL slot_memb storm: hang: no operation ended for 20 s'
else
	skip "a slot that waits for itself: make sets LATCHKIT_OBJECTS, which it is built from"
fi

# Privileges are not needed.
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/unprivileged" && chmod 755 "$work" "$work/unprivileged"
	timeout 120 setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$work/unprivileged" verify dispatch slot_qsbr --check storm,step --seconds 4 >"$work/out" 2>"$work/err"
	check "without privileges: exit 0" test $? -eq 0
	check "without privileges: storm" says 'PASS, [0-9]+ trials'
else
	skip "without privileges: needs root and setpriv"
fi

# Whatever ends it ends its children.
ends_whole "^C" INT 2 verify dispatch slot_qsbr --check storm --seconds 60
check "^C: exit 1" test "$code" -eq 1
check "^C: says so" grep -q 'interrupted' "$work/err"
ends_whole "SIGKILL" KILL 2 verify dispatch slot_qsbr --check storm --seconds 60
done_testing
