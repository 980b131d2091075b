#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Names in stacks: of programs that end soon, load code later, make it, are in a pid namespace; and
# what finding the names costs.
. "$(dirname "$0")/../lib.sh"
need_bpf
stacked=$build/tests/stacked
probe=tracepoint:syscalls:sys_enter_getppid

folded() { # folded OPTION... -- COMMAND...: its stacks of getppid
	timeout 60 "$lk" trace --folded --on-sample stacks "$@" >"$work/out" 2>"$work/err"
}
# How many calls are in lines that match?
calls() { awk -v re="$1" '$0 ~ re { n += $NF } END { print n + 0 }' "$work/out"; }
has() { # has NAME COUNT REGEX: so many calls have such a stack
	got=$(calls "$3")
	if [ "$got" -eq "$2" ]; then
		pass "$1: $2"
	else
		fail "$1: $got instead of $2 like '$3': $(head -n 1 "$work/err") $(head -n 1 "$work/out")"
	fi
}

# A process is gone before anybody would look at it the second time.
for run in 1 2 3 4 5; do
	timeout 60 "$lk" trace --folded profile:hz:999 -- "$stacked" short 8 >"$work/out" 2>"$work/err"
	check "a program of 8 ms has names, run $run" test "$(calls ';main;be_short;spin_outer;spin_inner')" -gt 0
	check "and none without, run $run" test "$(calls ';\[unknown\];\[unknown\]$')" -eq 0
done
folded "$probe" -- "$stacked" forks 100
has "children that end at once" 100 '^stacked;.*;main;fork_children;child_call[; ]'
folded "$probe" -- "$stacked" load "$build/tests/stacked_lib.so" 100
has "a library that is loaded later" 100 ';loaded_call[; ]'
folded "$probe" -- "$stacked" made 100
case $? in
3) skip "code that a program makes: not on this machine" ;;
*) has "code that a program makes" 100 ';made code[; ]' ;;
esac

folded "$probe" -- "$stacked" leaves 100
has "callers whose last instruction is the call" 100 ';leave_often;calls_last;leave[; ]'
has "no function beside them" 0 'never_called_so'

# What the stacks count and what the probe counts, while it goes on; and each stack once.
"$target" syscalls 60 &
caller=$!
timeout 60 "$lk" trace --json -d 1 --on-sample stacks "$probe" -p "$caller" >"$work/trace" 2>"$work/err"
kill "$caller"
wait "$caller" 2>/dev/null
check "counts and stacks are of one moment" python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
counted = [line["count"] for line in lines if line["type"] == "probe"][-1]
sys.exit(not (counted > 100 and counted == sum(line["count"] for line in lines if line["type"] == "stack")))' "$work/trace"
folded profile:hz:999 -- "$stacked" short 200
check "each stack once" test -z "$(sed 's/ [0-9]*$//' "$work/out" | sort | uniq -d)"

folded "$probe" -- "$stacked" mangled 100
has "names of C++ demangled" 100 ';shop::price[; ]'
has "names of Rust demangled" 100 ';shop::count[; ]'
folded --raw-symbols "$probe" -- "$stacked" mangled 100
has "--raw-symbols: C++" 100 ';_ZN4shop5priceEi[; ]'
has "--raw-symbols: Rust" 100 ';_RNvC4shop5count[; ]'
runs_programs='(bpf_prog_|__bpf_trace_|bpf_trace_run|bpf_trampoline_|__traceiter_)[^;]* [0-9]+$'
has "stacks do not begin where they are traced" 0 "$runs_programs"
folded tracepoint:sched:sched_switch -d 0.5
has "nor those of a raw tracepoint" 0 "$runs_programs"

timeout 60 "$lk" trace "uprobe:$stacked:_ZN4shop5priceEi" -- "$stacked" mangled 100 >"$work/out" 2>"$work/err"
check "the table: a function of C++" grep -qE '^uprobe:.*:shop::price +1 ' "$work/out"
timeout 60 "$lk" trace --raw-symbols "uprobe:$stacked:_ZN4shop5priceEi" -- "$stacked" mangled 100 >"$work/out" 2>"$work/err"
check "and as it is in the file" grep -qE '^uprobe:.*:_ZN4shop5priceEi +1 ' "$work/out"
refuses "a function without its scope" 1 'did you mean _ZN4shop5priceEi \(shop::price\)\?' trace "uprobe:$stacked:price"
refuses "a function of Rust, mistyped" 1 'did you mean _RNvC4shop5count \(shop::count\)\?' trace "uprobe:$stacked:shop_coumt"
refuses "a static function, mistyped" 1 'did you mean spin_inner\?' trace "uprobe:$stacked:spin_iner"
refuses "nothing like that: how to list them, local ones too" 1 'latchkit trace -l lists them' trace "uprobe:$stacked:zzzzzz"

