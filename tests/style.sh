#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What can be checked of the text: licence lines, the mutants that ORDER comments name, a header and
# mutants for each line of variants.def, no latch named by the Makefile, and the format.
. tests/cli/lib.sh
shopt -s lastpipe # what counts failures at the end of a pipe is this shell
verdict() { # verdict NAME: PASS if standard input is empty
	wrong=$(cat | tr '\n' ' ')
	if [ -z "$wrong" ]; then pass "$1"; else fail "$1: $wrong"; fi
}

files=$(find include user bpf tests tools vmlinux .ci Makefile -type f ! -path "tests/fuzz/corpus/*" ! -path "*/__pycache__/*")
grep -L 'SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause' $files | verdict "every file has its licence line"

# Every mutant that an ORDER comment names exists, and every ORDER comment names one.
with_orders="include/latchkit/latch/*.h include/latchkit/dispatch/*.h include/latchkit/refcount/*.h include/latchkit/registry/*.h include/latchkit/scratch.h"
cat $with_orders | sed 's/^[[:space:]]*\*//' | tr -s ' \t\n' ' ' |
	grep -oE 'mutants? [a-z_]+-[a-z-]+' | sed 's/^mutants* //' | sort -u |
	while read -r name; do grep -q "^MUTANT($name," tests/mutants.def || echo "$name"; done |
	verdict "mutants named by ORDER comments exist"
awk '/ORDER:/ { text = ""; open = 1; where = FILENAME ":" FNR }
	open { text = text " " $0 }
	open && /\*\// { open = 0; gsub(/[ \t]*\*?[ \t]+/, " ", text); if (text !~ /mutant/) print where }' \
	$with_orders | verdict "every ORDER comment names a mutant"

names=$(sed -n 's/^LATCH.\([a-z0-9_]*\),.*/\1/p' include/latchkit/variants.def)
for name in $names; do [ -f "include/latchkit/latch/$name.h" ] || echo "$name"; done |
	verdict "every variant has a header"
for header in include/latchkit/latch/*.h; do
	echo "$names" | grep -qx "$(basename "$header" .h)" || echo "$header"
done | verdict "every header is a variant"
echo "$names" | sort | uniq -d | verdict "variant names are unique"
for name in $(sed -nE 's/^LATCH.([a-z0-9_]*), (SOUND|POSTED),.*/\1/p' include/latchkit/variants.def); do
	grep -q "^MUTANT($name-[a-z-]*, $name.h," tests/mutants.def ||
		echo "latch $name: no row in tests/mutants.def: MUTANT($name-WHAT, $name.h, CHECKER, SED)"
done | verdict "every latch that keeps a promise has mutants"
for name in $names; do grep -nwE "$name" Makefile tests/tests.mk; done | verdict "the Makefile names no latch"
grep -nE '__atomic_|__sync_|atomic_thread_fence' $(find include/latchkit -name '*.h' ! -name 'order_*.h') |
	verdict "only order_*.h spell atomic operations"
grep -lE '^#include (<bpf/|"(object/image|trace/probe/attachments)\.h)' $(find user -name "*.c") |
	xargs grep -n "\<strerror(" | grep -v "^user/cli/errors.c" |
	verdict "who may see libbpf's codes names errors by error_text()"
# clang-format leaves comments alone: it would join the lines of a table.
code=$(find include user bpf tests -name '*.[ch]')
awk '{ n = split($0, part, "\t"); width = 0
	for (i = 1; i < n; i++) { width += length(part[i]); width += 8 - width % 8 }
	if (width + length(part[n]) > 100) print FILENAME ":" FNR }' $code | verdict "no line is longer than 100 columns"
if command -v clang-format >/dev/null 2>&1; then
	{ clang-format --dry-run --Werror $code 2>&1 || echo "error: its exit code is $?"; } |
		grep -i error | head -n 10 | verdict "clang-format agrees"
else
	skip "clang-format agrees: no clang-format"
fi
done_testing
