#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a trace may still do, and each of its threads, once it has begun.
. "$(dirname "$0")/../lib.sh"
need_bpf
[ "$(id -u)" -eq 0 ] || {
	skip "privileges.sh: only root has what can be dropped"
	exit 0
}

# More threads than the registry has chains at first: then it grows, in a thread of its own.
mkfifo "$work/held" "$work/ready"
python3 -c '
import sys, threading
for i in range(200):
    threading.Thread(target=sys.stdin.read).start()
print("ready", flush=True)
' <"$work/held" >"$work/ready" &
exec 8>"$work/held"
read -r line <"$work/ready"

# held NAME ARG...: no thread of `latchkit trace ARG...` has more than CAP_BPF, CAP_PERFMON, and
# CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_CHECKPOINT_RESTORE where it reads symbols; no_new_privs is set for all.
held() {
	what=$1
	shift
	rm -f "$work/lines"
	mkfifo "$work/lines"
	"$lk" trace --json -i 0.1 -o "$work/lines" "$@" 2>"$work/err" &
	tracer=$!
	exec 7<"$work/lines"
	for i in 1 2 3 4 5; do read -r line <&7; done
	cat /proc/$tracer/task/*/status >"$work/status"
	threads=$(grep -c '^Pid:' "$work/status")
	kill -TERM $tracer
	cat <&7 >/dev/null
	exec 7<&-
	wait $tracer
	check "$what: $threads threads" test "$threads" -ge 2
	# Bits: 38 perfmon, 39 bpf, 19 ptrace, 2 read search, 40 checkpoint.
	check "$what: no thread holds more" python3 -c '
import sys
allowed = 1 << 38 | 1 << 39 | 1 << 19 | 1 << 2 | 1 << 40
for line in open(sys.argv[1]):
    key, _, value = line.partition(":")
    if key in ("CapPrm", "CapEff") and int(value, 16) & ~allowed:
        sys.exit(f"{key} {value}")
    if key == "NoNewPrivs" and int(value) != 1:
        sys.exit("NoNewPrivs 0")
' "$work/status"
}
held "the default trace"
held "with processes" --processes tracepoint:sched:sched_switch
held "with stacks" --on-sample stacks tracepoint:syscalls:sys_enter_getppid
exec 8>&-
wait

done_testing
