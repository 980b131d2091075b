# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about registry/hash.h: who finds an object finds what was written for it."""
from dataclasses import replace

from lib.dispatch import World
from lib.scenario import as_alone, part
from isa.events import LATCH

# struct world of pieces/registry_hash.c
MUTEX, PUBLISHED = LATCH, LATCH + 8
SIDES = LATCH + 8 * 2  # of each: first, mask, number, three words of the seed
CHAIN = LATCH + 8 * 15
A, B, C = (LATCH + 8 * n for n in (17, 21, 25))  # of each: two links, id, data
IMAGE = {PUBLISHED: SIDES, SIDES: CHAIN, SIDES + 8 * 7: 7, SIDES + 8 * 8: 1}  # the other side as it was once


def piece(world, what, image, seen=()):
    """A writer does as it did alone; of a reader only what it finds in the words `seen` is demanded."""
    trace = world.run(f'piece_{what}', image)
    if seen:
        trace.pins = {i: v for i, v in trace.pins.items() if trace.loaded()[i].address in seen}
    return trace


def words(threads, *kinds):
    return {e.address for t in threads for e in t.events if e.kind in kinds}


def exchanged(threads):
    """Without what a writer reads under the mutex, and what nobody else reads or writes.

    Less is in order then, so more is allowed, not less.
    """
    *writers, reader = threads
    read = words([reader], 'load') | {MUTEX}
    cut = [keep(w, lambda e: e.address == MUTEX or e.kind == 'store' and e.address in read) for w in writers]
    written = words(cut, 'store')
    return cut + [keep(reader, lambda e: e.address in written)]


def keep(trace, wanted):
    rest = part(replace(trace, events=[e for e in trace.events if e.kind in ('fence', 'branch') or wanted(e)]), 0)
    while rest.events[-1].kind == 'branch':
        rest.events.pop()
    return rest


def found(world, name, writers, *seen):
    """Writers one after the other, then who finds a: all the rest is as it was by then."""
    image, threads = IMAGE, []
    for writer in writers:
        threads.append(piece(world, writer, image))
        image = threads[-1].memory
    threads.append(piece(world, 'find', image, seen))
    threads = exchanged(threads)
    finding = threads[-1]
    rest = [e for e in finding.events if e.kind == 'load' and e.ident not in finding.pins]
    good = ('and',) + tuple(('eq', (len(threads) - 1, 0, e.ident), e.assumed) for e in rest)
    yield as_alone(name, IMAGE, threads, good)


def question(writers, *seen):
    return lambda world, name: found(world, name, writers, *seen)


NEXT = C  # c's link on the first side
QUESTIONS = {'registry_hash': {
    'publish': question(['a'], CHAIN),
    'behind': question(['a', 'locked_b'], CHAIN),
    'first': question(['ab', 'locked_unlink'], CHAIN),
    'between': question(['abc', 'locked_unlink'], CHAIN, NEXT),
    'resized': question(['a', 'resize'], PUBLISHED),
}}


def questions(target, code, variant, prop, name):
    return QUESTIONS[variant][prop](World(target, code), name)
