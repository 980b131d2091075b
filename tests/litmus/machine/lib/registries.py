# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is asked about the registries in BPF: who finds an object finds what was written for it."""
from dataclasses import replace

from isa import c_print
from isa.events import LATCH, RECORD, Value
from lib.counts import smaller
from lib.dispatch import World
from lib.scenario import as_alone, part

# struct kernel of bpf/bpf_helpers.h, behind it struct registry_array_object
QUEUE, (THERE, INDEX) = LATCH, (LATCH + 8 * n for n in (3, 4))  # the element of id 1
REF, ID, LINKED, STRANDED, _, PAYLOAD = (LATCH + 8 * n for n in range(7, 13))
# struct registry_kptr_object in the same place; the value of the element is its slot
KPTR, SLOT, KPTR_LINKED, KPTR_PAYLOAD = LATCH + 8 * 7, INDEX, LATCH + 8 * 9, LATCH + 8 * 10
BUSY = {RECORD: Value(1)}


class Array(World):
    """The pieces of registry/array.h."""

    decides, open = (QUEUE, THERE, INDEX, REF, LINKED, STRANDED), (ID, PAYLOAD)

    def piece(self, what, image, busy=False):
        trace = self.run(f'piece_{what}', image, private=BUSY if busy else None)
        trace.events = [smaller(e) for e in trace.events]
        for event in trace.events:  # what the maps and the count return, and what was branched on
            if event.ident >= 0 and event.address in self.decides:
                trace.pins[event.ident] = {event.assumed}
        free(trace, *self.open)
        return trace

    def cut(self, trace, *addresses):
        """Of machine code only these words: in BPF there are ten registers, and elsewhere it takes long."""
        return trace if isinstance(self.target.printer, c_print.C) else only(trace, *addresses)


class Kptr(Array):
    """The pieces of registry/kptr.h."""

    decides, open = (THERE, SLOT, KPTR_LINKED), (KPTR_PAYLOAD,)


def forget(trace, ident):
    """What this load finds does not decide what goes on: the condition is about it."""
    trace.pins.pop(ident, None)


def free(trace, *addresses):
    """As forget, for all loads of these words."""
    for event in trace.events:
        if event.address in addresses:
            forget(trace, event.ident)


def only(trace, *addresses):
    """What it does to these words: without the rest less is in order, so more is allowed, not less."""
    return part(replace(trace, events=[e for e in trace.events
                                       if e.address in addresses or e.kind in ('fence', 'branch')]), 0)


def upto(trace, ident):
    """Until this load."""
    return part(trace, 0, next(i for i, e in enumerate(trace.events) if e.ident == ident) + 1)


def since(trace, address):
    """From the first access to this word on."""
    return part(trace, next(i for i, e in enumerate(trace.events) if e.address == address))


def loads(thread, trace, address):
    """Names of its loads of a word, in their order."""
    return [(thread, 0, e.ident) for e in trace.events
            if e.address == address and e.ident >= 0 and e.kind != 'store_exclusive']


def publish(world, name):
    """Who finds the object by its id finds its payload."""
    image = {QUEUE: 1}
    writing = world.piece('publish', image)
    finding = world.cut(world.piece('find', writing.memory), LINKED, PAYLOAD)
    writing = world.cut(writing, LINKED, PAYLOAD)
    yield as_alone(name, image, [writing, finding], ('eq', loads(1, finding, PAYLOAD)[0], 1))


def other(world, name):
    """Who looks where the object was, gets a reference of the one made anew: it sees the new id."""
    image = {QUEUE: 1, THERE: 1, ID: 1}
    writing = world.piece('new_other', image)
    finding = world.piece('find', {**image, REF: 1, LINKED: 1})
    seen = loads(1, finding, ID)[0]
    finding = world.cut(upto(finding, seen[2]), REF, ID)
    writing = world.cut(writing, REF, ID)
    yield as_alone(name, image, [writing, finding], ('eq', seen, 2))


def unlinked(world, name):
    """Who looked where the id was before deletes the object of the same id made anew: it is there."""
    image = {QUEUE: 1, THERE: 1, ID: 1, REF: 1, LINKED: 1}
    writing = only(world.piece('delete_publish', image), LINKED, THERE)
    deleting = only(world.piece('delete', image), LINKED, THERE)
    seen = loads(1, deleting, THERE)[-1]
    deleting = upto(deleting, seen[2])
    forget(deleting, seen[2])
    yield as_alone(name, image, [writing, deleting], ('eq', seen, 1))


def relinked(world, name):
    """Who finds an object whose delete was refused finds its payload."""
    image = {QUEUE: 1}
    writing = world.piece('publish', image)
    refused = world.piece('refused_delete', writing.memory, busy=True)
    finding = world.piece('find', refused.memory)
    threads = [only(t, LINKED, PAYLOAD) for t in (writing, refused, finding)]
    yield as_alone(name, image, threads, ('eq', loads(2, threads[2], PAYLOAD)[0], 1))


def released(world, name):
    """Who puts the last and makes it anew sees what a holder wrote, who sees nothing of that."""
    image = {ID: 1, REF: 2}
    using = world.piece('use_put', image)
    reusing = world.piece('put_reuse', using.memory)
    using, reusing = (world.cut(t, REF, ID, PAYLOAD) for t in (using, reusing))
    good = ('and', ('eq', loads(0, using, ID)[0], 1), ('eq', loads(1, reusing, PAYLOAD)[0], 3),
            ('mem', PAYLOAD, 2))
    yield as_alone(name, image, [using, reusing], good)


def stranded(world, name):
    """Who makes an object anew that was stranded and swept finds it as it was left."""
    image = {ID: 1, REF: 1, PAYLOAD: 1}
    putting = world.piece('put', image, busy=True)
    reusing = world.piece('sweep_reuse', putting.memory)
    putting, reusing = (world.cut(t, STRANDED, PAYLOAD) for t in (putting, reusing))
    good = ('and', ('eq', loads(1, reusing, PAYLOAD)[0], 9), ('mem', PAYLOAD, 2))
    yield as_alone(name, image, [putting, reusing], good)


def kptr_publish(world, name):
    """Who finds the object in its slot finds it linked, and its payload."""
    words = SLOT, KPTR_LINKED, KPTR_PAYLOAD
    writing = world.piece('publish', {})
    finding = world.cut(world.piece('find', writing.memory), *words)
    free(finding, KPTR_LINKED)
    good = ('and',) + tuple(('eq', loads(1, finding, a)[0], 1) for a in words[1:])
    yield as_alone(name, {}, [world.cut(writing, *words), finding], good)


def kptr_relinked(world, name):
    """Who deletes an object whose delete was refused finds it in its slot."""
    image = world.piece('publish', {}).memory
    refused = world.piece('refused_delete', image, busy=True)
    deleting = world.piece('delete', refused.memory)
    seen = loads(1, deleting, SLOT)[-1]
    refused, deleting = (since(world.cut(t, KPTR_LINKED, SLOT), KPTR_LINKED)
                         for t in (refused, upto(deleting, seen[2])))
    forget(deleting, seen[2])
    yield as_alone(name, image, [refused, deleting], ('eq', seen, KPTR))


QUESTIONS = {
    'registry_kptr': {'publish': kptr_publish, 'relinked': kptr_relinked},
    'registry_array': {'publish': publish, 'other': other, 'unlinked': unlinked, 'relinked': relinked,
                       'released': released, 'stranded': stranded},
}
WORLDS = {'registry_kptr': Kptr, 'registry_array': Array}


def questions(target, code, variant, prop, name):
    return QUESTIONS[variant][prop](WORLDS[variant](target, code), name)
