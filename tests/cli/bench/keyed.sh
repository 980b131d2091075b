#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench keyed: that it measures what it says, that the records add up to the updates, that
# what is torn and lost is told, both scenarios' answers, and what it says to bad input. No time is
# asserted.
. "$(dirname "$0")/../lib.sh"

bench() { timeout 200 "$lk" bench keyed "$@" >"$work/out" 2>"$work/err"; }
# value SUBJECT KEY [MORE]: of its first result that has MORE in it.
value() { grep "\"subject\":\"$1\"" "$work/out" | grep -F -- "${3:-}" | sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p" | head -n 1; }
is() { [ "$(value "$1" "$2" "$4")" = "$3" ]; } # is SUBJECT KEY VALUE [MORE]
some() { [ "$(value "$1" "$2" "$3")" -gt 0 ]; }

refuses "unknown subject" 2 'hash_updates: no such subject; did you mean hash_update\?' bench keyed hash_updates
refuses "no keys" 2 '0: not a whole number from 1 to 1000000' bench keyed -k 0
refuses "keys in words" 2 'many: not a whole number' bench keyed -k many
refuses "more keys than there can be" 2 '1000001: not a whole number from 1 to 1000000' bench keyed -k 1000001
refuses "a size that is not built in" 2 '--key-bytes 16: 8 and 32 are built in' bench keyed -b 16
refuses "unknown record" 2 'none of count, latency' bench keyed -r some
refuses "no room" 2 '--room 0: not a whole number' bench keyed --room 0
refuses "empty list" 2 'an empty list' bench keyed -k ,
refuses "more counts than there is room for" 2 'more than 8' bench keyed -k 1,1,1,1,1,1,1,1,1
refuses "more loads than there can be" 2 'more than 64 loads' bench keyed -k 1,2,3,4,5,6,7,8 -t 1,1,1,1,1
refuses "unknown scenario" 2 'no such scenario; did you mean bars' bench keyed --scenario bar
refuses "scenario and keys" 2 'names its subjects and loads itself' bench keyed --scenario bars -k 10
refuses "scenario and room" 2 'names its subjects and loads itself' bench keyed --scenario bars --room 10
check "the subjects are listed" sh -c "'$lk' bench keyed --list | grep -q '^keyed  *mapped '"
check "and the scenarios" sh -c "'$lk' bench keyed --list | grep -q '^bars  *scenario  '"

chmod 755 "$work"
if su nobody -s /bin/sh -c "'$lk' list" >/dev/null 2>"$work/err"; then
	su nobody -s /bin/sh -c "'$lk' bench keyed --rounds 1" >"$work/out" 2>"$work/err"
	code=$?
	check "unprivileged: exit 1" [ $code = 1 ]
	check "unprivileged: why, and what to do" grep -q 'BPF programs need root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: run it as root' "$work/err"
	check "unprivileged: nothing else" [ ! -s "$work/out" ]
else
	skip "bench keyed unprivileged: $(head -n 1 "$work/err")"
fi

need_bpf
before=$(programs_loaded)
subjects=$("$lk" bench keyed --list | awk '$2 != "scenario" { print $1 }')

bench --json --rounds 2 --slice 2 --oversubscribe -k 10,300
check "exit 0: $(head -n 1 "$work/err")" [ -s "$work/out" ]
check "JSON lines" sh -c "'$jsonl' keyed subject <'$work/out' >/dev/null"
check "every subject, number of keys, size and record" \
	[ "$(grep -c '"type":"keyed".*"metrics"' "$work/out")" = $(($(echo "$subjects" | wc -l) * 8)) ]
for s in $subjects; do
	for r in count latency; do
		check "$s, $r: updates: $(value $s updates "\"record\":\"$r\""), read meanwhile" some $s reads "\"record\":\"$r\""
		[ $s = lru_hash ] && continue
		check "$s, $r: no key is lost" is $s keys_lost 0 "\"record\":\"$r\""
		check "$s, $r: nothing is refused, with room for all" is $s refused 0 "\"record\":\"$r\""
		check "$s, $r: the records add up to the updates" is $s lost 0 "\"record\":\"$r\""
	done
done
torn=$(grep '"subject":"keyed"' "$work/out" | grep -c '"torn":0,"gave_up":0,')
check "keyed: nothing is torn, and no reader gives up" [ "$torn" = 8 ]
check "in units of the hash map's" [ "$(grep -c '"subject":"keyed".*"update_of_hash":{.*"read_of_hash":{' "$work/out")" = 8 ]

