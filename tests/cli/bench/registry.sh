#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench registry: that it measures what it says, that lookups find what is there, what an
# object takes of memory, every scenario's answer, what is measured in BPF, and what it says to bad
# input. No time and no rate is asserted.
. "$(dirname "$0")/../lib.sh"

bench() { timeout 200 "$lk" bench registry "$@" >"$work/out" 2>"$work/err"; }
results() { grep -c '"type":"registry",.*"metrics"' "$work/out"; }
# value SUBJECT KEY: of its first result.
value() { sed -n "s/.*\"subject\":\"$1\".*\"$2\":\([0-9.]*\).*/\1/p" "$work/out" | head -n 1; }

refuses "unknown subject" 2 'hardened_mbem: no such subject; did you mean hardened_memb\?' bench registry hardened_mbem
refuses "subject like none" 2 'zzzzzz: no such subject; --list shows them' bench registry zzzzzz
refuses "zero threads" 2 '0: not a whole number from 1 to 63' bench registry -t 0
refuses "no objects" 2 '0: not a whole number from 1 to 10000000' bench registry -n 0
refuses "objects in words" 2 'many: not a whole number' bench registry -n many
refuses "unknown keys" 2 'none of uniform, hot, zipf' bench registry -k some
refuses "more writes than operations" 2 '101: not a whole number from 1 to 100' bench registry -w 101
refuses "empty list" 2 'an empty list' bench registry -t ,
refuses "more counts than there is room for" 2 'more than 8' bench registry -t 1,1,1,1,1,1,1,1,1
refuses "no rounds" 2 '0: not a whole number' bench registry --rounds 0
refuses "two formats" 2 'choose one' bench registry --json --csv
refuses "file that cannot be made" 1 '/no/such/dir/x: cannot write' bench registry -o /no/such/dir/x
refuses "unknown scenario" 2 'no such scenario; did you mean S4.1' bench registry --scenario S4.l
refuses "scenario and subjects" 2 'names its subjects and loads itself' bench registry --scenario S4.1 mutex
refuses "scenario and shrinker" 2 'names its subjects and loads itself' bench registry --scenario S4.1 --shrinker
if [ "$(nproc)" -lt 63 ]; then
	refuses "more threads than CPUs" 2 'CPUs to run them on: ask for fewer, or add --oversubscribe' bench registry -t 63
fi
check "the subjects are listed" sh -c "'$lk' bench registry --list | grep -q '^hardened_qsbr  *pinned '"
check "and the scenarios" sh -c "'$lk' bench registry --list | grep -q '^S4.6  *scenario  '"

subjects=$("$lk" bench registry --list | awk '$2 != "scenario" { print $1 }')
[ "$("$lk" trace -d 0.01 tracepoint:sched:sched_switch >/dev/null 2>&1; echo $?)" = 0 ] ||
	subjects=$(echo "$subjects" | grep -v bpf_map)
bench --json --rounds 2 --slice 3 --oversubscribe -t 1,2 -n 1000 --shrinker $subjects
check "every subject, alone, together and beside a shrinker" [ "$(results)" = $(($(echo "$subjects" | wc -l) * 4)) ]
check "JSON lines" sh -c "'$jsonl' registry subject <'$work/out' >/dev/null"
for s in $subjects; do
	check "$s: lookups: $(value "$s" lookups), of them $(value "$s" misses) misses without a shrinker" \
		sh -c "[ $(value "$s" lookups) -ge 1 ] && [ $(value "$s" misses) = 0 ]"
	[ "$s" = bpf_map ] && continue
	bytes=$(value "$s" bytes_per_object)
	check "$s: $bytes bytes an object of 64" sh -c "awk -v b='$bytes' 'BEGIN { exit !(b > 80 && b < 400) }'"
done
check "the registry takes at most 2 x payload + 64 bytes" \
	sh -c "awk -v b='$(value hardened_memb bytes_per_object)' 'BEGIN { exit !(b <= 192) }'"
check "shrinkers shed" [ "$(sed -n 's/.*"subject":"hardened_memb".*"shrinker":true.*"sheds":\([0-9]*\).*/\1/p' "$work/out" | head -n 1)" -gt 0 ]

