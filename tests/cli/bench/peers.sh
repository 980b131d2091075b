#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# liburcu is measured at its best: what reads with it has its read side inlined, as a program that
# may define _LGPL_SOURCE has, but for the subjects that are named for calling it.
. "$(dirname "$0")/../lib.sh"

objects=$build/user/bench
read_side='(rcu|urcu_[a-z]+)_(read_(lock|unlock|ongoing)|dereference_sym|dereference|(set|xchg|cmpxchg)_pointer_sym)'
calls() { nm -u "$1" | grep -oE "$read_side" | sort -u | tr '\n' ' '; }

for object in "$objects"/*/*.o "$objects"/*/peer/*.o; do
	[ -f "$object" ] || continue
	name=${object#"$objects"/}
	case $name in
	*calls.o)
		check "$name calls liburcu: $(calls "$object")" test -n "$(calls "$object")"
		;;
	*urcu* | *_rcu*)
		check "$name calls nothing of its read side: $(calls "$object")" test -z "$(calls "$object")"
		;;
	*)
		[ -z "$(calls "$object")" ] || check "$name calls liburcu: $(calls "$object")" false
		;;
	esac
done
for subject in urcu_memb urcu_qsbr; do
	for bench in latch dispatch; do
		check "bench $bench has $subject both ways" sh -c "'$lk' bench $bench --list | grep -q '^${subject}_calls ' &&
			'$lk' bench $bench --list | grep -q '^$subject '"
	done
done
done_testing
