# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about refcount.h: who frees an object sees what was done with it, and frees it once."""
from dataclasses import replace

from lib.dispatch import Refused, pair
from lib.dispatch import World as Pieces
from isa.assembly import Test
from lib.scenario import Question, as_alone, pin_list
from isa.events import LATCH, MASK

# struct world of pieces/refcount.c
DATA, WORD = LATCH, {'refcount': LATCH + 8, 'rcuref': LATCH + 16}
NOREF, DEAD = MASK, 0xe << 60  # of an rcuref


def small(number):
    """The words of herd7's C have 4 bytes: the zones of an rcuref lie nearer to each other there.

    Sums stay sums, and no two words that a test has become the same. Below 0 is NOREF alone.
    """
    rest = (number + (1 << 31)) % (1 << 32) - (1 << 31)
    return rest + ((number - rest) % (1 << 64) >> 40)


def smaller(event):
    """The same event of small words."""
    return replace(event, number=small(event.number), expected=small(event.expected),
                   assumed=small(event.assumed))


class World(Pieces):
    """The pieces of one kind of count."""

    def __init__(self, target, code, kind):
        super().__init__(target, code)
        self.kind, self.word = kind, WORD[kind]

    def image(self, references):
        """The object with so many references."""
        if self.kind == 'refcount':
            return {self.word: references}
        return {self.word: references - 1 if references else DEAD}

    def run(self, *args):
        trace = super().run(*args)
        trace.events = [smaller(e) for e in trace.events]
        for event in trace.events:  # also what is only returned
            if event.ident >= 0 and event.address == self.word:
                trace.pins[event.ident] = {event.assumed}
        return trace

    def piece(self, what, image, overrides=None):
        """One piece alone; all that it finds in the count is demanded."""
        return self.run(f'piece_{self.kind}_{what}', image, self.word, overrides)

    def pair(self, first, second, references, name):
        return pair(self, f'piece_{self.kind}_{first}', f'piece_{self.kind}_{second}',
                    self.image(references), self.word, name)


def freed(world, name):
    """Who has put the last sees what others did before they put."""
    yield from world.pair('write_put', 'put_read', 2, name)


def revived(world, name):
    """Who revives sees what was done before the last put."""
    yield from world.pair('write_put', 'revive_read', 1, name)


def renewed(world, name):
    """Who gets a reference of a revived object sees what was written before that."""
    yield from world.pair('write_revive', 'get_read', 0, name)


def disturbed(world, name):
    """A holder reads what was written after the last put."""
    holder = world.piece('read_put', world.image(2))
    freeing = world.piece('put_write', holder.memory)
    load = next((0, 0, e.ident) for e in holder.events if e.address == DATA)
    yield as_alone(name, world.image(2), [holder, freeing], ('eq', load, 0))


def without(trace):
    """A thread that may find anything; but a store-exclusive succeeds, or it is not done."""
    return {i: v for i, v in trace.pins.items() if trace.loaded()[i].kind == 'store_exclusive'}


def found(thread, trace):
    """It found in the count what it found when it ran alone: it did the same."""
    return ('and',) + tuple(('eq', load, min(v)) for load, v in pin_list(thread, 0, trace.pins)
                            if load[2] not in without(trace))


def beside(world, name, one, two, references, bad, good):
    """Two pieces, whatever they find."""
    pins = pin_list(0, 0, without(one)) + pin_list(1, 0, without(two))
    return Question(Test(name, [[one], [two]], world.image(references), pins, bad), good)


def once(world, name):
    """Two who put find the same count: then neither is the last, or both are."""
    put = world.piece('put', world.image(2))
    both = ('and', found(0, put), found(1, put))
    yield beside(world, name, put, put, 2, both, ('not', both))


def granted(world, name):
    """A get is granted, and yet the put beside it was the last."""
    last = world.piece('put', world.image(1))
    images = [world.image(1), world.image(0)]
    if world.kind == 'rcuref':
        images.append({world.word: NOREF})  # between the two steps of the put
    for number, image in enumerate(images):
        try:
            get = world.piece('get', image)
        except Refused:
            continue
        one, two = found(0, last), found(1, get)
        yield beside(world, f'{name}-{number}', last, get, 1, ('and', one, two), ('and', one, ('not', two)))


def between(world, name):
    """As freed and once, where the other got and put between the two steps of the last put."""
    last = world.piece('put_read', world.image(1))
    other = world.piece('get_write_put', {world.word: NOREF}, {world.word: [NOREF, 0, DEAD]})
    load = next((0, 0, e.ident) for e in last.events if e.address == DATA)
    yield as_alone(f'{name}-0', world.image(1), [last, other], ('eq', load, 1))
    put, other = world.piece('put', world.image(1)), world.piece('get_write_put', {world.word: NOREF})
    one, two = found(0, put), found(1, other)
    yield beside(world, f'{name}-1', put, other, 1, ('and', one, two), ('and', one, ('not', two)))


BOTH = {'freed': freed, 'disturbed': disturbed, 'once': once, 'granted': granted, 'renewed': renewed,
        'revived': revived}
QUESTIONS = {'refcount': BOTH, 'rcuref': {**BOTH, 'between': between}}


def questions(target, code, variant, prop, name):
    for question in QUESTIONS[variant][prop](World(target, code, variant), name):
        question.test.image = {a: small(v) for a, v in question.test.image.items()}
        yield question
