#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# docs/examples: each builds alone, outside of this tree, against installed headers, and does what the
# document says. LATCHKIT_EXAMPLE_SECONDS: how long it runs each time (2).
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS # those of the make that runs this test
seconds=${LATCHKIT_EXAMPLE_SECONDS:-2}

make --no-print-directory install-headers DESTDIR="$work" PREFIX=/usr >"$work/make" 2>&1
check "headers are installed" [ -f "$work/usr/include/latchkit/scratch.h" ]
cp -r docs/examples/scratch "$work/"
cd "$work/scratch" || exit 1
make --no-print-directory CC="${CC:-gcc}" CLANG="${CLANG:-clang}" PREFIX="$work/usr" >"$work/make" 2>&1
check "scratch: builds alone: $(grep -m 1 -E 'error|warning' "$work/make")" [ -x events ]
check "scratch: without a warning" sh -c "! grep -q warning '$work/make'"
check "scratch: says how it is used" sh -c './events 2>&1 | grep -q "usage: events plain|scratch"'

run() { timeout 60 ./events "$1" "$seconds" >"$work/out" 2>"$work/err"; } # run plain|scratch
number() { sed -n "s/.* \([0-9]*\) $1.*/\1/p" "$work/out"; }
if ! run plain; then
	skip "scratch: runs: $(head -n 1 "$work/err")"
	done_testing
	exit
fi
# A tick must come while an event is put together: look until it is seen.
for _ in 1 2 3 4 5 6 7 8; do
	[ "$(number corrupted)" -eq 0 ] || break
	run plain
done
check "scratch: a plain buffer is corrupted: $(cat "$work/out")" [ "$(number corrupted)" -gt 0 ]
run scratch
check "scratch: exit 0" [ $? -eq 0 ]
check "scratch: there were events: $(cat "$work/out")" [ "$(number events)" -gt 1000 ]
check "scratch: none is corrupted" [ "$(number corrupted)" -eq 0 ]
done_testing
