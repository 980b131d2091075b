# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a thread does to shared memory, found by running its machine code on one memory image.

The code runs on concrete numbers. Beside its number, every value carries the set of loads that it
was computed from, so that address, data and control dependencies of the real code are kept when
the instructions are printed as a litmus test with the numbers filled in.
"""
from dataclasses import dataclass, field

MASK = (1 << 64) - 1
LATCH, RECORD, OUT, SCRATCH, STACK = (n << 20 for n in range(1, 6))
CODE = 6 << 20  # handlers: functions that load one word from where their argument points
SIZE = 1 << 20
CONTROL = 8  # LATCH_CONTROL_WORDS: the words before the first record


class Unsupported(Exception):
    """An instruction, or a use of one, that the tool does not know."""


@dataclass(frozen=True)
class Value:
    number: int
    deps: frozenset = frozenset()

    def signed(self):
        return self.number - (1 << 64) if self.number >> 63 else self.number


@dataclass
class Event:
    """One instruction that touches shared memory, a fence, or a branch that depends on a load."""
    kind: str  # load, store, rmw, fence, branch, store_exclusive, store_back
    order: object = None  # as the instruction set spells it
    op: str = ''  # of an rmw
    address: int = 0
    address_deps: frozenset = frozenset()
    number: int = 0  # what is stored, or the operand of the rmw
    data_deps: frozenset = frozenset()
    expected: int = 0  # of a compare-exchange
    ident: int = -1  # of what it returns, if it does
    assumed: int = 0  # what it returned in this run
    deps: frozenset = frozenset()  # of a branch


@dataclass
class Trace:
    events: list
    result: Value
    private: dict
    memory: dict  # the latch afterwards
    snapshots: list = field(default_factory=list)  # the latch before each event
    decided: frozenset = frozenset()  # loads that any branch depends on
    pins: dict = field(default_factory=dict)  # load -> the values that a test demands of it

    @property
    def pinned_values(self):
        """Of those loads of which one value is demanded."""
        return {i: min(v) for i, v in self.pins.items() if len(v) == 1}

    def loaded(self):
        return {e.ident: e for e in self.events if e.ident >= 0}

    def pinned(self):
        """Loads whose values decided the run: where it branched, what it addressed or stored.

        Not the words of a record that are copied or added to.
        """
        deps = self.decided
        for event in self.events:
            deps |= event.address_deps
            if event.kind == 'store_exclusive' or event.address < LATCH + 8 * CONTROL:
                deps |= event.data_deps
        return deps


class Memory:
    """The latch is shared: what touches it is an event. Everything else is private."""

    def __init__(self, image, overrides=None, pieces=None):
        self.latch = dict(image)
        self.private = dict(pieces or {})
        self.overrides = {a: list(v) for a, v in (overrides or {}).items()}
        self.events = []
        self.snapshots = []
        self.next = 0

    def is_shared(self, address):
        return LATCH <= address < LATCH + SIZE

    def record(self, event):
        self.snapshots.append(dict(self.latch))
        self.events.append(event)

    def fresh(self):
        self.next += 1
        return self.next - 1

    def read_shared(self, address):
        queue = self.overrides.get(address)
        if queue:
            return queue.pop(0)
        return self.latch.get(address, 0)

    def load(self, address, order=None):
        at = address.number
        if at & 7:
            raise Unsupported(f'unaligned load at {at:#x}')
        if not self.is_shared(at):
            return self.private.get(at, Value(0))
        number = self.read_shared(at)
        ident = self.fresh()
        self.record(Event('load', order, address=at, address_deps=address.deps, ident=ident,
                          assumed=number))
        return Value(number, frozenset([ident]))

    def store(self, address, value, order=None):
        at = address.number
        if at & 7:
            raise Unsupported(f'unaligned store at {at:#x}')
        if not self.is_shared(at):
            self.private[at] = value
            return
        self.record(Event('store', order, address=at, address_deps=address.deps,
                          number=value.number, data_deps=value.deps))
        self.latch[at] = value.number

    def rmw(self, op, address, operand, order, expected=None):
        at = address.number
        if not self.is_shared(at):
            raise Unsupported('atomic operation on private memory')
        old = self.read_shared(at)
        ident = self.fresh()
        self.record(Event('rmw', order, op, at, address.deps, operand.number, operand.deps,
                          expected.number if expected else 0, ident, old))
        new = {'add': old + operand.number, 'or': old | operand.number,
               'swap': operand.number, 'cas': operand.number}[op] & MASK
        if op != 'cas' or old == expected.number:
            self.latch[at] = new
        return Value(old, frozenset([ident]))

    def store_exclusive(self, address, value, order):
        """A store-exclusive that succeeds (returns 0): a retry loop is cut after one attempt."""
        ident = self.fresh()
        self.record(Event('store_exclusive', order, address=address.number,
                          address_deps=address.deps, number=value.number, data_deps=value.deps,
                          ident=ident))
        self.latch[address.number] = value.number
        return Value(0, frozenset([ident]))

    def store_back(self, address, value, order):
        """Store-exclusive of the value that was loaded; the latch does not change whether it succeeds or fails."""
        self.record(Event('store_back', order, address=address.number, address_deps=address.deps,
                          number=value.number, data_deps=value.deps))

    def fence(self, order):
        self.record(Event('fence', order))

    def branch(self, deps):
        if deps:
            self.record(Event('branch', deps=deps))


def finish(memory, result):
    decided = frozenset().union(*(e.deps for e in memory.events))
    while memory.events and memory.events[-1].kind == 'branch':  # nothing depends on it
        memory.events.pop()
        memory.snapshots.pop()
    return Trace(memory.events, result, memory.private, memory.latch, memory.snapshots, decided)
