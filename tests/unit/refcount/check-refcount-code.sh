#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What refcount.h compiles to on x86: the get of an rcuref and both puts begin with one locked add
# and hold no loop; the get of a refcount is a compare-exchange in a loop.
. tests/cli/lib.sh
[ "$(uname -m)" = x86_64 ] || { skip "machine code: not x86-64"; exit; }

cat >"$work/code.c" <<'END'
#include <latchkit/refcount.h>
bool refcount_get_(struct refcount *r, lk_u64 *w) { return refcount_get(r, w); }
bool refcount_put_(struct refcount *r, lk_u64 *w) { return refcount_put(r, w); }
bool rcuref_get_(struct rcuref *r, lk_u64 *w) { return rcuref_get(r, w); }
bool rcuref_put_(struct rcuref *r, lk_u64 *w) { return rcuref_put(r, w); }
END

# "FUNCTION FIRST N LOOPS": the first locked instruction, how many there are, jumps back to before it.
facts() { # facts OBJECT
	objdump -d --no-show-raw-insn "$1" | awk '
		function end() { if (name) print name, first, locked + 0, loops + 0 }
		/^[0-9a-f]+ <.*>:$/ { end(); gsub(/[<>:]/, "", $2); name = $2; first = "none"; locked = loops = 0; next }
		function address(text) { return sprintf("%16s", text) }
		$2 == "lock" { locked++; if (first == "none") { first = $3; where = address(substr($1, 1, length($1) - 1)) } }
		$2 ~ /^j/ && first != "none" && address($3) <= where { loops++ }
		END { end() }'
}

expect() { # expect COMPILER FUNCTION FIRST LOOPS(0 or +)
	found=$(grep "^$2_ " "$work/facts")
	set -- "$1" "$2" "$3" "$4" $found
	loops=0
	[ "$8" -eq 0 ] || loops=+
	if [ "$6" = "$3" ] && [ "$loops" = "$4" ]; then
		pass "$1: $2: first $6, locked instructions $7, loops $8"
	else
		fail "$1: $2: not first $3 with loops $4 but: $found"
	fi
}

for compiler in gcc clang; do
	"$compiler" -std=gnu11 -O2 -Iinclude -c "$work/code.c" -o "$work/code.o" || { fail "$compiler: does not compile it"; continue; }
	facts "$work/code.o" >"$work/facts"
	expect "$compiler" refcount_get cmpxchg +
	expect "$compiler" refcount_put xadd 0
	expect "$compiler" rcuref_get xadd 0
	expect "$compiler" rcuref_put xadd 0
done
done_testing
