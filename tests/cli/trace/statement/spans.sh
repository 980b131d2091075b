#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Spans: from one event to another of a program whose spans are known, tests/cli/trace/statement/between.c, and of the
# whole host, where they add up: starts = ends + open + restarted + map_full.
. "$(dirname "$0")/../../lib.sh"
need_bpf
between=$(realpath "$build/tests/between")
begins=uprobe:$between:begins ends=uprobe:$between:ends

# asks OPTION... STATEMENT: trace the program; what is said of the span and its keys is in $work/out.
asks() { timeout 60 "$lk" trace --json -i 100 "$@" -- "$between" >"$work/out" 2>"$work/err"; }
value() { grep '"type":"probe"' "$work/out" | "$jsonl" probe "$1" 2>/dev/null | tail -n 1; }
# is NAME KEY VALUE: the span has it.
is() {
	found=$(value "$2")
	check "$1: $2 is $3 ($found$([ -n "$found" ] || head -n 1 "$work/err"))" test "$found" = "$3"
}
has() { check "$1" grep -qE "$2" "$work/out"; } # has NAME REGEX
adds_up() { # adds_up NAME: all starts of the span are accounted for
	check "$1: starts $(value entries) = ends $(value ended) + open $(value open) + restarted $(value losses.restarted) + no room $(value no_room)" \
		test "$(value entries)" -eq $(($(value ended) + $(value open) + $(value losses.restarted) + $(value no_room)))
}
# The counts of all keys, in the last report.
keys_sum() {
	sed -nE 's/^\{"type":"key".*\},"count":([0-9]+),"delta":.*/\1/p' "$work/out" | awk '{ n += $1 } END { print n + 0 }'
}
refuses_span() { # refuses_span NAME REGEX STATEMENT OPTION...
	what=$1 regex=$2
	shift 2
	refuses "$what" 2 "$regex" trace -d 1 "$@"
}

