#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit bench compare and plot, on files of made-up results: verdicts that are known beforehand,
# every file that cannot be used, and the plots.
. "$(dirname "$0")/../lib.sh"

# environment [KEY VALUE]: the first line, with one of its texts replaced.
environment() {
	line='{"type":"environment","schema":1,"latchkit":"0.1.0","commit":"a","compiler":"gcc","kernel":"1.0","machine":"none","cpu":"made up","cpus":2,"smt":false,"options":"bench latch","partial":false}'
	echo "$line" | sed "s/\"${1:-none}\":\"[^\"]*\"/\"${1:-none}\":\"${2:-}\"/"
}

# results FACTOR: a sweep over rates, one over payloads, one over slots; every time times FACTOR,
# every number a second by it, as many retries.
results() {
	awk -v factor="$1" '
	function series(name, value,  i, v, list) {
		for (i = 0; i < 10; i++) {
			v = value * (0.99 + i * 0.002)
			list = list (i ? "," : "") v
		}
		return sprintf("\"%s\":{\"median\":%g,\"low\":%g,\"high\":%g,\"mad\":%g,\"values\":[%s]}",
			name, value, value * 0.992, value * 1.006, value * 0.004, list)
	}
	function result(subject, kind, bytes, rate, metrics, rest) {
		printf "{\"type\":\"result\",\"subject\":\"%s\",\"kind\":\"%s\",\"sound\":true,\"workload\":\"publish\",", subject, kind
		printf "\"payload_bytes\":%d,\"writers\":\"user:1\",\"readers\":\"mmap:1\",\"rate_per_s\":%d,", bytes, rate
		printf "\"rounds\":10,\"noisy\":false,\"torn\":0,\"metrics\":{%s}%s}\n", metrics, rest
	}
	function loaded(writes, retries) {
		return series("reads_per_s", 1000000 / factor) "," series("writes_per_s", writes / factor) "," \
			series("retries_per_read", retries * factor) "," series("drops_per_write", 0)
	}
	BEGIN {
		latency = ",\"read_latency_ns\":{\"p50\":10,\"p90\":20,\"p99\":30,\"p99_9\":400,\"max\":5000}"
		latency = latency ",\"write_latency_ns\":{\"p50\":0,\"p90\":20,\"p99\":30,\"p99_9\":400,\"max\":5000}"
		for (i = 0; i < 2; i++) {
			name = i ? "mutex" : "ring"
			for (rate = 1000; rate <= 100000; rate *= 10)
				result(name, i ? "peer" : "latch", 64, rate, loaded(rate, rate / 1000000), latency)
			result(name, i ? "peer" : "latch", 64, 0, loaded(500000, 0.5), latency)
			for (bytes = 8; bytes <= 32; bytes *= 2)
				result(name, i ? "peer" : "latch", bytes, 0,
					series("read_ns", bytes * factor) "," series("write_ns", 2 * bytes * factor), "")
		}
		for (slots = 2; slots <= 8; slots *= 2)
			result("ring_" slots, "latch", 64, 0, loaded(500000, 1 / slots), "")
	}'
}

# run NAME A B [OPTION]: compare must succeed; its output is in $work/out.
run() {
	name=$1
	shift
	if ! "$lk" bench compare "$@" >"$work/out" 2>"$work/err"; then
		fail "$name: $(head -n 1 "$work/err")"
	fi
}
says() { grep -qE -- "$1" "$work/out"; }
says_not() { ! says "$1"; }

a=$work/a.json
b=$work/b.json
{ environment && results 1; } >"$a"

# Verdicts.
run "same file" "$a" "$a"
check "same file: rows for every metric" says '^ring +publish +64 +user:1 +mmap:1 +flat out +retries_per_read '
check "same file: no difference everywhere" says_not 'faster|slower|fewer|more$|rounds'
check "same file: nothing differs" says_not '^(cpu|kernel|commit)|warning|only in'
{ environment kernel 2.0 && results 1.2; } >"$b"
run "slower file" "$a" "$b"
check "20 % slower: times" says 'read_ns .* 1\.200 .* slower$'
check "20 % slower: numbers a second" says 'reads_per_s .* 0\.833 .* slower$'
check "20 % more retries" says 'retries_per_read .* 1\.200 .* more$'
check "20 % slower: none is faster" says_not 'faster|fewer'
check "none of nothing: no ratio" says 'drops_per_write +0 +0 +- +- +no difference$'
check "the kernels differ" says '^kernel +1\.0 +2\.0$'
check "the CPUs do not differ" says_not 'warning|^cpu'
run "faster file" "$b" "$a"
check "20 % faster" says 'read_ns .* 0\.833 .* faster$'
check "20 % fewer retries" says 'retries_per_read .* 0\.833 .* fewer$'
{ environment cpu other && results 1; } >"$b"
run "other CPU" "$a" "$b"
check "the CPUs differ: warning" says '^warning: the CPUs differ'
{ environment && results 1 | grep -v mutex && results 1 | grep '"ring_8"' | sed 's/ring_8/bank/'; } >"$b"
run "other results" "$a" "$b"
check "only in A: counted" says "^only in $a: 7\$"
check "only in A: named" says '^ +mutex +publish +8 +user:1 +mmap:1 +flat out$'
check "only in B: counted" says "^only in $b: 1\$"
{ environment && results 1.2 | sed 's/"values":\[\([^,]*,[^,]*\),[^]]*/"values":[\1/g'; } >"$b"
run "two rounds" "$a" "$b"
check "two rounds are too few" says 'read_ns .* too few rounds$'
{ environment && results 1 | sed 's/"noisy":false/"noisy":true/; s/"torn":0/"torn":3/' &&
	echo '{"type":"of the future"}' && echo && results 1 | tail -n 1; } >"$b"
