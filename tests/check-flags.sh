#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What packagers do first: build the tool with other flags, in folders of its own below the build.
# With link-time optimisation all of it; otherwise some files that a flag makes compilers warn of.
# Warnings end no build but one with WERROR=1.
. tests/cli/lib.sh
unset MAKEFLAGS MFLAGS # those of the make that runs this test
flags=$build/tests/flags.work

# builds NAME TARGET... -- VARIABLE...: make them below $flags/NAME, with the build's BPF objects.
builds() {
	name=$1 targets=
	shift
	while [ "$1" != -- ]; do
		targets="$targets $flags/$name/$1"
		shift
	done
	shift
	mkdir -p "$flags/$name"
	[ -d "$flags/$name/bpf" ] || cp -rp "$build/bpf" "$build/gen" "$flags/$name/"
	make -j2 --no-print-directory B="$flags/$name" "$@" $targets >"$flags/$name.log" 2>&1
}

# must_build NAME TARGET... -- VARIABLE...: and without a warning.
must_build() {
	if ! builds "$@"; then
		fail "$1: $(grep -m 1 -E 'error|undefined' "$flags/$1.log")"
	elif grep -q 'warning: ' "$flags/$1.log"; then
		fail "$1: warns: $(grep -m 1 'warning: ' "$flags/$1.log")"
	else
		pass "$1"
	fi
}

rm -rf "$flags"
mkdir -p "$flags"

must_build lto latchkit -- CFLAGS='-O2 -flto=auto'
if [ -x "$flags/lto/latchkit" ]; then
	"$build/latchkit" list >"$work/list"
	if "$flags/lto/latchkit" list 2>&1 | cmp -s "$work/list" -; then
		pass "lto: the tool runs"
	else
		fail "lto: the tool lists: $("$flags/lto/latchkit" list 2>&1 | head -n 1)"
	fi
	# Its BPF objects are inside, and are those of the build.
	if "$build/latchkit" trace -d 0.01 tracepoint:sched:sched_switch >/dev/null 2>&1; then
		if "$flags/lto/latchkit" trace -d 0.01 tracepoint:sched:sched_switch >"$work/out" 2>&1; then
			pass "lto: the tool traces"
		else
			fail "lto: the tool does not trace: $(head -n 1 "$work/out")"
		fi
	else
		skip "lto: the tool traces: the build's own cannot trace here"
	fi
fi

files='user/main.o user/host/pressure.o user/host/cgroups.o user/verify/registry/ops.refcount.o user/object/blobs.o'
must_build size $files -- CFLAGS=-Os
must_build debug $files -- CFLAGS='-O0 -g3'
must_build sanitized $files -- CFLAGS='-O1 -fsanitize=address,undefined'
must_build hardened $files -- CFLAGS='-O3 -fstack-protector-strong' CPPFLAGS='-D_FORTIFY_SOURCE=2'

# A compiler that warns of more.
echo '#warning latchkit-test' >"$flags/warns.h"
warns="-O0 -include $flags/warns.h"
if builds warned user/main.o -- CFLAGS="$warns" WERROR=0 && grep -q latchkit-test "$flags/warned.log"; then
	pass "a warning does not end a build"
else
	fail "a warning ends a build, or was none: $(tail -n 1 "$flags/warned.log")"
fi
rm -f "$flags/warned/user/main.o"
if builds warned user/main.o -- CFLAGS="$warns" WERROR=1; then
	fail "a warning does not end a build with WERROR=1"
else
	pass "but one with WERROR=1"
fi
rm -rf "$flags"
done_testing
