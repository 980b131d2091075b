#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit verify: that sound latches hold, that broken ones are seen to fail, that a failure can be
# kept and found again, and what it says to bad input. No time is asserted.
. "$(dirname "$0")/../lib.sh"

verify() { timeout 300 "$lk" verify latch "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qE -- "$1" "$work/out"; }
# Of the verdict of latch $1 by check $2: key $3.
verdict() { grep "\"type\":\"verdict\",\"subject\":\"$1\",.*\"check\":\"$2\"" "$work/out" | "$jsonl" verdict "$3"; }

refuses "verify with an unknown command" 2 'lathc: no such command; did you mean latch\?' verify lathc
refuses "unknown latch" 2 'rign: no such latch; did you mean ring\?' verify latch rign
refuses "latch given twice" 2 'ring: given twice' verify latch ring ring
refuses "names and --all" 2 'give names or --all' verify latch --all ring
refuses "unknown check" 2 '--check setp: no such check; did you mean step\?' verify --check setp
refuses "empty list of checks" 2 'give the names of checks' verify latch --check ''
refuses "two formats" 2 'choose one' verify --json --tap
refuses "no seconds" 2 '--seconds 0: not a number of seconds above 0' verify --seconds 0
refuses "seconds in words" 2 '--seconds soon: not a number' verify --seconds soon
refuses "seed in words" 2 '--seed x: not a whole number' verify --seed x
refuses "replay and a name" 2 'the file says which latch' verify latch --replay x ring
refuses "option of nobody" 2 'unrecognized option' verify --nonsense
"$lk" verify --help >"$work/out"
check "help of verify" says '^  latch '
"$lk" verify latch --help >"$work/out"
check "help names the checks" says '^  step .*instructions'
"$lk" verify latch raw --check progress >/dev/full 2>"$work/err"
check "output that is full: exit 1" test $? -eq 1

# Can a process be traced here at all?
verify raw --check step --json
if [ "$(verdict raw step outcome)" = skip ]; then
	skip "verify: $(verdict raw step reason)"
	done_testing
	exit
fi

# Sound latches hold, and the check was where it matters.
verify mpmc_cell bank --check step,progress --json
check "sound latches: exit 0" test $? -eq 0
check "sound latches: first the environment" test "$(head -n 1 "$work/out" | "$jsonl" environment bounds.seed)" = 1
for latch in mpmc_cell bank; do
	check "$latch: step passes" test "$(verdict $latch step outcome)" = pass
	check "$latch: step was inside writes" test "$(verdict $latch step work.inside)" -gt 0
	check "$latch: step nested two levels" test "$(verdict $latch step work.pairs)" -gt 1000
	check "$latch: progress passes" test "$(verdict $latch progress outcome)" = pass
	check "$latch: writer and reader" test "$(verdict $latch progress work.writer) $(verdict $latch progress work.reader)" = "wait_free lock_free"
	check "$latch: readable after a writer died" test "$(verdict $latch progress work.deaths)" -eq "$(verdict $latch progress work.then_readable)"
done
check "mpmc_cell refuses nested writers" test "$(verdict mpmc_cell step work.refused)" -gt 0
check "bank refuses none" test "$(verdict bank step work.refused)" -eq 0
check "bank takes writes after a writer died" test "$(verdict bank progress work.deaths)" -eq "$(verdict bank progress work.then_writable)"
check "mpmc_cell is busy for ever after some deaths" test "$(verdict mpmc_cell progress work.deaths)" -gt "$(verdict mpmc_cell progress work.then_writable)"

# Counterexamples fail, each in its own way, and that is no failure of the run.
verify raw seqlock mpmc_cell_posted --check step,progress --json
check "counterexamples: exit 0" test $? -eq 0
check "raw: fails" test "$(verdict raw step outcome) $(verdict raw step expected)" = "fail true"
check "raw: torn" test "$(verdict raw step first_failure.kind)" = torn
check "seqlock: livelock" test "$(verdict seqlock step first_failure.kind)" = livelock
check "seqlock: readers block" test "$(verdict seqlock progress work.reader)" = blocking
check "the posted cell: writers are only lock-free" test "$(verdict mpmc_cell_posted progress work.writer)" = lock_free
check "the posted cell: says where" grep -qE 'writer lock_free: .*turns at verify_publish_1_mpmc_cell_posted\+0x' "$work/out"

works_or_fails latch bank stale

# Table and TAP.
verify raw mpmc_cell --check step
check "table: exit 0" test $? -eq 0
check "table: passes" says '^mpmc_cell +PASS, [0-9]+ boundaries$'
check "table: expected failures" says '^raw +FAIL \(expected\), '
check "table: the first failure" says '^FAIL \(expected\) raw step: torn: .* interrupted before instruction [0-9]+ .*; at verify_[a-z_]+_[0-9]_raw\+0x[0-9a-f]+: '
verify raw mpmc_cell --check step --tap
check "TAP: plan" test "$(head -n 2 "$work/out" | tr '\n' ' ')" = "TAP version 13 1..2 "
check "TAP: an expected failure is ok" says '^ok 1 - raw step: fails as it must: torn'
check "TAP: a pass" says '^ok 2 - mpmc_cell step: [0-9]+ boundaries'
check "TAP: nothing is not ok" sh -c "! grep -q '^not ok' '$work/out'"
verify bank --check step --seconds 0.2 --tap
check "too few seconds: exit 0" test $? -eq 0
check "too few seconds: skipped" says '^ok 1 - bank step # SKIP --seconds was not enough'
verify raw --check step --seed 7 --json
check "another seed: other records" test "$(verdict raw step first_failure.seed)" = 7

# Keep a failure and find it again.
saved=$work/saved.json
verify raw --check step --save "$saved"
check "saved" test -s "$saved"
refuses "replayed: fails again" 1 'raw step fails again: torn' verify --replay "$saved"
verify --replay "$saved" --json
check "replayed: only there" test "$(verdict raw step work.runs)" -eq 1
bad() { # bad NAME SED REGEX: the saved file, changed
	sed "$2" "$saved" >"$work/bad.json"
	refuses "$1" 1 "$3" verify --replay "$work/bad.json"
}
bad "replay: another build" 's/"code":"[^"]*/&0/' 'from another build'
bad "replay: unknown latch" 's/"subject":"raw/&x/' 'no such latch or check here'
bad "replay: newer schema" 's/"schema":1/"schema":2/' 'written by a newer latchkit'
bad "replay: truncated" 's/,"where".*//' 'cut short'
bad "replay: foreign JSON" 's/.*/{"colour":"blue"}/' 'not a failure that latchkit verify saved'
bad "replay: numbers that are none" 's/"boundary":[0-9]*/"boundary":"x"/' 'not a failure that latchkit verify saved'
bad "replay: empty" d 'not a failure that latchkit verify saved'
refuses "replay: no such file" 1 'cannot read: No such file' verify --replay "$work/none.json"
refuses "replay: directory" 1 'cannot read' verify --replay "$work"
refuses "replay: no JSON" 1 'not a failure that' verify --replay "$lk"
verify mpmc_cell --check step --save "$work/none.json"
check "nothing to save: says so" grep -q 'nothing failed: not written' "$work/err"
verify raw --check step --save /no/such/dir/x
check "cannot save: exit 1" test $? -eq 1

# break_latch VARIANT SED: $work/broken is the tool with a latch whose header was changed.
break_latch() {
	broken=$1
	echo "MUTANT($1-broken, $1.h, step, $2)" >"$work/mutants"
	LATCHKIT_MUTANTS=$work/mutants tests/mutants --build "$work" "$1-broken" && mv "$work/latchkit" "$work/broken"
}

# A broken latch is caught, and its failure is found again by the same build only.
program=$(sed -n "s/^MUTANT(mpmc_cell-early-commit, [^,]*, [^,]*, \(.*\))\$/\1/p" tests/mutants.def)
check "a broken latch is built" break_latch mpmc_cell "$program"
timeout 60 "$work/broken" verify latch "$broken" --check step --save "$work/broken.json" >"$work/out" 2>"$work/err"
check "broken: exit 1" test $? -eq 1
check "broken: fails" says '^FAIL mpmc_cell step: .*; at verify_'
timeout 60 "$work/broken" verify --replay "$work/broken.json" >"$work/out" 2>"$work/err"
check "broken: replayed, exit 1" test $? -eq 1
check "broken: replayed, fails again" grep -q 'mpmc_cell step fails again' "$work/err"
refuses "broken: refused by another build" 1 'from another build' verify --replay "$work/broken.json"
timeout 60 "$work/broken" verify latch "$broken" --check step --tap >"$work/out" 2>"$work/err"
check "broken: not ok" says '^not ok 1 - mpmc_cell step'


# What crashes or never comes back is a verdict, too; so is a counterexample that holds.
check "a latch that crashes is built" break_latch seqlock 's/if (seq & 1)/if (seq \& 1) *(volatile int *)8 = 1\x3b if (seq \& 1)/'
timeout 60 "$work/broken" verify latch "$broken" --check step >"$work/out" 2>"$work/err"
check "crash: exit 1" test $? -eq 1
check "crash: a verdict, with the place" says '^FAIL seqlock step: crash: .*SIGSEGV.* interrupted before instruction [0-9]+ .*; at verify_'
timeout 60 "$work/broken" verify latch "$broken" --check progress >"$work/out" 2>"$work/err"
check "crash when stepped: exit 1" test $? -eq 1
check "crash when stepped: a verdict" says '^FAIL seqlock progress: crash: '
check "a latch that hangs is built" break_latch seqlock 's/i < tries; i++/tries; i++/'
timeout 90 "$work/broken" verify latch "$broken" --check step >"$work/out" 2>"$work/err"
check "hang: exit 1" test $? -eq 1
check "hang: a verdict, with the place" says '^FAIL seqlock step: hang: .* interrupted before instruction [0-9]+ .*; at verify_'
check "a counterexample that is never torn is built" break_latch raw \
	's/latch_copy_out(record, latch, words)/for (unsigned int i = 0\x3b i < words\x3b i++) record[i] = 0 * *latch/'
timeout 60 "$work/broken" verify latch "$broken" --check step >"$work/out" 2>"$work/err"
check "a counterexample that does not fail as it must: exit 1" test $? -eq 1
check "a counterexample that does not fail as it must: says so" says '^FAIL raw step: the check is broken: raw must fail it'

# A begin that is a loop again: only progress can tell, and its failure can be found again, too.
check "a latch with a loop is built" break_latch mpmc_cell \
	's/\*counter = order_fetch_add_acquire(latch, 1)/do *counter = order_load_relaxed(latch)\x3b while (order_cmpxchg_acquire(latch, *counter, *counter + 1) != *counter)/'
timeout 60 "$work/broken" verify latch "$broken" --check step >"$work/out" 2>"$work/err"
check "a loop: step passes" test $? -eq 0
timeout 60 "$work/broken" verify latch "$broken" --check progress --save "$work/broken.json" >"$work/out" 2>"$work/err"
check "a loop: progress fails" says '^FAIL mpmc_cell progress: progress: writer: observed lock_free, declared wait_free; .*; at verify_'
timeout 60 "$work/broken" verify --replay "$work/broken.json" --json >"$work/out" 2>"$work/err"
check "a loop: replayed, fails again" grep -q 'mpmc_cell progress fails again' "$work/err"
check "a loop: replayed, only there" test "$(verdict mpmc_cell progress work.runs)" -eq 1

# Without tracing: a process that is traced cannot trace, nor can its children be.
if command -v strace >/dev/null 2>&1; then
	timeout 60 strace -f -o /dev/null "$lk" verify latch raw --check step --tap >"$work/out" 2>"$work/err"
	check "cannot be traced: exit 0" test $? -eq 0
	check "cannot be traced: skipped" says '^ok 1 - raw step # SKIP a process cannot be traced here: ptrace: '
else
	skip "cannot be traced: strace is not installed"
fi
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	timeout 120 setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$work/latchkit" verify latch mpmc_cell --check step,progress --json >"$work/out" 2>"$work/err"
	check "without privileges: exit 0" test $? -eq 0
	check "without privileges: step" test "$(verdict mpmc_cell step outcome)" = pass
	check "without privileges: progress" test "$(verdict mpmc_cell progress outcome)" = pass
else
	skip "without privileges: needs root and setpriv"
fi

# Whatever ends it ends its children.
ends_whole "^C" INT 4 verify latch bank --check step
check "^C: exit 1" test "$code" -eq 1
check "^C: says so" grep -q 'interrupted' "$work/err"
ends_whole "SIGKILL" KILL 4 verify latch bank --check step
done_testing