run "odd file" "$a" "$b"
check "noisy results are marked" says 'no difference, noisy$'
check "torn records are told" grep -q 'ring: 3 torn records' "$work/err"
check "measured twice is told" grep -qE 'b\.json:[0-9]+: measured as in line [0-9]+' "$work/err"

# For programs.
{ environment cpu other && results 1.2 | grep -v mutex; } >"$b"
run "json" "$a" "$b" --json
count() { [ "$(grep -c "$1" "$work/out")" -eq "$2" ]; }
check "json: what differs" count '"type":"environment","key":"cpu","a":"made up","b":"other"' 1
check "json: a line for each row" count '"type":"comparison"' 34
check "json: only in A" count '"type":"only_in"' 7
check "json: every line is JSON" sh -c "'$jsonl' comparison verdict <'$work/out' >'$work/verdict'"
check "json: the last verdict" grep -qE '^(no difference|slower|more)$' "$work/verdict"

# Files that cannot be used.
bad() { # bad NAME REGEX: of $b, as either file
	refuses "$1" 1 "$2" bench compare "$a" "$b"
	refuses "$1, first" 1 "$2" bench compare "$b" "$a"
}
refuses "missing file" 1 'none.json: cannot read: No such file.*latchkit bench latch' bench compare "$a" "$work/none.json"
refuses "directory" 1 'cannot read: Is a directory' bench compare "$a" "$work"
: >"$b"
bad "empty file" 'b.json: empty'
{ environment && results 1 | head -n 2 && printf '{"type":"result","subj'; } >"$b"
bad "truncated line" 'b.json:4: not JSON: was the run cut short\?'
printf '{"type":"environment","sch' >"$b"
bad "truncated first line" 'b.json:1: not JSON: was the run cut short\?'
environment >"$b"
bad "no results" 'b.json: no results: was the run cut short\?'
echo '{"colour":"blue"}' >"$b"
bad "foreign JSON" 'b.json:1: not a result of latchkit bench'
echo '[1,2]' >"$b"
bad "JSON but no object" 'b.json:1: not a result of latchkit bench'
head -c 4096 "$lk" >"$b"
bad "no JSON" 'b.json:1: not a result of latchkit bench'
{ environment | sed 's/"schema":1/"schema":2/' && results 1; } >"$b"
bad "newer schema" 'schema 2 is newer than 1.*use the latchkit that wrote it'
{ environment && environment; } >"$b"
bad "two runs" 'b.json:2: a second run begins here'
{ environment && results 1 | sed 's/"subject":"ring",//'; } >"$b"
bad "no subject" 'b.json:2: subject: not a string'
{ environment && results 1 | sed 's/"values":\[[^]]*/"values":[1e999/'; } >"$b"
bad "infinite value" 'b.json:2: reads_per_s: not of finite values'
{ environment && results 1 | grep mutex | sed 's/mutex/bank/'; } >"$b"
bad "nothing in common" 'nothing in common; run latchkit bench latch with the same options'

# The command line.
refuses "bench without command" 2 'Usage: latchkit bench' bench
refuses "unknown bench command" 2 'did you mean compare\?' bench compere
refuses "one file" 2 'give two files' bench compare "$a"
refuses "three files" 2 'two files are compared' bench compare "$a" "$a" "$a"
refuses "no directory" 2 'give a file of results and a directory' bench plot "$a"
"$lk" bench compare "$a" "$a" >/dev/full 2>"$work/err"
check "output that is full: exit 1" test $? -eq 1

# Plots.
refuses "plots of a missing file" 1 'cannot read' bench plot "$work/none.json" "$work/plots"
refuses "directory that cannot be made" 1 '/no/such/dir: cannot make the directory' bench plot "$a" /no/such/dir
mkdir "$work/empty"
PATH=$work/empty "$lk" bench plot "$a" "$work/plots" >/dev/null 2>"$work/err"
check "no gnuplot: names the package" grep -q 'install the Debian package gnuplot-nox' "$work/err"
if ! command -v gnuplot >/dev/null 2>&1; then
	skip "plots: no gnuplot here"
	done_testing
	exit
fi
{ environment && results 1 | grep -v ring_ | sed -n '4p;11p' | sed 's/,"read_latency.*/}/'; } >"$b"
refuses "nothing to draw" 1 'nothing to draw: no plot has two points' bench plot "$b" "$work/plots"
# Texts of the file are not commands of gnuplot or of a shell.
{ environment cpu "it's \`touch $(echo "$work/touched" | sed 's,/,\\/,g')\`" && results 1; } >"$b"
"$lk" bench plot "$b" "$work/it's | a dir" >"$work/out" 2>"$work/err"
check "plots of odd names" test $? -eq 0
check "no command was run" test ! -e "$work/touched"
"$lk" bench plot "$a" "$work/plots" >"$work/out" 2>"$work/err"
check "plots" test $? -eq 0
for kind in reads-by-rate writes-by-rate retries-by-rate read-latency write-latency \
	read-by-payload write-by-payload retries-by-slots reads-by-slots; do
	check "plot $kind: both files are told" test "$(grep -cE "/plots/$kind-publish-.*\.(svg|png)\$" "$work/out")" -eq 2
done
whole=0
while read -r file; do
	case $file in
	*.svg) grep -q '<path' "$file" && grep -q '</svg>' "$file" && whole=$((whole + 1)) ;;
	*.png) [ "$(head -c 8 "$file" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] && whole=$((whole + 1)) ;;
	esac
done <"$work/out"
check "every file is a picture" test "$whole" -eq 18
done_testing
