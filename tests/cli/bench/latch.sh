#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench latch: that it measures what it says, tells equal from unequal, keeps its word on
# soundness, and what it says to bad input. No time and no rate is asserted.
. "$(dirname "$0")/../lib.sh"

bench() { timeout 120 "$lk" bench latch "$@" >"$work/out" 2>"$work/err"; }
results() { grep -c '"metrics"' "$work/out"; }
latches() { grep '"metrics"' "$work/out" | grep -c '"kind":"latch"'; }
none_torn() { grep '"metrics"' "$work/out" && ! grep '"metrics".*' "$work/out" | grep '"sound":true' | grep -qv '"torn":0,'; } >/dev/null
# All latches are there, wrote something, and none that is sound was read torn.
all_write() { none_torn && [ "$(latches)" -eq $(($("$lk" list | wc -l) - 1)) ] && ! grep -q '"writes_per_s":{"median":0,' "$work/out"; }
# Of each result line: field N "NAME": its value.
value() { sed -n "s/.*\"subject\":\"$1\".*\"$2\":\([0-9.e+-]*\).*/\1/p" "$work/out" | head -n 1; }

refuses "bench alone" 2 'Usage: latchkit bench' bench
refuses "unknown benchmark" 2 'lathc: no such command; did you mean latch\?' bench lathc
refuses "unknown subject" 2 'rign: no such subject; did you mean ring\?' bench latch rign
refuses "payload that is no multiple of 8" 2 '12: not a multiple of 8' bench latch -b 12
refuses "payload that is not built in" 2 '24: only powers of two' bench latch -b 24
refuses "payload that is too large" 2 '4096: not a whole number from 1 to 1024' bench latch -b 4096
refuses "payload of zero" 2 '0: not a whole number' bench latch -b 0
refuses "empty list" 2 'an empty list' bench latch -b ,
refuses "unknown workload" 2 'neither publish nor accumulate' bench latch -w read
refuses "zero threads" 2 '0: not a whole number' bench latch -W user:0
refuses "threads nowhere" 2 'none of user, bpf, raw_tp, kprobe, nmi' bench latch -W cpu:1
refuses "writers by system call" 2 'none of user, bpf, raw_tp, kprobe, nmi' bench latch -W syscall:1
refuses "readers by kprobe" 2 'none of mmap, syscall, bpf' bench latch -R kprobe:1
refuses "threads without a number" 2 'write user:N, bpf:N, ... or none' bench latch -W user
refuses "more threads than CPUs" 2 'CPUs to run them on: ask for fewer, or add --oversubscribe' bench latch -W user:200
refuses "rate of zero" 2 'neither max nor 1 to 1e9' bench latch -r 0
refuses "rate in words" 2 'neither max nor' bench latch -r fast
refuses "no rounds" 2 '0: not a whole number' bench latch --rounds 0
refuses "two formats" 2 'choose one' bench latch --json --csv
refuses "file that cannot be made" 1 '/no/such/dir/x: cannot write' bench latch -o /no/such/dir/x

check "the subjects are listed" sh -c "'$lk' bench latch --list | grep -q '^ring_64  *latch  *sound'"
for v in $("$lk" list | awk 'NR > 1 { print $1 }'); do
	check "$v is a subject" sh -c "'$lk' bench latch --list | grep -q '^$v '"
done

if [ "$(nproc)" -lt 2 ]; then
	skip "bench latch: readers and writers need two CPUs"
	done_testing
	exit
fi

# All subjects, both workloads, the smallest and the largest record: threads alone.
bench --json --rounds 3 --slice 4 -W user:1 -b 8,64,1024
check "every subject is measured under every load" test "$(results)" -eq $((6 * $("$lk" bench latch --list | awk '$2 != "scenario" && !/^map_|_slowed / { n++ } END { print n }')))
check "nothing sound is torn" none_torn
check "every read was judged" sh -c "! grep -q '\"checked\":0,' '$work/out'"
check "the environment is told" grep -q '"type":"environment","schema":1.*"commit":".*"kernel":".*"cpu":"' "$work/out"
check "there is a ranking by reads" grep -q '"type":"ranking","metric":"reads_per_s"' "$work/out"
bench --json --rounds 5 --slice 20 -W user:1 -w publish -b 1024 raw memcpy
check "raw is seen torn" test "$(value raw torn)" -gt 0
check "memcpy is seen torn" test "$(value memcpy torn)" -gt 0
bench --json --rounds 2 --slice 5 --oversubscribe -W user:3 -R mmap:2 -w accumulate
check "more threads than CPUs: nothing sound is torn" none_torn
bench --json --rounds 2 --slice 50 -W user:1 -R none -w publish -r 10000 ring
check "a writer keeps its pace, or is late" test "$(sed -n 's/.*"writes_per_s":{"median":\([0-9]*\).*/\1/p' "$work/out")" -le 10500
if "$lk" doctor --json | tr '{' '\n' | grep '"key":"pmu"' | grep -q '"state":"yes"'; then
	check "cycles are counted" grep -q '"write_counters":{"cycles":' "$work/out"
