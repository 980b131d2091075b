#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Arguments of user functions by the program's debug information (DWARF), of a program whose arguments
# are known: tests/cli/arguments.c; and of the kernel: fields of format files, entry and return at once.
. "$(dirname "$0")/../../lib.sh"

program=$build/tests/arguments
explain() { "$lk" trace --explain "$1" >"$work/out" 2>"$work/err"; }
says() { grep -qE -- "$1" "$work/out"; }
# refused NAME REGEX STATEMENT: with its place.
refused() {
	refuses "$1" 2 "$2" trace --explain "$3"
	check "$1: where" grep -q '^ *^' "$work/err"
}
at() { printf 'uprobe:%s:%s' "$program" "$1"; }

# What is said of it, without attaching.
explain "$(at submit) {sum(args.tag) by args.r.in.kind}"
check "a pointer's struct is known" says 'args\.r +struct request \* +argument 0, into user memory'
check "a field of a struct in it" says 'args\.r\.in\.kind +short int +offset [0-9]+, 2 bytes, user memory'
check "memory of the user is read" says 'deref 2 signed user'
explain "$(at submit) /args.colour == GREEN/"
check "an enumerator of the program" says 'GREEN +enum +5'
explain "$(at submit) /BLUE/"
check "an enumerator below zero" says 'BLUE +enum +-9'
explain "$(at submit) {count() by pid, ((struct hidden *)arg1)->value}"
check "a cast to a type of the program" says 'deref 4 signed user at \+4'
refused "a near miss of an argument" 'args\.tga: no such argument of submit; did you mean tag\?' "$(at submit) {sum(args.tga)}"
refused "a near miss of a field" 'no such field of struct request; did you mean length\?' "$(at submit) {sum(args.r.lenght)}"
refused "a near miss of a type" 'struct hiden: no such type; did you mean hidden\?' "$(at submit) {sum(((struct hiden *)arg0)->value)}"
refused "an index beyond the array" 'there is no \[3\]: the array has 3 elements, 0 to 2' "$(at submit) {sum(args.r.three[3])}"
refused "an index beyond the second dimension" 'there is no \[3\]' "$(at submit) {sum(args.r.grid[1][3])}"
refused "a field of 0 bytes" 'is an array of unknown length; take an element' "$(at submit) {sum(args.r.none)}"
refused "a struct that is declared only" 'what is in struct opaque is not known here' "$(at submit) {sum(args.r.unknown.x)}"
refused "a field that is no integer" 'double: not an integer' "$(at submit) {sum(args.r.real)}"
refused "an address of a bit field in a union" 'is a bit field: it has no address' "$(at submit) {count() by &args.r.nine}"
refused "a floating-point argument" 'is a floating-point number' "$(at scaled) {sum(args.factor)}"
refused "a struct by value" 'is passed by value' "$(at by_value) {sum(args.p)}"
refused "what comes behind a struct by value" 'comes behind one that is passed by value' "$(at by_value) {sum(args.after)}"
refused "the sixth argument" 'comes behind the five that are read' "$(at many) {sum(args.f)}"
refused "the seventh argument" 'is on the stack|comes behind the five' "$(at many) {sum(args.g)}"
refused "what returns nothing" 'the function returns nothing \(void\)' "uretprobe:$program:silent {sum(retval)}"
refused "a struct that is returned" 'is a whole struct large' "uretprobe:$program:gives_large {sum(retval)}"
refused "a number that is returned and no integer" 'double: not an integer' "uretprobe:$program:scaled {sum(retval)}"
refused "arguments at a return" 'its arguments are gone; use uprobe:' "uretprobe:$program:submit {sum(args.tag)}"
"$lk" trace -lv "uprobe:$program:submit" >"$work/out"
check "-lv tells names and types" says '^    port_t args\.port$'
"$lk" trace -lv "uprobe:$program:scaled" >"$work/out"
check "-lv tells why one is not read" says '^    double args\.factor \(is a floating-point number'
"$lk" trace -lv "uretprobe:$program:narrow" >"$work/out"
check "-lv tells what is returned" says '^    short int retval$'

