#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# All counts begin at one time, however long attaching takes: never before the trace's own clock.
. "$(dirname "$0")/../lib.sh"
need_bpf

# A process that makes one system call again and again, and writes down when it had made how many.
cat >"$work/calls.py" <<'P'
import os, signal, sys, time
going = True
def stop(number, frame):
    global going
    going = False
signal.signal(signal.SIGTERM, stop)
made, at = 0, [(time.monotonic_ns(), 0)]
open(sys.argv[1], "w").close()
while going:
    os.getppid()
    made += 1
    now = time.monotonic_ns()
    if now > at[-1][0] + 1000000:
        at.append((now, made))
at.append((time.monotonic_ns(), made))
with open(sys.argv[2], "w") as out:
    for now, made in at:
        print(now, made, file=out)
P
python3 "$work/calls.py" "$work/going" "$work/calls" &
caller=$!
until [ -e "$work/going" ]; do sleep 0.05; done

# System calls are attached first, and then a thousand other probes, which takes a while.
"$lk" trace --json -d 0.5 -p "$caller" --max-probes 3000 tracepoint:syscalls:sys_enter_getppid \
	profile:hz:999 'tracepoint:[a-m]*:*' >"$work/trace" 2>"$work/err"
kill -TERM "$caller"
wait "$caller"

cat >"$work/judge.py" <<'P'
import bisect, json, sys
calls = [tuple(map(int, line.split())) for line in open(sys.argv[1])]
lines = [json.loads(line) for line in open(sys.argv[2])]
summary = lines[-1]
end = summary["t_ns"]
begin = end - summary["duration_s"] * 1e9
times = [t for t, _ in calls]
most = calls[min(bisect.bisect(times, end), len(calls) - 1)][1] - \
    calls[max(bisect.bisect(times, begin) - 1, 0)][1]
def counted(name):
    return [line["count"] for line in lines if line.get("probe") == name][-1]
got = counted("tracepoint:syscalls:sys_enter_getppid")
print(f"{got} calls counted, {most} made at most")
if sys.argv[3] == "calls":
    sys.exit(not 0 < got <= most)
import os
samples = counted("profile:hz:999")
limit = (summary["duration_s"] * 999 + 2) * os.cpu_count()
print(f"{samples} samples, {limit} at most")
sys.exit(not 0 < samples <= limit)
P
check "calls: none from before the begin" python3 "$work/judge.py" "$work/calls" "$work/trace" calls
check "samples: none from before the begin" python3 "$work/judge.py" "$work/calls" "$work/trace" samples

done_testing
