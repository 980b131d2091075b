# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about dispatch.h: who finds a handler finds what was written for it."""
from lib.scenario import as_alone, succeeded
from isa.events import CODE, LATCH, Unsupported

# struct world of pieces/dispatch.c
DATA, SELECTOR, OTHER, TABLE, SLOT, POSTED = (LATCH + 8 * n for n in range(6))
PAIR_A, PAIR_B = LATCH + 8 * 7, LATCH + 8 * 11
OLD = CODE + 8  # another handler
PUBLISHED = {'slot': SLOT, 'table': TABLE, 'slot_posted': POSTED, 'table_posted': TABLE,
             'selector': SELECTOR}


class Refused(Unsupported):
    """A piece has no success."""


class World:
    def __init__(self, target, code):
        self.target, self.code = target, code

    def run(self, function, image, free=False, overrides=None, private=None):
        """A piece by itself. What decided it is demanded, of a reader only the first look."""
        trace = self.target.run(self.code, function, [LATCH, CODE], image, overrides, private)
        if not succeeded(trace):
            raise Refused(f'{function} fails when it runs alone')
        decided = trace.pinned()
        trace.pins = {i: {e.assumed} for i, e in trace.loaded().items()
                      if i in decided and (not free or e.address == free) or
                      e.kind == 'store_exclusive'}  # which always succeeds
        return trace


def pair(world, writer, reader, image, seen, name, good=None):
    """Who finds in word `seen` what the writer put there reads all the rest as it reads it now."""
    first = world.run(writer, image)
    second = world.run(reader, good or first.memory, seen)
    rest = [e for e in second.events if e.kind == 'load' and e.ident not in second.pins]
    if not rest:
        raise Unsupported(f'{reader} reads nothing')
    expected = ('and',) + tuple(('eq', (1, 0, e.ident), e.assumed) for e in rest)
    yield as_alone(name, image, [first, second], expected)


def published(world, variant, name, writer='publish'):
    yield from pair(world, f'piece_{variant}_{writer}', f'piece_{variant}_call', {},
                    PUBLISHED[variant], name)


def replaced(world, variant, name):
    yield from pair(world, f'piece_{variant}_replace', f'piece_{variant}_call', old_pair(TABLE),
                    PUBLISHED[variant], name)


def taken(world, variant, name, taker='take', writer='publish'):
    """Who takes a handler out uses what was written for it, as its calls did."""
    yield from pair(world, f'piece_{variant}_{writer}', f'piece_{variant}_{taker}', {},
                    PUBLISHED[variant], name)


def old_pair(word):
    return {word: PAIR_B, PAIR_B: OLD, PAIR_B + 8: OTHER, OTHER: 1}


def mixed(world, variant, name):
    """A call finds the old function, and with it the old context."""
    if variant == 'slot_posted':
        image = {POSTED: OLD, POSTED + 8: OTHER, OTHER: 1}
    else:
        image = old_pair(PUBLISHED[variant])
    yield from pair(world, f'piece_{variant}_publish', f'piece_{variant}_call', image,
                    PUBLISHED[variant], name, good=image)


QUESTIONS = {
    'slot': {'publish': published, 'mixed': mixed, 'taken': taken},
    'table': {'publish': published, 'replace': replaced, 'taken': taken,
              'swapped': lambda w, v, n: taken(w, v, n, 'swap')},
    'slot_posted': {'publish': published, 'mixed': mixed},
    'table_posted': {'publish': published,
                     'fenced': lambda w, v, n: published(w, v, n, 'fenced'),
                     'taken': lambda w, v, n: taken(w, v, n, writer='fenced')},
    'selector': {'publish': published},
}


def questions(target, code, variant, prop, name):
    return QUESTIONS[variant][prop](World(target, code), variant, name)
