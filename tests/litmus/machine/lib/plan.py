# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Which tests there are, and under which models each is run."""
import os
from itertools import product

from lib import bank, chains, counts, dispatch, keyed, registries, scenario, scratch, spans
from lib.proof import latches
from lib.scenario import Latch, Run

PROPERTIES = {
    # name: (workload, words of a record, writes, questions)
    'torn': ('publish', 2, 2, lambda run, name: scenario.torn(run, name, False)),
    'torn-one-cpu': ('publish', 2, 2, lambda run, name: scenario.torn(run, name, True)),
    'overlap': ('publish', 1, 1, scenario.overlap),
    'final': ('publish', 1, 3, scenario.final),
    'lost': ('accumulate', 1, 2, scenario.lost),
}
BANK = {
    'refused': ('publish', bank.refused),
    'refused-sum': ('accumulate', bank.refused),
    'met': ('publish', bank.met),
    'met-sum': ('accumulate', bank.met),
    'stamp': ('publish', bank.stamp),
    'given-back': ('publish', bank.given_back),
}
UNASKED = ('raw',)  # it orders nothing: every model allows everything
VARIANTS = [name for name in latches() if name not in UNASKED]
MODELS = ('lkmm', 'c11', 'aarch64-lse', 'aarch64-llsc', 'riscv', 'power', 'bpf', 'bpf-acqrel')
GCC_MODELS = ('gcc-aarch64-lse', 'gcc-aarch64-llsc', 'gcc-riscv', 'gcc-power')


class Item:
    """One property of one variant; ask(target, include, path for an object) makes its questions."""

    def __init__(self, name, variant, prop, ask):
        self.name, self.variant, self.prop, self.ask = name, variant, prop, ask

    def questions(self, target, include, work, model):
        return self.ask(target, include, os.path.join(work, f'{self.name}.{model}.o'))


def latch_item(variant, prop):
    workload, words, writes, ask = PROPERTIES[prop]
    name = f'{variant}-{workload}-{prop}'
    two_copies = variant.startswith('seqcount')

    def questions(target, include, path):
        latch = Latch(target, target.compile(include, variant, words, path), words)
        run = Run(latch, workload, min(writes, 2) if two_copies else writes)  # each write fills both copies
        if two_copies and prop != 'overlap':
            run = run.from_tail()  # a whole write beside a whole write is too much for herd7
        return ask(run, name)
    return Item(name, variant, prop, questions)


def bank_item(prop):
    workload, ask = BANK[prop]
    name = f'bank-{workload}-{prop}'
    return Item(name, 'bank', prop, lambda target, include, path: ask(
        Latch(target, target.compile(include, 'bank', 1, path), 1), workload, name))


def part_item(module, source, variant, prop):
    """A property of what is no latch."""
    name, flags = f'{variant}-{prop}', () if module is dispatch else ('-fno-pic',)
    return Item(name, variant, prop, lambda target, include, path: module.questions(
        target, target.build(include, source or f'{variant}.c', path, *flags), variant, prop, name))


# Who asks, and of which file of pieces/; None: of that of the variant's name.
PARTS = ((counts, 'refcount.c'), (registries, None), (chains, None), (keyed, None),
         (scratch, None), (spans, None), (dispatch, 'dispatch.c'))

# A BPF program has ten registers, and herd7 no address arithmetic to save some.
TOO_MANY_REGISTERS = {(v, 'torn-one-cpu') for v in ('ring', 'seqcount_latch', 'seqcount_latch_posted')} | \
    {('bank', p) for p in ('torn', 'torn-one-cpu', 'refused', 'refused-sum', 'met-sum')}

# Without store-release every store of a counter is an exchange, and without load-acquire every look
# at it an addition: herd7 was not through what these may return in 100 seconds of a busy machine.
TOO_MANY_EXCHANGES = {(v, p) for v in VARIANTS
                      for p in (('torn',) if v.startswith('seqcount') else set(PROPERTIES) - {'overlap'})}