# Without debug information; with that of another file, compressed, damaged, of other versions.
if command -v objcopy >/dev/null 2>&1; then
	objcopy --strip-debug "$program" "$work/stripped"
	refuses "no debug information" 2 'args\.tag: stripped has no debug information \(DWARF\), .*: write arg0' \
		trace --explain "uprobe:$work/stripped:submit {sum(args.tag)}"
	check "no debug information: arg0 works" explain "uprobe:$work/stripped:submit {sum(arg1)}"
	objcopy --only-keep-debug --compress-debug-sections "$program" "$work/apart.debug"
	objcopy --strip-all --add-gnu-debuglink="$work/apart.debug" "$program" "$work/apart"
	explain "uprobe:$work/apart:submit {sum(args.r.length)}"
	check "a debug file, compressed" says 'args\.r\.length +unsigned int +offset 0, 4 bytes, user memory'
	head -c 5000 /dev/urandom >"$work/noise"
	objcopy --update-section .debug_info="$work/noise" "$program" "$work/damaged" 2>/dev/null
	check "what no statement needs is not read" explain "uprobe:$work/damaged:submit {sum(arg1)}"
	refuses "damaged debug information" 2 'args\.tag: the debug information of damaged does not have this function' \
		trace --explain "uprobe:$work/damaged:submit {sum(args.tag)}"
else
	skip "stripped programs: no objcopy"
fi
for compiler in "gcc -O0 -gdwarf-4" "gcc -O2 -gdwarf-2 -gstrict-dwarf" "clang -O1 -gdwarf-5" "clang -O2 -gdwarf-4"; do
	if $compiler tests/cli/arguments.c -o "$work/other" 2>/dev/null; then
		explain "uprobe:$work/other:submit {sum(args.r.minus) by args.r.three[2], args.port}"
		check "$compiler: types" says 'args\.r\.three +int\[3\] +offset 48, 12 bytes'
		check "$compiler: a bit field" says 'args\.r\.minus +int +offset [0-9]+, bit [0-9], 5 bits'
		check "$compiler: what is promoted" says 'args\.port +port_t +argument 2'
	else
		skip "$compiler: not here"
	fi
done

# A compiler that drops a parameter gives the copy another name.
cat >"$work/clone.c" <<'END'
static __attribute__((noinline)) int taken(int dropped, const int *used) { __asm__ volatile("" : : "r"(*used)); return *used; }
int main(int argc, char **argv) { (void)argv; return taken(argc, &argc) + taken(argc + 1, &argc); }
END
if gcc -O2 -g "$work/clone.c" -o "$work/clone" 2>/dev/null && nm "$work/clone" | grep -qE ' taken\.(isra|constprop)'; then
	refuses "a copy with other parameters" 2 'args\.used: the compiler has made another function of it' \
		trace --explain "uprobe:$work/clone:taken {sum(args.used)}"
else
	skip "a copy with other parameters: gcc made none"
fi
# One whose code is in two pieces has no first address, but a list of them.
cat >"$work/cold.c" <<'END'
static volatile int sink;
static __attribute__((cold, noinline)) void cold(int x) { sink = x; }
__attribute__((noinline)) int split(const int *p, int n) { if (n > 1000) { cold(n); cold(n + 1); sink = 5; } return *p + n; }
int main(int argc, char **argv) { (void)argv; return split(&argc, argc); }
END
for version in 4 5; do
	if gcc -O2 -gdwarf-$version "$work/cold.c" -o "$work/cold" 2>/dev/null && nm "$work/cold" | grep -q ' split\.cold'; then
		check "code in two pieces, DWARF $version" explain "uprobe:$work/cold:split {sum(args.n) by *args.p}"
	else
		skip "code in two pieces, DWARF $version: gcc made one"
	fi
done

need_bpf
asks() { timeout 60 "$lk" trace --json -i 100 "$@" -- "$program" >"$work/out" 2>"$work/err"; }
is() { # is NAME TYPE KEY VALUE
	found=$(grep "\"type\":\"$2\"" "$work/out" | "$jsonl" "$2" "$3" 2>/dev/null | tail -n 1)
	check "$1: $3 is $4 ($found)" test "$found" = "$4"
}
sums() { # sums VALUE FUNCTION EXPRESSION [uretprobe]
	asks "${4:-uprobe}:$program:$2 {sum($3)}"
	is "$2: $3" probe sum "$1"
}
if "$lk" doctor --json | grep -q '"key":"uprobe","[^}]*"state":"yes"'; then
	sums -5050 submit args.tag
	sums 2295210 submit args.port # 65 of them wrapped
	sums 5050 submit args.r.length
	sums -5050 submit args.r.to.kind
	sums 5050 submit 'args.r->to->owner->length'
	sums -100 submit args.r.offset
	sums 346 submit args.r.low
	sums -346 submit args.r.minus
	sums 5050 submit args.r.high
	sums 10100 submit 'args.r.three[2]'
	sums 15150 submit 'args.r.grid[1][0]'
	sums 5050 submit 'args.r.bytes[1]'
	sums 12800 submit args.r.nine # a bit field in a union
	sums 11600 submit 'args.name[0]'
	sums 5050 scaled args.count
	sums 5050 gives_large args.n
	sums 5050 many args.e
	sums -5050 narrow args.s
	sums 20550 narrow args.u
	sums 5050 silent '((struct hidden *)arg0)->value'
	sums 5050 narrow retval uretprobe
	asks "uprobe:$program:submit {sum(args.tag) by args.r.colour}"
	check "by a field: GREEN" grep -q '"key":{"args.r.colour":"5"},"count":30,.*"sum":-465' "$work/out"
	check "by a field: BLUE" grep -q '"key":{"args.r.colour":"-9"},"count":20,.*"sum":-810' "$work/out"
	asks "uprobe:$program:submit /args.colour == BLUE/"
	is "a predicate over an enum" probe count 20
	asks "uprobe:$program:submit {sum(args.tag)}" "uretprobe:$program:submit {sum(retval)}"
	check "entry and return: the entry" sh -c "grep '\"probe\":\"uprobe:' '$work/out' | grep -q '\"count\":100,.*\"sum\":-5050'"
	check "entry and return: the return" sh -c "grep '\"probe\":\"uretprobe:' '$work/out' | grep -q '\"count\":100,.*\"sum\":-50'"
