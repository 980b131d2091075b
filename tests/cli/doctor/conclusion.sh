#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The last line of latchkit doctor is its conclusion, and it is true.
. "$(dirname "$0")/../lib.sh"

"$lk" doctor >"$work/doctor"
last=$(tail -n 1 "$work/doctor")
case $last in
"latchkit trace works here, with: "*)
	pass "the last line says what works"
	need_bpf
	case $last in
	*"system calls, timed"*)
		check "system calls: they are timed" "$lk" trace -d 0.1 -o /dev/null tracepoint:syscalls:sys_enter_read
		;;
	esac
	case $last in
	*"samples by a clock"*) check "samples: they are taken" "$lk" trace -d 0.1 -o /dev/null profile:hz:99 ;;
	esac
	;;
"latchkit trace does not work here: "*) pass "the last line says why not: $last" ;;
*) fail "the last line is no conclusion: $last" ;;
esac
check "what a trace keeps of its privileges is told" grep -q 'a trace keeps bpf and perfmon' "$work/doctor"

# Without any privilege.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	last=$(setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all "$work/latchkit" doctor | tail -n 1)
	case $last in
	"latchkit trace does not work here: loading programs: "*) pass "without privileges: does not work" ;;
	*) fail "without privileges: $last" ;;
	esac
else
	skip "without privileges: needs root and setpriv"
fi
done_testing
