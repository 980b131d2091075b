#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the table does on a terminal: colours, redrawing, how much it shows.
. "$(dirname "$0")/../lib.sh"
need_bpf
command -v script >/dev/null || { skip "terminal: no script(1)"; done_testing; }
escape=$(printf '\033')

# on_terminal VARIABLE=VALUE [OPTION]...: a trace whose standard output is a terminal, into $work/out.
on_terminal() {
	script -qec "env $1 $lk trace -d 0.5 -i 0.2 $2 tracepoint:sched:sched_switch" /dev/null >"$work/out" 2>/dev/null
}

on_terminal TERM=xterm
check "a terminal: bold" grep -q "$escape\\[1m" "$work/out"
on_terminal NO_COLOR=1
check "NO_COLOR: not bold" test "$(grep -c "$escape\\[1m" "$work/out")" -eq 0
check "NO_COLOR: rows" grep -q sched_switch "$work/out"
on_terminal NO_COLOR=1 '--color always'
check "NO_COLOR, --color always: bold" grep -q "$escape\\[1m" "$work/out"
on_terminal TERM=dumb
check "TERM=dumb: no escapes" test "$(grep -c "$escape" "$work/out")" -eq 0
check "TERM=dumb: rows" grep -q sched_switch "$work/out"
on_terminal TERM=xterm "-o $work/file"
check "-o FILE: no escapes" test "$(grep -c "$escape" "$work/file")" -eq 0

# The table fits the window, also after a change of its size, and leaves the alternate screen.
cat >"$work/window.py" <<'P'
import fcntl, os, pty, re, struct, sys, termios
tool = sys.argv[1]
def resize(fd, lines, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
pid, fd = pty.fork()
if pid == 0:
    resize(0, 24, 80)
    os.environ["TERM"] = "xterm"
    os.execv(tool, [tool, "trace", "-i", "0.1", "profile:hz:99", "tracepoint:syscalls:sys_enter_*",
                    "rawtracepoint:sched_switch"])
text, ended = "", False
while True:
    try:
        more = os.read(fd, 65536)
    except OSError:
        break
    if not more:
        break
    text += more.decode(errors="replace")
    frames = text.count("\033[H\033[J")
    if frames == 4:
        resize(fd, 12, 50)
    if frames >= 9 and not ended:
        ended = True
        os.write(fd, b"\x03")
os.waitpid(pid, 0)
screen, after = text.replace("^C", "").split("\033[?1049l") # the terminal echoes it, anywhere
frames = [re.sub("\033[^a-zA-Z]*[a-zA-Z]", "", f).replace("\r", "").split("\n")
          for f in screen.split("\033[H\033[J")[1:]]
frames = [[line for line in f if line] for f in frames]
def fits(frame, lines, columns):
    return len(frame) <= lines and max(map(len, frame)) <= columns
def say(what, good):
    print(("PASS " if good else "FAIL ") + "a window: " + what)
    return good
good = say("80 columns and 24 lines", all(fits(f, 24, 80) for f in frames[:3]))
good &= say("names of probes", all("(null)" not in line for f in frames for line in f))
good &= say("a heading and rows in it", all(f[1].startswith("PROBE") and len(f) > 3 for f in frames))
good &= say("50 columns and 12 lines, later", fits(frames[-2], 12, 50))
good &= say("the alternate screen is entered once", screen.count("\033[?1049h") == 1)
good &= say("and left before the totals", "total" in after and "\033[?1049h" not in after)
sys.exit(not good)
P
python3 "$work/window.py" "$lk" || failures=$((failures + 1))

# What takes long shows how far it is on a terminal.
script -qec "env TERM=xterm PATH=/nonexistent $lk bench trace --rounds 30 -d 6 >$work/table" /dev/null >"$work/out" 2>&1
check "progress with the time left" grep -qE '[0-9]+ of 31 rounds measured, [0-9]+ s left' "$work/out"
check "none in the table" test "$(grep -c 's left' "$work/table")" -eq 0

# Sorted by what was asked for.
for key in count sum avg max p99; do
	"$lk" trace -d 0.5 --sort $key --top 0 'tracepoint:syscalls:sys_enter_*' -- "$target" syscalls 0.3 >"$work/out" 2>/dev/null
	check "--sort $key" python3 -c '
import re, sys
units = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
def value(word):
    number, unit = re.match(r"([0-9.]+)(ns|us|ms|s)?$", word).groups()
    return float(number) * units.get(unit, 1)
lines = re.split(r"\ntotal of .*\n", open(sys.argv[1]).read())[1].split("\n")
names = [name.strip("<") for name in lines[0].split()]
column = names.index(sys.argv[2].upper())
rows = [line.split() for line in lines if line.startswith("tracepoint:")]
rows = [row for row in rows if len(row) >= len(names)]
values = [value(row[column]) for row in rows]
sys.exit(not (len(values) > 2 and values == sorted(values, reverse=True)))
' "$work/out" $key
done
refuses "--sort: another word" 2 'no such key; did you mean count' trace --sort cuont

"$lk" trace -d 1 --on-sample stacks --top 7 tracepoint:sched:sched_switch -- \
	sh -c 'for i in 1 2 3 4 5 6 7 8 9; do cat /dev/null; grep -c x /etc/passwd; find / -maxdepth 2 | wc -l; done' \
	>"$work/out" 2>/dev/null
shown=$(sed -n 's/^stacks (\([0-9]*\) of .*/\1/p' "$work/out")
all=$(sed -n 's/^stacks ([0-9]* of \([0-9]*\))/\1/p' "$work/out")
if [ "${all:-0}" -ge 7 ]; then
	check "--top: so many stacks" test "$shown" -eq 7
else
	skip "--top: so many stacks: there were only ${all:-0}"
fi
done_testing
