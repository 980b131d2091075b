#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# From the name of a user function to all the places that have it.
. "$(dirname "$0")/../lib.sh"
need_bpf
names=$build/tests/names

# counts NAME EXPECTED PROBE COMMAND...: the probe is hit so many times.
counts() {
	what=$1 expected=$2 probe=$3
	shift 3
	timeout 60 "$lk" trace --json -i 100 "$probe" -- "$@" >"$work/trace" 2>"$work/err"
	got=$("$jsonl" probe count <"$work/trace" 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')
	if [ "$got" -eq "$expected" ]; then
		pass "$what: $expected"
	else
		fail "$what: $got instead of $expected: $(head -n 1 "$work/err")"
	fi
}

counts "a versioned symbol" 7 uprobe:libc:pthread_create "$target" threads 7
counts "a versioned symbol, timed" 7 uretprobe:libc:pthread_create "$target" threads 7
for name in dlopen realpath posix_spawn; do
	counts "$name can be attached to" 0 "uprobe:libc:$name" "$target" calls 1
	check "$name: nothing to say" test ! -s "$work/err"
done
counts "two static functions of one name" 1000 "uprobe:$names:same" "$names"
counts "two static functions of one name, timed" 1000 "uretprobe:$names:same" "$names"
counts "a name with brackets is that name" 200 "uprobe:$names:shape[int]" "$names"
counts "brackets escaped" 200 "uprobe:$names:shape\\[int\\]" "$names"
counts "brackets of a pattern" 34 "uprobe:$names:shape[i-n]" "$names"
done_testing
