#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Keys of several words: strings, IP addresses, sockets, of a program that has known ones: key_strings.c.
. "$(dirname "$0")/../../lib.sh"
need_bpf
program=$LATCHKIT_BUILD/tests/key_strings
write=tracepoint:syscalls:sys_enter_write

# asks WHAT OPTION... STATEMENT...: trace the program doing that.
asks() {
	what=$1
	shift
	timeout 60 "$lk" trace --json -i 600 "$@" -- "$program" "$what" 2>"$work/err" | grep '^{' >"$work/out"
}
# row KEY COUNT REST: the last row of that key.
row() {
	grep '"type":"key"' "$work/out" | grep -F "\"key\":{$1}" | tail -n 1 | grep -q "\"count\":$2,.*$3"
}
letters=$(printf 'a%.0s' $(seq 63))

if [ -e "$program" ] && "$lk" doctor --json | grep -q '"key":"uprobe","[^}]*"state":"yes"'; then
	named=uprobe:$program:named placed=uprobe:$program:placed
	strings() {
		asks strings "$named {sum(arg1) by str(arg0)}"
		row '"str(arg0)":"alpha"' 30 '"sum":465'
	}
	check "one string at 30 places is one key" strings
	check "an empty string" row '"str(arg0)":""' 1 '"sum":7'
	check "63 bytes are whole" row "\"str(arg0)\":\"$letters\"" 2 '"sum":2'
	check "more are cut, and marked" row "\"str(arg0)\":\"$letters...\"" 2 '"sum":110'
	check "a string before the end of what is mapped" row '"str(arg0)":"edge"' 1 '"sum":3'
	check "any bytes" row "$(printf '"str(arg0)":"\357\277\275\357\277\275;\\"\\n\\\\,"')" 1 '"sum":5'
	check "any bytes: UTF-8" sh -c "iconv -f UTF-8 -t UTF-8 '$work/out' >/dev/null"
	check "what cannot be read is told" test "$("$jsonl" probe losses.unread <"$work/out")" = 4
	check "what cannot be read: no user address of the kernel's" test "$("$jsonl" summary unread_user <"$work/out")" = 0
	check "the others add up" test "$("$jsonl" probe count <"$work/out")" = 37
	# A broken copy of what programs do is noticed.
	. "$(dirname "$0")/../../broken.sh"
	if [ -n "${LATCHKIT_OBJECTS:-}" ]; then
		tails() { asks strings "$named {sum(arg1) by str(arg0)}" && row "\"str(arg0)\":\"$letters...\"" 2 '"sum":110'; }
		killed "cut strings are not marked" bpf/trace/expr_key.h 's/text\[EXPR_STR_BYTES - 1\] = 1;/;/' tails
	else
		skip "broken copies: make check-built says how to build them"
	fi

	asks strings --by 'arg1 % 2,str(arg0),comm' "$named"
	check "a string among other keys" row '"arg1 % 2":"0","str(arg0)":"alpha","comm":"key_strings"' 15 ''
	asks strings --by 'str(arg0),arg1 > 9,arg1 % 2,arg1 / 100' "$named"
	check "four expressions" row '"str(arg0)":"alpha","arg1 > 9":"1","arg1 % 2":"1","arg1 / 100":"0"' 10 ''
	asks strings --by 'str(arg0),str(curtask.comm)' "$named"
	check "two strings, of user and kernel memory" row '"str(arg0)":"alpha","str(curtask.comm)":"key_strings"' 30 ''
	asks strings --by 'str(arg0),str(curtask.comm)' --keys 1 "$named"
	check "more strings than there is room for" test "$("$jsonl" probe count <"$work/out")" = 37
	timeout 60 "$lk" trace --csv -i 600 --by 'str(arg0)' "$named" -- "$program" strings 2>"$work/err" >"$work/out"
	check "CSV: a string" grep -q ',"alpha",.*,0,30,30,' "$work/out"
	check "CSV: any bytes" grep -qF ',"\xff\xc3;""\x0a\\,",' "$work/out"
	timeout 60 "$lk" trace --folded -i 600 --by 'str(arg0),ustack(1)' "$named" -- "$program" strings 2>"$work/err" >"$work/out"
	check "folded: a string" grep -q '^alpha;named 30$' "$work/out"
	check "folded: any bytes" grep -qF '\xff\xc3\x3b"\x0a\\,;named 1' "$work/out"
	timeout 60 "$lk" trace -i 600 --color never --by 'str(arg0)' "$named" -- "$program" strings 2>"$work/err" >"$work/out"
	check "the table: a string" grep -q '^ *30 .* alpha$' "$work/out"
	check "the table: one that was cut" grep -q "a\.\.\.$" "$work/out"
	check "the table has no control characters" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$work/out'"

	asks addresses "$placed {sum(arg1) by ntop((struct in6_addr *)arg0)}"
	check "IPv6: ::1" row '"ntop((struct in6_addr *)arg0)":"::1"' 4 '"sum":4'
	check "IPv6: another" row '"ntop((struct in6_addr *)arg0)":"2001:db8::42"' 5 '"sum":10'
	asks addresses "${placed}4 {sum(arg1) by ntop((struct in_addr *)arg0)}"
	check "IPv4" row '"ntop((struct in_addr *)arg0)":"10.1.2.3"' 6 '"sum":18'
	# The same words mean another thing at another probe: each has its own.
	asks addresses --by 'ntop((struct in6_addr *)arg0)' "$placed" "${placed}4 /arg1 == 3/"
	check "one key, two statements: the first" row '"ntop((struct in6_addr *)arg0)":"::1"' 4 ''
