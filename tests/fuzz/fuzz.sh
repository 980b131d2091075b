# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# fuzz.sh - sourced by the tests in this directory: run a fuzzer from its corpus for LATCHKIT_FUZZ
# seconds (20), from a seed that each commit changes. What it finds is in build/tests/fuzz/found/, and
# the inputs that reach new code, for the corpus, in build/tests/fuzz/new/.
build=${LATCHKIT_BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR="$work"

fuzz() { # fuzz NAME OPTION...
	name=$1
	shift
	new=$build/tests/fuzz/new/$name found=$build/tests/fuzz/found/$name-
	seconds=${LATCHKIT_FUZZ:-20}
	seed=${LATCHKIT_FUZZ_SEED:-$(git rev-parse HEAD 2>/dev/null | cksum | cut -d ' ' -f 1)}
	mkdir -p "$new" "${found%/*}"
	rm -f "$found"*
	timeout $((seconds + 120)) "$build/tests/fuzz/$name" -max_total_time="$seconds" -seed="$seed" -timeout=20 \
		-max_len=4096 -artifact_prefix="$found" -print_final_stats=1 "$@" "$new" "tests/fuzz/corpus/$name" >"$work/log" 2>&1
	code=$?
	runs=$(sed -nE 's/^Done ([0-9]+) runs.*/\1/p' "$work/log")
	if [ "$code" -eq 0 ] && [ "${runs:-0}" -gt 1000 ]; then
		echo "PASS $name: $runs executions in $seconds s, seed $seed, corpus of $(ls "tests/fuzz/corpus/$name" | wc -l) and $(ls "$new" | wc -l) found"
		return 0
	fi
	echo "FAIL $name: exit $code after ${runs:-unknown} executions, seed $seed: $(ls "$found"* 2>/dev/null)"
	grep -vE '^#[0-9]' "$work/log" | tail -n 60
	for input in "$found"*; do
		[ -f "$input" ] && base64 "$input" | head -n 40
	done
	return 1
}
