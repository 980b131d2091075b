# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about scratch.h: who claims a buffer is alone, and nobody is refused too early."""
from lib.dispatch import World, pair
from lib.scenario import as_alone
from isa.events import LATCH

# struct world of pieces/scratch.c
FIRST, DATA, SECOND = (LATCH + 8 * n for n in range(3))


def handed(world, name):
    """Who claims a buffer sees what the owner before left in it."""
    yield from pair(world, 'piece_scratch_write_give', 'piece_scratch_take_read', {FIRST: 1}, FIRST, name)


def disturbed(world, name):
    """An owner reads what the next one writes."""
    owner = world.run('piece_scratch_read_give', {FIRST: 1}, FIRST)
    following = world.run('piece_scratch_take_write', owner.memory, FIRST)
    load = next((0, 0, e.ident) for e in owner.events if e.address == DATA)
    yield as_alone(name, {FIRST: 1}, [owner, following], ('eq', load, 0))


def refused(world, name):
    """Who finds the first way taken sees that its owner has left the second one."""
    yield from pair(world, 'piece_scratch_give_take', 'piece_scratch_pass', {SECOND: 2}, FIRST, name)


QUESTIONS = {'scratch': {'handed': handed, 'disturbed': disturbed, 'refused': refused}}


def questions(target, code, variant, prop, name):
    return QUESTIONS[variant][prop](World(target, code), name)