else
	skip "strings of a program: no uprobes here"
fi

asks connects 'tracepoint:sock:inet_sock_set_state /args.newstate == TCP_SYN_SENT/ {count() by ntop(args.sk)}'
if grep -q '^connected 3' "$work/err"; then
	check "sockets: IPv4" row '"ntop(args.sk)":"127.0.0.1"' 3 ''
	if grep -q '^connected 3 2' "$work/err"; then
		check "sockets: IPv6" row '"ntop(args.sk)":"::1"' 2 ''
	else
		skip "sockets: IPv6: there is none here"
	fi
else
	skip "sockets: nothing connects here: $(tail -n 1 "$work/err")"
fi

# Of the kernel's memory; pointers of user space are told once.
asks connects --by 'str(curtask.comm),comm' tracepoint:syscalls:sys_enter_socket
check "a string of the kernel is the same as comm" row '"str(curtask.comm)":"key_strings","comm":"key_strings"' '[1-9]' ''
asks connects "$write {count() by str(curtask.mm.arg_start)}"
check "user memory as the kernel's: counts as unread" test "$("$jsonl" probe losses.unread <"$work/out")" = 1
check "user memory as the kernel's: is told" test "$("$jsonl" summary unread_user <"$work/out")" = 1
timeout 60 "$lk" trace -i 600 "$write {count() by str(curtask.mm.arg_start)}" -- "$program" connects >"$work/out" 2>"$work/err"
check "user memory as the kernel's: is told once, with what helps" \
	test "$(grep -c 'unread: 1 at addresses of user space: only tracepoint:syscalls' "$work/out")" = 1

refuses "more words than a key has" 2 'keys of 21 words of 8 bytes: 20 are the most; leave one out' \
	trace --by 'comm,pid,str(curtask.comm),str(curtask.group_leader.comm)' "$write"
refuses "five expressions" 2 'args.fd \+ 1: 4 expressions are the most; leave one out' \
	trace --by 'retval,args.fd,args.count,curtask.pid,args.fd + 1' "$write"
refuses "an expression twice" 2 'args.fd: is there twice; leave one out' trace --by 'args.fd,args.fd' "$write"
refuses "an expression without a probe" 2 '--by curtask.pid: an expression of which probe\? Name the probes' trace --by curtask.pid
done_testing
