#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The proofs are believed only because they can fail: a verdict that is flipped by hand, a barrier
# that is taken out of a header, a test that is empty and one that herd7 cannot read each make
# tests/litmus/prove fail, and a wrong interpreter tests/litmus/check-machines; and what is right passes.
cd "$(dirname "$0")/../.." || exit 1
if ! tools/proof-tools >/dev/null 2>&1 && [ -z "${LATCHKIT_REQUIRE_PROOFS:-}" ]; then
	echo "SKIP a checker that can fail: $(tools/proof-tools 2>&1 >/dev/null | tail -n 1)"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# verdict CODE NAME WHY: PASS if the code is 0
verdict() {
	[ "$1" -eq 0 ] && echo "PASS $2" && return
	echo "FAIL $2: $3"
	failures=$((failures + 1))
}

# ends NAME CODE TEXT COMMAND...: it ends with this code and a line that says this
ends() {
	local name=$1 code=$2 text=$3 got
	shift 3
	timeout 400 "$@" >"$work/out" 2>&1
	got=$?
	[ "$got" -eq "$code" ] && grep -q "^$text" "$work/out"
	verdict $? "$name" "exit status $got, $(grep -E '^(FAIL|PASS)' "$work/out" | head -n 1)"
}

# says NAME CODE TEXT ARGUMENT...: prove does
says() { ends "${@:1:3}" tests/litmus/prove "${@:4}"; }

# A copy of one test by hand, changed.
changed() { # changed PROGRAM
	rm -rf "$work/tests"
	mkdir "$work/tests"
	sed "$1" tests/litmus/dispatch/dispatch-publish.litmus >"$work/tests/dispatch-publish.litmus"
	cmp -s "$work/tests/dispatch-publish.litmus" tests/litmus/dispatch/dispatch-publish.litmus &&
		[ -n "$1" ] && echo "FAIL sed $1: changes nothing" && failures=$((failures + 1))
}

written="--written --model lkmm --model riscv --tests $work/tests"
changed ''
says 'what is right passes' 0 'PASS dispatch-publish riscv: forbidden' $written
changed 's/forbidden: lkmm/allowed: lkmm/'
says 'a flipped verdict is seen' 1 'FAIL dispatch-publish lkmm: forbidden: expected allowed' $written
changed 's/cmpxchg_release/cmpxchg_acquire/'
says 'a lost release is seen' 1 'FAIL dispatch-publish lkmm: allowed' $written
says 'by another model, too' 1 'FAIL dispatch-publish riscv: allowed' $written
changed 's/1:r0=5/1:r0=6/'
says 'an empty test is seen' 1 'FAIL dispatch-publish lkmm: vacuous' $written
says 'by another model, too' 1 'FAIL dispatch-publish riscv: vacuous' $written
changed 's/smp_load_acquire/smp_load_nonsense/'
says 'what herd7 cannot read is seen' 1 'FAIL dispatch-publish lkmm: error' $written

# The code of the headers: one barrier less.
compiled="--compiled --model c11 --include $work/include ring-publish-torn"
cp -r include "$work/"
says 'the ring is right' 0 'PASS ring-publish-torn c11: forbidden' $compiled
sed -i '/^\torder_wmb_after_rmw();/d' "$work/include/latchkit/latch/ring.h"
says 'a barrier that is gone is seen' 1 'FAIL ring-publish-torn c11: allowed' $compiled
# The code of both compilers. For POWER gcc's acquire is an isync, clang's an lwsync.
compiled="--compiled --include $work/include"
machines='--model power'
gcc=$(tools/proof-tools gcc 2>&1)
if [ $? -eq 0 ] || [ -n "${LATCHKIT_REQUIRE_PROOFS:-}" ]; then
	with_gcc=yes
	machines+=' --model gcc-power --model gcc-aarch64-lse --model gcc-aarch64-llsc --model gcc-riscv'
else
	with_gcc=
	echo "SKIP what is seen in gcc's code: $(echo "$gcc" | tail -n 1)"
fi
sed -i '/^\torder_wmb_after_rmw();/d' "$work/include/latchkit/latch/mpmc_cell.h"
[ -z "$with_gcc" ] || says "a barrier that is gone is seen in gcc's POWER code" 1 \
	'FAIL mpmc_cell-publish-torn-one-cpu gcc-power: allowed' \
	$compiled --model gcc-power mpmc_cell-publish-torn-one-cpu
sed -i 's/order_store_release(/order_store_relaxed(/' "$work/include/latchkit/dispatch/selector.h"
for model in $(printf '%s\n' $machines | grep -v '^--'); do
	says "a release that is gone is seen in the code for $model" 1 "FAIL selector-publish $model: allowed" \
		$compiled $machines selector-publish
