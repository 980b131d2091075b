# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs herd7 on one question and says what it found."""
import re
import signal
import subprocess
import time
from dataclasses import dataclass, replace
from threading import Lock

from lib.proof import MEMORY_LIMIT, limited


@dataclass
class Verdict:
    name: str
    outcome: str  # forbidden, allowed, vacuous, or an error
    states: int
    seconds: float
    why: str = ''
    found: tuple = ()


def states(output):
    """The final states that herd7 lists, as dictionaries."""
    lines = output.splitlines()
    start = next(i for i, line in enumerate(lines) if re.match(r'States \d+$', line))
    found = []
    for line in lines[start + 1:]:
        if not re.match(r'^\[?\w+(:\w+)?\]?=', line):
            break
        found.append(dict(part.strip().split('=') for part in line.split(';') if part.strip()))
    return found


def holds(expr, state, register, memory):
    head = expr[0]
    if head == 'eq':
        return int(state[register(expr[1])], 0) == expr[2]
    if head == 'mem':
        return int(state[memory(expr[1])], 0) == expr[2]
    if head == 'not':
        return not holds(expr[1], state, register, memory)
    return (all if head == 'and' else any)(holds(e, state, register, memory) for e in expr[1:])


def herd(name, path, target, tools, limit, first=False):
    """Run herd7 on a file. first: stop at the first execution that meets the condition.

    limit: CPU seconds.
    """
    start = time.monotonic()
    command = [f'{tools}/bin/herd7', '-optace', 'true', *(['-speedcheck', 'fast'] if first else []),
               *target.herd(tools), path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited(limit))
    seconds = time.monotonic() - start
    if done.returncode in (-signal.SIGKILL, -signal.SIGXCPU):
        return Verdict(name, 'unknown', 0, limit, f'{name}: no verdict in {limit} s of the processor')
    if re.search('out.of.memory|heap memory|allocate memory', done.stderr, re.I):
        return Verdict(name, 'unknown', 0, seconds, f'{name}: no verdict in {MEMORY_LIMIT >> 30} GB of memory')
    hit = re.search(r'^Observation \S+ (Never|Sometimes|Always)', done.stdout, re.M)
    if not hit or 'Undef' in done.stdout:
        why = (done.stderr.strip() or done.stdout.strip() or 'herd7 said nothing').splitlines()[0]
        return Verdict(name, 'error', 0, seconds, why)
    hit_time = re.search(r'^Time \S+ ([0-9.]+)$', done.stdout, re.M)
    seconds = float(hit_time.group(1)) if hit_time else seconds  # of its own, whatever runs beside
    found = states(done.stdout)
    outcome = 'forbidden' if hit.group(1) == 'Never' else 'allowed'
    return Verdict(name, outcome, len(found), seconds, found=found)


class Known:
    """Cache of verdicts: tests that differ only in their names are run once."""

    def __init__(self):
        self.lock, self.said = Lock(), {}

    def ask(self, key, run):
        with self.lock:
            lock, said = self.said.setdefault(key, (Lock(), []))
        with lock:
            if not said:
                said.append(run())
        return replace(said[0])


def judge(question, text, target, tools, path, limit, first=False, known=None):
    """Write the test to `path` and run it; `vacuous` if it forbids only because nothing else happens either."""
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)
    title, test = text.split('\n', 1)
    key = (title.split()[0], test, *target.herd(tools), limit, first)
    verdict = (known or Known()).ask(
        key, lambda: herd(question.test.name, path, target, tools, limit, first))
    if verdict.outcome == 'forbidden' and not first:
        register, memory = question.test.register, question.test.memory
        met = lambda expr: any(holds(expr, s, register, memory) for s in verdict.found)
        if not met(question.good):
            verdict.outcome, verdict.why = 'vacuous', 'no execution ends well either'
        elif question.seen_late and not met(question.seen_late):
            verdict.outcome, verdict.why = 'vacuous', 'no reader copied words of a later writer'
    return verdict
