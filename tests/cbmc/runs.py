# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What prove and kill share: the subjects, one run of CBMC, and its verdict."""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, f'{ROOT}/tests/litmus/machine')
from lib.proof import MEMORY_LIMIT, limited, table  # noqa: E402

UNWIND = 4
RESULT = re.compile(r'^\[(\S+)\] (?:line \d+ )?(.*): (SUCCESS|FAILURE|UNKNOWN|ERROR)$', re.M)
# Failures that say that the harness is wrong, not the code.
OF_THE_HARNESS = ('unwinding assertion', 'recursion unwinding', 'MEMORY_', 'within the latch')


def subjects():
    """name -> arguments of the compiler."""
    return {f[0]: f[1].split() for f in table(f'{HERE}/proofs.def', 'SUBJECT')}


def bounds(property_, arguments):
    """In words, from the harness's own line."""
    with open(f'{HERE}/{property_}.c', encoding='ascii') as file:
        found = re.search(r'^ \* Bounds: (.*?)\.?$', file.read(), re.M)
    text = found.group(1) if found else '?'
    for name, value in (a[2:].split('=', 1) for a in arguments if '=' in a):
        text = text.replace(name, value)
    return text


class Run:
    """One harness, on one subject, in one model."""

    def __init__(self, property_, subject, model, include=f'{ROOT}/include'):
        self.property, self.subject, self.model = property_, subject, model
        self.arguments = subjects()[subject]
        self.include = include
        self.harness = f'{HERE}/{property_}.c'
        self.outcome, self.why, self.seconds, self.output = 'error', '', 0.0, ''

    def command(self, tools, *more):
        late = ['-DMEMORY_LATE_RMW'] if self.model == 'pso' else []
        return [f'{tools}/bin/cbmc', '--mm', self.model, *late, *self.arguments, '-I', self.include,
                '-I', HERE, '--unwind', str(UNWIND), '--unwinding-assertions', '--no-standard-checks', *more, self.harness]

    def run(self, tools, limit, *more):
        """limit: CPU seconds."""
        with tempfile.TemporaryFile('w+') as said:
            child = subprocess.Popen(self.command(tools, *more), stdout=said, stderr=said, preexec_fn=limited(limit))
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            self.output = said.read()
        self.seconds = used.ru_utime + used.ru_stime
        if child.returncode < 0:
            self.outcome, self.why = 'unknown', f'no answer in {limit} s of the processor: signal {-child.returncode}'
        elif 'out of memory' in self.output.lower():
            self.outcome, self.why = 'unknown', f'no answer in {MEMORY_LIMIT >> 30} GB of memory'
        else:
            self.outcome, self.why = judge(child.returncode, self.output)


def judge(code, output):
    """PROVED only if each property holds, and each `reach` can be reached."""
    results = [(text, verdict) for _, text, verdict in RESULT.findall(output)]
    if code not in (0, 10) or not results:
        said = output.strip().splitlines()
        return 'error', f'exit code {code}: {said[-1] if said else "nothing said"}'
    if any(verdict in ('UNKNOWN', 'ERROR') for _, verdict in results):
        return 'unknown', 'CBMC does not know'
    failed = [text for text, verdict in results if verdict == 'FAILURE' and not text.startswith('reach')]
    for text in failed:
        if text.startswith(OF_THE_HARNESS):
            return 'error', text
    reached = [verdict == 'FAILURE' for text, verdict in results if text.startswith('reach')]
    if failed:
        return 'refuted', failed[0]
    if not reached or not all(reached):
        missed = [text for text, verdict in results if text.startswith('reach') and verdict == 'SUCCESS']
        return 'vacuous', missed[0] if missed else 'no `reach` in the harness'
    return 'proved', ''
