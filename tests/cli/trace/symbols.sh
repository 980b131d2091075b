#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# From the name of a user function to all the places that have it.
. "$(dirname "$0")/../lib.sh"
need_bpf
names=$build/tests/names

# counts NAME EXPECTED PROBE COMMAND...: the probe is hit so many times.
counts() {
	what=$1 expected=$2 probe=$3
	shift 3
	timeout 60 "$lk" trace --json -i 100 "$probe" -- "$@" >"$work/trace" 2>"$work/err"
	got=$("$jsonl" probe count <"$work/trace" 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')
	if [ "$got" -eq "$expected" ]; then
		pass "$what: $expected"
	else
		fail "$what: $got instead of $expected: $(head -n 1 "$work/err")"
	fi
}

counts "a versioned symbol" 7 uprobe:libc:pthread_create "$target" threads 7
counts "a versioned symbol, timed" 7 uretprobe:libc:pthread_create "$target" threads 7
for name in dlopen realpath posix_spawn; do
	counts "$name can be attached to" 0 "uprobe:libc:$name" "$target" calls 1
	check "$name: nothing to say" test ! -s "$work/err"
done
counts "two static functions of one name" 1000 "uprobe:$names:same" "$names"
counts "two static functions of one name, timed" 1000 "uretprobe:$names:same" "$names"
counts "a name with brackets is that name" 200 "uprobe:$names:shape[int]" "$names"
counts "brackets escaped" 200 "uprobe:$names:shape\\[int\\]" "$names"
counts "brackets of a pattern" 34 "uprobe:$names:shape[i-n]" "$names"
says() { check "$1" grep -q -- "$2" "$work/err"; } # says NAME TEXT: the trace before did

# Copies and pieces that compilers make.
counts "copies of a function, by its own name" 23 "uprobe:$names:copied" "$names"
says "it is said what they are called" 'copied\.constprop\.1 in'
counts "one of them" 20 "uprobe:$names:copied.isra.0" "$names"
counts "copies of a function, timed" 23 "uretprobe:$names:copied" "$names"
counts "what was not inlined of a function" 6 "uprobe:$names:pieced" "$names"
says "it is said what is not counted" 'calls that do not get there are not counted'
refuses "a piece that is jumped into is no function" 1 'no such function' trace "uprobe:$names:frozen"
refuses "it does not return to its caller" 1 'it has no call to return from' trace "uretprobe:$names:frozen.cold"
counts "but it can be counted" 8 "uprobe:$names:frozen.cold" "$names"
counts "a pattern" 29 "uprobe:$names:*[dn].*" "$names"
says "a pattern says how many it matches, and what it leaves out" '3 functions; left out: 1 that are jumped into, frozen\.cold first'

counts "the versions of a symbol: all of them" 1000 "uprobe:$build/tests/libversions.so:area" "$build/tests/versions"
counts "the versions of a symbol, timed" 1000 "uretprobe:$build/tests/libversions.so:area" "$build/tests/versions"

# Indirect functions: the choice is in the memory of those who run.
refuses "an indirect function that nobody runs" 1 'chosen when a program starts.* -p PID' trace "uprobe:$names:chosen"
echo go >"$work/go"
counts "an indirect function of libc" 11 uprobe:libc:strnlen "$build/tests/whose" "$work/go" 11

# Names that were stripped, from the debug file: by its build id (if the linker gives any) or its link.
stripped=$(cd "$work" && pwd)/stripped
objcopy --only-keep-debug "$names" "$stripped.debug"
objcopy --strip-all --remove-section .note.gnu.build-id --add-gnu-debuglink="$stripped.debug" "$names" "$stripped"
counts "static functions of a stripped program" 1000 "uprobe:$stripped:same" "$stripped"
objcopy --strip-all --add-gnu-debuglink="$stripped.debug" "$names" "$stripped"
mkdir "$work/.debug" && mv "$stripped.debug" "$work/.debug/"
counts "with its debug file in .debug" 1000 "uprobe:$stripped:same" "$stripped"
objcopy --only-keep-debug "$build/tests/whose" "$work/.debug/stripped.debug"
refuses "a debug file of another build is not taken" 1 'no such function' trace "uprobe:$stripped:same"

# Names that a stripped program has in itself, compressed.
strip --strip-debug -o "$work/mini" "$names"
python3 -c 'import lzma, sys; sys.stdout.buffer.write(lzma.compress(open(sys.argv[1], "rb").read()))' "$work/mini" >"$work/mini.xz"
embedded=$(cd "$work" && pwd)/embedded
objcopy --strip-all --remove-section .note.gnu.build-id --add-section .gnu_debugdata="$work/mini.xz" "$names" "$embedded"
counts "static functions, named in the program itself" 1000 "uprobe:$embedded:same" "$embedded"
head -c 100 "$work/mini.xz" >"$work/cut.xz"
objcopy --strip-all --remove-section .note.gnu.build-id --add-section .gnu_debugdata="$work/cut.xz" "$names" "$embedded"
refuses "names that are cut off" 1 'no such function' trace "uprobe:$embedded:same"

mkdir "$work/a:b"
cp "$names" "$work/a:b/c:d"
counts "a path with colons" 1000 "uprobe:$work/a:b/c:d:same" "$work/a:b/c:d"
refuses "a path with colons that is none" 1 'no such program or library' trace "uprobe:$work/a:c/c:d:same"

# Return probes where the runtime moves stacks, and where exceptions pass.
for section in .go.buildinfo .note.go.buildid .gopclntab; do
	objcopy --add-section $section="$work/go" "$names" "$work/gopher"
	refuses "a return of a Go program ($section)" 1 'is a Go program.*--force' trace "uretprobe:$work/gopher:same"
	counts "its entry" 1000 "uprobe:$work/gopher:same" "$work/gopher"
done
"$lk" trace --force -d 0.1 "uretprobe:$work/gopher:same" >"$work/out" 2>"$work/err"
check "a return of a Go program, forced" test $? -eq 0
if [ -x "$build/tests/throws" ]; then
	"$lk" trace --json -d 0.1 "uretprobe:$build/tests/throws:middle" >"$work/out" 2>"$work/err"
	says "exceptions are warned of" 'throws exceptions'
	"$lk" trace --json -d 0.1 "uprobe:$build/tests/throws:middle" >"$work/out" 2>"$work/err"
	check "entries are not" test ! -s "$work/err"
else
	skip "exceptions: no C++ compiler"
fi
done_testing
