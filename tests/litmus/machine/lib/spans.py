# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about spans.h: who takes or meets a start has all of it, and nothing of the next."""
from lib.chains import keep
from lib.dispatch import World, pair
from lib.scenario import as_alone
from isa.events import LATCH

WORD, VALUE = LATCH, LATCH + 16  # of struct world of pieces/spans.c


def started(world):
    """The table with one start."""
    return world.run('piece_spans_start', {}).memory


def taken(world, name):
    """Who takes a start finds its key and value."""
    yield from pair(world, 'piece_spans_start', 'piece_spans_take', {}, WORD, name)


def read(world, name):
    """Who meets a start finds its key and value."""
    yield from pair(world, 'piece_spans_start', 'piece_spans_copy', {}, WORD, name)


def whole(world, name):
    """Who sees a start's word before and after a copy has copied nothing of the start that replaces it."""
    image = started(world)
    yield from pair(world, 'piece_spans_restart', 'piece_spans_copy', image, WORD, name, good=image)


def freed(world, name):
    """Who takes a start reads nothing of the one that comes to its place afterwards."""
    image = started(world)
    taking = world.run('piece_spans_take', image, WORD)
    next_one = world.run('piece_spans_next', taking.memory)
    value = ('and',) + tuple(('eq', (0, 0, e.ident), 1) for e in taking.events
                             if e.kind == 'load' and e.address == VALUE)
    yield as_alone(name, image, [taking, next_one], value)


def reused(world, name):
    """What is left in a place is the start that came to it last.

    Of who started and ended only the store of the value and that which frees the place; of the next one not the
    look before its claim. Less is in order then, so more is allowed, not less.
    """
    pairing = world.run('piece_spans_pair', {})
    last = world.run('piece_spans_next', pairing.memory)
    freeing = [e for e in pairing.events if e.address == WORD and e.kind != 'branch'][-1]
    look = next(e for e in last.events if e.address == WORD and e.kind == 'load')
    threads = [keep(pairing, lambda e: e is freeing or e.address == VALUE and e.kind == 'store'),
               keep(last, lambda e: e is not look and e.address in (WORD, VALUE))]
    yield as_alone(name, {}, threads, ('mem', VALUE, 2))


QUESTIONS = {'spans': {'taken': taken, 'read': read, 'whole': whole, 'freed': freed, 'reused': reused}}


def questions(target, code, variant, prop, name):
    return QUESTIONS[variant][prop](World(target, code), name)
