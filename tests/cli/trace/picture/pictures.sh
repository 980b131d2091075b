#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Pictures of a trace: flame graphs whose widths are the folded counts, latencies over time that add up
# to the histogram, names that look like markup; in a browser, clicked and searched; disks that are full.
. "$(dirname "$0")/../../lib.sh"
need_bpf
stacked=$build/tests/stacked
probe=tracepoint:syscalls:sys_enter_getppid
svg=tests/cli/trace/picture/svg.py
flame=$work/flame.svg heat=$work/heat.svg

draw() { # draw OPTION... -- COMMAND...: the picture, and the folded stacks of the same trace
	rm -f "$flame"
	timeout 60 "$lk" trace --folded --flame "$flame" "$@" >"$work/out" 2>"$work/err"
}
fits() { # fits NAME: the picture is that of the folded stacks
	if "$svg" flame "$flame" "$work/out" >"$work/said" 2>&1; then
		pass "$1: $(head -n 1 "$work/said")"
	else
		fail "$1: $(tr '\n' ' ' <"$work/said") $(head -n 1 "$work/err")"
	fi
}
drawn() { grep -qF -- "$1" "$flame"; }

draw --on-sample stacks "$probe" -- "$stacked" many 2000 0
fits "widths are folded counts: 2000 stacks"
check "and it is of events" drawn '>Events by stack<'
check "it needs nothing else" "$svg" alone "$flame"
draw profile:hz:999 -- "$stacked" short 200
fits "samples"
check "with functions of the program" drawn '<title>spin_inner ('
check "and of samples" drawn ' samples, '

status=0
"$svg" browse "$flame" spin_outer >"$work/said" 2>&1 || status=$?
case $status in
0) pass "in a browser: hover, search, zoom, reset" ;;
77) skip "in a browser: $(head -n 1 "$work/said")" ;;
*) fail "in a browser: $(tr '\n' ' ' <"$work/said")" ;;
esac

# What a statement sums is as wide as the sum; time is blue.
draw "$probe {sum(ns) by comm, ustack}" -- "$stacked" mangled 100
fits "sums of time"
check "in ns" drawn ' ns = '
check "as time" drawn '>Time by stack<'
check "blue" python3 -c '
import re, sys
colors = re.findall(r"fill=.#(..)(..)(..).", open(sys.argv[1]).read().split("id=\"frames\"")[1])[1:]
sys.exit(not colors or any(int(red, 16) >= int(blue, 16) for red, _, blue in colors))' "$flame"
draw "$probe {count() by comm, ustack}" -- "$stacked" mangled 100
fits "counts by key"
check "100 of each" grep -q 'shop::price.* 100$' "$work/out"
refuses "a count and a sum have no common width" 2 '--flame: counts and sums' trace --flame "$flame" \
	"$probe {count() by ustack}" 'tracepoint:syscalls:sys_enter_getpid {sum(ns) by ustack}'

# Any bytes as a name; is the XML whole?
for name in '<g>&"' "a'b<!--" ']]>' 'b\377\001' '&lt;;'; do
	draw --on-sample stacks "$probe" -- "$build/tests/named" "$(printf "$name")"
	fits "a task called $name"
done
if command -v xmllint >/dev/null 2>&1; then
	check "XML for another reader" xmllint --noout "$flame"
else
	skip "XML for another reader: no xmllint"
fi

# The table, and the picture beside it.
timeout 60 "$lk" trace --flame "$flame" -F 999 -- "$stacked" short 100 >"$work/out" 2>"$work/err"
check "without a probe it samples" grep -qE '^(profile:hz:999|hardware:cycles)' "$work/out"
check "and nothing else" test "$(grep -c 'sys_enter' "$work/out")" -eq 0
check "the table is there, too" grep -q '^stacks (' "$work/out"
check "and the picture" drawn 'spin_inner'

timeout 60 "$lk" trace --json -i 0.05 --heatmap "$heat" "$probe" 'tracepoint:syscalls:sys_enter_clock_nanosleep' \
	-- sh -c "'$stacked' mangled 100; '$build/tests/target' syscalls 0.3; sleep 0.2" >"$work/out" 2>"$work/err"
check "latencies over time add up to the histograms: $("$jsonl" probe count <"$work/out" | tail -n 1)" "$svg" heat "$heat" "$work/out"
check "they tell ranges and times" grep -qE '<title>[0-9.]+[nu]?s to [0-9.]+[num]?s, [0-9.]+ to [0-9.]+ s: [0-9]+</title>' "$heat"
check "this picture needs nothing else, too" "$svg" alone "$heat"
timeout 60 "$lk" trace --json -i 0.05 --heatmap "$heat" "$probe {hist(pid % 3 - 1)}" -- "$stacked" forks 30 >"$work/out" 2>"$work/err"
check "values below 0 have a row" grep -q '<title>below 0, ' "$heat"
refuses "a heat map of counts" 2 '--heatmap: .*only counted' trace --heatmap "$heat" tracepoint:sched:sched_switch

# Files: told at once what cannot be, whole or as they were.
refuses "no such directory" 1 'cannot write: No such file' trace --flame "$work/none/a.svg" profile:hz:99
refuses "no regular file" 1 'no regular file' trace --flame /dev/null profile:hz:99
check "nothing is left beside" test -z "$(find "$work" -name '*.svg.*')"
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$work/others" && chmod 755 "$work" "$work/others" && chown 65534 "$work/others"
	timeout 60 "$lk" trace --flame "$work/others/a.svg" profile:hz:99 -- true >"$work/out" 2>"$work/err"
	check "in somebody else's directory, as root" test -s "$work/others/a.svg"
fi
cat >"$work/full" <<'END'
mount -t tmpfs -o size=16k none "$1/small" || exit 77
echo before >"$1/small/a.svg"
"$2" trace --flame "$1/small/a.svg" --on-sample stacks tracepoint:syscalls:sys_enter_getppid -- "$3" many 2000 0 >/dev/null 2>"$1/err"
[ $? -eq 1 ] && grep -q 'a.svg: cannot write: No space' "$1/err" && [ "$(cat "$1/small/a.svg")" = before ] &&
	[ "$(ls "$1/small")" = a.svg ]
END
mkdir "$work/small"
if ! unshare -m true 2>/dev/null; then
	skip "a full disk: no mount namespace"
else
	unshare -m sh "$work/full" "$work" "$lk" "$stacked"
	case $? in
	0) pass "a full disk: what was there stays, nothing beside it" ;;
	77) skip "a full disk: no tmpfs" ;;
	*) fail "a full disk: $(head -n 1 "$work/err")" ;;
	esac
fi
done_testing
