#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the table says: losses alone as lost, intervals, percentiles, keys; all of it within 80x24.
. "$(dirname "$0")/../lib.sh"
need_bpf
screen="python3 $(dirname "$0")/../screen.py"

# -- losses --------------------------------------------------------------------------------------
trace() { timeout 60 "$lk" trace "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qE -- "$1" "$work/out"; }
says_not() { ! grep -qE -- "$1" "$work/out"; }

trace -d 0.5 profile:hz:99 tracepoint:sched:sched_switch
check "nothing lost: is said" says '^lost: nothing$'
check "a cause that cannot be known: once" test "$(grep -c unknown "$work/out")" -eq 0 -a "$(grep -c '^cannot be known here: skipped of profile:hz:99$' "$work/out")" -eq 1
check "LOST: only losses" says '^profile:hz:99 .* -$'
check "no statistics of the latch without trouble" says_not '^latch '
trace -v -d 0.2 tracepoint:sched:sched_switch
check "-v: statistics of the latch" says '^latch bank: [0-9]+ records read, 0 retries, 0 given up, 0 torn$'
# Far more often than this machine can: ticks are missing.
trace -d 1 profile:hz:20000
if grep -q '^idle or late: ' "$work/out"; then
	check "ticks that are missing: not in LOST" says '^profile:hz:20000 .* -$'
	check "beside the time in which CPUs were idle" says '^idle or late: [0-9]+ ticks of profile:hz:20000, [0-9.]+[mun]?s; CPUs idled [0-9.]+[mun]?s(, late [0-9.]+[mun]?s)?$'
else
	skip "ticks that are missing: none were"
fi
trace -d 0.5 profile:hz:20000 -- "$target" syscalls 0.3
check "idle time is not told where filters leave out the idle" says_not 'CPUs idled'
trace "uretprobe:$target:target_deep" -- "$target" deep 100
check "a loss: in its row" says '^uretprobe:.* too_deep [0-9]+$'
check "a loss: in the sum" says '^lost: too_deep [0-9]+$'
check "a loss: what it means" says '^  too_deep: .* others'
check "only causes that occurred" says_not '^  dropped:'
if [ "$(nproc)" -gt 1 ]; then
	for i in 1 2 3; do
		"$target" syscalls 8 &
		load=$!
		trace --spin -d 2 --latch raw tracepoint:syscalls:sys_enter_getppid
		kill "$load"
		wait "$load" 2>/dev/null
		says 'given up, [1-9][0-9]* torn$' && break
	done
	check "torn records are always shown" says '^latch raw: .* given up, [1-9][0-9]* torn$'
	check "and what that means" says '^  torn: '
else
	skip "torn records: one CPU"
fi

# -- figures -------------------------------------------------------------------------------------
trace "uretprobe:$target:target_work" -- "$target" work 1000
check "both ends of a bucket" says '^ +[0-9.]+us - [0-9.]+us +[0-9]+ \|@'
check "percentiles are bounds" says '^PROBE +COUNT +RATE/s +AVG +P50< +P99< +MIN +MAX +SUM LOST$'
check "half took less than P50<" python3 -c '
import re, sys
lines = open(sys.argv[1]).read().split("\n")
heading = next(i for i, line in enumerate(lines) if line.startswith("PROBE"))
row = dict(zip(lines[heading].split(), lines[heading + 1].split()))
buckets = [m.groups() for m in (re.match(r" .* - (\S+) +(\d+) \|", line) for line in lines) if m]
counts = [int(count) for _, count in buckets]
middle = next(i for i in range(len(counts)) if sum(counts[:i + 1]) >= 500)
# The end of the bucket with the middle one, or the most, if that is less.
sys.exit(not (row["COUNT"] == "1000" == str(sum(counts)) and row["P50<"] in (buckets[middle][0], row["MAX"])))
' "$work/out"

# The counts of all intervals add up to the total; none is counted twice.
calls='"$0" calls 1000; sleep 0.7; "$0" calls 500; sleep 0.7'
for by in "" "--by comm"; do
	# shellcheck disable=SC2086
	trace --delta -i 0.2 $by tracepoint:syscalls:sys_enter_getppid -- sh -c "$calls" "$target"
	check "--delta $by: intervals add up" python3 -c '
import re, sys
text = open(sys.argv[1]).read()
intervals, total = text.split("\ntotal of ") # sh may call it, too
row = r"^tracepoint:\S+ +(\d+) " if not sys.argv[2] else r"^ +(\d+) .* target$"
counts = [int(n) for n in re.findall(row, intervals, re.M)]
whole = int(re.search(row, total, re.M).group(1))
sys.exit(not (1500 <= whole <= 1510 and sum(counts) == whole and "all of the last" in intervals))
' "$work/out" "$by"
done
trace -i 0.2 tracepoint:syscalls:sys_enter_getppid -- sh -c "$calls" "$target"
check "without --delta: all since the begin" test "$(grep -c '^tracepoint.* 150[0-9] ' "$work/out")" -ge 2
refuses "--delta --json" 2 'each line of --json has a delta' trace --delta --json tracepoint:sched:sched_switch
refuses "--delta --folded" 2 'has no intervals' trace --delta --folded profile:hz:99

# -- keys ----------------------------------------------------------------------------------------
sorted_by() { # COLUMN: are the rows of each block?
	python3 -c '
import re, sys
units = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
def value(word):
    number, unit = re.match(r"([0-9.]+)(ns|us|ms|s)?$", word).groups()
    return float(number) * units.get(unit, 1)
text = re.split(r"\ntotal of .*\n", open(sys.argv[1]).read())[1]
blocks = [b.split("\n") for b in re.split(r"\n\n", text)[1:] if "COUNT" in b]
good = bool(blocks)
for b in blocks:
    at = next(i for i, line in enumerate(b) if " COUNT " in line)
    column = b[at].split().index(sys.argv[2])
    values = [value(line.split()[column]) for line in b[at + 1:] if re.match(" +[0-9]", line) and "(other)" not in line]
    good &= bool(values) and values == sorted(values, reverse=True)
sys.exit(not good)
' "$work/out" "$1"
}
several='for i in 1 2 3 4 5 6 7 8; do "$0" work 20 & "$0" calls 100; cat /etc/passwd >/dev/null; done; wait'
for key in p99 sum max count; do
	trace --by pid --sort $key 'tracepoint:syscalls:sys_enter_*' -- sh -c "$several" "$target"
	case $key in
	p99) check "--by pid --sort p99" sorted_by 'P99<' ;;
	*) check "--by pid --sort $key" sorted_by "$(echo $key | tr a-z A-Z)" ;;
	esac