def is_possible(variant, prop, model):
    """Can it be asked at all?"""
    by_gcc = model.startswith('gcc-')
    model = model.removeprefix('gcc-')
    if (variant, prop) == ('registry_kptr', 'publish') and model in ('lkmm', 'c11'):
        return False  # it rests on an address dependency
    if variant in registries.QUESTIONS and (by_gcc or model == 'power'):
        return False  # programs are clang's BPF code; the others show only what the orders rest on
    if variant == 'rcuref' and model == 'power':
        return False  # its words are negative, and herd7's PPC has 4 bytes
    if (variant, prop, model) == ('refcount', 'granted', 'power'):
        return False  # a get that is refused stores nothing, and here every store must be one
    if (variant, prop) == ('scratch', 'refused') and model.startswith('bpf'):
        return False  # a compare-exchange that fails orders nothing there; but who claims is on one CPU
    if model.startswith('bpf') and variant in chains.QUESTIONS:
        return False
    if model.startswith('bpf') and variant in dispatch.QUESTIONS:
        return variant == 'selector'  # in BPF there is nothing else
    if model.startswith('bpf') and (variant, prop) in TOO_MANY_REGISTERS:
        return False
    if model == 'bpf' and (variant, prop) in TOO_MANY_EXCHANGES:
        return False
    return (variant, prop, model) not in TOO_LONG


# Two whole writes of two copies: not in two minutes of a busy machine.
TOO_LONG = {('bank', 'lost', m) for m in ('riscv', 'aarch64-lse', 'aarch64-llsc', 'bpf-acqrel')}


def is_long_power(variant, prop, by_gcc):
    """Of each latch what takes a second or two; and the posted cell where gcc's isync lets it tear."""
    if variant == 'mpmc_cell_posted':
        return prop != 'overlap' and not (by_gcc and prop == 'torn-one-cpu')
    if variant == 'bank':
        return prop in ('torn', 'torn-one-cpu', 'lost')
    if variant == 'ring':
        return prop in ('final', 'lost') or by_gcc and prop == 'torn'
    return variant == 'seqlock' and prop in ('torn', 'final')


def is_long(variant, prop, model):
    """More than some seconds; what CI has no time for."""
    if variant in counts.QUESTIONS or variant in registries.QUESTIONS:
        return prop == 'between' and model.endswith('aarch64-lse')
    if variant in spans.QUESTIONS:
        return prop in ('taken', 'freed') and 'aarch64' in model or (prop, model) == ('whole', 'bpf')
    if model.endswith('power'):
        return is_long_power(variant, prop, model == 'gcc-power')
    model = model.removeprefix('gcc-')
    if variant == 'seqlock':
        return model.startswith('aarch64') and prop not in ('overlap', 'lost')
    if variant.startswith('seqcount'):
        return model.startswith('bpf') and prop in ('torn', 'overlap')
    if variant in dispatch.QUESTIONS or variant in chains.QUESTIONS:
        return False
    if variant == 'mpmc_cell_posted' and model in ('aarch64-lse', 'bpf-acqrel'):
        return prop in ('torn', 'final')
    return model == 'aarch64-llsc' and prop != 'overlap' or \
        variant == 'bank' and model == 'aarch64-lse' and prop.startswith('torn')


def plan(everything):
    """All (item, model), the long ones only if wanted. gcc's come last: most are known by then."""
    items = [latch_item(variant, prop) for variant in VARIANTS for prop in PROPERTIES]
    items += [bank_item(prop) for prop in BANK]
    items += [part_item(module, source, variant, prop) for module, source in PARTS
              for variant, props in module.QUESTIONS.items() for prop in props]
    for item, model in [*product(items, MODELS), *product(items, GCC_MODELS)]:
        if is_possible(item.variant, item.prop, model) and \
                (everything or not is_long(item.variant, item.prop, model)):
            yield item, model
