#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Events one by one: {print(KEY,...)} and --events, of a program whose calls are known: tests/cli/exprs.c.
. "$(dirname "$0")/../../lib.sh"
need_bpf
exprs=$build/tests/exprs
write=tracepoint:syscalls:sys_enter_write read=tracepoint:syscalls:sys_enter_read

# asks OPTION... STATEMENT...: trace the program.
asks() { timeout 60 "$lk" trace -i 100 "$@" -- "$exprs" >"$work/out" 2>"$work/err"; }
lines() { grep -c '"type":"line"' "$work/out"; }

asks --json "$write /args.count == 1000/ {print(comm, args.count, retval)}"
check "a line for each event ($(lines))" test "$(lines)" -eq 300
check "each with its keys" test "$(grep -c '"key":{"comm":"exprs","args.count":"1000","retval":"1000"}' "$work/out")" -eq 300
check "each with its latency" test "$(grep '"type":"line"' "$work/out" | grep -c '"ns":[1-9]')" -eq 300
check "the probe has counted them" test "$("$jsonl" probe count <"$work/out" | tail -n 1)" = 300
check "the summary has as many" test "$("$jsonl" summary lines <"$work/out")" = 300
check "none is missing" test "$("$jsonl" summary lines_missing <"$work/out")" = 0
check "in the order of their times" sh -c "'$jsonl' line t_ns <'$work/out' | sort -n -c"

asks --json --events "$write /args.count == 1000/" "$read /retval == -9/"
check "--events: of all statements" test "$(lines)" -eq 340
check "--events: comm and pid where there are no keys" test "$(grep -c '"key":{"comm":"exprs","pid":[1-9]' "$work/out")" -eq 340
check "--events: in the order of their times" sh -c "'$jsonl' line t_ns <'$work/out' | sort -n -c"

asks --json --events "$write /args.count == 1000/ {sum(args.count)}"
check "the value of each" test "$(grep -c '"value":1000' "$work/out")" -eq 300

asks --events "$read /retval == -9/ {print(pid, comm, errno(retval))}"
check "a heading" grep -q '^TIME  *FIGURE  *PID COMM  *errno(retval)$' "$work/out"
check "a line is time, latency, keys" test "$(grep -cE '^[0-9:]{8}\.[0-9]{6} +[0-9.]+[nu]s +[0-9]+ exprs +EBADF$' "$work/out")" -eq 40
check "nothing else, as nothing is lost" test "$(wc -l <"$work/out")" -eq 41
asks --csv "$read /retval == -9/ {print(comm, errno(retval))}"
check "CSV: a heading" grep -q '^t_ns,cpu,number,probe,comm,errno(retval),process,start_ns,figure$' "$work/out"
check "CSV: a row for each" test "$(grep -cE '^[0-9]+,[0-9]+,[0-9]+,"tracepoint:syscalls:sys_enter_read","exprs","EBADF",' "$work/out")" -eq 40

# One that comes faster than it is shown: each is shown or told to be missing.
timeout 60 "$lk" trace --json -i 100 "$write {print(args.count)}" -- dd if=/dev/zero of=/dev/null bs=1 count=400000 >"$work/out" 2>"$work/err"
shown=$(lines) counted=$("$jsonl" probe count <"$work/out" | tail -n 1) unsent=$("$jsonl" probe losses.unsent <"$work/out" | tail -n 1)
check "all that is counted is shown or unsent ($counted = $shown + $unsent)" test "$counted" -eq $((shown + unsent))
check "what is missing between two numbers was unsent" test "$("$jsonl" summary lines_missing <"$work/out")" -le "$unsent"
check "dd's writes are all counted" test "$counted" -ge 400000

# While it runs: a line is there soon after its event, without an end.
mkfifo "$work/pipe"
"$lk" trace --events -i 100 "$read /retval == -9/" -c "sh -c '$exprs; read line <$work/pipe'" >"$work/out" 2>"$work/err" &
trace=$!
check "lines are there while the trace runs" eventually sh -c "[ \$(grep -c exprs '$work/out') -eq 40 ]"
echo >"$work/pipe"
wait "$trace"
check "... and it ends with its command" test $? -eq 0

refuses "print without keys" 2 'an operand, such as' trace "$write {print()}"
refuses "print by" 2 'what is printed stands in print' trace "$write {print(pid) by comm}"
refuses "folded lines" 2 'shows no single events; use' trace --events --folded "$write"
refuses "a user stack of an event" 2 'no user stacks' trace "$write {print(ustack)}"
refuses "a key that there is not" 2 'did you mean' trace "$write {print(comn)}"
refuses "two statements that print other things" 2 'other keys than' trace "$write {print(pid)}" "$read {print(comm)}"

if [ -n "${LATCHKIT_OBJECTS:-}" ]; then
	. "$(dirname "$0")/../../broken.sh"
	broken_flags=-DTRACE_STATEMENTS_HERE
	complete() { # is nothing lost unseen, with hardly any room?
		timeout 60 "$lk" trace --json -i 100 "$write {print(args.count)}" -- dd if=/dev/zero of=/dev/null bs=1 count=100000 >"$work/out" 2>"$work/err"
		[ "$("$jsonl" probe count <"$work/out" | tail -n 1)" -eq $(($(lines) + $("$jsonl" probe losses.unsent <"$work/out" | tail -n 1))) ]
	}
	check "nothing is lost unseen" complete
	killed "what is not sent is not counted" bpf/trace/line.h "s/lost(column, LOSS_UNSENT);/;/; s/line = \(bpf_ringbuf_reserve(.*, 0)\);/line = number % 1000 ? \1 : NULL;/" complete
else
	skip "broken copies: make check-built says how to build them"
fi
done_testing
