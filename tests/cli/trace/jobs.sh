#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Everyday jobs that ask who and what: the statement of each, of loads of known size (tests/cli/doings.c).
# guest.sh sources this with LATCHKIT_JOBS_IN_GUEST set, for the jobs that need kprobes.
[ -n "${LATCHKIT_JOBS_IN_GUEST:-}" ] || . "$(dirname "$0")/../lib.sh"
doings=${LATCHKIT_BUILD:-build}/tests/doings
calls=tracepoint:syscalls:sys_enter_

# does STATEMENT... -- COMMAND...: what is said of it is in $work/out.
does() { timeout 60 "$lk" trace --json -i 100 "$@" >"$work/out" 2>"$work/err"; }
rows() { grep -F '"type":"key"' "$work/out" | grep -F "\"probe\":\"$1\"" | grep -F "$2"; } # rows PROBE KEY
# value PROBE KEY FIELD: of the last row with a KEY such as "comm":"doings"
value() { rows "$1" "$2" | tail -n 1 | sed -n "s/.*[,{]\"$3\":\(\[[^]]*\]\|[-0-9]*\).*/\1/p"; }
total() { rows "$1" "$2" | sed -n "s/.*[,{]\"$3\":\([-0-9]*\).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
# is NAME WANTED PROBE KEY FIELD
is() {
	found=$(value "$3" "$4" "$5")
	check "$1: $4: $5 is $2 ($found; $(head -n 1 "$work/err"))" test "$found" = "$2"
}
# Of 1 to 300 by powers of two.
is_written() { # is_written NAME PROBE KEY
	found=$(value "$2" "$3" hist)
	check "$1: $3: of 1 to 300 ($found; $(head -n 1 "$work/err"))" test "${found%%,0,*}" = "[1,2,4,8,16,32,64,128,45"
}

kernel_jobs_by_text() {
	does 'kprobe:tcp_sendmsg {sum(arg2) by comm, ntop(args.sk)}' -- "$doings" tcp
	is "bytes sent by address (tcptop)" 50000 kprobe:tcp_sendmsg '"comm":"doings","ntop(args.sk)":"127.0.0.1"' sum
	does 'kprobe:vfs_read {sum(arg2) by comm, str(arg0.f_path.dentry.d_name.name)}' -- "$doings" all
	is "bytes read by file (filetop)" 20100 kprobe:vfs_read '"comm":"doings","str(arg0.f_path.dentry.d_name.name)":"zero"' sum
	alloc=kprobe:$(awk '$3 ~ /^kmem_cache_alloc(_noprof)?$/ { print $3 }' /proc/kallsyms | sort | tail -n 1)
	does "$alloc {sum(((struct kmem_cache)arg0).size) by str(((struct kmem_cache)arg0).name)}" -- "$doings" files
	opened=$(value "$alloc" ':"filp"' count)
	check "objects of a slab by name (slabratetop): $opened open files; $(head -n 1 "$work/err")" test "${opened:-0}" -ge 200 -a "${opened:-0}" -le 300
	check "objects of a slab: each of one size" test "$(value "$alloc" ':"filp"' sum)" = $((${opened:-0} * $(value "$alloc" ':"filp"' min)))
}
kernel_jobs() {
	does 'kprobe:vfs_write {hist(arg2) by comm}' -- "$doings" all
	is_written "sizes of writes (argdist -H)" kprobe:vfs_write '"comm":"doings"'
	is "sizes of writes: their sum" 45150 kprobe:vfs_write '"comm":"doings"' sum
	does 'kprobe:tcp_sendmsg {sum(arg2) by comm}' -- "$doings" tcp
	is "bytes sent (tcptop)" 50000 kprobe:tcp_sendmsg '"comm":"doings"' sum
	does 'fentry:tcp_rcv_established {hist(((struct tcp_sock)args.sk).srtt_us >> 3, us)}' -- "$doings" tcp
	found=$("$jsonl" probe count <"$work/out" | tail -n 1)
	check "round trips (tcprtt): 50 or more ($found; $(head -n 1 "$work/err"))" test "${found:-0}" -ge 50
	# One function in some kernels, another in others.
	does --by comm,pid 'kprobe:swap_read*' -- "$doings" files
	check "swapping in by process (swapin) begins: $(head -n 1 "$work/err")" grep -q '"type":"summary"' "$work/out"
	kernel_jobs_by_text
}
[ -z "${LATCHKIT_JOBS_IN_GUEST:-}" ] || return 0

need_bpf
does --by comm "${calls}*" -- "$doings" all
is "system calls by name (syscount -P)" 300 ${calls}write '"comm":"doings"' count
is "system calls by name (syscount -P)" 20 ${calls}kill '"comm":"doings"' count
does "${calls}* /retval < 0/ {count() by probe, errno(retval)}" -- "$doings" all
is "failures by error (syscount -x -e)" 40 ${calls}close '"errno(retval)":"EBADF"' count
is "failures by error (syscount -x -e)" 25 ${calls}openat '"errno(retval)":"ENOENT"' count
does 'tracepoint:signal:signal_generate {count() by args.sig, comm}' -- "$doings" all
is "signals by number and name (sigsnoop)" 20 tracepoint:signal:signal_generate '"args.sig":"10","comm":"doings"' count
does "${calls}futex {hist(ns) by pid, args.uaddr, ustack}" -- "$doings" all
is "waits for locks by address and stack (futexctn)" 30 ${calls}futex '"args.uaddr":"0x' count

does 'uprobe:libc:getaddrinfo {count() by str(arg0)}' -- "$doings" hosts
looked_up=$("$jsonl" probe probe <"$work/out" | tail -n 1) # by the path of the library
is "look-ups by host (gethostlatency)" 5 "$looked_up" ':"127.0.0.1"' count
is "look-ups by host (gethostlatency)" 3 "$looked_up" ':"127.0.0.2"' count

# Three that want one CPU: so many are queued there, or more, whenever one of them runs.
queued=curtask.se.cfs_rq.nr_queued
"$lk" trace --explain "profile:hz:99 {count() by $queued}" >/dev/null 2>"$work/err" || queued=curtask.se.cfs_rq.nr_running
cp "$target" "$work/queued"
cpu=$(awk '/^Cpus_allowed_list/ { sub(/.*[-,\t]/, ""); print }' /proc/self/status)
for i in 1 2 3; do taskset -c "$cpu" "$work/queued" syscalls 30 & busy="${busy:-} $!"; done
does -C "$cpu" -d 2 "profile:hz:199 {count() by comm, $queued}"
kill $busy
samples=$(total profile:hz:199 '"comm":"queued"' count)
fewer=0
for n in 0 1 2; do fewer=$((fewer + $(total profile:hz:199 "\"comm\":\"queued\",\"$queued\":\"$n\"" count))); done
check "length of the run queue (runqlen): $samples samples of three, $fewer with fewer; $(head -n 1 "$work/err")" test "$samples" -gt 20 -a $((fewer * 10)) -lt "$samples"

# A file that is written past the page cache, if there is a disk below it.
does 'tracepoint:block:block_rq_issue {sum(args.rq.__data_len) by comm}' -- \
	dd if=/dev/zero of="$work/written" bs=64k count=32 oflag=direct
written=$(value tracepoint:block:block_rq_issue '"comm":"dd"' sum)
if [ -n "$written" ]; then
	check "sizes of requests (bitesize): 2 MiB, and little else ($written)" test "$written" -ge 2097152 -a "$written" -lt 2400000
else
	skip "sizes of requests: no disk below $work that dd asks itself: $(head -n 1 "$work/err")"
fi
skip_without() { # skip_without KEY JOB: is it something that doctor denies?
	state=$("$lk" doctor --json | tr '{' '\n' | grep "\"key\":\"$1\"")
	case $state in *'"state":"yes"'*) return 1 ;; esac
	skip "$2: doctor: $(echo "$state" | sed 's/.*"detail":"\([^"]*\)".*/\1/')"
}
if ! skip_without pmu "cache misses by process (llcstat)"; then
	does --by comm,pid hardware:cache-misses:1000 -- "$target" syscalls 0.5
	check "cache misses by process (llcstat)" test "$(total hardware:cache-misses:1000 '"comm":"target"' count)" -ge 1
fi
skip_without kprobe "jobs with kprobes" || kernel_jobs
done_testing
