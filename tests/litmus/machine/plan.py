# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Which tests there are, and under which models each is run."""
import os

import scenario
from scenario import Latch, Run

PROPERTIES = {
    # name: (workload, words of a record, writes, questions)
    'torn': ('publish', 2, 2, lambda run, name: scenario.torn(run, name, False)),
    'torn-one-cpu': ('publish', 2, 2, lambda run, name: scenario.torn(run, name, True)),
    'overlap': ('publish', 1, 1, scenario.overlap),
    'final': ('publish', 1, 3, scenario.final),
    'lost': ('accumulate', 1, 2, scenario.lost),
}
VARIANTS = ('ring', 'mpmc_cell', 'mpmc_cell_posted', 'seqcount_latch', 'seqcount_latch_posted',
            'seqlock', 'bank')
MODELS = ('lkmm', 'c11', 'aarch64-lse', 'aarch64-llsc')


class Item:
    """One property of one variant."""

    def __init__(self, variant, prop):
        self.variant, self.prop = variant, prop
        self.workload, self.words, self.writes, self.ask = PROPERTIES[prop]
        self.name = f'{variant}-{self.workload}-{prop}'

    def questions(self, target, include, work, model):
        code = target.compile(include, self.variant, self.words,
                              os.path.join(work, f'{self.name}.{model}.o'))
        return self.ask(Run(Latch(target, code, self.words), self.workload, self.writes), self.name)


def plan(everything):
    """All (item, model), the long ones only if wanted."""
    for variant in VARIANTS:
        for prop in PROPERTIES:
            for model in MODELS:
                if everything or not is_long(variant, prop, model):
                    yield Item(variant, prop), model


def is_long(variant, prop, model):
    return False
