#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The handler of a running trace: chosen, swapped ten thousand times under load with each event in
# exactly one place, and every way to be refused. Broken copies of the tool must fail.
. "$(dirname "$0")/../lib.sh"
client=$build/tests/ctl_client
getppid=tracepoint:syscalls:sys_enter_getppid

refuses "--on-sample: unknown handler" 2 '--on-sample count_: no such handler; did you mean count\?' trace --on-sample count_
refuses "--on-sample: nothing like it" 2 'no such handler; there are count, latency and stacks' trace --on-sample everything
refuses "ctl: PID alone" 2 '1: and what about it\?' ctl 1
refuses "ctl: unknown handler" 2 'ctl: count_: no such handler; did you mean count\?' ctl 1 set-handler count_
refuses "ctl: no handler" 2 'set-handler: which\?' ctl 1 set-handler
refuses "ctl: unknown request" 2 'ctl: stats: no such request' ctl 1 stats
refuses "ctl: too many arguments" 2 'one argument too many' ctl 1 set-handler count latency
refuses "ctl: more after status" 2 'one argument too many' ctl 1 status now
refuses "ctl: not a pid" 2 'abc: not the pid of a process' ctl abc status
refuses "ctl: pid of zero" 2 '0: not the pid' ctl 0 status
refuses "ctl: negative pid" 2 'unrecognized option|invalid option|-5: not the pid' ctl -5 status
refuses "ctl: huge pid" 2 'not the pid of a process' ctl 99999999999999999999 status
export XDG_RUNTIME_DIR="$work/run"
sockets=$XDG_RUNTIME_DIR/latchkit-$(id -u)
mkdir -m 700 "$XDG_RUNTIME_DIR"
refuses "ctl: no such process" 1 'ctl: 4194303: no such process; latchkit ctl lists' ctl 4194303 status
refuses "ctl: no trace" 1 "ctl: $$: is no trace that can be controlled; start it with latchkit trace --control" ctl $$ status
"$lk" ctl >"$work/out" 2>"$work/err"
check "ctl: no traces: exit 0" test $? -eq 0
check "ctl: no traces: says so" grep -q 'no trace of yours can be controlled now' "$work/err"
need_bpf
refuses "--on-sample latency: nothing to time" 2 \
	'--on-sample latency: none of the probes can have it: tracepoint:sched:sched_switch' \
	trace -d 1 --on-sample latency tracepoint:sched:sched_switch
refuses "--folded without stacks" 2 'add profile:hz:99, or --on-sample stacks' trace --folded --on-sample count $getppid

# begin ARG...: a trace that can be controlled, in the background; sets tracer.
begin() {
	timeout 300 "$lk" trace --control --json -i 0.2 "$@" >"$work/trace" 2>"$work/err" &
	waiter=$!
	for i in $(seq 500); do
		tracer=$(ls "$sockets" 2>/dev/null | sed -n 's/^\([0-9]*\)\.sock$/\1/p' | head -n 1)
		[ -n "$tracer" ] && return
		sleep 0.02
	done
	fail "the trace did not start: $(head -n 1 "$work/err")"
	exit 1
}
end() { # interrupt it, and wait for its summary
	kill -INT "$tracer" 2>/dev/null
	wait "$waiter"
}
probe() { "$jsonl" probe "$1" <"$work/trace" | tail -n 1; }
sum_of_handlers() { probe handled_by | grep -o '[0-9]*' | awk '{ n += $1 } END { print n + 0 }'; }
histogram() { probe hist | tr -d '[]' | awk -F, '{ for (i = 1; i <= NF; i++) n += $i } END { printf "%d", n }'; }
swap_on() { # swap_on HANDLER...: over one connection, each answered before the next, until the trace ends
	awk -v all="$*" 'BEGIN { k = split(all, name, " "); for (;;) print "set-handler " name[i++ % k + 1] }' 2>/dev/null |
		timeout 300 "$lk" ctl "$tracer" - >"$work/swapped" 2>"$work/swaperr"
}