bench --json --rounds 2 --slice 3 -t 1 -n 1000 -w 50 -k zipf hardened_qsbr posted_memb lfht_qsbr
check "writes: $(value hardened_qsbr replaces) replaced" [ "$(value hardened_qsbr replaces)" -gt 100 ]
bench --rounds 2 --slice 3 --oversubscribe -t 2 -n 1000 -w 10 posted_memb hardened_memb
check "the published one is not let break" grep -q 'posted_memb .*skipped: two that delete at once break it' "$work/out"
check "a table with ratios" grep -q 'of lfht_m' "$work/out"
bench --csv --rounds 1 --slice 2 --oversubscribe -t 1,2 -n 1000 hardened_memb ck_ht mutex
check "CSV rows have as many fields as the header" sh -c "sed 's/\"[^\"]*\"/x/g' '$work/out' | awk -F, 'NR == 1 { n = NF } NF != n { exit 1 } END { exit NR != 7 }'"

# The others need a million objects of each subject: LATCHKIT_SCENARIOS="S4.1 S4.5 S4.6 bars".
for s in S4.2 S4.4 $LATCHKIT_SCENARIOS; do
	bench --scenario $s --rounds 2 --oversubscribe
	code=$?
	verdict=$(sed -n 's/^  verdict: //p' "$work/out")
	case "$code $verdict" in
	"0 confirmed"* | "0 refuted"* | "0 depends on"* | "0 met" | "0 missed") pass "$s: an answer and a verdict" ;;
	*) fail "$s: exit $code, $verdict: $(head -n 1 "$work/err")" ;;
	esac
	[ $s != bars ] || check "bars: the locks are judged at both sizes" \
		grep -qE "best lock's lookups [0-9.e+]+ times among 10000 \((met|MISSED)\), [0-9.e+]+ times among 100000 \(" "$work/out"
done
# Without a trap flag, the check that needs one is skipped.
bench --scenario S4.3 --json
check "S4.3: exit 0" [ $? = 0 ]
check "an answer as JSON" sh -c "grep -q '\"type\":\"answer\",\"scenario\":\"S4.3\".*\"verdict\":\"refuted: [56] of 6 checks fail; hardened: 0\"' '$work/out'"

interrupt_later bench registry --rounds 10000 -n 1000 -t 1 mutex hardened_memb
code=$?
check "^C shows what there is: exit 0" [ $code = 0 ]
check "and says that it is not all" grep -q 'PARTIAL' "$work/out"

# In BPF. Without privileges it says why not, and what to do.
chmod 755 "$work"
if su nobody -s /bin/sh -c "'$lk' list" >/dev/null 2>"$work/err"; then
	su nobody -s /bin/sh -c "'$lk' bench registry --scenario bpf --rounds 1" >"$work/out" 2>"$work/err"
	code=$?
	check "unprivileged: exit 1" [ $code = 1 ]
	check "unprivileged: why, and what to do" grep -q 'Operation not permitted: BPF programs need root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: run it as root' "$work/err"
	check "unprivileged: nothing else" [ ! -s "$work/out" ]
else
	skip "bench registry unprivileged: $(head -n 1 "$work/err")"
fi