else
	bench --rounds 1 --slice 2 -W user:1 -w publish ring
	check "without a PMU it says so" grep -q 'no PMU: cycles and cache misses are not counted' "$work/out"
fi
bench --csv --rounds 1 --slice 2 -W user:1 ring
check "CSV rows have as many fields as the header" sh -c "sed 's/\"[^\"]*\"/x/g' '$work/out' | awk -F, 'NR == 1 { n = NF } NF != n { exit 1 }'"

# A clock that jumps by 50 ms must be refused.
cat >"$work/clock.c" <<'C'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *t)
{
	int r = (int)syscall(SYS_clock_gettime, id, t);

	t->tv_nsec -= t->tv_nsec % 50000000;
	return r;
}
C
gcc -shared -fPIC -o "$work/clock.so" "$work/clock.c"
LD_PRELOAD="$work/clock.so" timeout 60 "$lk" bench latch --rounds 1 --slice 2 -W user:1 ring >"$work/out" 2>"$work/err"
check "a broken clock is refused" test $? -eq 1
check "and why is told" grep -q 'this clock cannot be trusted' "$work/err"

# What is counted in the machine code, against what is known of two designs (x86).
if [ "$(uname -m)" = x86_64 ] && command -v objdump >/dev/null; then
	bench --json --rounds 1 --slice 2 -W user:1 -R none -w publish raw mpmc_cell mpmc_cell_posted
	check "raw locks nothing" grep -q '"subject":"raw".*"locked_instructions":{"count":0,"in_loops":0}' "$work/out"
	check "mpmc_cell locks once, in no loop" grep -q '"subject":"mpmc_cell".*"locked_instructions":{"count":1,"in_loops":0}' "$work/out"
	check "mpmc_cell_posted locks twice, once in a loop" grep -q '"subject":"mpmc_cell_posted".*"locked_instructions":{"count":2,"in_loops":1}' "$work/out"
else
	skip "bench latch: locked instructions are counted on x86 with objdump only"
fi

# Plots are drawn if gnuplot is there, else the package is named.
timeout 100 "$lk" bench latch --rounds 2 --slice 2 -w publish -W user:1 -b 8,64 ring --plot "$work/plots" >"$work/out" 2>"$work/err"
if command -v gnuplot >/dev/null; then
	check "plots are drawn" test -s "$work/plots/read-by-payload-publish-user1-mmap1.svg"
else
	check "without gnuplot its package is named" grep -q gnuplot-nox "$work/err"
fi

# ^C: what there is, marked so.
interrupt_later bench latch --rounds 10000 --slice 5 -W user:1 ring mpmc_cell --json
check "^C shows what there is" test "$(results)" -eq 4
check "and says that it is partial" grep -q '"partial":true' "$work/out"

# Scenarios: each that comes with the tool answers, a file is one too, mistakes are told.
refuses "unknown scenario" 2 'no such scenario; did you mean S2.1' bench latch --scenario S2.l
refuses "scenario and subjects" 2 'names its subjects itself' bench latch --scenario S2.1 ring
printf 'subjects ring rign\n' >"$work/bad"
refuses "scenario with an unknown subject" 1 'rign: no such subject' bench latch --scenario "$work/bad"
printf 'subject ring\n' >"$work/bad"
refuses "scenario with an unknown line" 1 'subject: not a line of a scenario' bench latch --scenario "$work/bad"
printf 'subjects ring\n' >"$work/bad"
refuses "scenario without loads" 1 'nothing to measure' bench latch --scenario "$work/bad"
printf 'question Which?\nsubjects ring raw bank\noptions -W user:1 -w publish\ncompare reads_per_s ring raw\nbest reads_per_s\n' >"$work/good"
bench --rounds 5 --slice 2 --scenario "$work/good"
check "a scenario from a file is answered" grep -qE '^  ring has [0-9.]+x the reads_per_s of raw \(' "$work/out"
check "and says who is best" grep -qE '^  most reads_per_s: (ring|bank) \([0-9.e+]+ M, [0-9]+ bytes\)' "$work/out"
for s in $("$lk" bench latch --list | awk '$2 == "scenario" { print $1 }'); do
	bench --rounds 1 --slice 1 --scenario "$s"
	check "$s is answered" grep -qE '^  [a-z_]+(:| has) ' "$work/out"