done
trace --by pid --keys 2 --top 2 tracepoint:syscalls:sys_enter_getppid -- \
	sh -c 'for i in $(seq 60); do "$0" calls 10; done' "$target"
count=$(awk '/^total of / { begun = 1 } begun && /^tracepoint/ { print $2; exit }' "$work/out")
check "(other): a row, though --top leaves rows out" says '^ +[0-9]+ .* \(other\)$'
check "(other): a sentence" says '^\(other\): [0-9]+ events whose keys found no room; --keys N makes more$'
check "rows, others and what is left out add up" python3 -c '
import re, sys
text = re.split(r"\ntotal of .*\n", open(sys.argv[1]).read())[1]
block = text.split("\n\n")[1]
rows = [int(n) for n in re.findall(r"^ +(\d+) ", block, re.M)]
rows += [int(n) for n in re.findall(r"^... and \d+ more keys with (\d+) events", block, re.M)]
sys.exit(sum(rows) != int(sys.argv[2]) or sum(rows) < 600)
' "$work/out" "$count"
cp "$target" "$work/(other)"
trace --by comm tracepoint:syscalls:sys_enter_getppid -- "$work/(other)" calls 100
check "a program that calls itself (other) is told from it" sh -c "grep -qE ' 100 .* .x28other\)$' '$work/out' && ! grep -q '(other)$' '$work/out'"
trace --by ustack tracepoint:syscalls:sys_enter_getppid -- "$build/tests/stacked" forks 20
check "stacks: a line for each frame, innermost first" python3 -c '
import re, sys
frames = [line.strip() for line in open(sys.argv[1]) if re.match(" {16}[^ ]", line)]
at = [i for i, frame in enumerate(frames) if frame == "child_call"]
sys.exit(not any(frames[i + 1:i + 3] == ["fork_children", "main"] for i in at))
' "$work/out"
trace --by ustack -i 0.1 -d 0.5 tracepoint:syscalls:sys_enter_getppid -- "$build/tests/stacked" sell
check "in intervals: a line for each stack" says ' sell < trade < main( |$)'

