#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Disassemble the BPF objects: wherever order.h promises a barrier there must be the form of the
# atomic operation that returns the old value (FETCH), because the other form is no barrier on
# arm64 and no x86 test could tell. And the check must refuse an object that lacks it.
. tests/cli/lib.sh
clang=${CLANG:-clang}
shopt -s lastpipe # what counts failures at the end of a pipe is this shell

# The objdump that belongs to a compiler's version, else any.
objdump_for() {
	version=$(echo "$1" | sed -n 's/^clang-\([0-9]*\)$/\1/p')
	for tool in "llvm-objdump-$version" "/usr/lib/llvm-$version/bin/llvm-objdump" llvm-objdump; do
		command -v "$tool" && return
	done
}

# Instructions as "FUNCTION OPCODE OPERATION", from the bytes: byte 0, and bytes 4 and 5.
atomics() { # atomics OBJDUMP OBJECT
	"$1" -d "$2" | awk '
		/^[0-9a-f]+ <LBB.*>:$/ { next } # a label inside a function
		/^[0-9a-f]+ <.*>:$/ { gsub(/[<>:]/, "", $2); function_ = $2; print function_, "start"; next }
		$2 == "db" || $2 == "c3" { print function_, $2, $7 $6 }'
}

# FETCH forms: add 01, or 41, and 51, xor a1, xchg e1, cmpxchg f1; load-acquire 0100, its pair 0110.
judge() { # judge model|host: reads atomics, prints what is wrong
	awk -v orders="$1" '
		$2 == "start" { seen[$1] += 0; next }
		$3 ~ /^00(01|41|51|a1|e1|f1)$/ { seen[$1]++; next }
		$3 ~ /^01(00|10)$/ { next }
		{ print $1 ": atomic operation without FETCH (" $3 ")" }
		END {
			for (f in seen) {
				functions++
				if (f ~ /^fetch_/ && !seen[f]) print f ": no FETCH operation"
				if (f ~ /^model_/ && orders == "model" && !seen[f]) print f ": no FETCH operation"
				if (f ~ /^plain_/ && seen[f]) print f ": an atomic operation too many"
			}
			if (!functions) print "no function to look at"
		}'
}

report() { # report NAME: PASS if standard input is empty
	wrong=$(cat)
	if [ -z "$wrong" ]; then pass "$1"; else fail "$1: $wrong"; fi
}

for object in "$build"/tests/bpf/order.*.bpf.o "$build"/tests/bpf/latch.*.bpf.o "$build"/tests/bpf/registry.*.bpf.o; do
	name=$(basename "$object" .bpf.o)
	orders=${name##*.}
	rest=${name%.*}
	compiler=${rest##*.}
	tool=$(objdump_for "$compiler")
	[ -n "$tool" ] || { skip "$name: no llvm-objdump"; continue; }
	atomics "$tool" "$object" | judge "$orders" | report "$name: every barrier is a FETCH form"
done
for object in "$build"/bpf/trace.*.bpf.o; do
	atomics "$(objdump_for "$clang")" "$object" | grep -v start >"$work/atomics"
	# Counters of losses are atomic additions that order nothing; latches use FETCH forms only.
	plain=$(awk '$3 == "0000"' "$work/atomics" | wc -l)
	other=$(awk '$3 != "0000" && $3 !~ /^(00(01|41|51|a1|e1|f1)|01(00|10))$/' "$work/atomics")
	echo "$other" | grep . | report "$(basename "$object" .bpf.o): only counters of losses do without ($plain)"
done

# Seen to fail.
noticed() { # noticed TEXT: standard input has it, or says so for report
	grep -q "$1" || echo "is not noticed"
}
judge host </dev/null | noticed 'no function to look at' | report "an empty disassembly is refused"
"$clang" -target bpf -mcpu=v3 -O2 -g -D__TARGET_ARCH_x86 -DBROKEN -Wno-unused-value -Iinclude \
	-idirafter "/usr/include/$(gcc -print-multiarch)" -c tests/bpf/order.bpf.c -o "$work/broken.o"
atomics "$(objdump_for "$clang")" "$work/broken.o" | judge host | noticed 'fetch_broken: atomic operation without FETCH' |
	report "an operation without FETCH is refused"
done_testing