else
	skip "functions of a program: no uprobes here"
fi

# Fields of the format file that are no arguments: by a classic tracepoint.
signals='tracepoint:signal:signal_generate'
if explain "$signals /args.code == 0/"; then
	check "a classic tracepoint is told of" says 'attached +tracepoint:signal:signal_generate \(.*; a classic tracepoint'
	check "where the field is" says 'args\.code +int +field of the format file, at [0-9]+'
	explain "$signals /args.sig == 10/"
	check "arguments are preferred" sh -c "! grep -q classic '$work/out'"
	explain "$signals {count() by args.code, str(args.comm)}"
	check "an array of the record is a string" says 'str\(args\.comm\): .*the string there'
	explain 'tracepoint:sched:sched_process_exec {count() by str(args.filename)}'
	check "a string behind the record" says 'deref 2 at \+[0-9]+$'
	refused "an argument where there are fields" 'no such argument of signal_generate' "$signals /args.code == 0 && args.task.pid/"
	refused "a number where there are fields" 'arg0: the statement reads fields of the format file' "$signals /args.code == arg0/"
	refused "a string of the record as number" 'is a pointer' 'tracepoint:sched:sched_process_exec {sum(args.filename)}'
	"$lk" trace -lv "$signals" >"$work/out"
	check "-lv tells fields of the format file" says '^    int args\.code \(of the format file\)$'
	check "-lv tells arguments once" [ "$(grep -c 'args\.sig' "$work/out")" -eq 1 ]
	kills() { # kills OPTION... STATEMENT...
		timeout 60 "$lk" trace --json -i 100 "$@" -- sh -c 'trap : USR1; i=0; while [ $((i += 1)) -le 20 ]; do kill -USR1 $$; done' \
			>"$work/out" 2>"$work/err"
	}
	kills -v "$signals /args.sig == 10 && args.code == 0 && args.pid > 0/ {sum(args.sig)}"
	is "fields of the format file" probe count 20
	is "fields of the format file" probe sum 200
	check "-v says what was attached" grep -q 'signal_generate: a classic tracepoint' "$work/err"
	check "what the kernel may skip is not known" grep -q '"skipped":"unknown","late":0,"missed":0' "$work/out"
	kills "$signals /args.sig == 10/ {sum(args.sig)}"
	is "the same by arguments" probe sum 200
	kills --by 'args.code + 7' "$signals /args.sig == 10/"
	check "a field as key" grep -q '"key":{"args.code + 7":"7"},"count":20,' "$work/out"
else
	skip "fields of the format file: $(head -n 1 "$work/err")"
fi

# Entry and return of one function at once.
if "$lk" doctor --json | grep -q '"key":"fentry","[^}]*"state":"yes"'; then
	timeout 60 "$lk" trace --json -i 100 'fentry:vfs_write /args.count == 1000/ {sum(args.count)}' \
		'fexit:vfs_write /args.count == 1000/ {sum(retval)}' -- "$build/tests/exprs" >"$work/out" 2>"$work/err"
	for probe in fentry fexit; do
		check "fentry and fexit at once: $probe" sh -c "grep '\"probe\":\"$probe:' '$work/out' | grep -q '\"count\":300,.*\"sum\":300000'"
	done
else
	skip "fentry and fexit at once: no fentry here"
fi
done_testing
