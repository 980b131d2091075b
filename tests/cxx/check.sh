#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The public headers are C++17, too: each compiles by itself, with each latch, with g++ and clang++, and
# tests/cxx/uses.cc does in C++ what it should.
. "${0%/*}/../cli/lib.sh"
flags="-std=c++17 -Wall -Wextra -Werror -Iinclude -DREGISTRY_RCU=memb -DDISPATCH_RCU=memb"
# Parts of order.h, one for each side.
headers=$(cd include && ls latchkit/*.h | grep -v 'latchkit/order_')
variants=$(sed -n 's/^LATCH(\([a-z0-9_]*\),.*/\1/p' include/latchkit/variants.def)

compiles() { # compiles COMPILER HEADER [FLAG...]
	printf '#include <%s>\n' "$2" | "$1" $flags "${@:3}" -fsyntax-only -x c++ - 2>"$work/err"
}

for compiler in g++ clang++; do
	if ! command -v $compiler >/dev/null; then
		skip "C++ with $compiler: there is no $compiler here"
		continue
	fi
	for header in $headers; do
		check "$compiler: $header: $(grep -m 1 error "$work/err" 2>/dev/null)" compiles $compiler "$header"
	done
	for variant in $variants; do
		check "$compiler: the latch $variant" compiles $compiler latchkit/latch.h -DLATCH_VARIANT="$variant"
	done
	check "$compiler: builds tests/cxx/uses.cc" $compiler $flags -UDISPATCH_RCU -UREGISTRY_RCU -O2 tests/cxx/uses.cc -o "$work/uses" -lurcu-memb -lurcu-common -lpthread
	check "$compiler: ... which does what it should" "$work/uses"
	# The check notices C that is no C++.
	mkdir -p "$work/broken" && cp -r include/latchkit "$work/broken/"
	sed -i 's/(struct registry \*)arg/arg/' "$work/broken/latchkit/registry/table.h"
	check "$compiler: a header that is C alone is noticed" sh -c "! printf '#include <latchkit/registry.h>\n' | $compiler -I$work/broken $flags -fsyntax-only -x c++ - 2>/dev/null"
done
done_testing
