#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the table does on a terminal: colours, redrawing, how much it shows.
. "$(dirname "$0")/../lib.sh"
need_bpf
command -v script >/dev/null || { skip "terminal: no script(1)"; done_testing; }
escape=$(printf '\033')

# on_terminal VARIABLE=VALUE [OPTION]...: a trace whose standard output is a terminal, into $work/out.
on_terminal() {
	script -qec "env $1 $lk trace -d 0.5 -i 0.2 $2 tracepoint:sched:sched_switch" /dev/null >"$work/out" 2>/dev/null
}

on_terminal TERM=xterm
check "a terminal: bold" grep -q "$escape\\[1m" "$work/out"
on_terminal NO_COLOR=1
check "NO_COLOR: not bold" test "$(grep -c "$escape\\[1m" "$work/out")" -eq 0
check "NO_COLOR: rows" grep -q sched_switch "$work/out"
on_terminal NO_COLOR=1 '--color always'
check "NO_COLOR, --color always: bold" grep -q "$escape\\[1m" "$work/out"
on_terminal TERM=dumb
check "TERM=dumb: no escapes" test "$(grep -c "$escape" "$work/out")" -eq 0
check "TERM=dumb: rows" grep -q sched_switch "$work/out"
on_terminal TERM=xterm "-o $work/file"
check "-o FILE: no escapes" test "$(grep -c "$escape" "$work/file")" -eq 0

"$lk" trace -d 1 --on-sample stacks --top 7 tracepoint:sched:sched_switch -- \
	sh -c 'for i in 1 2 3 4 5 6 7 8 9; do cat /dev/null; grep -c x /etc/passwd; find / -maxdepth 2 | wc -l; done' \
	>"$work/out" 2>/dev/null
shown=$(sed -n 's/^stacks (\([0-9]*\) of .*/\1/p' "$work/out")
all=$(sed -n 's/^stacks ([0-9]* of \([0-9]*\))/\1/p' "$work/out")
if [ "${all:-0}" -ge 7 ]; then
	check "--top: so many stacks" test "$shown" -eq 7
else
	skip "--top: so many stacks: there were only ${all:-0}"
fi
done_testing
