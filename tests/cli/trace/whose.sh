#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Whose files are traced: the target's, in its own root and mounts, and the very file it has mapped.
. "$(dirname "$0")/../lib.sh"
need_bpf
whose=$build/tests/whose
here=$(cd "$work" && pwd)

# A root of its own: the program, and the libraries that it needs.
root=$here/root
mkdir -p "$root/bin" "$root/old"
cp "$whose" "$root/bin/whose"
for library in $(ldd "$whose" | grep -o '/[^ ]*'); do
	mkdir -p "$root$(dirname "$library")"
	cp -L "$library" "$root$library"
done
libc=$(ldd "$whose" | sed -n 's/.*libc\.so\.6 => \([^ ]*\).*/\1/p')

# begun FILE: the trace that writes it has begun, within 20 s
begun() {
	for i in $(seq 200); do
		[ -s "$1" ] && return
		sleep 0.1
	done
	false
}

# runs COMMAND...: start it as $pid; once it executes whose, it waits for $go
runs() {
	rm -f "$here/go" "$root/go"
	"$@" &
	pid=$!
	for i in $(seq 100); do
		grep -qs '^whose$' /proc/$pid/comm && return
		sleep 0.05
	done
}

# counts NAME EXPECTED PROBE: trace $pid, let it go on, count.
counts() {
	name=$1 expected=$2
	rm -f "$work/trace"
	timeout 60 "$lk" trace --json -i 0.1 -o "$work/trace" -p $pid "$3" 2>"$work/err" &
	trace=$!
	begun "$work/trace"
	echo go >"$here/go"
	echo go >"$root/go"
	wait $trace
	wait $pid
	got=$("$jsonl" probe count <"$work/trace" 2>/dev/null | tail -n 1)
	if [ "$got" = "$expected" ]; then
		pass "$name: $expected"
	else
		fail "$name: $got instead of $expected: $(head -n 1 "$work/err")"
	fi
}

runs "$whose" "$here/go" 150
counts "a process beside us" 150 uprobe:libc:getppid
runs "$whose" "$here/go" 151
counts "an indirect function: what the process has chosen" 151 uprobe:libc:strnlen

if chroot "$root" /bin/whose /none >/dev/null 2>&1; [ $? -ne 2 ]; then
	skip "another root: a program cannot run in one here"
else
	for probe in uprobe:libc:getppid "uprobe:$libc:getppid" uprobe:/bin/whose:sell uprobe:whose:sell; do
		runs chroot "$root" /bin/whose /go 198
		counts "another root, $probe" 198 "$probe"
	done
	runs chroot "$root" /bin/whose /go 199
	counts "another root, an indirect function" 199 uprobe:libc:strnlen
	check "nothing to say but its end" test "$(grep -vc 'has ended' "$work/err")" -eq 0
fi

if unshare -m true 2>/dev/null; then
	runs unshare -m sh -c 'mount --bind "$0" "$0" && cd "$0" && pivot_root . old && exec /bin/whose /go 197' "$root"
	counts "another mount namespace" 197 uprobe:libc:getppid
	runs unshare -m sh -c 'mount --bind "$0" "$0" && cd "$0" && pivot_root . old && exec /bin/whose /go 196' "$root"
	counts "a return in another mount namespace" 196 uretprobe:/bin/whose:sell
else
	skip "another mount namespace: unshare -m is not allowed here"
fi

mkdir "$work/lower" "$work/upper" "$work/space" "$work/merged"
cp "$whose" "$work/lower/whose"
if mount -t overlay overlay -o "lowerdir=$here/lower,upperdir=$here/upper,workdir=$here/space" "$work/merged" 2>"$work/err"; then
	runs "$here/merged/whose" "$here/go" 195
	counts "an overlay" 195 "uprobe:$here/merged/whose:sell"
	check "an overlay is no other file" test "$(grep -vc 'has ended' "$work/err")" -eq 0
	umount "$work/merged"
else
	skip "an overlay: $(head -n 1 "$work/err")"
fi

# The process runs on with what it has mapped.
cp "$whose" "$work/whose"
runs "$here/whose" "$here/go" 194
cp "$whose" "$work/new" && mv "$work/new" "$work/whose"
counts "a program that was replaced" 194 "uprobe:$here/whose:sell"
check "it is said" grep -q "process $pid has mapped another file than this one" "$work/err"
runs "$here/whose" "$here/go" 193
rm "$work/whose"
counts "a program that was deleted" 193 uprobe:whose:sell
check "it is said, too" grep -q "process $pid has mapped a file of this name that was replaced or removed" "$work/err"

runs "$whose" "$here/go" 1
cp "$whose" "$work/another"
counts "a program that the process does not run" 0 "uprobe:$here/another:sell"
check "that is said" grep -q "process $pid has not mapped it" "$work/err"

# Replaced all the time while traces start: there are probes, or a message.
cp "$whose" "$work/swapped"
(while [ ! -e "$work/enough" ]; do cp "$whose" "$work/swap" && mv "$work/swap" "$work/swapped"; done) &
swapper=$!
for i in $(seq 12); do
	for options in --json --folded; do
		[ $options = --json ] || set -- --on-sample stacks
		timeout 20 "$lk" trace $options "$@" -d 0.01 "uprobe:$here/swapped:sell" >"$work/out" 2>"$work/err"
		code=$?
		[ $code -lt 2 ] || echo "exit $code" >>"$work/bad"
		[ $code -ne 0 ] || [ $options = --folded ] || grep -q '"probe"' "$work/out" || echo "no probes" >>"$work/bad"
		[ $code -eq 0 ] || [ -s "$work/err" ] || echo "no message" >>"$work/bad"
		grep -q 'was replaced' "$work/err" && touch "$work/told"
		set --
	done
done
touch "$work/enough"
wait $swapper
check "a program that is replaced while traces start: $(sort -u "$work/bad" 2>/dev/null)" test ! -e "$work/bad"
check "it is told that others run another file" test -e "$work/told"
done_testing
