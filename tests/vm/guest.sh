#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Usage: guest.sh FEATURE...
# What a kernel can do for latchkit, feature by feature: PASS, FAIL or SKIP with the reason. A
# FEATURE that is named and skipped is a failure: what was there once must not vanish unseen.
# Run as root on any kernel: by tools/vm, by `vng --run`, or on the machine itself; LATCHKIT_ROOT
# is where build/ and tests/ are. LATCHKIT_INJECT: a file; who reads it injects NMIs when a line
# asks for them. LATCHKIT_ONLY: the features to test (all). LATCHKIT_LEFT: those to leave out, saying so.
# Needs busybox or the usual tools, nothing else.
root=${LATCHKIT_ROOT:-/latchkit}
export LATCHKIT_BUILD=$root/build
lk=$LATCHKIT_BUILD/latchkit
jsonl=$LATCHKIT_BUILD/tests/jsonl
target=$LATCHKIT_BUILD/tests/target
victim=$LATCHKIT_BUILD/tests/victim
key_strings=$LATCHKIT_BUILD/tests/key_strings
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
expected=" $* "
case $(uname -m) in
x86_64) getppid=__x64_sys_getppid ;;
aarch64) getppid=__arm64_sys_getppid ;;
esac
variants=$("$lk" list | awk 'NR > 1 { print $1 }')

pass() {
	echo "PASS $feature: $*"
	said=1
}
fail() {
	echo "FAIL $feature: $*"
	failures=$((failures + 1))
	said=1
}
skip() {
	case $expected in
	*" $feature "*) fail "was expected of this kernel, and is skipped: $*" ;;
	*) echo "SKIP $feature: $*" ;;
	esac
	said=1
}
reason() { head -n 1 "$work/err"; }

# Trace a command whose doings are known. Nothing is hit unless attaching worked.
trace() { timeout 60 "$lk" trace --json -i 100 "$@" >"$work/trace" 2>"$work/err"; }
wait_for() { # wait_for FILE: until it holds something, 10 s at most
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$1" ] && return
		sleep 0.5
	done
}
probe() { "$jsonl" probe "$1" <"$work/trace" | tail -n 1; }
summary() { "$jsonl" summary "$1" <"$work/trace"; }

