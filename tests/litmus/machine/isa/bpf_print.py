# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's BPF. In `r0 = atomic_fetch_add(..., r3)` the old value goes to r3: one register for both."""
from isa.assembly import Assembly, word

DATA, PLACE = 'r9', 'r0'  # for a moment; what nobody asks for is also put into DATA


class Bpf(Assembly):
    word_type = ''
    forms = {'leave': 'if {a} != {b} goto {label}'}

    def __init__(self):
        super().__init__('BPF', [f'r{i}' for i in range(1, 9)])

    def zero(self, thread, index, register, deps):
        """register = 0, depending on these loads."""
        for n, ident in enumerate(sorted(deps)):
            source = thread.names[(thread.number, index, ident)]
            if n == 0:
                thread.add(f'{register} = {source}')
            thread.add(f'{register} {"^=" if n == 0 else "+="} {source}')
            if n:
                thread.add(f'{register} -= {source}')

    def operand_in(self, thread, index, event, register):
        if event.data_deps:
            self.zero(thread, index, register, event.data_deps)
            thread.add(f'{register} += {event.number}')
        else:
            thread.add(f'{register} = {event.number}')

    def location(self, thread, index, event):
        base = self.constant(thread, word(event.address))
        if not event.address_deps:
            return base
        self.zero(thread, index, PLACE, event.address_deps)
        thread.add(f'{PLACE} += {base}')
        return PLACE

    def result_or_none(self, thread, index, event, trace):
        load = (thread.number, index, event.ident)
        if load in self.wanted or any(event.ident in e.address_deps | e.data_deps | e.deps
                                      for e in trace.events):
            if self.may_be_forgotten(load, event, trace, thread):
                thread.forgotten = load
                thread.names[load] = DATA
            else:
                return self.result(thread, index, event)
        return DATA

    def may_be_forgotten(self, load, event, trace, thread):
        """To save a register: one that only decides, and that orders whatever follows it anyhow.

        Its branch comes at once; that the thread went on is what its register then says.
        """
        used = frozenset().union(*(e.address_deps | e.data_deps for e in trace.events))
        return (event.kind == 'rmw' or event.order == 'acquire') and load in self.single and \
            event.ident not in used and not getattr(thread, 'forgotten', None)

    def decide(self, thread, index, event):
        load = (thread.number, index, event.ident)
        if getattr(thread, 'forgotten', None) == load:
            thread.pinned_done.add(load)
            thread.add(f'if {DATA} != {self.single[load]} goto L{thread.number}')

    def finish(self, thread):
        if getattr(thread, 'forgotten', None):
            thread.add(f'{DATA} = {self.single[thread.forgotten]}')

    def render(self, test):
        self.wanted = set()
        self.single = {load: min(values) for load, values in test.pins if len(values) == 1}

        def collect(expr):
            if expr[0] == 'eq':
                self.wanted.add(expr[1])
            for part in expr[1:]:
                if isinstance(part, tuple) and part and isinstance(part[0], str):
                    collect(part)
        collect(test.bad)
        collect(test.filter())
        return super().render(test)

    def constant(self, thread, value):
        return super().constant(thread, value) if isinstance(value, str) else str(value)

    def load(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        result = self.result_or_none(thread, index, event, trace)
        form = '{} = load_acquire((u64 *)({} + 0))' if event.order == 'acquire' else '{} = *(u64 *)({} + 0)'
        thread.add(form.format(result, where))
        self.decide(thread, index, event)

    def store(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        self.operand_in(thread, index, event, DATA)
        form = 'store_release((u64 *)({} + 0), {})' if event.order == 'release' else '*(u64 *)({} + 0) = {}'
        thread.add(form.format(where, DATA))

    def rmw(self, thread, index, trace, event):
        self.atomic(thread, index, trace, event)
        self.decide(thread, index, event)

    def atomic(self, thread, index, trace, event):
        if event.op == 'cas':
            where = self.constant(thread, word(event.address))
            self.operand_in(thread, index, event, DATA)
            thread.add(f'r0 = {event.expected}')
            thread.add(f'r0 = cmpxchg_64({where} + 0, r0, {DATA})')
            thread.add(f'{self.result_or_none(thread, index, event, trace)} = r0')
            return
        where = self.location(thread, index, event)
        result = self.result_or_none(thread, index, event, trace)
        self.operand_in(thread, index, event, result)
        if event.op == 'swap':
            thread.add(f'{result} = xchg_64({where} + 0, {result})')
        else:
            thread.add(f'{result} = atomic_fetch_{event.op}((u64 *)({where} + 0), {result})')