need_bpf
before=$(programs_loaded)
bench --json --rounds 2 --slice 2 --scenario bpf
code=$?
in_bpf() { grep "\"type\":\"registry_bpf\",\"subject\":\"$1\",\"operation\":\"$2\"" "$work/out"; }
# failed_at_most PERCENT SUBJECT OPERATION
failed_at_most() {
	in_bpf "$2" "$3" | sed 's/.*"operations":\([0-9]*\),"failed":\([0-9]*\),.*/\1 \2/' |
		awk -v percent="$1" '100 * $2 > percent * $1 { bad = 1 } END { exit bad || NR != 2 }'
}
check "BPF: exit 0" [ $code = 0 ]
check "BPF: JSON lines" sh -c "'$jsonl' registry_bpf subject <'$work/out' >/dev/null"
check "BPF: every operation, among 1000 and 100000 objects" [ "$(grep -c '"type":"registry_bpf"' "$work/out")" = 20 ]
for what in lookup replace; do
	for s in hash hash_alloc hash_copy hash_locked array kptr; do
		[ $what = replace ] && [ "${s#hash_[cl]}" != $s ] && continue
		if [ $s = kptr ] && in_bpf kptr $what | grep -qE '"skipped":"(programs of this kernel cannot allocate|.*is not allowed)'; then
			skip "bench registry in BPF: $what, kptr: $(in_bpf kptr $what | sed -n '1s/.*"skipped":"\([^"]*\)".*/\1/p')"
			continue
		fi
		check "BPF: $what, $s: measured, beside a plain lookup" \
			[ "$(in_bpf $s $what | grep -c '"operations":[1-9].*"ns":{"median":.*"values":\[.*"of_hash_lookup":{')" = 2 ]
		# What the kernel allocates it may refuse for a moment; the next operation finds nothing.
		case $s in hash_alloc | kptr) some=10 ;; *) some=0 ;; esac
		check "BPF: $what, $s: operations do what they should" failed_at_most $some $s $what
	done
done
check "BPF: an answer" grep -q '"type":"answer","scenario":"bpf".*Among 100000 objects to delete.*"verdict":"measured"' "$work/out"
bench --csv --rounds 1 --slice 1 --scenario bpf
check "BPF: CSV rows have as many fields as the header" sh -c "sed 's/\"[^\"]*\"/x/g' '$work/out' | awk -F, 'NR == 1 { n = NF } NF != n { exit 1 } END { exit NR < 11 }'"
interrupt_later bench registry --rounds 10000 --slice 1 --scenario bpf
if [ -s "$work/out" ]; then
	check "BPF: ^C shows what there is" grep -q '^kptr  *replace  *[0-9s]' "$work/out"
	check "BPF: and says that it is not all" grep -q PARTIAL "$work/out"
else
	skip "bench registry in BPF: ^C: no round was through after 32 s: $(head -n 1 "$work/err")"
fi
check "BPF: nothing is left in the kernel" [ "$(programs_loaded)" -le "$before" ]

# A registry that finds the wrong object, and one that loses what is replaced, must be noticed.
break_one() { # break_one KIND SED
	sed "$2" "bpf/bench/registry_$1.bpf.c" >"$work/registry_$1.bpf.c" &&
		! cmp -s "$work/registry_$1.bpf.c" "bpf/bench/registry_$1.bpf.c" &&
		rm "$work/bpf/bench.registry_$1.bpf.o" &&
		"${CLANG:-clang}" $LATCHKIT_BPF_CFLAGS -c "$work/registry_$1.bpf.c" \
			-o "$work/bpf/bench.registry_$1.bpf.o"
}
break_both() {
	mkdir "$work/bpf" && ln -s "$(realpath "$build")"/bpf/*.bpf.o "$work/bpf/" &&
		break_one array 's/registry_array_lookup(id)/registry_array_lookup(id ^ 1)/' &&
		break_one kptr 's/return insert(id) || err;/return err;/' &&
		"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -Iinclude -iquote user -DBLOB_DIR="\"$work/bpf\"" \
			-c user/object/blobs.c -o "$work/blobs.o" &&
		"${CC:-gcc}" $(echo "$LATCHKIT_OBJECTS" | sed "s|[^ ]*/object/blobs\.o|$work/blobs.o|") $LATCHKIT_LIBS -o "$work/latchkit"
}
if [ -z "${LATCHKIT_OBJECTS:-}" ]; then
	skip "bench registry in BPF: broken copies: make check-built says how to build them"
elif ! break_both 2>"$work/err"; then
	fail "BPF: broken copies: cannot be built: $(head -n 1 "$work/err")"
else
	lk=$work/latchkit
	bench --json --rounds 1 --slice 1 --scenario bpf
	check "BPF: a wrong object is noticed" [ "$(in_bpf array lookup | grep -c '"failed":[1-9]')" = 2 ]
	if in_bpf kptr replace | grep -q skipped; then
		skip "bench registry in BPF: a lost object: kptr is not measured here"
	else
		failed_at_most 10 kptr replace
		check "BPF: a lost object is noticed" [ $? != 0 ]
	fi
fi
done_testing