# Reading in the middle of a record's stores is rare: look until it is seen.
seen_torn() {
	bench --json --rounds 2 --slice 50 --oversubscribe -k 10 -b 8 -r latency hash percpu_hash
	some hash torn && some percpu_hash torn
}
check "maps that are changed in place are seen torn: $(seen_torn; value hash torn) of $(value hash reads)" eventually seen_torn

bench --json --rounds 1 --slice 5 -k 2000 -b 8 -r count --room 200 keyed hash lru_hash
check "more keys than room: keyed refuses" some keyed refused
check "keyed: and tells of each" is keyed lost 0
check "keyed: so many keys are lost as find no room" sh -c "[ $(value keyed keys_lost) -gt 0 ] && [ $(value keyed keys_lost) -lt 2000 ]"
check "hash: keeps 200" is hash keys_lost 1800
check "lru_hash: refuses nothing, and loses updates" sh -c "[ $(value lru_hash refused) = 0 ] && [ $(value lru_hash lost) -gt 0 ]"

bench --json --rounds 1 --slice 5 --oversubscribe -t 2 -k 10 -b 32 -r latency keyed hash percpu_hash
check "two that update at once: keyed loses nothing" is keyed lost 0
check "nor tears" is keyed torn 0

bench --csv --rounds 1 --slice 1 -k 10 -r count
check "CSV rows have as many fields as the header" sh -c "sed 's/\"[^\"]*\"/x/g' '$work/out' | awk -F, 'NR == 1 { n = NF } NF != n { exit 1 } END { exit NR != 13 }'"
bench --rounds 1 --slice 1 -k 10 -b 8 --room 20 keyed hash
check "a table with ratios" grep -q 'update ns .*of hash' "$work/out"
check "that says how much room there is" grep -q '^== 10 keys of 8 bytes, room for 20, a count each, 1 thread updates' "$work/out"

bench --scenario bars --rounds 1 --slice 2
check "bars: an answer and a verdict" grep -qE '^  verdict: (met|missed)$' "$work/out"
check "bars: of keys of both sizes and both records" [ "$(grep -o '1000 keys of [0-9]* bytes, a [a-z]* each: [0-9.]* us (' "$work/out" | sort -u | wc -l)" = 4 ]
bench --scenario room --rounds 1 --slice 2 --json
check "room: confirmed" grep -q '"type":"answer","scenario":"room".*lost silently.*"verdict":"confirmed"' "$work/out"

interrupt_later bench keyed --rounds 10000 --slice 1 -k 10 -b 8 -r count
code=$?
check "^C shows what there is: exit 0" [ $code = 0 ]
check "and says that it is not all" grep -q PARTIAL "$work/out"
gone() { eventually programs_at_most "$before"; }
check "nothing is left in the kernel" gone

# A table that drops updates of some keys must be noticed.
break_it() { # break_it SED
	rm -rf "$work/bpf" && mkdir "$work/bpf" && ln -s "$(realpath "$build")"/bpf/*.bpf.o "$work/bpf/" &&
		sed "$1" bpf/bench/keyed.bpf.c >"$work/keyed.bpf.c" && ! cmp -s "$work/keyed.bpf.c" bpf/bench/keyed.bpf.c &&
		rm "$work/bpf/bench.keyed.bpf.o" &&
		"${CLANG:-clang}" $LATCHKIT_BPF_CFLAGS -c "$work/keyed.bpf.c" -o "$work/bpf/bench.keyed.bpf.o" &&
		"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -Iinclude -iquote user -DBLOB_DIR="\"$work/bpf\"" \
			-c user/object/blobs.c -o "$work/blobs.o" &&
		"${CC:-gcc}" $(echo "$LATCHKIT_OBJECTS" | sed "s|[^ ]*/object/blobs\.o|$work/blobs.o|") $LATCHKIT_LIBS -o "$work/latchkit"
}
if [ -z "${LATCHKIT_OBJECTS:-}" ]; then
	skip "bench keyed: broken copies: make check-built says how to build them"
elif ! break_it 's/return !latch || latch_accumulate(latch, words, apply, ns);/return !latch || ((hash \& 15) \&\& latch_accumulate(latch, words, apply, ns));/' 2>"$work/err"; then
	fail "broken copies: cannot be built: $(head -n 1 "$work/err")"
else
	lk=$work/latchkit
	bench --json --rounds 1 --slice 2 -k 300 -b 8 -r count keyed
	check "an update that is dropped is noticed" some keyed lost
fi
done_testing
