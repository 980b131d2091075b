#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench scratch: that it measures what it says, that claims within each other are refused as
# the number of ways demands, both scenarios' answers, and what it says to bad input. No time is
# asserted.
. "$(dirname "$0")/../lib.sh"

bench() { timeout 200 "$lk" bench scratch "$@" >"$work/out" 2>"$work/err"; }
# value SUBJECT WAYS KEY
value() { grep "\"subject\":\"$1\"" "$work/out" | grep "\"ways\":$2," | sed -n "s/.*\"$3\":\([0-9.]*\).*/\1/p" | head -n 1; }

refuses "unknown subject" 2 'scrach: no such subject; did you mean scratch\?' bench scratch scrach
refuses "no ways" 2 '--ways 0: not a whole number' bench scratch --ways 0
refuses "33 ways" 2 '--ways 33: not a whole number' bench scratch --ways 33
refuses "ways that are not built in" 2 '--ways 3: 1, 2, 4 and 8 are built in' bench scratch --ways 3
refuses "empty list" 2 'an empty list' bench scratch -w ,
refuses "unknown scenario" 2 'no such scenario; did you mean bars' bench scratch --scenario bar
refuses "scenario and ways" 2 'names its subjects and loads itself' bench scratch --scenario bars -w 4
check "the subjects are listed" sh -c "'$lk' bench scratch --list | grep -q '^task_storage  *5.11 '"
check "and the scenarios" sh -c "'$lk' bench scratch --list | grep -q '^bars  *scenario  '"

chmod 755 "$work"
if su nobody -s /bin/sh -c "'$lk' list" >/dev/null 2>"$work/err"; then
	su nobody -s /bin/sh -c "'$lk' bench scratch --rounds 1" >"$work/out" 2>"$work/err"
	code=$?
	check "unprivileged: exit 1" [ $code = 1 ]
	check "unprivileged: why, and what to do" grep -q 'BPF programs need root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: run it as root' "$work/err"
else
	skip "bench scratch unprivileged: $(head -n 1 "$work/err")"
fi

need_bpf
before=$(programs_loaded)
bench --json --rounds 2 --slice 2
check "exit 0: $(head -n 1 "$work/err")" [ -s "$work/out" ]
check "JSON lines" sh -c "'$jsonl' scratch subject <'$work/out' >/dev/null"
for s in $("$lk" bench scratch --list | awk '$2 != "scenario" { print $1 }'); do
	why=$(grep "\"subject\":\"$s\"" "$work/out" | sed -n 's/.*"skipped":"\([^"]*\)".*/\1/p' | head -n 1)
	if [ -n "$why" ]; then
		skip "$s: $why"
	else
		check "$s: $(value $s 4 turns) turns, each with memory" [ "$(value $s 4 failed)" = 0 ]
		check "$s: under each number of ways" [ "$(grep -c "\"subject\":\"$s\".*\"metrics\"" "$work/out")" = 4 ]
	fi
done
# Of claims that are each interrupted by another with probability 1/2, 2^-ways are refused.
for ways in 1 2 4 8; do
	percent=$(echo "$(value scratch $ways refused) $(value scratch $ways claims)" | awk '{ printf "%.2f", 100 * $1 / $2 }')
	want=$(awk -v w=$ways 'BEGIN { printf "%.2f", 100 / 2 ^ w }')
	check "$ways ways: $percent % refused, and $want % are to be" within 25 "$percent" "$want"
done

bench --csv --rounds 1 --slice 1 -w 4
check "CSV rows have as many fields as the header" sh -c "sed 's/\"[^\"]*\"/x/g' '$work/out' | awk -F, 'NR == 1 { n = NF } NF != n { exit 1 }'"
bench --rounds 1 --slice 1 -w 1 scratch plain
check "a table with ratios" grep -q 'ns  *of plain  *of preempt' "$work/out"
check "that says what is measured" grep -q '^== 2048 bytes, 1 way' "$work/out"

bench --scenario bars --rounds 1 --slice 2
check "bars: an answer and a verdict" grep -qE '^  verdict: (met|missed|not seen)' "$work/out"
bench --scenario ways --rounds 2 --slice 2 --json
check "ways: met" grep -q '"type":"answer","scenario":"ways".*"verdict":"met"' "$work/out"
gone() { eventually programs_at_most "$before"; }
check "nothing is left in the kernel" gone
done_testing