# -- of a program ---------------------------------------------------------------------------------
if "$lk" doctor --json | grep -q '"key":"uprobe","[^}]*"state":"yes"'; then
	asks "$begins[arg0] .. $ends[arg0]"
	is "spans by an argument" count 102
	is "spans by an argument" entries 112
	is "spans by an argument" ended 102
	is "spans by an argument" open 7
	is "spans by an argument" losses.restarted 3
	is "spans by an argument: a latency" kind latency
	adds_up "spans by an argument"
	asks "$begins .. $ends"
	is "without a tie it is the thread" count 102
	is "without a tie it is the thread" losses.restarted 9
	adds_up "without a tie it is the thread"

	asks "$begins[arg0] .. $ends[arg0] /arg1 == 1/"
	is "what ends a span" count 50
	is "what ends a span" open 59
	asks "$begins[arg0] /arg1 >= 500/ .. $ends[arg0]"
	is "what begins a span" entries 51
	is "what begins a span" count 51
	asks "$begins[arg0] .. $ends[arg0] /begin.arg1 > 500 && ns > 0/"
	is "what counts of those that have ended" count 50
	is "what counts of those that have ended" ended 102
	adds_up "what counts of those that have ended"
	asks "$begins[arg0] .. $ends[arg0] /arg1 == 1/ /begin.arg1 >= 500/"
	is "two predicates" count 25
	is "two predicates" ended 50
	asks "$begins[arg0] .. $ends[arg0] {sum(begin.arg1)}"
	is "a sum of what was at the start" sum 50502
	is "a sum of what was at the start" kind value
	asks "$begins[arg0] .. $ends[arg0] {sum(begin.arg1 + arg1 * 100000)}"
	is "both ends in one value" sum 5050502
	asks "$begins[arg0] .. $ends[arg0] {stats(ns)}"
	is "times have their unit" unit ns

	asks "$begins[arg0] .. $ends[arg0] {count() by begin.comm}"
	has "names of the start" '"key":\{"begin.comm":"between"\},"count":102,'
	asks "$begins[arg0] .. $ends[arg0] {count() by comm}"
	has "names of the end" '"key":\{"comm":"between"\},"count":101,'
	has "names of the end: another thread" '"key":\{"comm":"ender"\},"count":1,'
	asks "$begins[arg0] .. $ends[arg0] {sum(begin.arg1) by begin.arg1 / 501}"
	has "expressions of the start as keys" '"key":\{"begin.arg1 / 501":"1"\},"count":50,.*"sum":37750'
	asks "$begins[arg0] .. $ends[arg0] {count() by begin.ustack, begin.pid}"
	has "stacks of the start" '"begin.ustack":"[^"]*begins"'
	asks --by begin.tid,cpu "$begins[arg0] .. $ends[arg0]"
	check "keys by --by: they add up" test \
		"$(keys_sum)" = 102

	asks "uprobe:$between:turns[pid] .. uprobe:$between:turns[pid]"
	is "one probe is both: the end first" count 10
	is "one probe is both: the end first" entries 11
	is "one probe is both: the end first" open 1
	is "one probe is both: the end first" losses.restarted 0
	asks "uretprobe:$between:begins[retval] .. uretprobe:$between:ends[pid - pid], $ends[arg0]"
	is "returns begin spans, and one of two ends them" count 102
	asks "$begins[arg0, arg0 * 2] .. $ends[arg0, arg0 + arg0]"
	is "two ties" count 102
	asks --spans 3 "$begins[arg0] .. $ends[arg0]"
	adds_up "without room for all"
	asks "tracepoint:syscalls:sys_exit_getppid .. uprobe:$between:within"
	is "from a system call's return to a function" count 20
	asks "uprobe:$between:within .. tracepoint:syscalls:sys_enter_getpgid {count() by begin.pid}"
	is "from a function to a system call" count 20
	asks "tracepoint:syscalls:sys_enter_getppid .. tracepoint:syscalls:sys_exit_getppid /retval > 0/"
	is "a system call by its two ends" count 20
	asks "$begins[arg0] .. $ends[arg0]" "$begins[arg0] /arg0 > 3000/ .. $ends[arg0] {sum(begin.arg1)}"
	check "two spans: the first" sh -c "grep '\"type\":\"probe\"' '$work/out' | grep -q '\"count\":102,'"
	check "two spans: the second" sh -c "grep '\"type\":\"probe\"' '$work/out' | grep -q '\"count\":1,.*\"sum\":1,'"
	asks "$begins" "$begins[arg0] .. $ends[arg0]"
	check "a probe beside the span that it begins" sh -c "grep '\"type\":\"probe\"' '$work/out' | grep -q '\"probe\":\"$begins\",.*\"count\":112,'"

	# Of all tasks: ends without a start are told.
	mkfifo "$work/go"
	"$between" wait <"$work/go" &
	program=$!
	exec 8>"$work/go"
	$unignored timeout 60 "$lk" trace --json -i 0.1 "$begins[arg0] .. $ends[arg0]" >"$work/out" 2>"$work/err" &
	tracing=$!
	check "the trace has begun" eventually test -s "$work/out"
	echo >&8
	check "all has occurred" eventually sh -c "grep '\"count\":102,' '$work/out' | grep -q '\"unpaired\":5,'"
	kill -INT $tracing
	wait $tracing
	is "of all tasks" losses.unpaired 5
	adds_up "of all tasks"

	echo >&8
	exec 8>&-
	wait $program

	# Spans that have not ended.
	asks --open "$begins[arg0] .. $ends[arg0]"
	check "open spans: each tie" test "$(grep -c '"type":"open"' "$work/out")" -eq 7
	has "open spans: which" '"type":"open",.*"key":\{"arg0":"1004"\},"count":1,"oldest_ns":[1-9]'
	grep '"type":"open"' "$work/out" | "$jsonl" open oldest_ns >"$work/ages"
	check "open spans: the oldest first" sort -c -n -r "$work/ages"
	asks --open "$begins[arg0] .. $ends[arg0] {sum(begin.arg1) by begin.comm}"
	has "open spans by the keys of the start, with their sum" \
		'"type":"open",.*"key":\{"begin.comm":"between"\},"count":7,"oldest_ns":[0-9]+,"sum":35'
	asks --open --older 1000 "$begins[arg0] .. $ends[arg0]"
	check "none is that old" test "$(grep -c '"type":"open"' "$work/out")" -eq 0
	timeout 60 "$lk" trace --open -i 100 "$begins[arg0] .. $ends[arg0] {sum(begin.arg1) by begin.ustack(1)}" -- "$between" >"$work/out" 2>"$work/err"
	has "open spans in the table" '^ +7 +[0-9.]+[nmu]?s +35 '
	has "the row is called by its events" 'begins\[arg0\] \.\. .*ends\[arg0\]'

	# Broken copies are noticed.
	. "$(dirname "$0")/../../broken.sh"
	taken() {
		asks "$begins[arg0] .. $ends[arg0]"
		[ "$(value count)" = 102 ] && [ "$(value losses.restarted)" = 3 ]
	}
	check "each start is taken once" taken
	both_at_once() {
		asks "uprobe:$between:turns[pid] .. uprobe:$between:turns[pid]"
		[ "$(value count)" = 10 ]
	}
	if [ -n "${LATCHKIT_OBJECTS:-}" ]; then
		killed "ties are not looked at" bpf/trace/span.h 's/word\[i\] = value;/word[i] = i ? 0 : value;/' taken
		killed "events are never both" bpf/trace/span.h 's/!(\*hits >> i & 1)/*hits >> i != 1/' both_at_once
	else
		skip "broken copies: make check-built says how to build them"
	fi
