#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Names that others choose, in every output: no control character reaches a terminal, JSON is UTF-8,
# a name cannot forge a row, a field or a frame.
. "$(dirname "$0")/../lib.sh"
need_bpf
named=$build/tests/named
probe=tracepoint:syscalls:sys_enter_getppid

trace() { # trace NAME OPTION...: NAME is for printf
	name=$(printf "$1.")
	shift
	timeout 60 "$lk" trace "$@" "$probe" -- "$named" "${name%.}" >"$work/out" 2>"$work/err"
}
says() { LC_ALL=C grep -qF -- "$1" "$work/out"; }
is_utf8() { iconv -f UTF-8 -t UTF-8 "$work/out" >/dev/null 2>&1; }
# Nothing but printable characters and the newlines that are ours.
is_plain() { is_utf8 && ! LC_ALL=C grep -qe '[[:cntrl:]]' -e "$(printf '\302\233')" "$work/out"; }
is_json() { "$jsonl" summary losses.dropped <"$work/out" >/dev/null; }

for options in "--json" "--json --on-sample stacks"; do
	trace 'a"b\377' --processes $options
	check "$options: a quote and a byte that is not UTF-8: UTF-8" is_utf8
	check "$options: and JSON" is_json
	check "$options: the byte is U+FFFD" says "$(printf '"name":"a\\"b\357\277\275"')"
done
trace 'a\033[2Jb\nforged: 1' --processes
check "table: an escape and a newline in a name: plain" is_plain
check "table: both are shown" says 'ended: a\x1b[2Jb\x0aforg'
trace 'c\303\251\302\2332J' --processes --on-sample stacks
check "table: letters stay, the CSI of 8 bits does not" says "$(printf 'ended: c\303\251\\xc2\\x9b2J')"
check "table: stacks, too" is_plain
trace 'a;b\nc' --folded --on-sample stacks
check "folded: a semicolon and a newline stay in their frame" says 'a\x3bb\x0ac'
check "folded: no frame was forged" test "$(grep -cE '^a;b|^c' "$work/out")" -eq 0
done_testing
