#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Keys that cannot be, and names that strangers choose: each mistake is told the thing, the reason
# and the next step; no name makes two rows one, or a line two.
. "$(dirname "$0")/../lib.sh"
callers=$build/tests/callers
key_rows=$(dirname "$0")/../key_rows
getppid=tracepoint:syscalls:sys_enter_getppid

refuses "unknown key" 2 '--by com: no such key; did you mean comm\?' trace --by com $getppid
refuses "unknown key among others" 2 '--by cgruop: no such key; did you mean cgroup\?' trace --by comm,cgruop,pid $getppid
refuses "a key like none" 2 '--by xyzzy: no such key; there are comm, pid, tid' trace --by xyzzy $getppid
refuses "a key twice" 2 '--by pid: is there twice; leave one out' trace --by pid,comm,pid $getppid
refuses "a stack twice" 2 '--by kstack: is there twice' trace --by 'kstack,kstack(3)' $getppid
refuses "no keys" 2 '--by : an empty key; write comm,pid' trace --by '' $getppid
refuses "an empty key" 2 'an empty key; write comm,pid' trace --by comm,,pid $getppid
refuses "an empty key in the end" 2 'an empty key' trace --by comm, $getppid
refuses "spaces" 2 '--by  pid: no such key; did you mean pid\?' trace --by 'comm, pid' $getppid
refuses "control characters in a key" 2 '\\x1b\[31m: no such key' trace --by "$(printf '\033[31m')" $getppid
refuses "a long key" 2 'no such key' trace --by "$(printf 'x%.0s' $(seq 5000))" $getppid
refuses "no frames" 2 '--by kstack\(0\): how many frames\? Write kstack\(5\), from 1 to 127' trace --by 'kstack(0)' $getppid
refuses "more frames than are kept" 2 '--by kstack\(128\): how many frames' trace --by 'kstack(128)' $getppid
refuses "no number of frames" 2 '--by ustack\(x: how many frames\? Write ustack\(5\)' trace --by 'ustack(x' $getppid
refuses "frames in words" 2 '--by kstack\(x\): how many frames' trace --by 'kstack(x)' $getppid
refuses "frames without end" 2 '--by kstack\(3: how many frames' trace --by 'kstack(3' $getppid
refuses "empty number" 2 '--by kstack\(\): how many frames' trace --by 'kstack()' $getppid
refuses "frames and more" 2 '--by kstack\(3\)x: how many frames' trace --by 'kstack(3)x' $getppid
refuses "negative frames" 2 '--by kstack\(-1\): how many frames' trace --by 'kstack(-1)' $getppid
refuses "number of another key" 2 '--by pid\(3\): takes no number; write pid' trace --by 'pid(3)' $getppid
refuses "--by twice" 2 '--by: is there twice; write --by comm,pid' trace --by comm --by pid $getppid
refuses "room for none" 2 '--keys 0: not a whole number from 1' trace --by comm --keys 0 $getppid
refuses "room for fewer" 2 '--keys -1: not a whole number from 1' trace --by comm --keys -1 $getppid
refuses "room for words" 2 '--keys many: not a whole number from 1' trace --by comm --keys many $getppid
refuses "room beyond all" 2 '--keys 100000001: not a whole number from 1 to 100000000' trace --by comm --keys 100000001 $getppid
refuses "room for keys of nothing" 2 '--keys: keys of what\? Add --by' trace --keys 10 $getppid
refuses "a function of a system call" 2 '--by func: .*sys_enter_getppid tells of no address; use kstack\(1\) or ustack\(1\)' trace --by func $getppid
refuses "a function of a tracepoint" 2 '--by func: tracepoint:sched:sched_switch tells of no address' trace --by comm,func tracepoint:sched:sched_switch
refuses "a function of a return" 2 '--by func: uretprobe:.*callers_work tells of no address' trace --by func "uretprobe:$callers:callers_work"
refuses "a kernel stack in user space" 2 '--by kstack: uprobe:.* is in user space, where there is no kernel stack; use ustack' trace --by kstack "uprobe:$callers:callers_work"
refuses "a kernel stack of a static probe" 2 '--by kstack: usdt:.* is in user space' trace --by kstack "usdt:$callers:latchkit:work"
refuses "the second probe cannot" 2 '--by kstack: uprobe:' trace --by kstack $getppid "uprobe:$callers:callers_work"
refuses "keys that are swapped" 2 '--by and --control: .*leave one out' trace --by comm --control $getppid
refuses "keys and handlers" 2 '--by and --on-sample: choose one' trace --by comm --on-sample stacks $getppid
refuses "folded without stacks" 2 '--folded: shows stacks: add kstack or ustack to --by' trace --by comm --folded $getppid
refuses "unknown order" 2 '--sort p9: no such key; did you mean p99\?' trace --by comm --sort p9 $getppid

need_bpf
# Names of any bytes: each process has a row of its own, with its name, in every format. In the order of
# names[] in callers.c.
cat >"$work/names.py" <<'P'
names = (b'new\nline', b'\x1b[31mred', b'bad\xff\xfe', b'quo"te', b'semi;colon', b'com,ma', b'back\\slash', b'(other)', b'',
         b'ta\tb', b'[none]', b'a 7', '\u00f6'.encode(), '\u202e'.encode() + b'rtl')