else
	skip "spans of a program: no uprobes here"
fi

# -- of the host ----------------------------------------------------------------------------------
wakeup='tracepoint:sched:sched_wakeup[args.p.pid]'
switch=tracepoint:sched:sched_switch
timeout 60 "$lk" trace --json -d 1 "$wakeup, $switch[args.prev.pid] /args.prev_state == 0 && args.prev.pid/ .. $switch[args.next.pid]" >"$work/out" 2>"$work/err"
check "run queue latency: there was some" test "$(value count)" -gt 0
adds_up "run queue latency"
timeout 60 "$lk" trace --json -d 1 -i 100 "$switch[args.prev.pid] .. $switch[args.next.pid] {sum(ns) by begin.comm, begin.kstack}" >"$work/out" 2>"$work/err"
adds_up "time off the CPU"
has "time off the CPU: where" '"begin.kstack":"[^"]*schedule'
check "time off the CPU: keys add up" test \
	"$(keys_sum)" = "$(value count)"
timeout 60 "$lk" trace --json -d 1 --spans 4 "$switch[args.prev] .. $switch[args.next]" >"$work/out" 2>"$work/err"
adds_up "fewer places than tasks"

# -- mistakes -------------------------------------------------------------------------------------
refuses_span "no end" 'a probe is expected here' 'tracepoint:sched:sched_wakeup .. '
refuses_span "no start" 'no such probe type|a probe is expected' ' .. tracepoint:sched:sched_switch'
refuses_span "other numbers of ties" 'tied by 1 expression, tracepoint:sched:sched_switch by 2' \
	"$switch[args.prev.pid, args.prev.tgid] .. $switch[args.next.pid]"
refuses_span "too many ties" '2 expressions tie' "$switch[1, 2, 3] .. $switch[1, 2, 3]"
refuses_span "two ends in a row" 'one \.\. between' "$switch .. $switch .. $switch"
refuses_span "the start's times" 'ns is known at its end' "$switch /ns > 3/ .. $switch"
refuses_span "begin. without .." 'only the end of a span' "$switch {sum(begin.args.prev.pid)}"
refuses_span "begin.comm without .." 'has no start' "$switch {count() by begin.comm}"
refuses_span "begin. in the start" 'only the end of a span' "$switch[begin.args.prev.pid] .. $switch"
refuses_span "keys of both ends in one word" 'both of the start of a span, or both of its end' \
	"$switch .. $switch {count() by begin.pid, ustack}"
refuses_span "samples" 'neither begins nor ends' "profile:hz:99 .. $switch"
refuses_span "a pattern of system calls" 'one system call at each end' 'tracepoint:syscalls:sys_enter_p* .. tracepoint:sched:sched_switch'
refuses_span "arguments that are not there" 'no such argument' "$switch[args.nxt.pid] .. $switch[args.next.pid]"
refuses_span "--open without spans" 'of which spans' --open "$switch"
refuses_span "--older without --open" 'It is for --open' --older 3 "$switch .. $switch"
refuses_span "--open as CSV" 'has rows for them' --csv --open "$switch .. $switch"
refuses_span "the same span twice" 'is there twice' "$switch .. $switch" "$switch .. $switch"
"$lk" trace --explain "$wakeup .. $switch[args.next.pid] /ns > 10ms/ {hist(ns, us) by begin.comm, begin.args.p.prio}" >"$work/out" 2>"$work/err"
has "explained: its ends" 'ends at +tracepoint:sched:sched_switch'
has "explained: its ties" 'tied by +args.p.pid: '
has "explained: what is kept of the start" 'begin 0 +kept; 2 steps'
has "explained: where that is used" ' begin 0$'
done_testing
