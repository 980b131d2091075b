# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's C, for the C11 model and for the Linux kernel's. The orders are those of marks.h."""
from isa.assembly import Thread, word
from isa.events import Unsupported

RELAXED, ACQUIRE, RELEASE, ACQ_REL, SEQ_CST, WMB, RMB = 0, 2, 3, 4, 5, 10, 11
PLAIN = {'ldr': RELAXED, 'str': RELAXED}  # plain accesses of the code, judged as relaxed ones


def calls():
    """The functions of marks.h, for a machine that runs into them."""
    arg = lambda m, n: m.get(f'x{n}')
    order = lambda m, n: arg(m, n).number

    def rmw(op):
        return lambda m: m.set('x0', m.memory.rmw(op, arg(m, 0), arg(m, 1), order(m, 2)))

    return {
        'mark_load': lambda m: m.set('x0', m.memory.load(arg(m, 0), order(m, 1))),
        'mark_store': lambda m: m.memory.store(arg(m, 0), arg(m, 1), order(m, 2)),
        'mark_fence': lambda m: m.memory.fence(order(m, 0)),
        'mark_add': rmw('add'), 'mark_or': rmw('or'), 'mark_swap': rmw('swap'),
        'mark_cas': lambda m: m.set('x0', m.memory.rmw('cas', arg(m, 0), arg(m, 2),
                                                       (order(m, 3), order(m, 4)), arg(m, 1))),
    }


class C:
    """Tests in C: address dependencies are left out, which allows more, not less."""
    language = 'C'

    def render(self, test):
        soft = {load for load, values in test.pins if len(values) > 1}
        threads, words, privates = [], test.words(), []
        for number, traces in enumerate(test.threads):
            thread = Thread(number, soft)
            thread.depth, thread.done, thread.declared, thread.privates = 1, set(), [], []
            for index, trace in enumerate(traces):
                for event in trace.events:
                    event.order = PLAIN.get(event.order, event.order)
                    getattr(self, event.kind)(thread, index, trace, event)
            privates += thread.privates
            threads.append(thread)
        out = [f'C {test.name}', '{', ' '.join(f'{word(a)}={test.image.get(a, 0)};' for a in words)
               + ' '.join(f' {n}={v};' for n, v in privates), '}']
        for thread in threads:
            names = [f'{self.pointer} {word(a)}' for a in words] + [f'int *{n}' for n, _ in thread.privates]
            out.append(f'P{thread.number}(' + ', '.join(names) + ')')
            out += ['{'] + [f'\tint {r};' for r in thread.declared] + thread.lines
            out += ['\t' * d + '}' for d in range(thread.depth - 1, -1, -1)] + ['']
        register = lambda load: f'{load[0]}:{threads[load[0]].names[load]}'
        memory = lambda address: f'[{word(address)}]'
        return '\n'.join(out + test.clauses(register, memory))

    @staticmethod
    def say(thread, text):
        thread.add('\t' * thread.depth + text)

    @staticmethod
    def result(thread, index, event):
        name = f'r{len(thread.names)}'
        thread.names[(thread.number, index, event.ident)] = name
        thread.declared.append(name)
        return name

    @staticmethod
    def value(thread, index, event):
        zeros = [f' + ({r} & 0)' for i in sorted(event.data_deps)
                 for r in [thread.names[(thread.number, index, i)]]]
        return f'{event.number}{"".join(zeros)}'

    def branch(self, thread, index, trace, event):
        for ident in sorted(event.deps):
            load = (thread.number, index, ident)
            if load in thread.done or load not in thread.names:
                continue
            thread.done.add(load)
            name, decided = thread.names[load], trace.pinned_values.get(ident)
            other = name if decided is None or load in thread.soft else decided
            self.say(thread, f'if ({name} == {other}) {{')
            thread.depth += 1

    def store_exclusive(self, *_):
        raise Unsupported('a store-exclusive in C')


class Lkmm(C):
    pointer = 'int *'
    annotation = {RELAXED: 'once', ACQUIRE: 'acquire', RELEASE: 'release', ACQ_REL: 'mb', SEQ_CST: 'mb'}
    fences = {WMB: 'smp_wmb', RMB: 'smp_rmb', SEQ_CST: 'smp_mb'}

    def load(self, thread, index, trace, event):
        form = {RELAXED: 'READ_ONCE(*{})', ACQUIRE: 'smp_load_acquire({})'}[event.order]
        self.say(thread, f'{self.result(thread, index, event)} = {form.format(word(event.address))};')

    def store(self, thread, index, trace, event):
        form = {RELAXED: 'WRITE_ONCE(*{}, {});', RELEASE: 'smp_store_release({}, {});'}[event.order]
        self.say(thread, form.format(word(event.address), self.value(thread, index, event)))

    def rmw(self, thread, index, trace, event):
        what, where = self.value(thread, index, event), word(event.address)
        old = self.result(thread, index, event)
        if event.op == 'cas':
            call = f'__cmpxchg{{{self.annotation[event.order[0]]}}}({where}, {event.expected}, {what})'
        elif event.op == 'swap':
            call = f'__xchg{{{self.annotation[event.order]}}}({where}, {what})'
        else:
            sign = {'add': '+', 'or': '|'}[event.op]
            call = f'__atomic_fetch_op{{{self.annotation[event.order]}}}({where},{sign},{what})'
        self.say(thread, f'{old} = {call};')

    def fence(self, thread, index, trace, event):
        self.say(thread, f'{self.fences[event.order]}();')


class C11(C):
    pointer = 'atomic_int *'
    names = {RELAXED: 'memory_order_relaxed', ACQUIRE: 'memory_order_acquire',
             RELEASE: 'memory_order_release', ACQ_REL: 'memory_order_acq_rel',
             SEQ_CST: 'memory_order_seq_cst'}

    def load(self, thread, index, trace, event):
        self.say(thread, f'{self.result(thread, index, event)} = atomic_load_explicit('
                         f'{word(event.address)}, {self.names[event.order]});')

    def store(self, thread, index, trace, event):
        self.say(thread, f'atomic_store_explicit({word(event.address)}, '
                         f'{self.value(thread, index, event)}, {self.names[event.order]});')

    def rmw(self, thread, index, trace, event):
        what, where = self.value(thread, index, event), word(event.address)
        if event.op == 'cas':
            self.cas(thread, index, trace, event, what, where)
            return
        name = {'add': 'fetch_add', 'or': 'fetch_or', 'swap': 'exchange'}[event.op]
        self.say(thread, f'{self.result(thread, index, event)} = atomic_{name}_explicit({where}, '
                         f'{what}, {self.names[event.order]});')

    def cas(self, thread, index, trace, event, what, where):
        """The old value comes back in a word of the thread's own."""
        own = f'e{thread.number}_{len(thread.privates)}'
        thread.privates.append((own, event.expected))
        success, failure = (self.names[o] for o in event.order)
        done = f'd{len(thread.privates)}'
        thread.declared.append(done)
        self.say(thread, f'{done} = atomic_compare_exchange_strong_explicit({where}, {own}, {what}, '
                         f'{success}, {failure});')
        self.say(thread, f'{self.result(thread, index, event)} = *{own};')

    def fence(self, thread, index, trace, event):
        self.say(thread, f'atomic_thread_fence({self.names[event.order]});')
