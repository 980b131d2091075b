#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench dispatch: that it measures what it says, that handlers which are kept are never late
# and those of the published designs are seen to be, that swaps in BPF are exact, and what it says to
# bad input. No time and no rate is asserted.
. "$(dirname "$0")/../lib.sh"

bench() { timeout 200 "$lk" bench dispatch "$@" >"$work/out" 2>"$work/err"; }
results() { grep -c '"type":"dispatch",.*"metrics"' "$work/out"; }
# value SUBJECT KEY: of its result with a swapper.
value() { sed -n "s/.*\"subject\":\"$1\".*\"swapper\":true.*\"$2\":\([0-9]*\).*/\1/p" "$work/out" | head -n 1; }
# way WAY KEY: of its result in BPF.
way() { sed -n "s/.*\"way\":\"$1\".*\"$2\":\([0-9-]*\).*/\1/p" "$work/out" | head -n 1; }
all_json() { "$jsonl" dispatch subject <"$work/out" >"$work/json" 2>&1; }

refuses "unknown benchmark" 2 'dispach: no such command; did you mean dispatch\?' bench dispach
refuses "unknown subject" 2 'slot_qsrb: no such subject; did you mean slot_qsbr\?' bench dispatch slot_qsrb
refuses "subject like none" 2 'zzzzzz: no such subject; --list shows them' bench dispatch zzzzzz
refuses "zero threads" 2 '0: not a whole number from 1 to 63' bench dispatch -t 0
refuses "threads in words" 2 'two: not a whole number' bench dispatch -t two
refuses "too many threads" 2 '64: not a whole number from 1 to 63' bench dispatch -t 64
refuses "empty list" 2 'an empty list' bench dispatch -t ,
refuses "more counts than there is room for" 2 'more than 16' bench dispatch -t 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
refuses "no rounds" 2 '0: not a whole number' bench dispatch --rounds 0
refuses "no slice" 2 '0: not a whole number' bench dispatch --slice 0
refuses "two formats" 2 'choose one' bench dispatch --json --csv
refuses "file that cannot be made" 1 '/no/such/dir/x: cannot write' bench dispatch -o /no/such/dir/x
refuses "unknown scenario" 2 'no such scenario; did you mean S0.1' bench dispatch --scenario S0.l
refuses "scenario and subjects" 2 'names its subjects and threads itself' bench dispatch --scenario S0.1 direct
refuses "scenario and threads" 2 'names its subjects and threads itself' bench dispatch --scenario S0.1 -t 1
if [ "$(nproc)" -lt 63 ]; then
	refuses "more threads than CPUs" 2 'CPUs to run them on: ask for fewer, or add --oversubscribe' bench dispatch -t 63
	refuses "a swapper needs a CPU, too" 2 'CPUs to run them on' bench dispatch -t "$(nproc)" --swapper
fi

check "the subjects are listed" sh -c "'$lk' bench dispatch --list | grep -q '^slot_qsbr  *kept '"
check "and the scenarios" sh -c "'$lk' bench dispatch --list | grep -q '^S1.6  *scenario  '"
names=$("$lk" bench dispatch --list | awk '$2 != "scenario" { print $1 }')

if [ "$(nproc)" -lt 2 ]; then
	skip "bench dispatch: callers and a swapper need two CPUs"
	done_testing
	exit
fi

# All subjects, in user space.
bench --json --rounds 2 --slice 4 --no-bpf --swapper -t 1
count=$(echo "$names" | wc -l)
check "every line is JSON" all_json
check "every subject is measured, those that can be under a swapper" test "$(results)" -eq $((2 * count - 2 - $(grep -c 'cannot be prepared here' "$work/out")))
check "what is fixed is not swapped" test "$(grep -c '"kind":"fixed".*"skipped":"cannot be swapped"' "$work/out")" -eq 2
check "the environment is told" grep -q '"type":"environment","schema":1.*"commit":".*"kernel":".*"cpu":"' "$work/out"
check "the ratio to an indirect call is told" grep -q '"subject":"slot_posted".*"of_indirect":{"median":' "$work/out"
check "percentiles are told up to p99.99" grep -q '"call_latency_ns":{"p50":.*"p99_99":.*"max":' "$work/out"
check "the time until a swap is seen is told" grep -q '"subject":"slot_qsbr".*"swapper":true.*"visible_ns":{"median":' "$work/out"
check "what is kept is never late" sh -c "! grep '\"kind\":\"kept\"' '$work/out' | grep '\"metrics\"' | grep -qv '\"late\":0,'"
check "nor mixed" sh -c "! grep '\"kind\":\"kept\"' '$work/out' | grep '\"metrics\"' | grep -qv '\"mixed\":0,'"
check "nor without a handler" sh -c "! grep '\"kind\":\"kept\"' '$work/out' | grep '\"metrics\"' | grep -qv '\"unhandled\":0,'"
check "a selector is never mixed" test "$(value switch mixed)" -eq 0
bench --json --rounds 10 --slice 50 --swapper -t 1 slot_posted table_posted_same slot_qsbr slot_memb
check "the posted slot is seen late" test "$(value slot_posted late)" -gt 0
check "and mixed" test "$(value slot_posted mixed)" -gt 0
check "the posted table is seen late" test "$(value table_posted_same late)" -gt 0
check "the hardened slot is not (qsbr)" test "$(value slot_qsbr late)$(value slot_qsbr mixed)" = 00
check "the hardened slot is not (memb)" test "$(value slot_memb late)$(value slot_memb mixed)" = 00
check "it was swapped meanwhile" test "$(value slot_qsbr swaps)" -gt 0
check "named subjects are of user space" sh -c "! grep -q dispatch_bpf '$work/out'"
bench --json --rounds 2 --slice 5 --oversubscribe --swapper -t 3 slot_qsbr slot_memb table_qsbr_packed table_memb_padded
check "more threads than CPUs: nothing is late" test "$(grep -c '"mixed":0,"late":0,"unhandled":0' "$work/out")" -eq 8
bench --csv --rounds 1 --slice 2 --no-bpf -t 1
check "CSV rows have as many fields as the header" sh -c "sed 's/\"[^\"]*\"/x/g' '$work/out' | awk -F, 'NR == 1 { n = NF } NF != n { exit 1 } END { exit NR < 20 }'"
bench --rounds 1 --slice 2 -t 1 -o "$work/file" slot_posted
check "a file is written" grep -q '^slot_posted ' "$work/file"
sh -c "trap '' XFSZ; ulimit -f 0; exec '$lk' bench dispatch --rounds 1 --slice 2 -t 1 -o '$work/none' slot_posted" 2>&1 | cat >"$work/out"
check "a file that cannot be written: says so" grep -q 'none: cannot write: File too large' "$work/out"
check "a file that cannot be written: is not there" test ! -e "$work/none"
refuses "a device that is full" 1 '/dev/full: cannot write: No space' bench dispatch --rounds 1 --slice 2 -t 1 -o /dev/full slot_posted