# A feature that latchkit doctor denies is skipped, with what doctor says.
"$lk" doctor --json | tr '{' '\n' >"$work/doctor"
has() { # has KEY
	state=$(grep "\"key\":\"$1\"" "$work/doctor")
	case $state in *'"state":"yes"'*) return 0 ;; esac
	skip "doctor: $(echo "$state" | sed 's/.*"detail":"\([^"]*\)".*/\1/')"
	return 1
}

# counts N WHAT PROBE... -- COMMAND: the last probe counts exactly N.
counts() {
	n=$1 what=$2
	shift 2
	if ! trace "$@"; then
		fail "$what: $(reason)"
	elif [ "$(probe count)" != "$n" ]; then
		fail "$what: counted $(probe count) of $n"
	else
		pass "$what: $n"
	fi
}

at_least() { # at_least N WHAT VALUE
	if [ "${3:-0}" -ge "$1" ] 2>/dev/null; then pass "$2: $3"; else fail "$2: ${3:-nothing}, not $1 or more"; fi
}

# -- features -------------------------------------------------------------------------------------

test_btf() { has btf && pass "kernel type information"; }
# Which of them a loaded program has test_objects looks at; here, whether doctor says the same.
test_load_acquire() {
	has load_acquire || return
	case $(uname -m) in x86_64) so='not use them' ;; *) so='use them in its programs' ;; esac
	if "$lk" doctor --json | grep -q "\"key\":\"load_acquire\"[^}]*\"so\":\"$so"; then
		pass "load-acquire and store-release: latchkit will $so"
	else
		fail "load-acquire and store-release: doctor does not say: $so"
	fi
}
test_context() {
	has context_probe || return
	trace profile:hz:199 -- "$target" syscalls 0.5
	at_least 20 "samples of a clock, in system calls" "$(probe contexts.task)"
	at_least 20 "in user code" "$(probe contexts.user)"
	[ "$(probe contexts.hardirq)" -lt 20 ] || fail "samples in the clock's own interrupt: $(probe contexts.hardirq)"
	trace -d 1 profile:hz:199
	at_least 20 "of idle CPUs" "$(probe contexts.idle)"
}
test_kprobe() { has kprobe && counts 500 "calls" "kprobe:$getppid" -- "$target" calls 500; }
test_kretprobe() {
	has kprobe || return
	counts 500 "timed calls" "kretprobe:$getppid" -- "$target" calls 500
	[ "$(probe kind)" = latency ] || fail "no latency"
}
test_kprobe_wild() {
	has kprobe || return
	trace 'kprobe:vfs_re*' -- "$target" calls 1 || fail "$(reason)"
	at_least 5 "functions that kprobe:vfs_re* matches" "$(summary probes)"
}
# One name, several functions: all of them. Reading /proc/kallsyms calls one of those called s_next
# once a line.
test_kprobe_same() {
	has kprobe || return
	same=$(grep -c ' [tT] s_next$' /proc/kallsyms)
	[ "$same" -gt 1 ] || { skip "one function called s_next"; return; }
	trace kprobe:s_next -- head -n 20000 /proc/kallsyms || fail "$(tail -n 1 "$work/err")"
	# What head prints stands in the trace's way.
	at_least 19999 "calls of $same functions called s_next" "$(grep '^{' "$work/trace" >"$work/json" && "$jsonl" probe count <"$work/json" | tail -n 1)"
	grep -q "$same functions of this name: all are meant" "$work/err" || fail "not told: $(tail -n 1 "$work/err")"
	trace kretprobe:s_next -- cat /proc/version || fail "timed: $(tail -n 1 "$work/err")"
	trace fentry:s_next -- true && fail "fentry: which one?"
	grep -q "ambiguous: $same functions, at 0x" "$work/err" || fail "fentry: $(tail -n 1 "$work/err")"
	clone=$(awk '$2 ~ /[tT]/ { n = split($3, part, "."); seen[$3]++
		if (n == 3 && part[2] == "isra" && $3 ~ /^(vfs|ext4|tcp|proc|seq|kernfs|blk|do)_/) copy[part[1]]++ }
		END { for (name in copy) if (copy[name] == 1 && seen[name ".isra.0"] == 1 && !(name in seen)) { print name; exit } }' /proc/kallsyms)
	[ -n "$clone" ] || return # none exists only as a copy
	trace "kprobe:$clone" -- true || fail "$clone, a copy: $(tail -n 1 "$work/err")"
	grep -q "$clone\.isra\.0, as the compiler named it" "$work/err" || fail "not told: $(tail -n 1 "$work/err")"
	pass "a function that exists only as a copy: $clone"
}
# No system call's own function has type information everywhere. dd reads a little more than this.
dd_reads() { # dd_reads WHAT PROBE
	trace "$2" -- dd if=/dev/zero of=/dev/null bs=1 count=500 || fail "$(reason)"
	[ "$(probe count)" -le 550 ] || fail "$1: $(probe count) of 500"
	at_least 500 "$1" "$(probe count)"
}
test_fentry() { has fentry && dd_reads "calls" fentry:vfs_read; }
test_fexit() {
	has fentry || return
	dd_reads "timed calls" fexit:vfs_read
	[ "$(probe kind)" = latency ] || fail "no latency"
}
test_tracepoint() {
	has tracefs && has raw_tp || return
	trace 'tracepoint:sched:sched_w*' -- "$target" calls 1 || fail "$(reason)"
	at_least 2 "tracepoints that sched:sched_w* matches" "$(summary probes)"
}
test_rawtracepoint() {
	has raw_tp || return
	trace rawtracepoint:sys_enter -- "$target" calls 500 || fail "$(reason)"
	at_least 500 "hits" "$(probe count)"
}
test_syscall() { has tp_btf && counts 500 "timed calls" tracepoint:syscalls:sys_enter_getppid -- "$target" calls 500; }
# Expressions over arguments and results of a command that reads 500 times 1000 bytes.
reads_are() { # reads_are KEY VALUE PROBE: of the trace before
	found=$(grep "\"probe\":\"$3\"" "$work/trace" | "$jsonl" probe "$1" | tail -n 1)
	if [ "$found" = "$2" ]; then pass "$3: $1 is $2"; else fail "$3: $1 is $found, not $2: $(reason)"; fi
}
key_is() { # key_is KEY REST: of the trace before
	found=$(grep '"type":"key"' "$work/trace" | grep -F "\"key\":{$1}" | tail -n 1)
	if echo "$found" | grep -q "$2"; then pass "by $1"; else fail "by $1: ${found:-nothing}: $(reason)"; fi
}
test_expressions() {
	has kprobe && has fentry && has tp_btf || return
	trace 'kprobe:vfs_read /args.count == 1000 && arg2 == 1000/' 'fentry:vfs_read /args.count == 1000/ {sum(args.count)}' \
		'fexit:vfs_read /args.count == 1000/ {sum(retval)}' 'tracepoint:syscalls:sys_enter_read /args.count == 1000/ {sum(retval)}' \
		-- dd if=/dev/zero of=/dev/null bs=1000 count=500 || fail "$(reason)"
	reads_are count 500 kprobe:vfs_read
	reads_are sum 500000 fentry:vfs_read # entry and return of one function
	reads_are sum 500000 fexit:vfs_read
	reads_are sum 500000 tracepoint:syscalls:sys_enter_read
	trace 'kretprobe:vfs_read /retval == 1000/' -- dd if=/dev/zero of=/dev/null bs=1000 count=500 || fail "$(reason)"
	reads_are count 500 kretprobe:vfs_read
	trace -d 1 --by 'args.prev.prio' 'tracepoint:sched:sched_switch /args.prev.pid != args.next.pid/' || fail "$(reason)"
	at_least 1 "fields of a task" "$(probe count)"
	trace -d 1 'tracepoint:sched:sched_switch /args.prev_pid != args.next_pid/' || fail "$(reason)"
	at_least 1 "fields of a format file" "$(probe count)"
	trace 'kprobe:vfs_read /args.count == 1000/ {lhist(args.count, 0, 1900, 50) by str(args.file.f_path.dentry.d_name.name), str(curtask.comm)}' \
		-- dd if=/dev/zero of=/dev/null bs=1000 count=500 || fail "$(reason)"
	key_is '"str(args.file.f_path.dentry.d_name.name)":"zero","str(curtask.comm)":"dd"' '"count":500,.*"above":0,"hist":[[]\(0,\)\{20\}500,'
	(ip link set lo up || ifconfig lo up) 2>/dev/null
	trace 'tracepoint:sock:inet_sock_set_state /args.newstate == TCP_SYN_SENT/ {count() by ntop(args.sk)}' -- "$key_strings" connects || fail "$(reason)"
	if grep -q '^connected 3' "$work/err"; then key_is '"ntop(args.sk)":"127.0.0.1"' '"count":3,'; else fail "no loopback: $(reason)"; fi
	trace "uprobe:$key_strings:placed {sum(arg1) by ntop((struct in6_addr *)arg0)}" -- "$key_strings" addresses || fail "$(reason)"
	key_is '"ntop((struct in6_addr *)arg0)":"2001:db8::42"' '"count":5,.*"sum":10,'
	trace "uprobe:$key_strings:named {sum(arg1) by str(arg0)}" -- "$key_strings" strings || fail "$(reason)"
	key_is '"str(arg0)":"alpha"' '"count":30,.*"sum":465,'
	# The longest that there may be: expressions of 24 steps, most of which read memory, some jump.
	a=curtask.group_leader.signal.nr_threads
	keys="~pid|pid^pid&pid*pid|pid^pid&pid,tid>0&&tid>1||tid>2&&tid>3||tid>4"
	long="/$a && $a || $a && ~~~$a/" value="{sum($a + $a + $a + $a + $a)}" timed="{sum($a + $a + $a + $a + ~(int)ns - 1)}"
	steps=$("$lk" trace --explain "kretprobe:vfs_read $long ${timed%\}} by $keys}" | grep -c ' 24 steps of 24,')
	[ "$steps" = 4 ] || fail "$steps of 4 expressions have 24 steps"
	verified "$keys" "kprobe:$getppid $long $value" "fentry:vfs_read $long $value" "usdt:$target:latchkit:step $long $value" "profile:hz:99 $long"
	# With strings in the key, too: one at a time, as programs have what all statements ask for.
	texts="$keys,str(curtask.comm),str(curtask.group_leader.comm)"
	for one in "kretprobe:$getppid" fexit:vfs_read "uretprobe:$target:target_work" tracepoint:syscalls:sys_enter_getppid; do
		verified "$texts" "$one $long $timed"
	done
}
# Everyday jobs with kprobes: tests/cli/trace/jobs.sh.
test_jobs() {
	has kprobe && has fentry || return
	ip link set lo up 2>"$work/err" || fail "the network of this guest: $(reason)"
	LATCHKIT_JOBS_IN_GUEST=1
	. "$root/tests/cli/trace/jobs.sh"
	kernel_jobs
}
# By hand, LATCHKIT_ONLY=bpftrace: it and latchkit watch one load, and say the same.
test_bpftrace() {
	command -v bpftrace >/dev/null || { skip "it is not in this guest: LATCHKIT_ONLY=bpftrace tests/vm/check KERNEL brings it"; return; }
	doings=$LATCHKIT_BUILD/tests/doings
	mkfifo "$work/load"
	"$doings" wait <"$work/load" >"$work/pid" &
	exec 4>"$work/load"
	wait_for "$work/pid"
	pid=$(cat "$work/pid")
	sign() { printf "%s\n" "tracepoint:syscalls:sys_enter_setfs$1 { printf(\"sign $1\\n\"); } uprobe:$doings:$2_sign { printf(\"sign $2\\n\"); }"; }
	{
		sign uid first
		cat <<-END
			kprobe:vfs_write /pid == $pid && arg2 > 100/ { @kprobe_vfs_write = sum(arg2); }
			kretprobe:vfs_read /pid == $pid/ { @kretprobe_vfs_read = sum(retval); }
			kfunc:vfs_write /pid == $pid/ { @fentry_vfs_write = sum(args->count); }
			kretfunc:vfs_read /pid == $pid/ { @fexit_vfs_read = sum(retval); }
			kprobe:do_sys_openat2 /pid == $pid/ { @kprobe_do_sys_openat2 = count(); }
			kretprobe:do_sys_openat2 /pid == $pid && (int64)retval < 0/ { @kretprobe_do_sys_openat2 = count(); }
		END
		sign gid last
	} >"$work/script.bt"
	timeout 600 bpftrace "$work/script.bt" >"$work/theirs" 2>"$work/theirs.err" &
	peer=$!
	rm -f "$work/trace" "$work/trace2"
	timeout 600 "$lk" trace --json -i 1 -p "$pid" 'kprobe:vfs_write /arg2 > 100/ {sum(arg2)}' 'fexit:vfs_read {sum(retval)}' \
		'fentry:vfs_write {sum(args.count)}' 'kprobe:do_sys_openat2 {count()}' >"$work/trace" 2>"$work/err" &
	one=$!
	timeout 600 "$lk" trace --json -i 1 -p "$pid" 'kretprobe:vfs_read {sum(retval)}' 'kretprobe:do_sys_openat2 /(long)retval < 0/' \
		>"$work/trace2" 2>>"$work/err" &
	two=$!
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		"$doings" signs
		[ "$(grep -o 'sign [a-z]*' "$work/theirs" | sort -u | wc -l)" = 4 ] && break
		sleep 10
	done
	wait_for "$work/trace" && wait_for "$work/trace2"
	echo >&4
	exec 4>&-
	wait $one $two
	kill -INT $peer
	wait $peer
	cat "$work/trace2" >>"$work/trace"
	for probe in kprobe:vfs_write kretprobe:vfs_read fentry:vfs_write fexit:vfs_read kprobe:do_sys_openat2 kretprobe:do_sys_openat2; do
		theirs=$(sed -n "s/^@$(echo $probe | tr : _): //p" "$work/theirs")
		case $probe in *openat2) what=count ;; *) what=sum ;; esac
		ours=$(grep "\"probe\":\"$probe\"" "$work/trace" | "$jsonl" probe $what | tail -n 1)
		if [ -n "$theirs" ] && [ "$ours" = "$theirs" ]; then
			pass "$probe: $what is $ours, as bpftrace says"
		else
			fail "$probe: $what is $ours, bpftrace says $theirs: $(reason) $(head -n 1 "$work/theirs.err")"
		fi
	done
}
test_uprobe() { has uprobe && counts 50 "calls" "uprobe:$target:target_work" -- "$target" work 50; }
test_uretprobe() { has uprobe && counts 50 "timed calls" "uretprobe:$target:target_work" -- "$target" work 50; }
# Every call that is entered is accounted for, however it is left: tests/cli/trace/frames.sh.
check() { # check NAME COMMAND...
	name=$1
	shift
	if "$@"; then pass "$name"; else fail "$name: $(reason)"; fi
}
# entered N ENTRIES MISSED OPEN MOST: what the kernel missed it counts for all tasks, other calls among them.
entered() { [ "$2" -ge "$1" ] && [ $(($2 - $3)) -le "$1" ] && [ "$4" -le "$5" ]; }
frames_of() { # frames_of PROBE ENTRIES OPEN ARGUMENT...: of a kernel function, by a program of frames
	kind=$1 n=$2 still=$3
	shift 3
	trace "$kind" -- "$frames" "$@" || fail "$kind: $(reason)"
	handled="$(told "$kind"), missed $(value "$kind" losses.missed)"
	check "$kind: $n calls: $handled" entered "$n" "$(value "$kind" entries)" "$(value "$kind" losses.missed)" "$(value "$kind" open)" "$still"
	check "$kind: all accounted for" summed "$kind"
}
test_frames() {
	has kprobe && has uprobe || return
	LATCHKIT_FRAMES_IN_GUEST=1
	. "$root/tests/cli/trace/frames.sh"
	main_ways
	frames_of kretprobe:hrtimer_nanosleep 400 0 sleep 40 # more at once than have room for their return
	case $(value kretprobe:hrtimer_nanosleep losses.missed) in
	0) at_least 1 "returns without room are abandoned, or missed" "$(value kretprobe:hrtimer_nanosleep losses.abandoned)" ;;
	*) check "what the kernel missed is not abandoned" \
		test $(($(value kretprobe:hrtimer_nanosleep losses.abandoned) * 20)) -le "$(value kretprobe:hrtimer_nanosleep losses.missed)" ;;
	esac
	# A thread that has ended is freed a grace period later, maybe after the trace: until then its call is open.
	frames_of kretprobe:do_exit 21 21 threads 20
	check "those that end never return" test $(($(value kretprobe:do_exit losses.abandoned) + $(value kretprobe:do_exit losses.missed) + $(value kretprobe:do_exit open))) = 21
	has fentry && frames_of fexit:hrtimer_nanosleep 400 0 sleep 40
	frames_of tracepoint:syscalls:sys_enter_nanosleep 400 0 sleep 40
}
test_usdt() { has uprobe && counts 70 "hits" "usdt:$target:latchkit:step" -- "$target" step 70; }
test_profile() {
	has sw_clock || return
	trace profile:hz:199 -- "$target" syscalls 0.5 || fail "$(reason)"
	at_least 50 "samples" "$(probe count)"
	rate=/proc/sys/kernel/perf_event_max_sample_rate
	limit=$(cat $rate)
	echo 100 >$rate
	trace profile:hz:199 -- "$target" calls 1 && fail "sampled more often than the kernel allows"
	grep -q 'samples at 100 Hz at most' "$work/err" || fail "no word on the highest rate: $(reason)"
	echo "$limit" >$rate
}
# Records by key: what a command did is in the rows of its name and pid, all of it.
rows_of() { # rows_of NAME PROBE: the sum over the rows of that name
	sed -n '/^{"type":"key"/p' "$work/trace" | grep "\"probe\":\"$2\"" | grep "\"comm\":\"$1\",\"pid\":[1-9]" | sed 's/.*},"count":\([0-9]*\),.*/\1/' |
		awk '{ n += $1 } END { print n + 0 }'
}
counts_by() { # counts_by N MOST "PROBE..." COMMAND...: N to MOST events of a command, of each probe
	n=$1 most=$2 kinds=$3
	shift 3
	trace --by comm,pid $kinds -- "$@" || fail "$kinds by comm,pid: $(reason)"
	for kind in $kinds; do
		got=$(rows_of "$(basename "$1")" "$kind")
		if [ "$got" -ge "$n" ] && [ "$got" -le "$most" ]; then
			pass "$kind by comm,pid: $got of $n"
		else
			fail "$kind by comm,pid: $got of $n: $(reason)"
		fi
	done
}
# The longest keys that there are load, and a verifier looks at less than a million instructions.
verified() { # verified KEYS PROBE...
	keys=$1
	shift
	rm -f "$work/trace"
	"$lk" trace --json -i 0.2 --by "$keys" "$@" >"$work/trace" 2>"$work/err" &
	tracer=$!
	for ten in 1 2 3 4 5 6; do # ten seconds each: an emulated machine takes its time to verify
		wait_for "$work/trace"
		[ ! -s "$work/trace" ] || break
	done
	most=$(sed -n 's/^verified_insns:[^0-9]*//p' /proc/$tracer/fdinfo/* | sort -n | tail -n 1)
	kill "$tracer"
	wait "$tracer" || fail "by $keys: $(reason)"
	if [ "${most:-0}" -gt 0 ] && [ "$most" -lt 1000000 ]; then
		pass "by $keys: at most $most instructions verified, $#: ${1%% *}"
	else
		fail "by $keys: ${most:-no} instructions verified, $#: ${1%% *}: $(reason)"
	fi
}
test_keys() {
	has kprobe && has fentry && has tp_btf && has raw_tp || return
	counts_by 500 500 "kprobe:$getppid tracepoint:syscalls:sys_enter_getppid" "$target" calls 500
	counts_by 500 550 "kretprobe:vfs_read fentry:vfs_write fexit:vfs_read" dd if=/dev/zero of=/dev/null bs=1 count=500
	counts_by 1 100000 tracepoint:sched:sched_switch "$target" switch 0.1
	all="kprobe:$getppid kretprobe:$getppid fentry:vfs_read fexit:vfs_read tracepoint:sched:sched_switch tracepoint:syscalls:sys_enter_getppid"
	verified pid,tid,uid,cpu,cgroup,kstack,ustack $all profile:hz:99
	verified comm,uid,cpu,cgroup,func,ustack "uprobe:$target:target_work" "usdt:$target:latchkit:step"
	squeezed
}
# More keys than the memory of a cgroup has room for: refused, with the size, before anything is allocated.
squeezed() {
	group=/sys/fs/cgroup/latchkit-keys
	[ -n "$LATCHKIT_IN_VM" ] || return # memory is squeezed in virtual machines only
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>"$work/err" && mkdir -p $group 2>>"$work/err" || return
	echo 64M >$group/memory.max
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' $group timeout 60 "$lk" trace -d 0.1 --by pid --keys 100000 \
		tracepoint:sched:sched_switch >/dev/null 2>"$work/err"
	code=$?
	if [ $code -ne 1 ] || ! grep -qE 'keys 100000: .* take 1[0-9]{2}\.[0-9] MiB, more than half of the [0-9.]+ MiB' "$work/err"; then
		fail "--keys 100000 in 64 MiB: exit $code: $(reason)"
	elif ! grep -qx 'oom_kill 0' $group/memory.events; then
		fail "--keys 100000 in 64 MiB: killed"
	else
		pass "--keys 100000 in 64 MiB: refused"
	fi
	rmdir $group 2>/dev/null || { sleep 1 && rmdir $group; } # timeout may be there still
}
# A CPU goes offline and comes back during a trace: it is sampled again, or that it is not is told.
told_of_cpu_1() {
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		grep -q "$1" "$work/err" && return
		sleep 0.5
	done
	fail "not told: $1: $(reason)"
}
on_tasks() { "$jsonl" probe contexts.task <"$work/trace" | tail -n 1; }
test_hotplug() {
	has sw_clock || return
	online=/sys/devices/system/cpu/cpu1/online paranoid=/proc/sys/kernel/perf_event_paranoid
	[ -n "$LATCHKIT_IN_VM" ] || { skip "CPUs are taken offline in virtual machines only"; return; }
	[ -w $online ] || { skip "no CPU that can be taken offline"; return; }
	level=$(cat $paranoid)
	echo 2 >$paranoid # what Debian adds above it asks for more than the privileges that are kept
	rm -f "$work/trace"
	timeout 60 "$lk" trace --json -i 0.2 profile:hz:199 >"$work/trace" 2>"$work/err" &
	tracer=$!
	wait_for "$work/trace"
	echo 0 >$online && echo 1 >$online # at once: the list of CPUs is as before when it is read again
	told_of_cpu_1 'CPU 1 came online: sampled'
	before=$(on_tasks)
	taskset 2 "$target" syscalls 2
	after=$(on_tasks)
	at_least 50 "samples of a CPU that went and came back" $((after - before))
	echo 0 >$online
	told_of_cpu_1 'CPU 1 went offline'
	echo 3 >$paranoid
	echo 1 >$online
	told_of_cpu_1 'CPU 1 came online, and cannot be sampled'
	kill "$tracer"
	wait "$tracer"
	echo "$level" >$paranoid
}
test_hardware() {
	has pmu || return
	trace hardware:cycles:1000000 -- "$target" syscalls 2 || fail "$(reason)"
	at_least 50 "samples by cycles" "$(probe count)"
	timeout 60 "$lk" bench latch --json -w publish -W user:1 -R none --rounds 1 --slice 5 ring >"$work/bench" 2>"$work/err" ||
		fail "bench: $(reason)"
	grep -q '"write_counters":{"cycles":[1-9]' "$work/bench" || fail "bench latch counts no cycles"
}

test_watchpoint() {
	has watchpoint || return
	rm -f "$work/trace"
	mkfifo "$work/go"
	"$target" store 500 <"$work/go" >"$work/address" &
	storer=$!
	exec 3>"$work/go"
	wait_for "$work/address"
	timeout 30 "$lk" trace --json -i 0.2 -p "$storer" "watchpoint:$(cat "$work/address"):8:w" >"$work/trace" 2>"$work/err" &
	tracer=$!
	wait_for "$work/trace"
	echo go >&3
	exec 3>&-
	wait "$storer" "$tracer"
	if [ "$(probe count)" = 500 ]; then pass "stores: 500"; else fail "$(probe count) of 500 stores: $(reason)"; fi
}

# until_counted OPTION...: trace the calls of a target, which on a busy machine may get no CPU at first.
until_counted() {
	for go in 1 2 3 4 5 6 7 8; do
		trace "$@" -d 0.5 tracepoint:syscalls:sys_enter_getppid
		[ "$(probe count)" -ge 100 ] && return
	done
}

test_filters() {
	has raw_tp || return
	trace -p 1 -d 0.5 tracepoint:syscalls:sys_enter_getppid || fail "$(reason)"
	[ "$(probe count)" = 0 ] || fail "-p counts other processes"
	"$target" syscalls 20 &
	other=$!
	until_counted -p "$other"
	at_least 100 "-p: its calls" "$(probe count)"
	taskset -p 2 "$other" >/dev/null
	trace -C 0 -d 0.5 tracepoint:syscalls:sys_enter_getppid
	[ "$(probe count)" = 0 ] || fail "-C counts other CPUs"
	until_counted -C 1
	at_least 100 "-C: calls on that CPU" "$(probe count)"
	kill "$other"
	wait "$other" 2>/dev/null
}

# Swap the handler for as long as the target does what has so many events, which begins once the
# first swap is answered: each event is handled once, or counted as missed: a kernel that lets a
# program be preempted (7, PREEMPT_RT) does not run it for another task of that CPU meanwhile.
swapped() { # swapped N HANDLERS PROBE COMMAND...
	n=$1 handlers=$2 kind=$3
	shift 3
	rm -rf "$work/latchkit-0" "$work/answers"
	TARGET_WAITS_FOR=$work/answers timeout 60 "$lk" trace --control --json -i 100 "$kind" -- "$@" >"$work/trace" 2>"$work/err" &
	tracing=$!
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		socket=$(ls "$work/latchkit-0" 2>/dev/null | grep 'sock$') && break
		sleep 0.5
	done
	awk -v all="$handlers" 'BEGIN { k = split(all, name, " "); for (;;) print "set-handler " name[i++ % k + 1] }' 2>/dev/null |
		timeout 60 "$lk" ctl "${socket%.sock}" - >"$work/answers" 2>/dev/null
	wait "$tracing"
	sum=$(probe handled_by | grep -o '[0-9][0-9]*' | awk '{ n += $1 } END { print n + 0 }')
	missed=$(probe losses.missed)
	case $missed in '' | *[!0-9]*) missed=0 ;; esac # of kprobes nobody knows, and none was seen
	if [ "$sum" -gt "$n" ] || [ $((sum + missed)) -lt "$n" ]; then
		fail "$kind: $sum of $n handled, $missed missed, after $(summary swaps) swaps: $(probe handled_by) $(reason)"
	else
		at_least 20 "$kind: $(probe handled_by): $sum of $n, the others among $missed missed, through swaps" "$(summary swaps)"
	fi
}
test_handlers() {
	has kprobe && has fentry && has uprobe && has tp_btf || return
	export XDG_RUNTIME_DIR=$work
	swapped 75000 "count latency stacks" tracepoint:syscalls:sys_enter_getppid "$target" calls 75000
	swapped 30000 "count latency stacks" "kretprobe:$getppid" "$target" calls 30000
	swapped 50000 "count stacks" "kprobe:$getppid" "$target" calls 50000
	swapped 5000 "count latency stacks" "uretprobe:$target:target_deep" "$target" dives 500
	trace --control --on-sample stacks fexit:vfs_read fentry:vfs_read profile:hz:199 tracepoint:sched:sched_switch -- \
		dd if=/dev/zero of=/dev/null bs=1 count=5000 || fail "$(reason)"
	at_least 1000 "stacks of functions, samples and tracepoints" \
		"$(sed -n 's/^{"type":"stack",.*"count":\([0-9]*\),"pid".*/\1/p' "$work/trace" | awk '{ n += $1 } END { print n + 0 }')"
}

# Every latch, written in kprobe context, while a clock interrupts and samples through it too.
test_latches() {
	has kprobe || return
	for v in $variants; do
		calls=2500 torn=0
		[ "$v" = raw ] && calls=40000 # it must be seen to tear
		for try in 1 2 3; do
			trace --latch "$v" --spin "kretprobe:$getppid" profile:hz:499 -- "$target" calls $calls ||
				fail "$v: $(reason)"
			torn=$(summary torn) reads=$(summary reads)
			[ "$v" = raw ] && [ "$torn" = 0 ] || break
		done
		case $v in
		raw) at_least 1 "$v: torn of $reads reads" "$torn" ;;
		*) if [ "$torn" = 0 ]; then pass "$v: 0 torn of $reads reads"; else fail "$v: $torn torn of $reads reads"; fi ;;
		esac
	done
}