done
grep -v '^slot_posted-mixed' tests/litmus/expected.def >"$work/expected.def"
says 'a flipped verdict is seen, of POWER' 1 'FAIL slot_posted-mixed power: allowed: expected forbidden' \
	--compiled --expected "$work/expected.def" --model power slot_posted-mixed
echo 'selector-publish gcc-power' >>"$work/expected.def"
[ -z "$with_gcc" ] || says "and of gcc's code" 1 'FAIL selector-publish gcc-power: forbidden: expected allowed' \
	--compiled --expected "$work/expected.def" --model gcc-power selector-publish

# What bank gives back is stored relaxed: the barrier after the claim orders it, under LKMM the claim does, too.
cp include/latchkit/latch/*.h "$work/include/latchkit/latch/"
sed -i '/order_wmb_after_rmw/d' "$work/include/latchkit/latch/bank.h"
given_back="--compiled --include $work/include bank-publish-given-back"
says 'what a give-back rests on is seen' 1 'FAIL bank-publish-given-back c11: allowed' $given_back --model c11
sed -i 's/order_fetch_add_acq_rel(/order_fetch_add_acquire(/' "$work/include/latchkit/latch/bank.h"
says 'by another model, too' 1 'FAIL bank-publish-given-back lkmm: allowed' $given_back --model lkmm

# Without gcc: a skip with its reason, but not where proofs are required.
tools=$(tools/proof-tools)
mkdir -p "$work/cache/latchkit/proofs"
ln -s "$tools" "$(dirname "$tools")/lkmm" "$work/cache/latchkit/proofs/"
without_gcc() { # without_gcc NAME CODE TEXT REQUIRED
	local XDG_CACHE_HOME=$work/cache LATCHKIT_MIRROR=file:$work/nothing LATCHKIT_REQUIRE_PROOFS=$4
	export XDG_CACHE_HOME LATCHKIT_MIRROR LATCHKIT_REQUIRE_PROOFS
	says "$1" "$2" "$3" --compiled --model power --model gcc-power selector-publish
}
without_gcc 'without gcc its code is skipped' 0 'SKIP selector-publish gcc-power: tools/proof-tools: ' ''
without_gcc 'but not where proofs are required' 1 'FAIL selector-publish gcc-power: skipped' 1

# An interpreter that is wrong.
mkdir -p "$work/copy/tests/litmus"
cp -r tests/litmus/machine "$work/copy/tests/litmus/"
ln -s "$PWD/tools" "$PWD/include" "$work/copy/"
sed -i 's/1 << (b - a + 1)/1 << (b - a)/' "$work/copy/tests/litmus/machine/isa/power_compute.py"
ends 'an interpreter that is wrong is seen' 1 'FAIL ring: power does other things' \
	tests/litmus/check-machines "$work/copy/tests/litmus/machine"

# An order without a mutant, and a mutant that changes nothing.
grep -v '^MUTANT(ring-no-wmb' tests/mutants.def >"$work/mutants.def"
ends 'an order without a mutant is seen' 1 'FAIL latch/ring.h: no mutant weakens the order in line' \
	env LATCHKIT_MUTANTS="$work/mutants.def" tests/check-orders

# A get that is granted when nothing is left.
compiled="--compiled --model c11 --include $work/include refcount-granted"
says 'the count is right' 0 'PASS refcount-granted c11: forbidden' $compiled
sed -i 's/if (seen == 0)/if (0)/;s/ORDER: release, or who/Release, or who/' \
	"$work/include/latchkit/refcount/saturating.h"
says 'a get from 0 is seen' 1 'FAIL refcount-granted c11: allowed' $compiled
ends 'an order without a reason is seen' 1 'FAIL refcount/saturating.h: no comment says' \
	env LATCHKIT_HEADERS="$work/include" tests/check-orders

# What is expected is what the documentation shows.
missing=$(tests/litmus/prove --tables | grep -vxFf docs/proof-results.md | head -n 1)
[ -z "$missing" ]
verdict $? 'docs/proof-results.md shows what is expected' "not $missing"

# The table of everything, too; a cell that is changed and a test that it does not know are seen.
summary() { grep -vxFf docs/proof-results.md | head -n 1; } # of standard input, what is missing there
missing=$(tests/proof-table 2>&1 | summary)
changed=$(tests/proof-table | sed '0,/(B)/s//B/' | summary)
grep -v '^JUDGES(ring-torn' tests/proof-table.def >"$work/proof-table.def"
unknown=$(LATCHKIT_PROOF_TABLE=$work/proof-table.def tests/proof-table 2>&1)
[ -z "$missing" ]
verdict $? 'docs/proof-results.md has the table of everything' "not $missing: run tests/proof-table --update"
[ -n "$changed" ] && echo "$unknown" | grep -q 'ring-torn: say in tests/proof-table.def' ||
	verdict 1 'the table of everything can be wrong' 'a change is not seen'
[ "$failures" -eq 0 ]
