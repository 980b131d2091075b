#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Predicates, values and keys that are expressions, of a program whose arguments are known: tests/cli/exprs.c.
. "$(dirname "$0")/../../lib.sh"
need_bpf
exprs=$LATCHKIT_BUILD/tests/exprs jsonl=$LATCHKIT_BUILD/tests/jsonl
write=tracepoint:syscalls:sys_enter_write read=tracepoint:syscalls:sys_enter_read

# asks OPTION... STATEMENT...: trace the program; what is said of probes and keys is in $work/out.
asks() { timeout 60 "$lk" trace --json -i 100 "$@" -- "$exprs" >"$work/out" 2>"$work/err"; }
# is NAME TYPE KEY VALUE: the last line of that type has it.
is() {
	found=$(grep "\"type\":\"$2\"" "$work/out" | "$jsonl" "$2" "$3" 2>/dev/null | tail -n 1)
	check "$1: $3 is $4 ($found)" test "$found" = "$4"
}


asks "$write /args.count == 1000/"
is "a predicate over an argument" probe count 300
asks "$write /args.count == 1000 && retval == 1000/ {sum(retval)}"
is "a sum of results" probe count 300
is "a sum of results" probe sum 300000
is "a sum of results: the least" probe min 1000
is "a sum of results: the most" probe max 1000
asks "$write /args.count == 1000/ {hist(args.count)}"
hist=$("$jsonl" probe hist <"$work/out" | tail -n 1)
check "a histogram: 300 of 512 to 1023 ($hist)" test "$(echo "$hist" | tr -d '[] ' | cut -d, -f10)" = 300
asks --by 'errno(retval)' "$read"
check "errors as keys: 40 of EBADF" grep -q '"key":{"errno(retval)":"EBADF"},"count":40,' "$work/out"
asks --by 'args.count / 100' "$write /args.count == 1000/"
check "an argument as key" grep -q '"key":{"args.count / 100":"10"},"count":300,' "$work/out"

if [ -e "$exprs" ] && "$lk" doctor --json | grep -q '"key":"uprobe","[^}]*"state":"yes"'; then
	work_at=uprobe:$exprs:work returns=uretprobe:$exprs:work
	asks "$work_at {sum(arg0)}"
	is "arguments of a function" probe sum 5050
	asks "$work_at /arg0 > 50 && arg0 % 2 == 0/"
	is "precedence" probe count 25
	asks "$work_at /arg0 < 11 || arg1 < 11/"
	is "short-cut" probe count 20
	asks "$returns {stats((int)retval)}"
	is "negative results" probe sum -5050
	is "negative results: the least" probe min -100
	is "negative results: how many" probe below_0 100
	asks "$work_at {sum(arg0 / (arg0 - 50))}"
	is "divided by zero is 0" probe count 100
	is "divided by zero is counted" summary zero_divisors 1
	# Each operation as programs evaluate it, of both signs, against the shell's, which is C's.
	for op in '+ 7' '- 70' '* 3' '/ 7' '% 7' '& 12' '| 5' '^ 9' '<< 3' '>> 2' '== -3' '!= 4' '< 2' '<= 2' '> -9' '>= -9' '&& 1' '|| 0'; do
		i=0 sum=0
		while [ $((i += 1)) -le 100 ]; do sum=$((sum + ((i - 50) $op))); done
		asks "$work_at {sum(((int)arg0 - 50) $op)}"
		is "(-49 to 50) $op" probe sum $sum
	done
	asks "$work_at {sum(-((int)arg0 - 50) + ~(int)arg1 + !((int)arg0 - 1))}"
	is "operations of one value" probe sum $((-50 - 5050 - 100 + 1))
	asks "$work_at {sum((unsigned char)((int)arg0 - 50))}"
	is "a conversion that wraps" probe sum $((49 * 256 + 50))
	# Linear buckets, of both signs: below, in them, above.
	asks "$work_at {lhist(arg0, 5, 95, 20)}"
	is "linear buckets: below" probe lhist.below 4
	is "linear buckets: above" probe lhist.above 6
	is "linear buckets: the last one is narrower" probe lhist.hist '[20,20,20,20,10]'
	is "linear buckets: the sum" probe sum 5050
	asks "$returns {lhist((int)retval, -50, 0, 25) by comm}"
	check "linear buckets by key, below zero" \
		grep -q '"sum":-5050,"min":-100,"max":-1,"lhist":{"min":-50,"max":0,"step":25,"below":50,"above":0,"hist":\[25,25\]}' "$work/out"
	timeout 60 "$lk" trace -i 600 --color never "$work_at {lhist(arg0, 5, 95, 20)}" -- "$exprs" >"$work/out" 2>"$work/err"
	check "linear buckets: the table" grep -qE '^ +25 - 45 +20 \|@+\|$' "$work/out"
	check "linear buckets: the table: below" grep -qE '^  below 5 +4$' "$work/out"
	check "linear buckets: the table: above" grep -qE '^ +95 - more +6 \|@+ +\|$' "$work/out"
	timeout 60 "$lk" trace --csv -i 600 --by comm "$work_at {lhist(arg0, 5, 95, 20)}" -- "$exprs" >"$work/out" 2>"$work/err"
	check "linear buckets: CSV: sum, least, most, percentile" grep -q ',100,100,5050,1,100,100$' "$work/out"
	asks "$work_at {sum((u64)((struct list_head *)arg2)->next)}"
	is "what cannot be read does not count" probe count 0
	is "what cannot be read is told" probe losses.unread 100
	# A broken copy of what programs evaluate is noticed.
	. "$(dirname "$0")/../../broken.sh"
	broken_flags=-DTRACE_STATEMENTS_HERE
	shifted() { # the sum of a shift of negative numbers
		asks "$work_at {sum(((int)arg0 - 50) >> 2)}"
		[ "$("$jsonl" probe sum <"$work/out" | tail -n 1)" = -25 ]
	}
	check "a shift that keeps the sign" shifted
	if [ -n "${LATCHKIT_OBJECTS:-}" ]; then
		killed "shifts lose the sign" bpf/trace/expr.h 's/return (__s64)a >> (b & 63);/return a >> (b \& 63);/' shifted
	else
		skip "broken copies: make check-built says how to build them"
	fi
	asks --by arg0 --keys 10 "$work_at"
	is "more keys than there is room for" probe count 100
