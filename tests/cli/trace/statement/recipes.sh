#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Recipes: each of the tool's own means something on this host, or why it does not; own files, and
# mistakes in them.
. "$(dirname "$0")/../../lib.sh"
export XDG_CONFIG_HOME="$work/config"
own=$work/config/latchkit/recipes.d
mkdir -p "$own"
chmod 755 "$work"
mine() { printf '%s\n' "$@" >"$own/mine" && chmod 644 "$own/mine"; }

"$lk" list recipes >"$work/out" 2>"$work/err"
check "they are listed" grep -qE '^@syscount-process +system calls by process$' "$work/out"
check "at least 40" test "$(grep -c '^@' "$work/out")" -ge 40
"$lk" list recipes --json >"$work/json" 2>"$work/err"
check "for programs, too" python3 -c '
import json, sys
recipes = json.load(open(sys.argv[1]))["recipes"]
names = [line.split()[0][1:] for line in open(sys.argv[2]).readlines()[1:]]
sys.exit([r["name"] for r in recipes] != names or not all(r["ways"] and r["help"] and r["line"] for r in recipes))' "$work/json" "$work/out"

# Every way of every recipe, by itself.
python3 -c '
import json, sys
for recipe in json.load(open(sys.argv[1]))["recipes"]:
    for way in recipe["ways"]:
        print(recipe["name"], *(word for word in way if word[0] != "-"), sep="\t")' "$work/json" >"$work/ways"
while IFS= read -r way; do
	name=$(printf %s "$way" | cut -f 1)
	printf %s "$way" | cut -f 2- | tr '\t' '\n' >"$work/words"
	set --
	while IFS= read -r word || [ -n "$word" ]; do set -- "$@" "$word"; done <"$work/words"
	if "$lk" trace --explain "$@" >"$work/out" 2>"$work/err"; then
		pass "@$name: $1"
	elif grep -qE 'no such (kernel function|tracepoint|program|field|argument|name)|no functions? of|does not know|not to be read here|no type information|cannot find' "$work/err"; then
		skip "@$name: $1: not here: $(head -n 1 "$work/err")"
	else
		fail "@$name: $1: $(head -n 1 "$work/err")"
	fi
done <"$work/ways"

"$lk" trace --explain @runqlen >"$work/out" 2>"$work/err"
check "the way that this kernel has is taken, and told" grep -qE "^latchkit: @runqlen: latchkit trace 'profile:hz:99 \{count\(\) by curtask" "$work/err"
check "without what is wrong with the others" test "$(wc -l <"$work/err")" -eq 1
mine 'two | the second way | kprobe:no_such_function | --top=3' '| tracepoint:no_such:one' '| tracepoint:sched:sched_switch | --sort=count'
"$lk" trace --explain @two >"$work/out" 2>"$work/err"
check "of three ways the last one" grep -q '^latchkit: @two: latchkit trace --sort=count tracepoint:sched:sched_switch$' "$work/err"
mine 'two | no way | kprobe:no_such_function' '| tracepoint:no_such:one'
refuses "no way at all" 1 '@two: none of its 2 ways' trace @two
check "and why not" grep -q 'no_such_function' "$work/err"

mine 'a-1 | one | tracepoint:sched:sched_switch {count() by comm} | --top=2' '# a comment' '' \
	"b | two | tracepoint:sched:sched_wakeup {count() by comm} | 'tracepoint:sched:sched_migrate_task /args.p.pid == 1|2/'"
"$lk" trace --explain @a-1 --by pid,tid >"$work/out" 2>"$work/err"
check "--by goes before the keys of a recipe" grep -qF "@a-1: latchkit trace --top=2 'tracepoint:sched:sched_switch {count()}'" "$work/err"
"$lk" trace --explain @b >"$work/out" 2>"$work/err"
check "two statements" test "$(grep -c '^  attached' "$work/out")" -eq 2
refuses "a name like one" 2 '@runqlne: no such recipe; did you mean runqlen\?' trace @runqlne
refuses "a name like none" 2 '@: no such recipe; latchkit list recipes' trace @
if "$lk" trace -d 0.01 tracepoint:sched:sched_switch >/dev/null 2>&1; then
	timeout 60 "$lk" trace @a-1 @b -d 0.5 --json >"$work/out" 2>"$work/err"
	check "two recipes at once are traced" test "$("$jsonl" probe probe <"$work/out" | sort -u | wc -l)" -eq 3
fi

wrong() { # wrong NAME LINE REGEX CARET TEXT...: the file has this text; the caret is below that column
	name=$1 line=$2 regex=$3 caret=$4
	shift 4
	mine "$@"
	refuses "$name" 2 "recipes.d/mine:$line: $regex" list recipes
	check "$name: and where" test "$(tail -n 1 "$work/err" | sed 's/\^.*//' | wc -c)" -eq $((caret + 2))
}
wrong "no help" 1 'the help is missing' 2 'x'
wrong "no statement" 2 'the statement is missing' 6 '# one' 'a | b'
wrong "no statement, but room" 1 'the statement is missing' 9 'a | b | '
wrong "a mistake in a statement" 3 'cout: no such record' 55 '' '' 'name | shows nothing | tracepoint:sched:sched_switch {cout()}'
wrong "an option that may not be" 1 '-c: no option for a recipe' 41 'x | y | tracepoint:sched:sched_switch | -c reboot'
wrong "an open quote" 1 "no ' ends" 41 "x | y | tracepoint:sched:sched_switch | 'kprobe:f /a"
wrong "capitals" 1 'a name has small letters' 2 'aB | y | tracepoint:sched:sched_switch'
wrong "another way of nothing" 1 'another way of which recipe' 1 '| tracepoint:sched:sched_switch'
wrong "too many fields" 1 'too many fields' 17 'a | b | c | d | e'
wrong "a name of the tool's" 1 "recipe runqlen is there already, at latchkit's own recipes.txt:[0-9]+" 1 'runqlen | y | tracepoint:sched:sched_switch'
wrong "a name twice" 2 'recipe x is there already, at .*/recipes.d/mine:1' 1 'x | y | tracepoint:sched:sched_switch' 'x | y | tracepoint:sched:sched_switch'
mine 'x | y | tracepoint:sched:sched_switch'
chmod 666 "$own/mine"
refuses "a file that others may write" 1 'mine: others may write it' trace @x
chmod 644 "$own/mine"
if [ "$(id -u)" -eq 0 ]; then
	chown 65534 "$own/mine"
	refuses "a file of somebody else" 1 'mine: belongs to somebody else' trace @x
	chown 0 "$own/mine"
fi
printf 'x | y | tracepoint:sched:\0sched_switch\n' >"$own/mine"
refuses "a file that is no text" 1 'mine: holds a NUL' trace @x
rm "$own/mine"
mkfifo "$own/pipe"
refuses "a pipe" 1 'pipe: is no regular file' list recipes
rm "$own/pipe"
echo 'x | y | nonsense' >"$own/.hidden"
echo 'x | y | nonsense' >"$own/old~"
check "hidden and old files do not count" "$lk" list recipes
done_testing