# The contract, with threads and with programs of this kernel.
run_cmocka() { # run_cmocka WHAT PROGRAM [ARGUMENT]
	timeout 200 "$2" $3 >"$work/cmocka" 2>&1
	code=$?
	n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$work/cmocka")
	s=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$work/cmocka")
	if [ "$code" -ne 0 ]; then
		fail "$1: $(grep -E '^\[  (ERROR|FAILED) ' "$work/cmocka" | head -n 3 | tr '\n' ' ')"
	elif [ "${n:-0}" -eq 0 ]; then
		skip "$1: $(grep -m 1 '^skip: ' "$work/cmocka")"
	else
		pass "$1: $n tests, ${s:-0} skipped"
	fi
}
test_contract() { LATCHKIT_READS=5000 run_cmocka "threads" "$LATCHKIT_BUILD/tests/contract"; }
test_objects() { has bpf_load && LATCHKIT_READS=10000 run_cmocka "programs and threads" "$LATCHKIT_BUILD/tests/latch_bpf"; }
# An NMI after each store of a table's operations, in programs.
verify_nmi() { # verify_nmi SET WHERE
	timeout 100 "$lk" verify "$1" --check nmi >"$work/verify" 2>"$work/err" ||
		fail "$(grep -E '^FAIL [^(]' "$work/verify" | head -n 2 | tr '\n' ' ') $(reason)"
	sed -n "2,/^\$/s/^\(.\)/note: NMIs in $2: \1/p" "$work/verify"
	if grep -q '"key":"watchpoint".*"state":"yes"' "$work/doctor" && [ "$(uname -m)" = x86_64 ] &&
		grep '^SKIP ' "$work/verify" | grep -qv '^SKIP per_cpu '; then
		fail "no NMIs in $2, though there are watchpoints: $(grep '^SKIP ' "$work/verify" | grep -m 1 -v '^SKIP per_cpu ')"
	fi
}
# Tables of records by key: programs and a thread count in one.
test_keyed() {
	has bpf_load || return
	LATCHKIT_READS=5000 run_cmocka "programs and a thread count by key" "$LATCHKIT_BUILD/tests/keyed_bpf"
	grep '^note: ' "$work/cmocka"
	verify_nmi keyed claims
}
# Tables of the starts of spans: programs start and end, and user space reads.
test_spans() {
	has bpf_load || return
	LATCHKIT_READS=5000 run_cmocka "programs start and end spans" "$LATCHKIT_BUILD/tests/spans_bpf"
	grep '^note: ' "$work/cmocka"
	verify_nmi spans "starts and ends"
}
# Scratch memory: a program in a loop and what interrupts it.
test_scratch() {
	has bpf_load || return
	run_cmocka "programs claim scratch memory" "$LATCHKIT_BUILD/tests/scratch_bpf"
	timeout 100 "$lk" verify scratch --check nmi scratch plain >"$work/verify" 2>"$work/err" ||
		fail "verify scratch: $(grep -E '^FAIL [^(]' "$work/verify" | head -n 2 | tr '\n' ' ') $(reason)"
	sed -n '2,/^$/s/^\(.\)/note: NMIs in claims: \1/p' "$work/verify"
}
# Programs that are preempted. LATCHKIT_SCRATCH_SECONDS: for so long each (as long as it takes to see it).
preempts() { # preempts REMEDY...
	timeout 900 "$lk" verify scratch --check preempt ${LATCHKIT_SCRATCH_SECONDS:+--seconds $LATCHKIT_SCRATCH_SECONDS} "$@" >"$work/verify" 2>"$work/err" ||
		fail "$(grep -E '^FAIL [^(]' "$work/verify" | head -n 3 | tr '\n' ' ') $(reason)"
	sed -n '/^REMEDY .*CLAIMS/,/^$/s/^\(.\)/note: \1/p' "$work/verify"
}
test_scratch_preempt() {
	has bpf_load || return
	preempts scratch
	if grep -q '^scratch  *SKIP' "$work/verify"; then
		skip "$(sed -n 's/^SKIP scratch preempt: //p' "$work/verify")"
	elif grep -q '^scratch  *PASS' "$work/verify"; then
		preempts plain busy nesting
		pass "scratch memory is not shared, and others are: $(grep -c '^[a-z]*  *FAIL (expected)' "$work/verify") of 3"
	fi
}
# The registries in BPF: objects in an array, and those that the kernel allocates.
registry() { # registry WHAT KIND
	has bpf_load || return
	LATCHKIT_READS=5000 run_cmocka "$1" "$LATCHKIT_BUILD/tests/registry_bpf" "$2"
	grep '^note: ' "$work/cmocka"
}
test_registry() { registry "objects in an array" array; }
test_registry_kptr() { registry "objects that are allocated" kptr; }

