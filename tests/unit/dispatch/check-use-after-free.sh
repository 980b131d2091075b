#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Under AddressSanitizer the posted slot is seen to use a context after it was freed, and the slot
# and the table are not. LATCHKIT_UAF_SECONDS: how long to look at each of these (2).
. tests/cli/lib.sh
seconds=${LATCHKIT_UAF_SECONDS:-2}
log=$work/log

for flavour in memb qsbr; do
	program=$build/tests/dispatch_uaf.$flavour
	# The caller must be within a handler when the swapper frees: usually within a millisecond.
	timeout 100 "$program" posted 60 >"$log" 2>&1
	if grep -q 'AddressSanitizer: heap-use-after-free' "$log"; then
		pass "$flavour: the posted slot uses a context after it was freed"
	else
		fail "$flavour: the posted slot was not seen to use a freed context in 60 s: $(tail -n 1 "$log")"
	fi
	for way in swap swap_async unregister; do
		if timeout $((seconds + 60)) "$program" $way "$seconds" >"$log" 2>&1; then
			pass "$flavour: $(cat "$log"): clean"
		else
			fail "$flavour: $way: $(grep -m 1 Sanitizer "$log" || tail -n 1 "$log")"
		fi
	done
done
done_testing