# Its own calls are not the host's.
"$lk" trace --json -i 100 -d 0.5 --on-sample stacks tracepoint:syscalls:sys_enter_ppoll >"$work/trace" 2>"$work/err" &
tracer=$!
wait $tracer
check "the trace leaves itself out" test "$("$jsonl" stack pid <"$work/trace" | grep -cx "$tracer")" -eq 0
check "and says of how many stacks: $("$jsonl" summary own_stacks <"$work/trace")" \
	test "$("$jsonl" summary own_stacks <"$work/trace")" -gt 0

# One trace counts what another does for a process of very many stacks, and when nothing is new.
timeout 100 "$lk" trace --json -i 100 tracepoint:syscalls:sys_enter_openat \
	-- "$lk" trace --folded --on-sample stacks -o "$work/out" "$probe" -- "$stacked" many 16384 2 >"$work/trace" 2>"$work/err"
opened=$("$jsonl" probe count <"$work/trace")
check "many stacks of one process: $(wc -l <"$work/out") lines" test "$(grep -c '^stacked;.*;many_' "$work/out")" -gt 10000
check "files opened for that: $opened" test "$opened" -lt 3000 -a "$opened" -gt 0

# A pid namespace: the number of one process inside is that of another outside.
if ! unshare -pf --mount-proc true 2>/dev/null; then
	skip "pid namespaces: this process may not make one"
	done_testing
	exit
fi
folded "$probe" -- unshare -pf --mount-proc "$stacked" made 100
case $? in
3) skip "code made in a namespace: not on this machine" ;;
*) has "code made in a namespace, whose map has the number inside" 100 ';made code[; ]' ;;
esac
cat >"$work/inside" <<EOF2
# The process that is traced, then another with the number that the first has outside.
$stacked sell & seller=\$!
trace() { timeout 20 $lk trace "\$@" --on-sample stacks -p \$seller -d 0.3 -i 5 $probe; }
for i in 1 2 3 4 5 6 7 8 9 10; do
	trace --json >$work/trace 2>$work/err
	outside=\$($jsonl stack pid <$work/trace | head -n 1)
	[ -n "\$outside" ] && break
done
echo "\$seller \$outside" >$work/numbers
echo \$((outside - 1)) >/proc/sys/kernel/ns_last_pid
$stacked buy & buyer=\$!
echo \$buyer >$work/buyer
for i in 1 2 3 4 5 6 7 8 9 10; do
	trace --folded >$work/out 2>$work/err
	[ -s $work/out ] && break
done
kill \$seller \$buyer
EOF2
unshare -pf --mount-proc sh "$work/inside" 2>"$work/shell"
read -r inside outside <"$work/numbers"
check "a process has one number inside, $inside, and another outside, $outside" test "$inside" -ne "$outside"
check "both are told" test "$("$jsonl" stack inner_pid <"$work/trace" | sort -u)" = "$inside"
check "from inside: its own names" test "$(calls ';sell[; ]')" -gt 0
if [ "$(cat "$work/buyer")" = "$outside" ]; then
	check "not those of who has its number" test "$(calls 'buy')" -eq 0
else
	skip "not those of who has its number: somebody else took it"
fi
cat >"$work/inside" <<EOF2
# A namespace in this one, whose first process is traced by the number that it has here.
unshare -pf $stacked sell & parent=\$!
for i in \$(seq 300); do
	seller=\$(cat /proc/\$parent/task/\$parent/children)
	[ -n "\$seller" ] && timeout 20 $lk trace --json --on-sample stacks -p \$seller -d 0.3 -i 5 $probe >$work/trace 2>$work/err
	grep -q '"folded":"stacked;.*;sell' $work/trace && break # else it is not executed yet
	sleep 0.1
done
kill -KILL \$seller
EOF2
unshare -pf --mount-proc sh "$work/inside" 2>"$work/shell"
check "from between: of a namespace below" grep -q '"inner_pid":1,.*"folded":"stacked;.*;sell' "$work/trace"
cat >"$work/inside" <<EOF2
$stacked sell & seller=\$!
echo \$seller >$work/numbers
read line <$work/done
kill \$seller
EOF2
mkfifo "$work/done"
rm -f "$work/numbers"
unshare -pf --mount-proc sh "$work/inside" 2>"$work/shell" &
for i in 1 2 3 4 5 6 7 8 9 10; do
	timeout 20 "$lk" trace --json --on-sample stacks -d 0.3 -i 5 "$probe" >"$work/trace" 2>"$work/err"
	grep -q '"folded":"stacked;.*;sell' "$work/trace" && break
done
check "from outside: its own names" grep -q '"folded":"stacked;.*;sell' "$work/trace"
check "and both numbers" test "$(grep '"folded":"stacked;.*;sell' "$work/trace" | "$jsonl" stack inner_pid | head -n 1)" = "$(cat "$work/numbers")"
echo done >"$work/done"
wait
done_testing
