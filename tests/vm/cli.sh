#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The runner of virtual machines when things go wrong, and the promise that a feature which
# vanishes fails. Boots the first kernel of kernels.def some times.
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/lib.sh
kernel=$(tools/vm list | awk 'NR == 1 { print $1 }')

# expect WHAT CODE TEXT COMMAND...: it exits with CODE and says TEXT, on either output.
expect() {
	local what=$1 want=$2 text=$3 code
	shift 3
	timeout -k 5 200 "$@" >"$work/out" 2>&1 </dev/null
	code=$?
	if [ "$code" -eq "$want" ] && grep -q -- "$text" "$work/out"; then
		pass "vm: $what"
	else
		fail "vm: $what: exit code $code of $want: $(tail -n 3 "$work/out" | tr '\n' ' ')"
	fi
}

expect "a kernel that is not in the table is named" 2 "nine: no such kernel; there are: $kernel" \
	tools/vm run --kernel nine -- true
expect "no command" 2 'COMMAND is missing' tools/vm run --kernel "$kernel"
expect "a time that is none" 2 'soon: not a number' tools/vm run --kernel "$kernel" --timeout soon -- true
expect "the matrix refuses an unknown kernel" 2 'nine: no such kernel' tests/vm/check nine
expect "no network, nothing in the cache" 3 'no package lists' env "XDG_CACHE_HOME=$work/empty" \
	LATCHKIT_MIRROR=http://127.0.0.1:9/debian tools/vm run --kernel "$kernel" -- true
expect "no network: the matrix skips, and says why" 0 "^SKIP $kernel kernel: cannot be had here: .*no package lists" \
	env -u LATCHKIT_REQUIRE_VM "XDG_CACHE_HOME=$work/empty" "LATCHKIT_BUILD=$work/none" LATCHKIT_MIRROR=http://127.0.0.1:9/debian tests/vm/check "$kernel"
expect "no network: the matrix fails if it must not skip" 1 "^FAIL $kernel kernel: .*no package lists" \
	env LATCHKIT_REQUIRE_VM=1 "XDG_CACHE_HOME=$work/empty" "LATCHKIT_BUILD=$work/none" \
	LATCHKIT_MIRROR=http://127.0.0.1:9/debian tests/vm/check "$kernel"

# From here on a kernel and QEMU are needed.
tools/vm run --kernel "$kernel" -- true >"$work/out" 2>&1
if [ $? -eq 3 ]; then
	skip "vm: what needs a kernel: $(tail -n 1 "$work/out")"
	done_testing
	exit
fi

expect "the command's status and output come back" 7 '^hello from the guest' \
	tools/vm run --kernel "$kernel" -- sh -c 'echo hello from the guest; exit 7'
expect "a file that is not there" 1 '/nothing/here: no such file' \
	tools/vm run --kernel "$kernel" --add /nothing/here -- true
expect "a kernel that complains fails a command that succeeds" 125 'the kernel complained: .*WARNING: a test' \
	tools/vm run --kernel "$kernel" -- sh -c 'echo "WARNING: a test" >/dev/kmsg'
expect "a kernel that dies" 125 "$kernel: died; the end of its console" \
	tools/vm run --kernel "$kernel" -- sh -c 'echo c >/proc/sysrq-trigger; sleep 60'

# Its processes are known by the folder they work in; they must be seen while it runs.
ours() { LC_ALL=C grep -lasE "[q]emu-system.*$work/hang" /proc/[0-9]*/cmdline; }
seen() { # wait 10 s at most
	for i in 1 2 3 4 5 6 7 8 9 10; do
		ours >/dev/null && return
		sleep 1
	done
	return 1
}
gone() { # gone WHAT: they were seen, and are no more
	if [ -e "$work/seen" ] && ! ours >/dev/null; then
		pass "vm: $1"
	else
		fail "vm: $1: $(ours || echo 'none was seen before')"
	fi
	rm -f "$work/seen"
}
mkdir "$work/hang"
(seen && touch "$work/seen") &
watcher=$!
expect "a guest that hangs" 124 'not done after 12 s' \
	env TMPDIR="$work/hang" tools/vm run --kernel "$kernel" --timeout 12 -- sleep 1000
wait "$watcher"
gone "no process is left of it"
TMPDIR="$work/hang" tools/vm run --kernel "$kernel" --timeout 60 -- sleep 1000 >/dev/null 2>&1 &
runner=$!
seen && touch "$work/seen"
kill "$runner"
wait "$runner" 2>/dev/null
gone "a runner that is ended takes its machine with it"

# A cache of our own, with a kernel that is none, and one that is damaged.
cache=$(dirname "$(tools/vm-fetch kernel "$kernel")")
mkdir -p "$work/cache/latchkit/vm"
ln -s "$cache/qemu" "$work/cache/latchkit/vm/qemu"
mine=$work/cache/latchkit/vm/kernel-$kernel
mkdir "$mine"
head -c 100000 /dev/zero >"$mine/vmlinuz"
(cd "$mine" && sha256sum vmlinuz >SUMS)
expect "a kernel that does not boot" 125 'did not boot' \
	env "XDG_CACHE_HOME=$work/cache" tools/vm run --kernel "$kernel" --timeout 20 -- true
echo x >>"$mine/vmlinuz"
expect "a damaged kernel is not used" 3 'is damaged: fetching it again' \
	env "XDG_CACHE_HOME=$work/cache" LATCHKIT_MIRROR=http://127.0.0.1:9/debian tools/vm run --kernel "$kernel" -- true

# A table that expects what this kernel does not have.
guest() { # guest FEATURE...: only these, and expected
	local adds=(--add "$build/latchkit:/latchkit/build/latchkit" --add tests/vm/guest.sh:/latchkit/tests/vm/guest.sh)
	timeout 100 tools/vm run --kernel "$kernel" "${adds[@]}" -- env LATCHKIT_ONLY="$*" sh /latchkit/tests/vm/guest.sh "$@"
}
export -f guest
export build kernel
expect "a feature that vanished fails" 1 'FAIL hardware: was expected of this kernel, and is skipped: doctor: ' \
	bash -c 'guest hardware'
expect "a feature that nobody knows fails" 1 'FAIL teleport: is expected of this kernel, but no such feature' \
	bash -c 'guest btf teleport'
expect "a feature that is there passes" 0 '^PASS btf: ' bash -c 'guest btf'
done_testing
