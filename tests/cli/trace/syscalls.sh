#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# System calls one by one: each that returns is counted once, under its own name, and no other.
. "$(dirname "$0")/../lib.sh"
need_bpf

trace() { timeout 100 "$lk" trace --json -i 100 "$@" >"$work/trace" 2>"$work/err"; }
counted() { # counted NAME: how many calls of it
	n=$(grep -F "\"tracepoint:syscalls:sys_enter_$1\"" "$work/trace" | "$jsonl" probe count | tail -n 1)
	echo "${n:-$("$jsonl" summary probes <"$work/trace" >/dev/null && echo 0)}"
}
losses() { for cause in dropped map_full too_deep unpaired abandoned missed; do "$jsonl" summary losses.$cause <"$work/trace"; done | tr -d '\n'; }
getppid=tracepoint:syscalls:sys_enter_getppid

trace $getppid -- "$target" calls 5000
check "5000 calls" test "$(counted getppid)" = 5000
check "nothing lost" test "$(losses)" = 000000
trace 'tracepoint:syscalls:sys_enter_*' -- "$target" calls 5000
check "5000 calls among all others" test "$(counted getppid)" = 5000
trace $getppid "uretprobe:$target:target_work" -- "$target" calls 5000
check "5000 calls, with other latencies" test "$(counted getppid)" = 5000

# More threads than there are places for them (TRACE_CALL_BITS): some must share one.
threads=$(((1 << 14) + 1))
if [ "$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)" -lt 3000000 ]; then
	skip "10 calls in each of $threads threads: there is less than 3 GB of memory for them"
elif ! timeout 60 "$target" threads $threads; then
	skip "10 calls in each of $threads threads: this host does not let a process have as many"
else
	trace $getppid tracepoint:syscalls:sys_enter_nanosleep -- "$target" threads $threads
	check "10 calls in each of $threads threads" test "$(counted getppid)" = $((threads * 10))
	check "$threads calls that wait at once" test "$(counted nanosleep)" = $threads
	check "nothing lost" test "$(losses)" = 000000
fi

# Those that never return leave nothing to the tasks that come after.
trace 'tracepoint:syscalls:sys_enter_exit*' -- sh -c 'for i in $(seq 300); do /bin/true; done'
# 300 of true, one of seq, one of sh.
check "exit_group never returns, and is entered" test "$(counted exit_group)" = 302
trace tracepoint:syscalls:sys_enter_exit -- "$target" threads 50
check "exit of each of 50 threads" test "$(counted exit)" = 50
trace 'tracepoint:syscalls:sys_enter_exec*' -- /bin/sh -c '/bin/true; /bin/true; :'
check "execve returns in the new program" test "$(counted execve)" = 3
trace 'tracepoint:syscalls:sys_enter_exec*' -- "$target" fexec 20
check "20 execveat return as execve" test "$(counted execveat)" = 20
check "nothing refused" test "$(losses)" = 000000
trace 'tracepoint:syscalls:sys_enter_*' -- sh -c 'trap : USR1; kill -USR1 $$; kill -USR1 $$; :'
check "rt_sigreturn returns" test "$(counted rt_sigreturn)" = 2

# Calls that were interrupted go on as another one; a child that has its parent's stack returns, too.
frames=$build/tests/frames
trace tracepoint:syscalls:sys_enter_nanosleep tracepoint:syscalls:sys_enter_restart_syscall -- "$frames" restart 3
check "3 calls that are stopped and continued" test "$(counted nanosleep)" = 3
check "each is restarted" test "$(counted restart_syscall)" = 3
check "nothing lost" test "$(losses)" = 000000
trace 'tracepoint:syscalls:sys_enter_vfork' -- "$frames" vfork 20
check "20 vforks return once each" test "$(counted vfork)" = 20
check "nothing lost" test "$(losses)" = 000000
# The same of statements that need returns alone, which these calls do not have.
trace 'tracepoint:syscalls:sys_enter_vfork {sum(retval)}' -- "$frames" vfork 20
check "sums: 20 vforks return once each" test "$(counted vfork)" = 20
trace 'tracepoint:syscalls:sys_enter_exec* {sum(retval)}' -- "$target" fexec 20
check "sums: 20 execveat return as execve" test "$(counted execveat)" = 20
trace 'tracepoint:syscalls:sys_enter_* {sum(retval)}' -- "$target" calls 5000
check "sums: 5000 calls among all others" test "$(counted getppid)" = 5000
check "nothing lost" test "$(losses)" = 000000
trace "$getppid {sum(retval)}" "uretprobe:$target:target_work" -- "$target" calls 5000
check "sums: 5000 calls, with other latencies" test "$(counted getppid)" = 5000

# A call that is under way when the trace begins has no start.
mkfifo "$work/line"
sh -c 'read x' <"$work/line" &
reader=$!
exec 8>"$work/line"
eventually grep -qE 'pipe|fifo' "/proc/$reader/wchan"
: >"$work/trace"
"$lk" trace --json -i 0.2 -p "$reader" tracepoint:syscalls:sys_enter_read >"$work/trace" 2>"$work/err" &
eventually test -s "$work/trace"
echo >&8
exec 8>&-
wait
check "a call under way is left out" test "$(counted read | tail -n 1)" = 0

# A 64-bit program executes a 32-bit one: the call returns with another number, and is the same.
printf '.globl _start\n_start: mov $1,%%eax\n xor %%ebx,%%ebx\n int $0x80\n' >"$work/e32.s"
if ! { as --32 "$work/e32.s" -o "$work/e32.o" && ld -m elf_i386 "$work/e32.o" -o "$work/e32"; } 2>"$work/err"; then
	skip "a 32-bit program is executed: cannot be built here: $(head -n 1 "$work/err")"
elif ! "$work/e32" 2>"$work/err"; then
	skip "a 32-bit program is executed: this kernel does not"
else
	trace 'tracepoint:syscalls:sys_enter_exec*' -- /bin/sh -c "for i in 1 2 3 4 5; do $work/e32; done"
	check "5 executions of a 32-bit program, and of the shell" test "$(counted execve)" = 6
	check "nothing lost" test "$(losses)" = 000000
	trace 'tracepoint:syscalls:sys_enter_exec*' "uretprobe:$target:target_work" -- /bin/sh -c "for i in 1 2 3 4 5; do $work/e32; done"
	check "the same, with other latencies" test "$(counted execve)" = 6
	trace 'tracepoint:syscalls:sys_enter_exit*' -- /bin/sh -c "for i in 1 2 3 4 5; do $work/e32; done"
	check "the exit of 32-bit programs is not taken for another call" test "$(counted exit) $(counted exit_group)" = "0 1"
fi

# 20 is getpid for 32-bit programs, and writev for others.
"$target" compat 1
if [ $? -eq 0 ]; then
	trace 'tracepoint:syscalls:sys_enter_writev' -- "$target" compat 1000
	check "32-bit calls are not taken for others" test "$(counted writev)" = 0
	trace 'tracepoint:syscalls:sys_enter_getpid' -- "$target" compat 1000
	check "64-bit calls between them are counted" test "$(counted getpid)" = 1000
	trace 'tracepoint:syscalls:sys_enter_writev {sum(retval)}' 'tracepoint:syscalls:sys_enter_getpid {sum(retval)}' -- "$target" compat 1000
	check "32-bit calls are not taken for others when they return" test "$(counted writev) $(counted getpid)" = "0 1000"
else
	skip "32-bit calls: this machine has none"
fi
done_testing
