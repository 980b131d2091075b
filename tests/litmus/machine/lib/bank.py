# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about the bank alone: its claims, its give-back and the word that says "met"."""
from isa.assembly import Test
from lib.scenario import Question, as_alone, part, pin_list, pins, succeeded
from isa.events import LATCH, Unsupported

FLAG = LATCH + 8 * 7  # a control word that no latch uses


def claims(trace):
    """The places where a write claims a way, one for each way it tried."""
    return [e for e in trace.events if is_claim(e)]


def is_claim(event):
    """Not the atomic operations that BPF needs for acquire and release."""
    return event.kind == 'store_exclusive' or event.kind == 'rmw' and event.op in ('add', 'cas')


class Bank:
    def __init__(self, latch, workload):
        self.latch, self.workload = latch, workload
        self.images = []
        first = self.write({}, 1)
        self.way0 = claims(first)[-1].address
        second = self.write({self.way0: 1}, 1)
        self.way1 = claims(second)[-1].address
        self.met = next(e.address for e in second.events if e.kind == 'store')

    def write(self, image, number, overrides=None, stamp=None):
        again = lambda o: self.latch.write(self.workload, image, number, o, stamp)
        trace = again(overrides)
        self.images += trace.snapshots + [trace.memory]
        if overrides:  # where a word changes in between: as it is
            trace.pins = {i: {trace.loaded()[i].assumed} for i in trace.pinned()}
        else:
            trace.pins = pins(trace, again, self.images)
        return trace

    def after_claim(self, trace):
        """The rest of a write once it owns its way, and the latch then."""
        last = max(i for i, e in enumerate(trace.events) if is_claim(e))
        rest = part(trace, last + 1)
        return rest, rest.snapshots[0]

    def other(self, function, address):
        """tell or hear."""
        trace = self.latch.run(function, [address], {address: 1} if function == 'piece_hear' else {})
        trace.pins = {i: {e.assumed} for i, e in trace.loaded().items()}
        return trace


def refused(latch, workload, name):
    """One writer leaves way 1 and takes way 0; another finds both taken."""
    bank = Bank(latch, workload)
    leaving, image = bank.after_claim(bank.write({bank.way0: 1}, 1))
    image = {**image, bank.way0: 0}
    taking = bank.write({**leaving.memory, bank.way0: 0}, 2)
    unlucky = [bank.write({bank.way0: 1, bank.way1: 1}, 3)]
    if workload == 'publish':  # the way looks free at first, and is not
        unlucky.append(bank.write({bank.way0: 1, bank.way1: 1}, 3, {bank.way0: [0, 1]}))
    for number, trace in enumerate(unlucky):
        if succeeded(trace):
            raise Unsupported('two ways busy, and yet not refused')
        found = {event.address: (1, 0, i) for i, event in trace.loaded().items()
                 if i in trace.pins and event.kind != 'store_exclusive'}
        busy = ('and',) + tuple(('or',) + tuple(('eq', load, v) for v in sorted(values))
                                for load, values in pin_list(1, 0, trace.pins))
        free = ('and', ('eq', found[bank.way0], 1), ('not', ('eq', found[bank.way1], 1)))
        test = Test(f'{name}-{number}', [[leaving, taking], [trace]], image,
                    pin_list(0, 0, leaving.pins) + pin_list(0, 1, taking.pins), busy)
        yield Question(test, free)


def met(latch, workload, name):
    """A reader that has heard of a record in way 1 does not see that writers have met."""
    bank = Bank(latch, workload)
    writing, image = bank.after_claim(bank.write({bank.way0: 1}, 1))
    tell, hear = bank.other('piece_tell', FLAG), bank.other('piece_hear', FLAG)
    read = latch.read(workload, {})
    look = next(i for i, e in enumerate(read.events) if e.address == bank.met)
    look = part(read, look, look + 1)
    load = (1, 1, look.events[0].ident)
    test = Test(name, [[writing, tell], [hear, look]], image,
                pin_list(0, 0, writing.pins) + pin_list(1, 0, hear.pins), ('eq', load, 0))
    yield Question(test, ('eq', load, 1))


def stamp(latch, workload, name):
    """A writer finds an older stamp in its way than one that was committed before."""
    bank = Bank(latch, workload)
    first = bank.write({}, 2)
    committing, image = bank.after_claim(first)
    committed = first.memory
    superseded = bank.write(committed, 1)
    late = bank.write(committed, 3)
    slot = next(e for e in late.events if e.kind == 'load' and e.assumed == 2 and
                e.address not in (bank.way0, bank.way1))
    end = late.events.index(slot)
    late = part(late, 0, end + 1)
    for trace in (superseded, late):
        trace.pins.pop(slot.ident, None)
    yield as_alone(name, image, [committing, superseded, late], ('eq', (2, 0, slot.ident), 2))


def given_back(latch, workload, name):
    """A reader that finds the counter a superseded writer gave back takes an older record than it says.

    What is given back is what the committer wrote: the reader may have it from either.
    """
    bank = Bank(latch, workload)
    first = bank.write({}, 2)
    committing, image = bank.after_claim(first)
    superseded = bank.write(first.memory, 1)
    read = latch.read(workload, first.memory)
    read.pins = pins(read, lambda o: latch.read(workload, first.memory, o), bank.images)
    copy = next(i for i, e in enumerate(read.events) if e.kind == 'load' and e.assumed == 2)
    read = part(read, 0, copy + 1)
    yield as_alone(name, image, [committing, superseded, read], ('eq', (2, 0, read.events[-1].ident), 2))
