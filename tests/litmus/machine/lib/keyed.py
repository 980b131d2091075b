# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about keyed.h: who finds a place ready finds its key."""
from lib.dispatch import World, pair
from isa.events import LATCH

FINGERPRINT = LATCH  # of struct world of pieces/keyed.c


def question(reader):
    return lambda world, name: pair(world, 'piece_keyed_claim', f'piece_keyed_{reader}', {}, FINGERPRINT, name)


QUESTIONS = {'keyed': {'found': question('find'), 'read': question('read')}}


def questions(target, code, variant, prop, name):
    return QUESTIONS[variant][prop](World(target, code), name)
