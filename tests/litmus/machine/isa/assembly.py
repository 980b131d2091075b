# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Prints traces as herd7 tests: what is common to all languages."""
from isa.events import LATCH, Unsupported

# A load is named by (thread, number of the trace in the thread, ident).


def word(address):
    return f'w{(address - LATCH) // 8}'


class Test:
    """Threads, each a list of traces one after the other, the latch before, and a condition."""

    def __init__(self, name, threads, image, pins, bad):
        self.name, self.threads, self.image = name, threads, image
        self.pins = pins  # (load, values): what the filter demands
        self.bad = bad  # the condition: nested ('and' | 'or' | 'not', ...), ('eq', load, n), ('mem', a, n)

    def words(self):
        touched = {e.address for t in self.threads for trace in t for e in trace.events if e.address}
        return sorted(touched)

    def filter(self):
        return ('and',) + tuple(('or',) + tuple(('eq', load, v) for v in sorted(values))
                                for load, values in self.pins)

    def clauses(self, register, memory):
        """The last lines, with these names of loads and words, which judge() needs, too."""
        self.register, self.memory = register, memory
        return [f'filter {condition(self.filter(), register, memory)}',
                f'exists {condition(self.bad, register, memory)}', '']


class Thread:
    """Registers of one thread, and the lines of its code."""

    def __init__(self, number, soft):
        self.number = number
        self.soft = soft  # loads that may return several values: branches only carry a dependency
        self.lines = []
        self.names = {}  # load -> register
        self.init = {}  # register -> constant or word

    def add(self, line):
        self.lines.append(line)


def condition(expr, register, memory):
    head = expr[0]
    if head == 'eq':
        return f'{register(expr[1])}={expr[2]}'
    if head == 'mem':
        return f'{memory(expr[1])}={expr[2]}'
    if head == 'not':
        return '~' + condition(expr[1], register, memory)
    if not expr[1:]:
        return 'true' if head == 'and' else 'false'
    parts = [condition(e, register, memory) for e in expr[1:]]
    return '(' + (' /\\ ' if head == 'and' else ' \\/ ').join(parts) + ')'


class Assembly:
    """Tests in columns. A language says how its instructions look."""

    def __init__(self, language, registers):
        self.language = language
        self.registers = registers  # usable names, in order

    def render(self, test):
        soft = {load for load, values in test.pins if len(values) > 1}
        threads = []
        for number, traces in enumerate(test.threads):
            thread = Thread(number, soft)
            self.pool = iter(self.registers)
            thread.constants = {}
            thread.pinned_done = set()
            for index, trace in enumerate(traces):
                for event in trace.events:
                    self.event(thread, index, trace, event)
            self.finish(thread)
            thread.add(f'L{number}:')
            threads.append(thread)
        init = [f'{self.word_type} {word(a)}='.lstrip() + f'{test.image.get(a, 0)};' for a in test.words()]
        for thread in threads:
            init += [f'{self.init_register(thread.number, r)}={v};' for r, v in thread.init.items()]
        register = lambda load: self.final_register(load[0], threads[load[0]].names[load])
        memory = lambda address: f'[{word(address)}]'
        return '\n'.join([
            f'{self.language} {test.name}', '{', ' '.join(init), '}',
            self.table([t.lines for t in threads]), *test.clauses(register, memory)])

    word_type = 'uint64_t'
    forms = {}  # name -> instructions, as put() and access() fill them in
    temporary = for_data = for_address = None  # registers that no result has

    @staticmethod
    def spell(order):
        """An order of an event as the language writes it."""
        return order

    def init_register(self, thread, register):
        return f'{thread}:{register}'

    final_register = init_register

    @staticmethod
    def table(columns):
        width = [max(len(line) for line in c + ['P0']) for c in columns]
        rows = [[f'P{i}' for i in range(len(columns))]]
        for n in range(max(len(c) for c in columns)):
            rows.append([c[n] if n < len(c) else '' for c in columns])
        return '\n'.join(' ' + ' | '.join(f'{x:<{w}}' for x, w in zip(r, width)) + ' ;' for r in rows)

    # -- registers ------------------------------------------------------------------------------

    def fresh(self):
        try:
            return next(self.pool)
        except StopIteration:
            raise Unsupported('no register is left') from None

    def constant(self, thread, value):
        """A register that holds a number, or the address of a word, from the start."""
        if value not in thread.constants:
            register = self.fresh()
            thread.constants[value] = register
            thread.init[register] = value
        return thread.constants[value]

    def put(self, thread, form, **names):
        """Add the instructions of one row of `forms`, filled in."""
        for line in self.forms[form].split('; '):
            thread.add(line.format(label=f'L{thread.number}', **names))

    def zero_from(self, thread, index, deps, scratch):
        """Makes `scratch` a 0 that depends on these loads; None if there are none."""
        total = None
        for ident in sorted(deps):
            register = scratch if total is None else self.temporary
            self.put(thread, 'xor', r=register, a=thread.names[(thread.number, index, ident)])
            if total is not None:
                self.put(thread, 'sum', r=total, a=total, b=register)
            total = total or register
        return total

    def operand(self, thread, index, number, deps):
        base = self.constant(thread, number)
        zero = self.zero_from(thread, index, deps, self.for_data)
        if zero is None:
            return base
        self.put(thread, 'sum', r=zero, a=zero, b=base)
        return zero

    def location(self, thread, index, event):
        base = self.constant(thread, word(event.address))
        zero = self.zero_from(thread, index, event.address_deps, self.for_address)
        if zero is None:
            return base
        self.put(thread, 'sum', r=zero, a=base, b=zero)
        return zero

    def finish(self, thread):
        """Before the label of those who left."""

    def result(self, thread, index, event):
        register = self.fresh()
        thread.names[(thread.number, index, event.ident)] = register
        return register

    # -- events ---------------------------------------------------------------------------------

    def event(self, thread, index, trace, event):
        """A method of the event's name, or else a row of `forms`."""
        own = getattr(self, event.kind, None)
        if own:
            own(thread, index, trace, event)
        else:
            self.access(thread, index, event)

    def branch(self, thread, index, trace, event):
        """Go on only with the values of the run; each load decides once."""
        for ident in sorted(event.deps):
            load = (thread.number, index, ident)
            if load in thread.pinned_done or load not in thread.names:
                continue
            thread.pinned_done.add(load)
            register = thread.names[load]
            decided = trace.pinned_values.get(ident)
            if decided is None or load in thread.soft:
                self.put(thread, 'leave', a=register, b=register)
            else:
                self.put(thread, 'leave', a=register, b=self.constant(thread, decided))

    def fence(self, thread, index, trace, event):
        thread.add(self.spell(event.order))

    def access(self, thread, index, event):
        """Add the row of `forms` that is called as the operation, its order or its kind, filled in.

        where: the register of the address; value: of what is stored; r: of the result, and number its
        number; expected: of what a compare-exchange expects.
        """
        order = self.spell(event.order)
        names = {'order': order, 'where': self.location(thread, index, event)}
        if event.kind != 'load':
            names['value'] = self.operand(thread, index, event.number, event.data_deps)
        if event.ident >= 0:
            names['r'] = self.result(thread, index, event)
            names['number'] = names['r'][1:]
        op = event.op if event.kind == 'rmw' else ''  # a load of a load-linked pair keeps that of the pair
        if op == 'cas':
            names['expected'] = self.constant(thread, event.expected)
        form = next((f for f in (op, order, event.kind) if f in self.forms), None)
        if not form:
            raise Unsupported(f'{event.kind} {order} in {self.language}')
        self.put(thread, form, **names)
