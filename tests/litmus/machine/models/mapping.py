# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""How the kernel's operations are spelled elsewhere: for the tests written by hand.

Each function takes a thread (its events with the orders relaxed, acquire, release, full) and the
values its loads are known to return, and gives the events of one machine. What it loads beside, as
the success of a store-conditional, it adds to those values.
"""
from dataclasses import replace
from itertools import count

from isa.c_print import ACQUIRE, RELAXED, RELEASE, SEQ_CST
from isa.events import MASK, Event, Unsupported


def result(event):
    """What an atomic operation stores, given what it is known to find."""
    if event.assumed is None:
        raise Unsupported('the filter does not say what an atomic operation returns')
    return {'add': event.assumed + event.number, 'or': event.assumed | event.number,
            'swap': event.number, 'cas': event.number}[event.op] & MASK


def branch(*idents):
    return Event('branch', deps=frozenset(idents))


def exclusive(event, load, store, status):
    """Load-linked and store-conditional, one attempt. A compare-exchange that fails stores nothing."""
    yield replace(event, kind='load', order=load, number=0, data_deps=frozenset())
    if event.op == 'cas':
        yield branch(event.ident)
        if event.assumed != event.expected:
            return
    deps = event.data_deps | ({event.ident} if event.op in ('add', 'or') else frozenset())
    yield Event('store_exclusive', store, address=event.address, number=result(event),
                data_deps=frozenset(deps), ident=status)
    yield branch(status)


def simple(loads, stores, fences, rmw):
    """A machine that has an instruction, or a few, for each."""
    def translate(thread, known):
        fresh = count(1000)
        out = []
        for event in thread.events:
            if event.kind == 'rmw':
                status = next(fresh)
                events = list(rmw(event, status))
                if any(e.ident == status for e in events):
                    known[status] = 0
                out += events
            elif event.kind == 'branch':
                out.append(event)
            else:
                table = {'load': loads, 'store': stores, 'fence': fences}[event.kind]
                before, own, after = table[event.order]
                out += [Event('fence', f) for f in before]
                if own:
                    out.append(replace(event, order=own))
                for fence in after:
                    if fence == 'isync':  # orders only with a branch before it
                        out.append(branch(event.ident))
                    out.append(Event('fence', fence))
        return out
    return translate


AARCH64 = ({'relaxed': ((), 'ldr', ()), 'acquire': ((), 'ldar', ())},
           {'relaxed': ((), 'str', ()), 'release': ((), 'stlr', ())},
           {'wmb': ((), 'dmb ishst', ()), 'rmb': ((), 'dmb ishld', ()), 'mb': ((), 'dmb ish', ())})


def aarch64_lse(event, _):
    name = {'add': 'ldadd', 'or': 'ldset', 'swap': 'swp', 'cas': 'cas'}[event.op]
    yield replace(event, order=name + {'relaxed': '', 'acquire': 'a', 'release': 'l', 'full': 'al'}[event.order])


def aarch64_llsc(event, status):
    """A full one is a releasing store and a barrier, as in the kernel."""
    yield from exclusive(event, 'ldaxr' if event.order == 'acquire' else 'ldxr',
                         'stlxr' if event.order in ('release', 'full') else 'stxr', status)
    if event.order == 'full' and (event.op != 'cas' or event.assumed == event.expected):
        yield Event('fence', 'dmb ish')


RISCV = ({'relaxed': ((), 'ld', ()), 'acquire': ((), 'ld', ('fence r,rw',))},
         {'relaxed': ((), 'sd', ()), 'release': (('fence rw,w',), 'sd', ())},
         {'wmb': ((), 'fence w,w', ()), 'rmb': ((), 'fence r,r', ()), 'mb': ((), 'fence rw,rw', ())})


def riscv(event, status):
    acquire = '.aq' if event.order in ('acquire', 'full') else ''
    release = '.rl' if event.order in ('release', 'full') else ''
    if event.op == 'cas':
        yield from exclusive(event, f'lr.d{acquire}', f'sc.d{release}', status)
    else:
        name = {'add': 'amoadd.d', 'or': 'amoor.d', 'swap': 'amoswap.d'}[event.op]
        yield replace(event, order=name + acquire + release)


def power(acquire):
    """acquire: lwsync, as the kernel does for loads, or isync after a branch, as compilers do."""
    def rmw(event, status):
        if event.order in ('release', 'full'):
            yield Event('fence', 'sync' if event.order == 'full' else 'lwsync')
        yield from exclusive(event, 'lwarx', 'stwcx.', status)
        if event.order in ('acquire', 'full'):
            yield Event('fence', 'sync' if event.order == 'full' else acquire)
    return simple({'relaxed': ((), 'lwz', ()), 'acquire': ((), 'lwz', (acquire,))},
                  {'relaxed': ((), 'stw', ()), 'release': (('lwsync',), 'stw', ())},
                  {'wmb': ((), 'lwsync', ()), 'rmb': ((), 'lwsync', ()), 'mb': ((), 'sync', ())}, rmw)


def x86(thread, _):
    """herd7 has no locked operation but XCHG: with the known result it does the same."""
    out = []
    for event in thread.events:
        if event.kind == 'rmw':
            failed = event.op == 'cas' and event.assumed != event.expected
            number = event.assumed if failed else result(event)
            out.append(replace(event, op='swap', number=number, order='xchg'))
        elif event.kind in ('load', 'store'):
            out.append(replace(event, order='mov'))
        elif event.kind == 'fence' and event.order == 'mb':
            out.append(replace(event, order='mfence'))
    return out


def bpf(thread, _):
    """As order_bpf.h: an access after a barrier becomes an atomic operation, which is a full one."""
    out, barrier = [], False
    for event in thread.events:
        if event.kind == 'fence':
            barrier = not (out and out[-1].kind == 'rmw')
        elif event.kind == 'rmw':
            out.append(replace(event, order='fetch'))
            barrier = False
        elif event.kind == 'branch':
            out.append(event)
        elif not barrier:
            order = 'plain' if event.order == 'relaxed' else event.order
            out.append(replace(event, order=order))
        else:
            barrier = False
            op = 'add' if event.kind == 'load' else 'swap'
            out.append(replace(event, kind='rmw', op=op, order='fetch',
                               ident=event.ident if event.kind == 'load' else 1000 + len(out)))
    return out


def c11(thread, _):
    orders = {'relaxed': RELAXED, 'acquire': ACQUIRE, 'release': RELEASE, 'full': SEQ_CST,
              'wmb': RELEASE, 'rmb': ACQUIRE, 'mb': SEQ_CST}
    out = []
    for event in thread.events:
        order = orders.get(event.order)
        out.append(replace(event, order=(order, RELAXED) if event.op == 'cas' else order))
    return out


MAPPINGS = {
    'c11': c11,
    'aarch64-lse': simple(*AARCH64, aarch64_lse),
    'aarch64-llsc': simple(*AARCH64, aarch64_llsc),
    'riscv': simple(*RISCV, riscv),
    'power-lwsync': power('lwsync'),
    'power-isync': power('isync'),
    'x86': x86,
    'bpf-acqrel': bpf,
}
