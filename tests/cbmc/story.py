# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A counterexample of CBMC as what threads store, in the order in which it reaches memory, and load."""
import re

STATE = re.compile(r'^State \d+ .*function (\S+) line (\d+) thread (\d+)$')
ASSIGNED = re.compile(r'^  (\w+)(?:\[(\d+)l\])?=(.*?)(?: \([01? ]+\))?$')
LOADED = {('memory_load', 'value'), ('memory_rmw', 'old')}
KEPT = 30


def number(text):
    value = text.rstrip('ul')
    return value if not value.isdigit() or int(value) < 1 << 16 else hex(int(value))


def assignments(trace):
    """(function, line, thread, name, index or None, value)"""
    place = ('', 0, 0)
    for line in trace.splitlines():
        state = STATE.match(line)
        if state:
            place = (state.group(1), int(state.group(2)), int(state.group(3)))
            continue
        hit = ASSIGNED.match(line)
        if hit and place[2]:
            yield (*place, hit.group(1), hit.group(2), number(hit.group(3)))


def events(trace):
    found = list(assignments(trace))
    # A declaration shows as an assignment of any value, unless CBMC has dropped it.
    lines = {}
    for function, line, _, name, _, _ in found:
        lines.setdefault((function, name), set()).add(line)
    declared = {key: min(seen) if len(seen) > 1 else 0 for key, seen in lines.items()}
    for function, line, thread, name, word, value in found:
        if name == 'memory_value' and word:
            yield f'thread {thread}  word {word} = {value}'
        elif (function, name) in LOADED and line > declared[function, name]:
            yield f'thread {thread}                 loads {value}'


def violated(trace):
    found = re.search(r'^Violated property:\n.*line (\d+).*\n  (.*)\n', trace, re.M)
    return f'line {found.group(1)}: {found.group(2)}' if found else 'no trace'


def tell(run, tools, limit):
    names = re.findall(r'^\[(\S+)\] (?:line \d+ )?(?!reach)(.*): FAILURE$', run.output, re.M)
    run.run(tools, limit, '--trace', '--property', names[0][0])
    lines = list(events(run.output))
    print(f'\n{run.property}-{run.subject} {run.model}: the last {min(KEPT, len(lines))} of {len(lines)} accesses')
    for line in lines[-KEPT:]:
        print(f'  {line}')
    print(f'  {run.property}.c {violated(run.output)}')