# -- the screen ----------------------------------------------------------------------------------
# on_screen LINES COLUMNS ARG...: a frame of `latchkit trace ARG...` into $work/out.
on_screen() {
	size="$1 $2" lines=$1 columns=$2
	shift 2
	# shellcheck disable=SC2086
	timeout 120 $screen $size 4 "$lk" trace -i 0.3 "$@" >"$work/out" 2>"$work/err"
	awk -v l="$lines" -v c="$columns" '/^=== / { good = $2 <= l && $4 <= c } END { exit !good }' "$work/out"
}
"$target" syscalls 120 &
load=$!
"$target" switch 120 &
switching=$!
check "the default trace in 24 lines of 80 columns" on_screen 24 80
check "its columns: all to the last" says '^PROBE +COUNT +RATE/s +AVG +P50< +P99< +MAX +SUM LOST$'
check "its rows, and what was lost" sh -c "grep -q ':.*getppid ' '$work/out' && grep -q '^lost: ' '$work/out'"
check "its rows end with LOST, whole" sh -c "grep -E '^t:.*getppid' '$work/out' | grep -qE ' (-|[0-9]+[kM]?)$'"
check "a narrow one" on_screen 12 50
check "a wide one: with MIN" sh -c "$screen 30 132 4 $lk trace -i 0.3 profile:hz:99 'tracepoint:syscalls:*' >'$work/out' && grep -q ' MIN ' '$work/out'"
check "--sort sum where there is room for one figure" sh -c "$screen 20 50 4 $lk trace -i 0.3 --sort sum 'tracepoint:syscalls:*' >'$work/out' && grep -qE '^PROBE.* SUM LOST$' '$work/out'"
check "keys that are long" on_screen 24 80 --by comm,cgroup,probe,ustack,uid 'tracepoint:syscalls:sys_enter_*'
check "their columns" says '^ +COUNT +RATE/s .*COMM +CGROUP +PROBE +UID +USTACK$'
check "keys of three probes" on_screen 24 80 --by comm,pid 'tracepoint:syscalls:sys_enter_getppid' tracepoint:sched:sched_switch profile:hz:99
check "each has a block" test "$(grep -c '^ *COUNT ' "$work/out")" -eq 3
check "with rows" sh -c "grep -A 2 '^tracepoint:syscalls:sys_enter_getppid$' '$work/out' | grep -q ' target '"
sh -c 'while :; do /bin/true; done' & # threads enough that some find no room
many=$!
check "without room for all keys" on_screen 24 80 --keys 1 --by tid tracepoint:sched:sched_switch 'tracepoint:syscalls:sys_enter_*'
check "there is (other), always" says '\(other\)$'
kill "$load" "$switching" "$many"
wait "$load" "$switching" "$many" 2>/dev/null

# -- colours -------------------------------------------------------------------------------------
escape=$(printf '\033')
trace -d 0.3 -i 0.1 "uretprobe:$target:target_deep" -- "$target" deep 100
check "a pipe: no colour" says_not "$escape"
if command -v script >/dev/null; then
	script -qec "env TERM=xterm $lk trace -d 0.3 -o $work/file --by comm tracepoint:sched:sched_switch" /dev/null >/dev/null 2>&1
	check "-o FILE, keys: no colour" sh -c "! grep -q '$escape' '$work/file' && grep -q COMM '$work/file'"
	script -qec "env NO_COLOR=1 TERM=xterm $lk trace -d 0.3 -i 0.1 --by comm tracepoint:sched:sched_switch" /dev/null >"$work/out" 2>&1
	check "NO_COLOR, keys: no colour" says_not "$escape\\[[0-9]*m"
else
	skip "colours on a terminal: no script(1)"
fi
done_testing