def hexed(byte):
    return '\\x%02x' % byte


def escaped(name, also):
    """As a terminal is shown it: no byte that is not printed, and what is can be told back."""
    text = name.decode('utf-8', 'surrogateescape')
    for character in text:
        if '\udc80' <= character <= '\udcff' or character in '\n\t\x1b\u202e' + also:
            yield from (hexed(byte) for byte in character.encode('utf-8', 'surrogateescape'))
        else:
            yield '\\\\' if character == '\\' else character


import csv, json, sys
file = open(sys.argv[2], encoding='utf-8', newline='\n')
if sys.argv[1] == 'json':
    rows = [json.loads(line) for line in file]
    got = {row['count']: row['key'].get('comm') for row in rows if row['type'] == 'key'}
    wanted = [name.decode('utf-8', 'replace') for name in names]
elif sys.argv[1] == 'csv':
    got = {int(row['count']): row['comm'] for row in csv.DictReader(file, strict=True)}
    wanted = [''.join(escaped(name, '')) for name in names]
else:
    got = {}
    for line in file:
        stack, _, count = line.rstrip('\n').rpartition(' ')
        got[int(count)] = stack.partition(';')[0]
    wanted = [''.join(escaped(name, ';')) for name in names]
for i, name in enumerate(wanted):
    count = 10 * (i + 1)
    if got.get(count) != name:
        sys.exit(f'{names[i]}: {got.get(count)!r} instead of {name!r}')
P
for format in json csv folded; do
	[ $format = folded ] && by=comm,ustack || by=comm
	"$lk" trace --$format -i 600 -o "$work/trace" --by $by $getppid -- "$callers" names >"$work/told" 2>"$work/err"
	check "names of any bytes: $format" python3 "$work/names.py" $format "$work/trace"
done
"$lk" trace --folded --by comm,kstack -i 600 -o "$work/trace" $getppid -- "$callers" names >"$work/told" 2>"$work/err"
check "folded, with stacks of the kernel" python3 "$work/names.py" folded "$work/trace"
"$lk" trace --json --by comm,pid -i 600 $getppid -- "$callers" names 2>"$work/err" | grep '^{' >"$work/trace"
check "JSON lines are JSON: names and pids" test "$("$jsonl" summary torn <"$work/trace")" = 0
"$lk" trace -i 600 --color never -o "$work/trace" --by comm $getppid -- "$callers" names >"$work/told" 2>"$work/err"
check "the table has no control characters" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$work/trace'"

# The record of those without room is no process that is called so, nor the other way round.
timeout 60 "$lk" trace --folded --by comm,kstack -i 600 -o "$work/trace" profile:hz:999 -- "$callers" hot 300 '(other)' 2>"$work/err"
check "a process called (other)" grep -qE '^\\x28other\) [0-9]+$' "$work/trace"
check "which is not that record" sh -c "! grep -q '^(other) ' '$work/trace'"
"$lk" trace --json -i 600 -o "$work/trace" --keys 1 --by comm,tid $getppid -- "$callers" names >"$work/told" 2>"$work/err"
all=$(awk '{ n += 10 * ($2 + 1) } END { print n }' "$work/told")
got=$("$key_rows" json count <"$work/trace" | awk '{ n += $1 } END { print n }')
check "names without room: $got of $all" test "$got" = "$all"
# More than this host has: said with its size, and nothing of it is allocated.
refuses "a hundred million keys" 1 '--keys 100000000: .* take [0-9.]+ GiB, more than half of the [0-9.]+ [MG]iB that are available; ask for fewer' \
	trace --by comm --keys 100000000 $getppid
# A gigabyte of address space is enough to say so.
(ulimit -v 1000000 && "$lk" trace --by comm --keys 100000000 $getppid 2>"$work/err")
check "nothing is allocated for them" grep -q -- '--keys 100000000: records of so many keys take' "$work/err"

# In a cgroup of 64 MB the limit counts, but not what is cached of files there.
limit=memory.max group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/latchkit-test-$$
if ! grep -q memory "${group%/*}/cgroup.subtree_control" 2>/dev/null; then
	limit=memory.limit_in_bytes group=/sys/fs/cgroup/memory/latchkit-test-$$
fi
large=$LATCHKIT_BUILD/tests/keys_input.large # on a disk: what is in a tmpfs is no cache
if [ "$(stat -f -c %T "$LATCHKIT_BUILD/tests")" != tmpfs ] && mkdir "$group" 2>/dev/null && echo 67108864 2>/dev/null >"$group/$limit"; then
	inside() { sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"; }
	inside head -c 100000000 /dev/zero >"$large"
	inside "$lk" trace --by pid --keys 100000 -d 0.01 $getppid >"$work/out" 2>"$work/err"
	check "64 MB: a hundred thousand keys" test $? -eq 1
	check "64 MB: told how much is left" grep -qE -- '--keys 100000: .* take [0-9.]+ [MG]iB, more than half of the [1-6]?[0-9]\.[0-9] MiB that are available' "$work/err"
	check "64 MB, full of a file: the default" inside "$lk" trace --by pid -d 0.01 -o "$work/out" $getppid
	rm "$large"
	eventually rmdir "$group" 2>/dev/null
else
	rmdir "$group" 2>/dev/null
	skip "keys in a cgroup with little memory: none can be made here"
fi
done_testing