# bench latch with programs that a kprobe runs, and an NMI: writes come through, nothing is torn.
test_bench() {
	has kprobe || return
	for where in kprobe nmi; do
		[ $where = kprobe ] || [ "$(uname -m)" = x86_64 ] || continue
		timeout 60 "$lk" bench latch --json -w publish -W $where:1 --rounds 2 --slice 10 \
			mpmc_cell seqcount_latch ring bank >"$work/bench" 2>"$work/err" || fail "$where: $(reason)"
		n=$(grep '"metrics"' "$work/bench" | grep -c '"torn":0,')
		if [ "$n" = 4 ] && ! grep -q '"writes_per_s":{"median":0,' "$work/bench"; then
			pass "$where writes, mmap reads: 4 latches, 0 torn; $(sed -n 's/.*"subject":"ring".*"writes_per_s":{"median":\([0-9]*\).*"retries_per_read":{"median":\([0-9.e-]*\).*"drops_per_write":{"median":\([0-9.e-]*\).*/ring: \1 writes a second, \2 retries per read, \3 drops per write/p' "$work/bench")"
		else
			fail "$where writes: $n of 4 latches measured and not torn: $(grep -o '"skipped":"[^"]*"' "$work/bench" | head -n 1)"
		fi
	done
}

# Checks of latchkit verify: PASS and the counts, or what failed.
verifies() { # verifies WHAT OPTION...
	what=$1
	shift
	if ! timeout 200 $inject "$lk" verify latch "$@" >"$work/verify" 2>"$work/err"; then
		fail "$what: $(grep -E '^FAIL [^(]' "$work/verify" | head -n 2 | tr '\n' ' ') $(reason)"
	elif grep -q '^SKIP ' "$work/verify"; then
		skip "$what: $(grep -m 1 '^SKIP ' "$work/verify")"
	else
		sed -n '/^LATCH/,/^$/p' "$work/verify" | sed 's/^/note: /'
		pass "$what: $(grep -c 'PASS' "$work/verify") latches pass, $(sed -n '2,/^$/p' "$work/verify" | grep -c 'FAIL (expected)') counterexamples fail"
	fi
}

# Two sources of real NMIs. The context probe must say NMI for each, or the check fails.
test_nmi_watchpoint() { has watchpoint && inject="env -u LATCHKIT_INJECT" verifies "every latch at each of its stores" --check nmi --seconds 0.5; }
test_nmi_injected() {
	[ -n "$LATCHKIT_INJECT" ] || { skip "nobody injects NMIs here"; return; }
	[ "$(uname -m)" = x86_64 ] || { skip "no NMIs on this machine"; return; }
	verifies "every latch, NMIs from outside" --check nmi
}

# A sample that interrupts a kprobe's program is not taken, and the kernel does not say so.
# It must be counted as skipped; one that interrupts a raw tracepoint's program is taken.
victim() { # victim kprobe|raw_tp
	rm -f "$work/victim"
	"$victim" "$1" >"$work/victim" 2>"$work/victim-err" &
	v=$!
	wait_for "$work/victim"
	trace "watchpoint:$(cat "$work/victim"):8:w" -- "$target" calls 300 || fail "$1: $(reason) $(cat "$work/victim-err")"
	kill "$v"
	wait "$v" 2>/dev/null
}
test_skipped() {
	[ "$(uname -m)" = x86_64 ] || { skip "kernel addresses can be watched on x86 only"; return; }
	has watchpoint && has kprobe || return
	victim raw_tp
	at_least 300 "samples inside a raw tracepoint's program" "$(probe count)"
	victim kprobe
	[ "$(probe count)" = 0 ] || fail "$(probe count) samples inside a kprobe's program"
	at_least 300 "skipped inside a kprobe's program, and counted so" "$(probe losses.skipped)"
}

# The causes that can be brought about at will: entries that nest deeper than can be remembered,
# runs refused because a program met itself (the traced function is one that programs call), ticks
# of a clock too fast to be kept.
test_losses() {
	has kprobe && has fentry && has sw_clock || return
	trace "kretprobe:$getppid" "uretprobe:$target:target_deep" -- "$target" deep 100 || fail "$(reason)"
	at_least 1 "too deep" "$("$jsonl" probe losses.too_deep <"$work/trace" | sort -n | tail -n 1)"
	trace fentry:vfs_read fentry:bpf_get_current_pid_tgid -- dd if=/dev/zero of=/dev/null bs=1 count=100 ||
		fail "$(reason)"
	at_least 100 "missed" "$(probe losses.missed)"
	echo 20000 >/proc/sys/kernel/perf_event_max_sample_rate # which the kernel lowers by itself
	trace profile:hz:20000 -- "$target" syscalls 0.5 || fail "$(reason)"
	at_least 100 "late" "$(probe losses.late)"
}

# A registry in a cgroup with little memory: each time the kernel says that memory is scarce, it reclaims half.
test_pressure() {
	has psi || return
	[ -n "$LATCHKIT_IN_VM" ] || { skip "memory is squeezed in virtual machines only"; return; }
	group=/sys/fs/cgroup/latchkit-pressure
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>"$work/err" && mkdir -p $group 2>>"$work/err" ||
		{ skip "no cgroup v2 with a memory controller: $(reason)"; return; }
	echo 40M >$group/memory.high
	echo 80M >$group/memory.max
	timeout 90 "$LATCHKIT_BUILD/tests/pressure" $group 2 >"$work/pressure" 2>"$work/err"
	code=$?
	kills=$(sed -n 's/^oom_kill //p' $group/memory.events)
	sed 's/^/note: /' "$work/pressure"
	if [ $code -ne 0 ]; then
		fail "exit code $code: $(reason)"
	elif [ "$kills" != 0 ]; then
		fail "$kills tasks were killed for want of memory"
	elif ! grep -q "^watching $group/memory.pressure" "$work/pressure"; then
		fail "it watched another file: $(grep -m 1 '^watching' "$work/pressure")"
	else
		pass "$(grep -c '^fired' "$work/pressure") times the shrinker was fired; $(grep -m 1 '^fired' "$work/pressure")"
	fi
	rmdir $group
}

# -- all of them ------------------------------------------------------------------------------------

known='btf load_acquire context kprobe kretprobe kprobe_wild kprobe_same fentry fexit tracepoint rawtracepoint syscall
	keys expressions jobs uprobe uretprobe frames usdt profile hotplug hardware watchpoint filters handlers losses latches contract objects keyed spans scratch scratch_preempt registry
	registry_kptr bench nmi_watchpoint nmi_injected skipped pressure'
by_hand=bpftrace # when LATCHKIT_ONLY names it
for feature in $expected; do
	case " $(echo $known) " in
	*" $feature "*) ;;
	*) fail "is expected of this kernel, but no such feature is known" ;;
	esac
done
now_s() { cut -d' ' -f1 /proc/uptime; }
for feature in ${LATCHKIT_ONLY:-$known}; do
	case " $(echo $known $by_hand) " in *" $feature "*) ;; *) continue ;; esac
	case " ${LATCHKIT_LEFT:-} " in
	*" $feature "*)
		echo "SKIP $feature: left to make check-vm: tested on other kernels"
		continue
		;;
	esac
	start=$(now_s)
	said=0
	"test_$feature"
	[ "$said" -eq 1 ] || fail "its test came to no result"
	echo "note: $feature took $(echo "$(now_s) $start" | awk '{ printf "%.1f", $1 - $2 }') s"
done
echo "features with failures: $failures"
[ "$failures" -eq 0 ]