# -- what handlers do ------------------------------------------------------------------------------
trace() { timeout 60 "$lk" trace --json -i 100 "$@" >"$work/trace" 2>"$work/err"; }
stacks_counted() { sed -n 's/^{"type":"stack",.*"count":\([0-9]*\),"pid".*/\1/p' "$work/trace" | awk '{ n += $1 } END { print n + 0 }'; }
trace --on-sample count $getppid -- "$target" calls 5000
check "--on-sample count: 5000 calls" test "$(probe count)" = 5000
check "--on-sample count: not timed" test "$(probe sum_ns)" = 0
check "--on-sample count: handled by it" test "$(probe handled_by.count)" = 5000
trace --on-sample stacks $getppid -- "$target" calls 5000
check "--on-sample stacks: 5000 calls, timed" test "$(probe count) $(histogram)" = "5000 5000"
check "--on-sample stacks: each by its stack" test "$(stacks_counted)" = 5000
trace --on-sample stacks "uprobe:$target:target_work" -- "$target" work 5000
check "--on-sample stacks: events" test "$(probe count) $(stacks_counted)" = "5000 5000"
check "--on-sample stacks: user symbols" grep -q '"folded":"target;[^"]*target_work"' "$work/trace"
trace --on-sample count "uretprobe:$target:target_deep" -- "$target" dives 100
check "--on-sample count: nested calls" test "$(probe count) $(probe losses.unpaired)" = "1000 0"
trace $getppid -- "$target" calls 5000
check "without --control there is no socket" test ! -e "$sockets"
check "by default: latency" test "$(probe handler) $(probe handled_by.latency)" = "latency 5000"
trace --on-sample latency $getppid profile:hz:99 -- "$target" calls 5000
check "probes that cannot have it: said" grep -q 'on-sample latency: 1 of 2 probes cannot have it' "$work/err"
"$lk" trace --folded --on-sample stacks $getppid -- "$target" calls 5000 >"$work/folded" 2>"$work/err"
check "--folded: stacks of calls" test "$(sed -n 's/^target;.* \([0-9]*\)$/\1/p' "$work/folded" | awk '{ n += $1 } END { print n + 0 }')" = 5000

# -- the socket ------------------------------------------------------------------------------------
begin $getppid
check "the directory is its user's alone" test "$(stat -c '%a %u' "$sockets")" = "700 $(id -u)"
check "the socket, too" test "$(stat -c '%a %u %F' "$sockets/$tracer.sock")" = "600 $(id -u) socket"
"$lk" ctl >"$work/list"
check "ctl: lists it" grep -qE "^ *$tracer +latency +0 +1 .*getppid" "$work/list"
check "ctl: status" sh -c "'$lk' ctl $tracer status | grep -q '$tracer: handler latency, 0 swaps, 1 probes'"
check "ctl: status --json" sh -c "'$lk' ctl --json $tracer status | grep -q '^{\"ok\":true,\"pid\":$tracer,\"handler\":\"latency\"'"
"$lk" ctl "$tracer" set-handler stacks >"$work/out"
check "ctl: set-handler" test $? -eq 0
check "ctl: says what changed" grep -q 'stacks instead of latency, for 1 of 1 probes' "$work/out"
check "ctl: it has changed" sh -c "'$lk' ctl $tracer status | grep -q 'handler stacks, 1 swaps'"
echo set-handler cuont | "$lk" ctl "$tracer" - >"$work/out"
check "ctl -: a mistake is exit 1" test $? -eq 1
check "ctl -: and is explained" grep -q '"ok":false,"error":"cuont: no such handler; did you mean count?"' "$work/out"

