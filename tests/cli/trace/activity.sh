#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Without probes a trace says who: each process's samples, context switches and system calls.
. "$(dirname "$0")/../lib.sh"
need_bpf
trace() { timeout 120 "$lk" trace "$@" >"$work/out" 2>"$work/err" </dev/null; }

# look EXPRESSION: of the lines in $work/out that come last, those since the begin. `rows`: of processes, `other`,
# `named(NAME)`, `total`: by what the probes counted.
look() {
	python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
end = lines[-1]["t_ns"]
last = [line for line in lines if line["t_ns"] == end]
counts = [line for line in last if line["type"] == "process_counts"]
rows, other = [c for c in counts if not c["other"]], [c for c in counts if c["other"]]
probes = {}
for line in lines:
    if line["type"] == "probe":
        probes[line["probe"]] = line
total = {"samples": 0, "switches": 0, "syscalls": 0}
for p in probes.values():
    total["samples" if p["kind"] == "sample" else
          "switches" if p["probe"].endswith(":sched_switch") else "syscalls"] += p["count"]
def named(name):
    return [row for row in rows if row.get("process") == name]
def sums(of):
    return {key: sum(c[key] for c in of) for key in total}
print(rows and sums(counts), total, len(rows), len(other), file=sys.stderr)
sys.exit(not eval(sys.argv[2]))
' "$work/out" "$1" 2>"$work/sums" || { cat "$work/sums"; false; }
}

"$target" switch 60 &
switching=$!
trace --json -i 0.5 -d 2
check "the whole host: processes add up to the probes" look 'sums(counts) == total and total["samples"] and total["switches"] and total["syscalls"]'
check "each process once" look 'len({(r["pid"], r["start_ns"]) for r in rows}) == len(rows)'
check "idle CPUs are pid 0, once, called swapper" look 'len(named("swapper")) == sum(r["pid"] == 0 for r in rows) <= 1'
check "others have names" look 'sum("process" in r for r in rows) >= len(rows) - 2'
check "in intervals, those that did something" python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
at = [l for l in lines if l["type"] == "process_counts" and l["t_ns"] != lines[-1]["t_ns"]]
sys.exit(not at or any(l["samples"] + l["switches"] + l["syscalls"] == 0 for l in at))
' "$work/out"
check "nothing was dropped" test "$("$jsonl" summary process_counts_dropped <"$work/out")" -eq 0

# What /proc tells of one process, before and after what is traced, encloses it.
switches() { cat /proc/"$switching"/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'; }
before=$(switches)
trace --json -i 100 -d 1 -p "$switching"
after=$(switches)
check "-p PID: nobody else" look "[r['pid'] for r in rows] == [$switching]"
check "context switches: not more than /proc/PID/status grew by" look "0 < sums(rows)['switches'] <= $after - $before"
kill "$switching"
wait "$switching" 2>/dev/null

# Known programs, which are gone when they are named.
trace --json -i 100 -- sh -c '"$0" calls 5000; dd if=/dev/zero of=/dev/null bs=1 count=2000 2>/dev/null; "$0" work 3000' "$target"
check "a command: processes add up to the probes" look 'sums(counts) == total'
check "system calls of a program that has ended" look '5000 <= max(r["syscalls"] for r in named("target")) < 5200'
check "of another" look '4000 <= sums(named("dd"))["syscalls"] < 4200'
check "it has ended: is said" look 'all(r["ended"] for r in named("target") + named("dd"))'
check "samples are of who works" look 'sums(named("target"))["samples"] > sums(named("dd"))["samples"]'
trace --json -i 100 -o "$work/json" -- "$build/tests/lives" many 9000
mv "$work/json" "$work/out"
check "more processes than have room: they add up to the probes" look 'sums(counts) == total'
check "all that have room have names, though they are gone" look 'len([r for r in rows if "process" in r]) >= 0.99 * len(rows)'
check "those without room are one row" look 'len(other) == 1 and 6000 <= len(rows) and other[0]["syscalls"] > 0'

# Swapped handlers count, too.
trace --json --on-sample count -i 100 -- "$target" calls 5000
check "--on-sample count: they add up" look 'sums(counts) == total and total["syscalls"] > 5000'

# The table.
trace -i 0.3 -d 1
check "the table: a block in each interval, and in the end" test "$(grep -c '^PROCESS  *PID  *SAMPLES  *SWITCHES  *SYSCALLS$' "$work/out")" -ge 2
check "at most 5, in the end 10; rows add up" python3 -c '
import re, sys
text = open(sys.argv[1]).read()
good = True
for part in re.split(r"^PROCESS .*\n", text, flags=re.M)[1:]:
    rows = []
    for line in part.split("\n"):
        if not re.match(r"\S.* \d+ +\d+ +\d+(  ended)?$", line):
            break
        rows.append([int(n) for n in re.sub("  ended", "", line).split()[-3:]])
    good &= 0 < len(rows) <= 12
total = re.split(r"^total of .*\n", text, flags=re.M)[1]
switches = int(re.search(r"^tracepoint:sched:sched_switch +(\d+)", total, re.M).group(1))
sys.exit(not (good and sum(row[1] for row in rows) == switches))
' "$work/out"
trace --json -d 0.3 tracepoint:sched:sched_switch
check "not with probes that were asked for" sh -c "! grep -q process_counts '$work/out'"
trace --json -d 0.5 --by comm
check "nor with keys" sh -c "! grep -q process_counts '$work/out'"
for latch in $("$lk" list | awk '$2 == "sound" { print $1 }'); do
	trace --json -i 100 --latch "$latch" -- "$target" calls 1000
	check "--latch $latch: they add up" look 'sums(counts)["syscalls"] + lines[-1]["process_counts_dropped"] >= total["syscalls"] - lines[-1]["losses"]["dropped"] and total["syscalls"] >= 1000'
done
done_testing
