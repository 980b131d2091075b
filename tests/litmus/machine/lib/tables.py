# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is expected, as the tables of docs/proof-results.md."""
from lib.plan import GCC_MODELS, MODELS, plan

WRITTEN = ('lkmm', 'c11', 'power-isync', 'power-lwsync', 'aarch64-lse', 'aarch64-llsc', 'riscv', 'x86',
           'bpf-acqrel')
SIGNS = {'allowed': '**X**', 'forbidden': '-', None: ''}


def table(title, models, rows):
    yield f'| {title} | ' + ' | '.join(models) + ' |'
    yield '|---' * (len(models) + 1) + '|'
    for name, found in rows.items():
        yield f'| {name} | ' + ' | '.join(found.get(m, '') for m in models) + ' |'


def tables(tests, expected):
    """Lines of markdown. X: allowed, -: forbidden, in parentheses: only with --all, empty: not asked."""
    quick = {(item.name, model) for item, model in plan(False)}
    compiled, written = {}, {}
    for item, model in plan(True):
        sign = SIGNS['allowed' if (item.name, model) in expected else 'forbidden']
        compiled.setdefault(item.name, {})[model] = sign if (item.name, model) in quick else f'({sign})'
    for test in tests:
        for model, outcome in test.expected.items():
            sign = SIGNS[outcome]
            column = 'bpf-acqrel' if model == 'bpf' else model  # in BPF's own language
            written.setdefault(test.name, {})[column] = f'({sign})' if model in test.long else sign
    yield from table('compiled code', MODELS, compiled)
    yield ''
    yield from table("gcc's code", GCC_MODELS, compiled)
    yield ''
    yield from table('by hand', WRITTEN, written)
