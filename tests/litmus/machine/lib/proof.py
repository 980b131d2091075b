# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the scripts of tests/litmus and tests/cbmc share: tools, tables, limits and mutants."""
import argparse
import os
import re
import resource
import shutil
import subprocess
import sys

LITMUS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOT = os.path.dirname(os.path.dirname(LITMUS))

MEMORY_LIMIT = 8 << 30


def table(path, kind, splits=-1):
    """The fields of each line KIND(FIELD, ...) of a file; of more than `splits` commas the rest belong to the last."""
    with open(path, encoding='ascii') as file:
        for line in file:
            hit = re.match(rf'{kind}\((.*)\)$', line.rstrip())
            if hit:
                yield [field.strip() for field in hit.group(1).split(',', splits)]


def latches():
    """Names of all variants."""
    return [fields[0] for fields in table(f'{ROOT}/include/latchkit/variants.def', 'LATCH', 1)]


def mutants(path=f'{ROOT}/tests/mutants.def'):
    """name -> (path of its header below include/latchkit, what checks it, program for sed)"""
    return {name: (header if '/' in header else f'latch/{header}', checker, program)
            for name, header, checker, program in table(path, 'MUTANT', 3)}


def break_copy(name, header, program, into):
    """Copy include/ to `into` and apply a mutant to the copy."""
    shutil.copytree(f'{ROOT}/include', into)
    path = f'{into}/latchkit/{header}'
    with open(path, encoding='ascii') as file:
        before = file.read()
    subprocess.run(['sed', '-i', program, path], check=True)
    with open(path, encoding='ascii') as file:
        if file.read() == before:
            sys.exit(f'{name} changes nothing in {header}: see tests/mutants.def')


def command_line(usage, limit, **choices):
    """A parser of NAME... and the options that prove and kill share."""
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument('--limit', type=int, default=limit, help='CPU seconds for one run of the prover')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1, help='how many at a time')
    if choices:
        parser.add_argument('--model', action='append', **choices)
    parser.add_argument('names', nargs='*')
    return parser


def limited(seconds):
    """A preexec_fn that limits the CPU time, not the wall-clock time, and the memory of a child."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return limit


def expectations(path=f'{LITMUS}/expected.def'):
    """(test, model), for what is not forbidden."""
    found = set()
    with open(path, encoding='ascii') as file:
        for line in file:
            fields = line.split('#')[0].split()
            found |= {(fields[0], model) for model in fields[1:]}
    return found


def proof_tools(what):
    """The directory of herd7 and the models; ends the program if they cannot be had."""
    done = subprocess.run([f'{ROOT}/tools/proof-tools'], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout.strip()
    why = (done.stderr.strip().splitlines() or ['tools/proof-tools failed'])[-1]
    if done.returncode == 3 and not os.environ.get('LATCHKIT_REQUIRE_PROOFS'):
        print(f'SKIP {what}: {why}')
        sys.exit(0)
    print(f'FAIL {what}: {why}')
    sys.exit(1)
