#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Latencies are of the call that they say. Functions are left in every way there is, and each call
# that was entered is accounted for: timed, abandoned, too deep to be listed, missed or still open.
# guest.sh sources this with LATCHKIT_FRAMES_IN_GUEST set, for the functions alone.
[ -n "${LATCHKIT_FRAMES_IN_GUEST:-}" ] || . "$(dirname "$0")/../lib.sh"
frames=${LATCHKIT_BUILD:-build}/tests/frames

# value PROBE KEY[.KEY]: in the last line of a probe, 0 if the kernel does not tell
value() {
	v=$(grep -F "\"probe\":\"$1\"" "$work/trace" | "$jsonl" probe "$2" | tail -n 1)
	case $v in unknown) echo 0 ;; *) echo "$v" ;; esac
}
# summed PROBE: do the parts of its entries add up to them, with none left open?
summed() {
	sum=$(value "$1" count)
	for part in losses.dropped losses.map_full losses.too_deep losses.abandoned losses.missed open; do
		sum=$((sum + $(value "$1" $part)))
	done
	[ "$sum" = "$(value "$1" entries)" ]
}
told() { # told PROBE: its figures in the order of `accounts`
	echo "$(value "$1" entries) $(value "$1" count) $(value "$1" losses.abandoned) $(value "$1" losses.too_deep) $(value "$1" losses.unpaired) $(value "$1" open)"
}
# accounts "ARGUMENTS OF frames" [FUNCTION "ENTRIES TIMED ABANDONED TOO_DEEP UNPAIRED"]...: sets handled
accounts() {
	arguments=$1 probes= odd=1
	shift
	for word in "$@"; do
		[ $odd = 0 ] || probes="$probes uretprobe:$frames:$word"
		odd=$((1 - odd))
	done
	timeout 60 "$lk" trace --json -i 100 --exit-status=trace $probes -- "$frames" $arguments >"$work/trace" 2>"$work/err"
	handled=$(head -n 1 "$work/err") right=0
	while [ $# -gt 0 ]; do
		is=$(told "uretprobe:$frames:$1")
		handled="$handled $1 $is;"
		[ "$is" = "$2 0" ] && summed "uretprobe:$frames:$1" || right=1
		shift 2
	done
	return $right
}
way() { # way NAME CHECK...: what the check says, and its figures
	way=$1
	shift
	"$@"
	code=$?
	check "$way:$handled" test $code -eq 0
}

recursion() { accounts "recurse 100" down "1100 1064 0 36 0" other "1000 1000 0 0 0"; }
jumps() { accounts "jump $1" leave "$((1000 + $1)) 1000 $1 0 0" other "1000 1000 0 0 0"; }
tails() { accounts "tail 100" first "100 100 0 0 0" second "100 100 0 0 0" third "100 100 0 0 0"; }
twins() { accounts "twins 200" twin "200 100 100 0 0" twin_too "200 100 100 0 0"; }
climbs() { # the call that returns is the one that lasts 20 ms
	accounts "climb 10" climb "40 10 30 0 0" && handled="$handled at least $(value "uretprobe:$frames:climb" min_ns) ns" &&
		[ "$(value "uretprobe:$frames:climb" min_ns)" -ge 20000000 ]
}
escapes() { accounts "escape 100" work "200 100 100 0 0"; }
threads() { accounts "threads 50" work "50 0 50 0 0"; }
executions() { accounts "exec 5" again "5 1 4 0 0"; }
main_ways() { # which a guest has time for
	way "recursion, 100 deep" recursion
	way "longjmp, 40 times" jumps 40
	way "calls in the tail of others" tails
	way "handlers that leave by siglongjmp" escapes
}
other_ways() {
	way "recursion, not too deep" accounts "recurse 64" down "1064 1064 0 0 0" other "1000 1000 0 0 0"
	way "longjmp, 10 times" jumps 10
	way "longjmp, 150 times" jumps 150
	way "longjmp out of recursion into its first call" climbs
	way "two probes of one function, left by longjmp" twins
	way "signal handlers that call the function they interrupt" accounts "signal 100" work "200 200 0 0 0"
	way "a coroutine" accounts "coroutine 100" outer "100 100 0 0 0" work "100 100 0 0 0"
	way "fork inside: the child's return has no entry" accounts "fork 20" split "20 20 0 0 20"
	way "threads that end inside" threads
	way "programs that execute others inside" executions
	way "vfork, whose child ends inside" accounts "vfork 20" work "40 20 20 0 0"
	way "a process that is killed inside" accounts "die 1" work "1 0 1 0 0"
}
[ -z "${LATCHKIT_FRAMES_IN_GUEST:-}" ] || return 0

need_bpf
timeout 20 "$lk" trace --json "uretprobe:$frames:other" -- "$frames" recurse 1 >"$work/trace" 2>"$work/err" || {
	skip "frames: no uprobes here: $(head -n 1 "$work/err")"
	exit 0
}
main_ways
other_ways

# Calls that have not returned yet are open, and are not when they have.
mkfifo "$work/go"
timeout 60 "$lk" trace --json -i 0.1 "uretprobe:$frames:work" -- "$frames" wait 3 <"$work/go" >"$work/trace" 2>"$work/err" &
tracing=$!
exec 3>"$work/go"
for i in $(seq 100); do
	[ "$(value "uretprobe:$frames:work" open)" = 3 ] && break
	sleep 0.1
done
check "calls that have not returned are open" test "$(told "uretprobe:$frames:work")" = "3 0 0 0 0 3"
exec 3>&-
wait $tracing
check "calls that have returned are not" test "$(told "uretprobe:$frames:work")" = "3 3 0 0 0 0"

# Exceptions cannot pass a return probe of most kernels: the program ends there.
cat >"$work/throws.cc" <<'END'
extern "C" __attribute__((noinline)) int thrower(int n) { if (n) throw n; return n; }
int main() { int sum = 0; for (int i = 0; i < 5; i++) try { sum += thrower(i & 1); } catch (int n) { sum += n; } return sum != 2; }
END
if "${CXX:-c++}" -O1 "$work/throws.cc" -o "$work/throws" 2>"$work/err"; then
	timeout 60 "$lk" trace --json -i 100 --exit-status=trace "uretprobe:$work/throws:thrower" -- "$work/throws" >"$work/trace" 2>"$work/err"
	check "exceptions: each call is accounted for: $(told "uretprobe:$work/throws:thrower")" summed "uretprobe:$work/throws:thrower"
	check "exceptions: a call is abandoned" test "$(value "uretprobe:$work/throws:thrower" losses.abandoned)" -ge 1
else
	skip "exceptions: no C++ compiler here"
fi

# System calls beside: frames of both kinds in one thread.
timeout 60 "$lk" trace --json -i 100 "uretprobe:$frames:work" tracepoint:syscalls:sys_enter_read tracepoint:syscalls:sys_enter_nanosleep -- \
	"$frames" sleep 20 >"$work/trace" 2>"$work/err"
check "system calls, with other latencies" test "$(told tracepoint:syscalls:sys_enter_nanosleep)" = "200 200 0 0 0 0"

# Broken copies of the programs must be noticed.
if [ -n "${LATCHKIT_OBJECTS:-}" ]; then
	. "$(dirname "$0")/../broken.sh"
	killed "what is gone stays" bpf/trace/frame.h 's/if (!last || frame_is_live(last->sp, now))/if (!last || now)/' jumps 150
	killed "a new call does not push out the old one of its place" bpf/trace/frame.h 's/struct place above = {at->sp + 1, at->span - 1};/struct place above = *at;/' jumps 150
	killed "a call in the tail pushes out the one that jumped" bpf/trace/frame.h 's/if (regs && user_tail_call(regs))/if (0)/' tails
	killed "two probes of a call push each other out" bpf/trace/frame.h 's/return !starts_have(s, last->sp, probe);/return false;/' twins
	killed "probes of a call that is gone stay" bpf/trace/frame.h 's/return !starts_have(s, last->sp, probe);/return true;/' twins
	killed "a return takes away the other probes of its call" bpf/trace/frame.h 's/returned = (struct place){f->sp, now->span + (now->sp - f->sp)};/returned = *now;/' twins
	killed "threads that end leave their calls" bpf/trace/trace.bpf.c 's/^	starts_forget(starts_get(true, task, 0));//' threads
	killed "the innermost frame returns" bpf/trace/frame.h 's/f->sp > uppermost &&/(found == -1ULL || f->sp < uppermost) \&\&/' climbs
else
	skip "broken copies: make check-built says how to build them"
fi
done_testing