# ^C: what there is, marked so.
interrupt_later bench dispatch --rounds 10000 --slice 2 --no-bpf -t 1 slot_posted indirect --json
check "^C shows what there is" test "$(results)" -eq 2
check "and says that it is partial" grep -q '"partial":true' "$work/out"

# Each claim is answered, with a verdict; what no run can answer is left to the proofs.
for s in $("$lk" bench dispatch --list | awk '$2 == "scenario" && $1 != "bars" { print $1 }'); do
	bench --rounds 3 --slice 3 --scenario "$s"
	check "$s is answered" grep -qE '^  verdict: (confirmed|refuted|depends on|not seen|not told|not measured|left to)' "$work/out"
done
bench --rounds 3 --slice 3 --scenario S1.6 --json
check "an answer is JSON, too" grep -q '"type":"answer","scenario":"S1.6".*"verdict":"depends on the variant' "$work/out"
bench --rounds 1 --slice 1 --scenario S1.3
if [ "$(uname -m)" = x86_64 ] && command -v objdump >/dev/null; then
	check "registering is one locked instruction" grep -q 'published table: 1 locked instruction, 0 in a loop' "$work/out"
else
	skip "bench dispatch: locked instructions are counted on x86 with objdump only"
fi

# As a user without privileges: threads are measured, BPF is skipped with the reason.
chmod 755 "$work"
if su nobody -s /bin/sh -c "'$lk' bench dispatch --rounds 1 --slice 2 -t 1" >"$work/out" 2>"$work/err"; then
	check "unprivileged: threads are measured" grep -q '^slot_qsbr .*kept ' "$work/out"
	check "unprivileged: BPF is skipped, and why" grep -q 'bpf_switch  *skipped: .*BPF programs need root' "$work/out"
else
	skip "bench dispatch unprivileged: $(head -n 1 "$work/err")"
fi

need_bpf
ours() { "$(command -v bpftool || echo /usr/sbin/bpftool)" prog show 2>/dev/null | grep -cE ' name (time_tail|event_tail|event_link|event_split)'; }
before=$(ours)
bench --json --rounds 2 --slice 2 --scenario bars
check "BPF: every line is JSON" all_json
check "the bars are judged" grep -qE '"scenario":"bars".*"verdict":"(met|missed)' "$work/out"
for w in bpf_inlined bpf_call bpf_switch bpf_tail_constant bpf_tail_variable; do
	check "BPF: $w is timed" grep -q "\"way\":\"$w\",\"dispatch_ns\":{\"median\":" "$work/out"
done
for w in bpf_switch bpf_switch_kept bpf_tail_constant bpf_tail_kept bpf_tail_variable bpf_link; do
	if grep -q "\"way\":\"$w\",\"skipped\"" "$work/out"; then
		skip "bench dispatch: $w: $(sed -n "s/.*\"way\":\"$w\",\"skipped\":\"\([^\"]*\)\".*/\1/p" "$work/out")"
		continue
	fi
	check "BPF: $w: a million events" test "$(way $w events)" -ge 1000000
	check "BPF: $w: as many handled" test "$(way $w handled)" -eq "$(way $w events)"
	check "BPF: $w: none missed, none mixed" test "$(way $w missed)$(way $w mixed)" = 00
	check "BPF: $w: swapped meanwhile" test "$(way $w swaps)" -ge 20
done
check "BPF: a swap that waits leaves none late" test "$(way bpf_switch_kept late)$(way bpf_tail_kept late)" = 00
check "BPF: delete, then update is seen to miss" test "$(way bpf_tail_deleted missed)" -gt 0
check "BPF: a selector of two words is seen to mix" test "$(way bpf_switch_split mixed)" -gt 0
check "BPF: a raw tracepoint's link: it says why not" grep -q '"way":"bpf_link_raw_tp","skipped":"' "$work/out"
check "no program is left" test "$(ours)" -le "$before"
done_testing