done

# Honest: 20 runs of a latch against itself and against itself made a fifth slower. Runs that it
# calls noisy itself prove nothing about the slower one; they are repeated, 60 in all at most.
same=0 slower=0 quiet=0 runs=0
while [ "$quiet" -lt 20 ] && [ "$runs" -lt 60 ]; do
	bench --json --slice 5 -w publish -W user:1 -R none mpmc_cell mpmc_cell_slowed mpmc_cell
	order=$(grep '"type":"ranking"' "$work/out" | sed 's/.*"order"://')
	runs=$((runs + 1))
	[ "$(echo "$order" | tr '{' '\n' | grep '"mpmc_cell"' | grep -c '"lead":1')" -eq 0 ] && same=$((same + 1))
	grep -q '"noisy":true' "$work/out" && continue
	quiet=$((quiet + 1))
	case $order in
	*'{"subject":"mpmc_cell_slowed","lead":1.'*) slower=$((slower + 1)) ;;
	esac
done
check "against itself: no difference in $same of $runs runs" test "$((same * 20))" -ge "$((runs * 19))"
if [ "$quiet" -eq 20 ]; then
	check "against itself made slower: behind in $slower of 20 quiet runs" test "$slower" -ge 19
else
	skip "bench latch made slower: only $quiet of $runs runs were quiet, $slower of them told it apart"
fi

# As a user without privileges: threads are measured, BPF is skipped with the reason.
chmod 755 "$work"
if su nobody -s /bin/sh -c "'$lk' bench latch --rounds 1 --slice 2 ring" >"$work/out" 2>"$work/err"; then
	check "unprivileged: threads are measured" grep -q '^ring .* 0 of' "$work/out"
	check "unprivileged: BPF is skipped, and why" grep -q 'ring  *skipped: .*BPF programs need root' "$work/out"
else
	skip "bench latch unprivileged: $(head -n 1 "$work/err")"
fi

need_bpf
for readers in mmap:1 syscall:1 bpf:1; do
	bench --json --rounds 3 --slice 10 -W bpf:1 -R $readers -b 8,64,256,1024
	check "BPF writes, $readers reads: all variants, sizes and workloads" test "$(latches)" -eq $((8 * $("$lk" list | wc -l) - 8))
	check "BPF writes, $readers reads: nothing sound is torn" none_torn
done
bench --json --rounds 5 --slice 20 -W bpf:1 -R mmap:1 -w publish -b 1024 raw
check "BPF writes: raw is seen torn" test "$(value raw torn)" -gt 0
if [ "$(uname -m)" = x86_64 ]; then
	bench --json --rounds 3 --slice 20 -W nmi:1 -w publish
	check "NMIs write: all variants, nothing sound is torn" all_write
	bench --json --rounds 2 --slice 5 -W bpf:1 -R none -w publish mpmc_cell mpmc_cell_posted
	check "in BPF too: mpmc_cell locks once" grep -q '"subject":"mpmc_cell".*"locked_instructions":{"count":1,"in_loops":0}' "$work/out"
	check "in BPF too: mpmc_cell_posted once in a loop" grep -q '"subject":"mpmc_cell_posted".*"locked_instructions":{"count":2,"in_loops":1}' "$work/out"
else
	skip "bench latch: watchpoints are no NMIs on this machine"
fi
bench --json --rounds 2 --slice 10 -W raw_tp:1 -w publish
check "a raw tracepoint writes: all variants, nothing sound is torn" all_write
bench --rounds 1 --slice 2 -W kprobe:1 raw
check "kprobes write, or it says why not" grep -qE '^raw .* (0|[1-9][0-9]*) of|raw  *skipped: kprobe: cannot attach' "$work/out"
bench --rounds 1 --slice 5 -W bpf:1 -w publish map_res_spin_lock map_spin_lock
check "bpf_spin_lock is measured" grep -qE '^map_spin_lock .* 0 of [1-9]' "$work/out"
check "bpf_res_spin_lock is measured, or it says why not" grep -qE '^map_res_spin_lock .* 0 of [1-9]|^map_res_spin_lock  *skipped: the kernel refuses' "$work/out"
bench --rounds 1 --slice 2 -W bpf:1 -b 16 raw
check "BPF has not every size, and says which" grep -q 'raw  *skipped: no BPF program for 16 bytes: 8, 64' "$work/out"
done_testing
