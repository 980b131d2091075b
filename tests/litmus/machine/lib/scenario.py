# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about a latch: who runs beside whom, and what must not happen.

The latch's operations are first run one after the other. Each thread of a test then does what its
operation did in that run, as long as the loads that decided it return what they returned there;
executions where they do not are other tests' business. The filter of each test says so.
"""
from copy import copy
from dataclasses import dataclass, replace
from itertools import product

from isa.assembly import Test
from isa.events import LATCH, OUT, RECORD, SCRATCH, Unsupported, Value


@dataclass
class Question:
    test: Test
    good: tuple  # a condition that must be met by some execution, or the verdict is vacuous
    seen_late: tuple = ()  # likewise: a reader that copied words of a later writer


class Latch:
    """One variant as one target compiles it."""

    def __init__(self, target, code, words):
        self.target, self.code, self.words = target, code, words

    def run(self, function, args, image, private=None, overrides=None):
        return self.target.run(self.code, function, args, image, overrides, private)

    def write(self, workload, image, number, overrides=None, stamp=None):
        """The write that makes the record `number` in every word; from number - 1 if it adds."""
        value = number if workload == 'publish' else 1
        private = {RECORD + 8 * i: Value(value) for i in range(self.words)}
        args = [LATCH, RECORD, number if stamp is None else stamp]
        return self.run(f'piece_{workload}', args[:3 if workload == 'publish' else 2], image,
                        private, overrides)

    def read(self, workload, image, overrides=None):
        args = [LATCH, OUT, SCRATCH]
        name = 'piece_read' if workload == 'publish' else 'piece_read_sum'
        return self.run(name, args[:2 if workload == 'publish' else 3], image, None, overrides)


def succeeded(trace):
    return trace.result.number & 0xffffffff < 1 << 31


def shape(trace, but=None):
    """What a trace does, whatever its loads returned."""
    return tuple((e.kind, e.order, e.op, e.address, e.number, e.address_deps, e.data_deps, e.expected)
                 for e in trace.events if e.kind != 'branch') + (succeeded(trace),)


def override(trace, ident, value):
    """Overrides that repeat the run up to one load, which then returns something else."""
    wanted = trace.loaded()[ident]
    queue = []
    for event in trace.events:
        if event.ident >= 0 and event.address == wanted.address and event.kind in ('load', 'rmw'):
            if event.ident == ident:
                return {wanted.address: queue + [value]}
            queue.append(event.assumed)
    raise AssertionError


def values_of(address, images):
    return {image.get(address, 0) for image in images}


def pins(trace, again, images, free=()):
    """For each load that decided the run, the values that decide it alike."""
    found = {}
    loaded = trace.loaded()
    for ident in sorted(trace.pinned() - set(free)):
        event = loaded[ident]
        alike = {event.assumed}
        if event.kind == 'load':
            for value in values_of(event.address, images):
                try:
                    other = again(override(trace, ident, value))
                except Unsupported:
                    continue
                if shape(other) == shape(trace):
                    alike.add(value)
        found[ident] = alike
    return found


def drop_hint(trace, images):
    """Leave out a first look that only decides whether to go on.

    It may return what the latch held at first, and an access that reads the first value and has
    nothing before it in its thread cannot be on a cycle of any model: nothing leads into it. So
    for a thread's first operation nothing is lost; a later one is judged without the order that
    its look may add, which allows more, not less.
    """
    first = trace.events[0]
    used = frozenset().union(*(e.address_deps | e.data_deps for e in trace.events))
    if first.kind == 'load' and not str(first.order).startswith(('ldx', 'ldax', 'lr.', 'ldarx')) and first.ident in trace.pins and first.ident not in used and \
            images[0].get(first.address, 0) in trace.pins[first.ident]:
        trace.events.pop(0)
        trace.snapshots.pop(0)
        del trace.pins[first.ident]


def part(trace, first, last=None):
    """Some events of a trace, without dependencies on what was cut off before."""
    kept = trace.events[first:last]
    here = frozenset(e.ident for e in kept if e.ident >= 0)
    events = [replace(e, address_deps=e.address_deps & here, data_deps=e.data_deps & here,
                      deps=e.deps & here) for e in kept]
    return replace(trace, events=events, snapshots=trace.snapshots[first:last],
                   pins={i: v for i, v in trace.pins.items() if i in here})


def tail(trace):
    """What a write does after its last access to word 0, and the latch before that."""
    return part(trace, 1 + max(i for i, e in enumerate(trace.events) if e.address == LATCH and e.kind != 'branch'))


def head(trace):
    """What a write does until the last load that decides it."""
    return part(trace, 0, 1 + max(i for i, e in enumerate(trace.events) if e.ident in trace.pins))


class Run:
    """Writes one after the other, and everything the latch looked like meanwhile."""

    def __init__(self, latch, workload, writes, image=None):
        self.latch, self.workload = latch, workload
        self.images = [dict(image or {})]
        self.all = []
        self.writes = []
        for number in range(1, writes + 1):
            trace = latch.write(workload, self.images[-1], number)
            if not succeeded(trace):
                raise Unsupported('a write that is refused while nobody else writes')
            self.writes.append(trace)
            self.all += trace.snapshots
            self.images.append(trace.memory)
        self.all.append(self.images[-1])
        for number, trace in enumerate(self.writes, 1):
            trace.pins = pins(trace, lambda o, n=number: latch.write(
                workload, self.images[n - 1], n, o), self.all)
            drop_hint(trace, self.images)

    def from_tail(self):
        """The same, begun where the first writer has moved word 0 for the last time."""
        short = copy(self)
        short.writes = [tail(self.writes[0])] + self.writes[1:]
        short.images = [short.writes[0].snapshots[0]] + self.images[1:]
        short.all = short.writes[0].snapshots + [s for w in self.writes[1:] for s in w.snapshots]
        short.all.append(self.images[-1])
        return short

    def source_loads(self, number):
        """The loads of a write that only feed what it stores: the record it adds to."""
        trace = self.writes[number - 1]
        return [e for e in trace.events if e.kind == 'load' and e.ident not in trace.pins]


class Reader:
    """A reader that looks while the latch is as in one image."""

    def __init__(self, run, image):
        self.run, self.image = run, image
        latch = run.latch
        self.again = lambda overrides: latch.read(run.workload, image, overrides)
        self.trace = self.again(None)
        self.accepts = succeeded(self.trace)
        out = [self.trace.private.get(OUT + 8 * i, Value(0)) for i in range(latch.words)]
        self.payload = [next(iter(v.deps)) for v in out if len(v.deps) == 1]
        self.usable = self.accepts and len(self.payload) == latch.words
        self.expected = out[0].number
        if self.usable:
            self.find_rechecks()

    def find_rechecks(self):
        """Second looks at a word: not pinned; the code itself says which values it accepts."""
        seen, self.rechecks = set(), []
        for event in self.trace.events:
            if event.kind in ('load', 'rmw') and event.ident not in self.payload:
                if event.address in seen:
                    self.rechecks.append(event)
                seen.add(event.address)
        self.accepted = []
        choices = [sorted(values_of(e.address, self.run.all)) for e in self.rechecks]
        for values in product(*choices):
            overrides = {}
            for event, value in zip(self.rechecks, values):
                overrides.update(override(self.trace, event.ident, value))
            if succeeded(self.again(overrides)):
                self.accepted.append(values)
        free = [e.ident for e in self.rechecks]
        self.pins = pins(self.trace, self.again, self.run.all, free)
        self.pins = {i: {v for v in values if v == self.trace.loaded()[i].assumed or
                         self.accepts_alike(i, v)} for i, values in self.pins.items()}
        self.trace.pins = self.pins

    def accepts_alike(self, ident, value):
        """Does another first look accept the same second looks?"""
        first = self.trace.loaded()[ident]
        for values in product(*[sorted(values_of(e.address, self.run.all)) for e in self.rechecks]):
            overrides = override(self.trace, ident, value)
            for event, second in zip(self.rechecks, values):
                if event.address == first.address:
                    overrides[first.address] = overrides[first.address] + [second]
                else:
                    overrides.update(override(self.trace, event.ident, second))
            if succeeded(self.again(overrides)) != (values in self.accepted):
                return False
        return True

    def key(self):
        return shape(self.trace), tuple(sorted((i, tuple(sorted(v))) for i, v in self.pins.items()))


def readers(run):
    """One for each way to read that the images allow."""
    found = {}
    for image in run.all:
        reader = Reader(run, image)
        if reader.usable:
            found.setdefault(reader.key(), reader)
    return list(found.values())


def pin_list(thread, index, trace_pins):
    return [((thread, index, ident), values) for ident, values in sorted(trace_pins.items())]


def as_alone(name, image, threads, good, bad=None):
    """Threads of one trace each do as they did when they ran alone, and `bad`, or not `good`, comes of it."""
    pinned = [p for n, trace in enumerate(threads) for p in pin_list(n, 0, trace.pins)]
    return Question(Test(name, [[t] for t in threads], image, pinned, bad or ('not', good)), good)


def torn(run, name, one_cpu):
    """A reader accepts words of different records, or of one older than it looked for."""
    for number, reader in enumerate(readers(run)):
        threads = [list(run.writes)] if one_cpu else [[w] for w in run.writes]
        place = len(threads)
        pinned = []
        for n, write in enumerate(run.writes):
            pinned += pin_list(0 if one_cpu else n, n if one_cpu else 0, write.pins)
        pinned += pin_list(place, 0, reader.pins)
        load = lambda ident: (place, 0, ident)
        allowed = sorted({reader.expected} | set(range(reader.expected, len(run.writes) + 1)))
        whole = ('or',) + tuple(('and',) + tuple(('eq', load(i), v) for i in reader.payload)
                                for v in allowed)
        accept = ('or',) + tuple(('and',) + tuple(('eq', load(e.ident), v) for e, v in
                                                  zip(reader.rechecks, values))
                                 for values in reader.accepted)
        test = Test(f'{name}-{number}', threads + [[reader.trace]], run.images[0], pinned,
                    ('and', accept, ('not', whole)))
        copied = {reader.trace.loaded()[i].address for i in reader.payload}
        late = [v for v, w in enumerate(run.writes, 1) if v > reader.expected and
                any(e.kind == 'store' and e.address in copied for e in w.events)]
        yield Question(test, ('and', accept, whole),
                       ('or',) + tuple(('eq', load(i), v) for v in late for i in reader.payload)
                       if late else ())


def overlap(run, name):
    """Two writers own the latch in the same state."""
    trace = run.writes[0]
    pinned = pin_list(0, 0, trace.pins) + pin_list(1, 0, trace.pins)
    owners = ('and',) + tuple(('eq', load, next(iter(v))) for load, v in pinned)
    yield Question(Test(name, [[trace], [head(trace)]], run.images[0], [], owners), ('not', owners))


def final(run, name):
    """Writers one after the other, and yet an older one's words are what stays."""
    stored = {e.address for w in run.writes for e in w.events if e.kind == 'store'}
    good = ('and',) + tuple(('mem', a, run.images[-1].get(a, 0)) for a in sorted(stored))
    yield as_alone(name, run.images[0], run.writes, good)


def lost(run, name):
    """A writer adds to words that are older than the record of the writer before it."""
    sources = run.source_loads(2)
    good = ('and',) + tuple(('eq', (1, 0, e.ident), e.assumed) for e in sources)
    if sources:
        yield as_alone(name, run.images[0], run.writes[:2], good)