else
	skip "functions of a program: no uprobes here"
fi

# How much of a program is left, and was verified: less where less is asked for.
left() { # left STATEMENT: instructions of the program that sees system calls return; sets verified
	"$lk" trace -v -d 0.01 "$1" >/dev/null 2>"$work/err"
	line=$(grep -o 'leave_syscall: of [0-9]* instructions [0-9]* are left; [0-9]* verified' "$work/err")
	verified=$(echo "$line" | sed 's/.* \([0-9]*\) verified/\1/')
	echo "$line" | sed 's/.* instructions \([0-9]*\) .*/\1/'
}
none=$(left "$read") one=$(left "$read /args.count == 1000/ {sum(retval)}")
check "instructions that are left are told: $none without a statement, $one with one" test "${none:-0}" -gt 0 -a "${one:-0}" -gt 0
left "$read {sum(retval)}" >"$work/left"
check "instructions verified are told: ${verified:-none} for $(cat "$work/left") that are left" test "${verified:-0}" -ge "$(cat "$work/left")"
# What asks for no time has no program at the entry, and calls under way are none of its.
check "a statement that needs the return alone" sh -c "! grep -q 'enter_syscall: of' '$work/err'"
"$lk" trace -v -d 0.01 "$read {sum(ns)}" >/dev/null 2>"$work/err"
check "one that asks for the time" grep -q 'enter_syscall: of' "$work/err"
asks "$write /args.count == 1000/ {sum(ns)}"
is "a sum of times" probe count 300
is "calls that no expression wants are not open" probe open 0
asks "$write /args.count == 1000/ {sum(retval)}" "$read /retval == -9/"
check "returns alone beside calls that are timed" grep -q "\"probe\":\"$write\".*\"count\":300,.*\"sum\":300000" "$work/out"
check "calls that are timed beside returns alone" grep -q "\"probe\":\"$read\".*\"count\":40,.*\"open\":0" "$work/out"

# The longest that there may be: tests/vm/guest.sh has them on other kernels.
a=curtask.group_leader.signal.nr_threads
long="/$a && $a || $a && ~~~$a/ {sum($a + $a + $a + $a + $a) by ~pid|pid^pid&pid*pid|pid^pid&pid, tid>0&&tid>1||tid>2&&tid>3||tid>4}"
check "the longest: 4 expressions of 24 steps" test "$("$lk" trace --explain "$read $long" | grep -c ' 24 steps of 24,')" -eq 4
asks "$write $long" "$read $long" "tracepoint:sched:sched_switch $long" "rawtracepoint:sys_enter $long"
check "the longest: traced" grep -q "\"probe\":\"$write\".*\"count\":300,.*\"sum\":1500," "$work/out"

# Several at once, each with its own; one more than there is room for.
asks "$write /args.count == 1000/ {sum(args.count)}" "$read /retval == -9/"
check "two statements: the first" sh -c "grep '\"probe\":\"$write\"' '$work/out' | grep -q '\"count\":300,.*\"sum\":300000'"
check "two statements: the second" sh -c "grep '\"probe\":\"$read\"' '$work/out' | grep -q '\"count\":40,'"
set -- # nine of them
for name in openat close statx pread64 pwrite64 getpid getuid getgid; do set -- "$@" "tracepoint:syscalls:sys_enter_$name /1/"; done
"$lk" trace "$write /1/" "$@" >/dev/null 2>"$work/err"
check "nine statements with expressions: exit 2" test $? -eq 2
check "nine statements with expressions: says how many there may be" grep -q '8 are the most' "$work/err"
shift
asks "$@" "$write /args.count == 1000/ {sum(args.count)}"
check "eight statements: the last" sh -c "grep '\"probe\":\"$write\"' '$work/out' | grep -q '\"count\":300,.*\"sum\":300000'"
refuses "a statement through another latch" 2 'go through the latch bank; leave --latch raw out' trace --latch raw "$write /1/"
"$lk" trace 'profile:hz:99 {sum(curtask.pid)}' >/dev/null 2>"$work/err"
check "a value of samples: exit 2" test $? -eq 2
check "a value of samples: says why" grep -q 'samples have no values' "$work/err"
asks "$write /args.count == 1000/ {sum(args.count)by	comm, args.fd > 1000}" # other blanks are as good
check "keys of a statement" grep -q '"key":{"comm":"exprs","args.fd > 1000":"0"},"count":300,.*"sum":300000' "$work/out"
"$lk" trace "$read {sum(retval) by comm}" "$write {sum(retval) by pid}" >/dev/null 2>"$work/err"
check "statements of different keys: exit 2" test $? -eq 2
check "statements of different keys: says what to do" grep -q 'trace it by itself' "$work/err"
refuses "lhist(): more buckets than there are" 2 'lhist\(\): 1000 buckets, 38 are the most; take steps of 27' trace "$read {lhist(retval, 0, 1000, 1)}"
done_testing