# Whatever a client does, the trace goes on, and answers others.
answers() { timeout 20 "$lk" ctl "$tracer" status >"$work/out" 2>&1 && grep -q handler "$work/out"; }
socket=$sockets/$tracer.sock
nonsense() { # nonsense NAME REGEX: standard input is sent as it is
	timeout 20 "$client" send "$socket" >"$work/out" 2>"$work/clienterr"
	check "$1: refused" grep -aq -- "$2" "$work/out"
	check "$1: the trace goes on" answers
}
head -c 1000000 /dev/urandom | tr -d '\n' | nonsense "a million bytes without a line" 'one line of at most 255 bytes'
head -c 100000 /dev/urandom | nonsense "noise" '"ok":false'
printf 'set-handler \033[31m\n' | nonsense "control characters" 'no such request'
printf 'status\0\n' | nonsense "a NUL" 'no such request'
printf '\n' | nonsense "an empty line" 'no such request'
printf 'set-handler %0240d\n' 0 | nonsense "a long name" 'no such handler'
printf 'stat' | timeout 20 "$client" send "$socket" >"$work/out"
check "half a line is no request" test ! -s "$work/out"
check "half a line: the trace goes on" answers
check "who never reads its answers is hung up on" timeout 60 "$client" deaf "$socket"
check "who never reads: the trace goes on" answers
mkfifo "$work/hold"
"$client" silent "$socket" 20 <"$work/hold" >"$work/connected" &
silent=$!
exec 3>"$work/hold"
for i in $(seq 100); do [ -s "$work/connected" ] && break; sleep 0.05; done
check "20 silent clients: the trace answers others" answers
exec 3>&-
wait "$silent"
before=$(grep -c . "$work/trace")
more() { [ "$(grep -c . "$work/trace")" -gt "$before" ]; }
check "reports went on all the time" eventually more
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && cp "$client" "$work/client" && chmod 755 "$work" "$work/latchkit" "$work/client"
	nobody() { timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	nobody "$work/latchkit" ctl "$tracer" set-handler count >"$work/out" 2>"$work/err2"
	check "another user's ctl: exit 1" test $? -eq 1
	check "another user's ctl: says why" grep -q "ctl: $tracer: belongs to user 0; only that user and root" "$work/err2"
	echo status | nobody "$work/client" send "$socket" >"$work/out" 2>"$work/err2"
	check "another user does not reach the socket" grep -q 'Permission denied' "$work/err2"
	chmod 755 "$XDG_RUNTIME_DIR" "$sockets" && chmod 666 "$socket"
	echo status | nobody "$work/client" send "$socket" >"$work/out" 2>"$work/err2"
	check "another user who reaches it is refused" grep -q '"ok":false,"error":"refused: this trace belongs to user 0"' "$work/out"
	refuses "a directory that others can read is not trusted" 1 'is no trace that can be controlled' ctl "$tracer" status
	refuses "nor is a socket put there" 1 'not a directory of mode 0700 that belongs to you' trace --control -d 1 $getppid
	chmod 700 "$XDG_RUNTIME_DIR" "$sockets"
	# As that user, with the capabilities it takes; root may ask.
	mkdir -m 700 "$work/nobody" && chown 65534:65534 "$work/nobody"
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all,+bpf,+perfmon --inh-caps=-all,+bpf,+perfmon \
		--ambient-caps=-all,+bpf,+perfmon env XDG_RUNTIME_DIR="$work/nobody" \
		timeout 60 "$work/latchkit" trace --control -d 4 $getppid >"$work/out" 2>"$work/err2" &
	for i in $(seq 200); do [ -n "$(ls "$work/nobody/latchkit-65534" 2>/dev/null)" ] && break; sleep 0.02; done
	theirs=$(ls "$work/nobody/latchkit-65534" | sed 's/.sock//')
	check "a user's own trace" env XDG_RUNTIME_DIR="$work/nobody" setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$work/latchkit" ctl "$theirs" set-handler count >/dev/null
	echo status | "$client" send "$work/nobody/latchkit-65534/$theirs.sock" >"$work/out"
	check "root may ask another user's trace" grep -q '"handler":"count"' "$work/out"
	wait $!
else
	skip "other users: needs root and setpriv"
fi
kill -STOP "$tracer"
refuses "a trace that is stopped" 1 'does not answer; is it stopped\?' ctl "$tracer" status
kill -CONT "$tracer"
end
check "the socket is removed at the end" test -z "$(ls "$sockets")"
begin tracepoint:sched:sched_switch
refuses "a handler that a probe cannot have" 1 'latency: none of the probes can have it: there is nothing to time' ctl "$tracer" set-handler latency
end

# What kill -9 leaves, and what others prepare.
begin $getppid
kill -KILL "$tracer"
wait "$waiter" 2>/dev/null
check "kill -9 leaves a socket" test -S "$sockets/$tracer.sock"
refuses "a stale socket is told" 1 "ctl: $tracer: that trace has died" ctl "$tracer" status
check "a stale socket is removed" test -z "$(ls "$sockets")"
begin $getppid
kill -KILL "$tracer"
wait "$waiter" 2>/dev/null
"$lk" ctl >"$work/out" 2>"$work/err2"
check "a list removes what is stale" test -z "$(ls "$sockets")"
rm -rf "$sockets" && mkdir -m 700 "$work/elsewhere" && ln -s "$work/elsewhere" "$sockets"
refuses "a symbolic link is not followed" 1 'not a directory of mode 0700 that belongs to you' trace --control -d 1 $getppid
check "nothing was put behind it" test -z "$(ls "$work/elsewhere")"
rm "$sockets"
# A trace replaces what an earlier process of its pid has left; who has that pid now and answers stays.
take_place() { # take_place COMMAND...: runs as a shell that makes PID.sock before it becomes a trace
	sh -c 'mkdir -p -m 700 "$0" && '"$1"' && exec "$1" trace --control '$getppid "$sockets" "$lk" >"$work/out" 2>"$work/err" &
	placed=$!
	eventually "$lk" ctl $placed status >"$work/answer" 2>&1
	code=$?
	kill -TERM $placed
	wait $placed
}
take_place ': >"$0/$$.sock"'
check "a stale file of its pid is replaced" test "$code" -eq 0

# -- exact accounting ------------------------------------------------------------------------------
# causal: 10,000 swaps, each followed by calls of whoever asked for it, on one CPU and another: 10
# where they are to be counted, 20 where they are to be timed.
causal() {
	trace --control $getppid -- "$client" swap "$sockets" 10000
	handled="$(probe handled_by.count) $(probe handled_by.latency) $(probe handled_by.stacks)"
	[ "$handled" = "50000 100000 0" ]
}
# loaded: swap while $calls calls are made; 0 if each was handled exactly once, and by one handler.
loaded() {
	begin $getppid -- "$target" calls "$calls"
	swap_on count latency stacks
	wait "$waiter"
	swaps=$("$jsonl" summary swaps <"$work/trace")
	sum=$(sum_of_handlers)
	timed=$(($(probe handled_by.latency) + $(probe handled_by.stacks)))
	longest=$(probe max_ns)
	lasted=$("$jsonl" summary duration_s <"$work/trace" | awk '{ printf "%d", $1 * 1e9 }')
	handled="$sum of $calls calls: $(probe handled_by), the longest $longest ns"
	[ "$sum" -eq "$calls" ] && [ "$(histogram)" -eq "$timed" ] && [ "$longest" -lt "$lasted" ]
}
causal
code=$?
check "what is asked for has all that comes after the answer: $handled" test "$code" -eq 0
calls=4000000
while :; do
	loaded
	code=$?
	[ "$swaps" -lt 10000 ] && [ "$calls" -lt 100000000 ] || break
	calls=$((calls * 3))
done
check "10,000 swaps under load: $handled" test "$code" -eq 0
check "10,000 swaps under load: $swaps swaps" test "$swaps" -ge 10000
check "10,000 swaps under load: each was answered" test "$(grep -c '^{"ok":true' "$work/swapped")" -ge $((swaps - 1))
check "10,000 swaps under load: all three had their part" \
	test "$(probe handled_by.count)" -gt 1000 -a "$(probe handled_by.latency)" -gt 1000 -a "$(probe handled_by.stacks)" -gt 1000
check "10,000 swaps under load: nothing lost" test "$(probe losses.dropped) $(probe losses.unpaired)" = "0 0"
check "each stack once" test "$(($(stacks_counted) + $(probe losses.map_full)))" = "$(probe handled_by.stacks)"

# under_load PROBE COUNT HANDLERS ARG...: swap while the target does what has that many events.
under_load() {
	kind=$1 expected=$2 handlers=$3
	shift 3
	begin "$kind" -- "$target" "$@"
	swap_on $handlers
	wait "$waiter"
	check "swaps under load: $kind: $(probe handled_by)" test "$(sum_of_handlers) $(probe losses.unpaired)" = "$expected 0"
	check "swaps under load: $kind: there were many" test "$("$jsonl" summary swaps <"$work/trace")" -gt 1000
}
under_load "uretprobe:$target:target_deep" 100000 "count latency stacks" dives 10000
under_load "uprobe:$target:target_deep" 100000 "count stacks" dives 10000
mkfifo "$work/go"
"$target" store 30000 <"$work/go" >"$work/address" &
storer=$!
exec 3>"$work/go"
while [ ! -s "$work/address" ]; do sleep 0.05; done
if timeout 20 "$lk" trace -d 0.1 -p "$storer" "watchpoint:$(cat "$work/address"):8:w" >/dev/null 2>"$work/err2"; then
	begin -p "$storer" "watchpoint:$(cat "$work/address"):8:w"
	echo go >&3
	swap_on count stacks
	wait "$storer" "$waiter"
	check "swaps under load: samples: $(probe handled_by)" test "$(sum_of_handlers)" = 30000
else
	skip "swaps under load: samples: $(cat "$work/err2")"
	echo go >&3
fi
exec 3>&-

# -- broken copies ---------------------------------------------------------------------------------
. "$(dirname "$0")/../broken.sh"
if [ -n "${LATCHKIT_OBJECTS:-}" ]; then
	calls=4000000
	[ "$(nproc)" -ge 2 ] && killed "each branch asks for the handler anew" bpf/trace/handler.h \
		's/^	if (handler_is(handler, /	if (handler_is(handler_now(KIND_LATENCY), /
		 s/^	else if (handler_is(handler, /	if (handler_is(handler_now(KIND_LATENCY), /
		 s/^	else$/	if (handler_is(handler_now(KIND_LATENCY), HANDLER_STACKS))/' loaded
	killed "a return asks for the handler anew" bpf/trace/handler.h \
		's/HANDLER_IN_MAP ? word >> START_HANDLER_SHIFT/HANDLER_IN_MAP ? handler_now(KIND_LATENCY)/' loaded
	killed "both handlers count" bpf/trace/handler.h \
		's/else if (handler_is(handler, HANDLER_LATENCY))/if ((handler \& HANDLER_ID) <= HANDLER_LATENCY)/' loaded
	killed "calls that are only counted leave no start" bpf/trace/syscall.h \
		's/^	call->latency = start_with_handler(latency, handler);/	if (!handler_is(handler, HANDLER_COUNT))\n	&/' loaded
	killed "the answer comes before the swap" user/trace/engine/swap.c \
		's/order_store_relaxed(&words\[kind\], engine_handler(e, kind));/{\n			static lk_u64 late[KIND_COUNT];\n			order_store_relaxed(\&words[kind], late[kind]);\n			late[kind] = engine_handler(e, kind);\n		}/' causal
else
	skip "broken copies: make check-built says how to build them"
fi
done_testing
