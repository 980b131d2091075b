# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs AArch64 machine code, as llvm-objdump prints it."""
import re
from functools import partial

from isa import machine
from isa.events import MASK, STACK, Unsupported, Value
from isa.machine import RETURN

RMW = re.compile(r'^(ldadd|ldset|swp|cas)(al|a|l|)$')
DUMP = ['--mattr=+lse,+rcpc', '--no-show-raw-insn']
IGNORED = {'prfm', 'nop', 'bti', 'hint', 'clrex'}
functions = partial(machine.functions, harmless='')


class Machine(machine.Machine):
    argument = 'x0'

    def __init__(self, code, memory, args, calls):
        super().__init__(code, memory)
        self.regs = {f'x{i}': Value(v) for i, v in enumerate(args)}
        self.regs['sp'] = Value(STACK + 4096)
        self.flags = (Value(0), Value(0), 64)
        self.calls = calls or {}

    # -- operands -------------------------------------------------------------------------------

    def get(self, name):
        if name.startswith('#'):
            return Value(int(name[1:], 0) & MASK)
        if name in ('xzr', 'wzr'):
            return Value(0)
        value = self.regs.get('x' + name[1:] if name[0] == 'w' else name, Value(0))
        return Value(value.number & 0xffffffff, value.deps) if name[0] == 'w' else value

    def set(self, name, value):
        if name in ('xzr', 'wzr'):
            return
        number = value.number & (0xffffffff if name[0] == 'w' and name != 'wsp' else MASK)
        self.regs['x' + name[1:] if name[0] == 'w' else name] = Value(number, value.deps)

    def shifted(self, parts):
        """The last operand, perhaps followed by a shift or an extension."""
        value = self.get(parts[0])
        if len(parts) == 1:
            return value
        kind, _, amount = parts[1].partition(' ')
        amount = int(amount.strip('# ') or '0', 0)
        if kind == 'lsr':
            return Value(value.number >> amount, value.deps)
        if kind in ('lsl', 'uxtw', 'uxtx'):
            return Value((value.number << amount) & MASK, value.deps)
        raise Unsupported(parts[1])

    def address(self, text):
        parts = [p.strip() for p in text.strip('[]!').split(',')]
        base = self.get(parts[0])
        if len(parts) == 1:
            return base
        offset = self.shifted(parts[1:])
        return Value((base.number + offset.number) & MASK, base.deps | offset.deps)

    def indexed(self, ops, first):
        """The address of a load or store whose address operand is ops[first]; updates the base."""
        text = ops[first]
        base = text.strip('[]!').split(',')[0].strip()
        where = self.address(text)
        if text.endswith('!'):
            self.set(base, where)
        elif len(ops) > first + 1:
            self.set(base, Value((where.number + self.get(ops[first + 1]).number) & MASK, where.deps))
        return where

    # -- conditions -----------------------------------------------------------------------------

    def holds(self, condition):
        a, b, bits = self.flags
        mask = (1 << bits) - 1
        x, y = a.number & mask, b.number & mask
        sign = lambda n: n - (1 << bits) if n >> (bits - 1) else n
        if self.flag_op == 'and':
            result = sign(x & y)
            table = {'eq': result == 0, 'ne': result != 0, 'mi': result < 0, 'pl': result >= 0}
        else:
            table = {'eq': x == y, 'ne': x != y, 'hi': x > y, 'ls': x <= y, 'hs': x >= y,
                     'lo': x < y, 'cs': x >= y, 'cc': x < y, 'lt': sign(x) < sign(y),
                     'ge': sign(x) >= sign(y), 'gt': sign(x) > sign(y), 'le': sign(x) <= sign(y),
                     'mi': sign((x - y) & mask) < 0, 'pl': sign((x - y) & mask) >= 0}
        return table[condition]

    def flag_deps(self):
        return self.flags[0].deps | self.flags[1].deps

    # -- running -----------------------------------------------------------------------------------

    def step(self, name, ops, called):
        if name in IGNORED:
            return None
        if name == 'ret':
            return RETURN
        if name in ('b', 'bl') and called:
            self.calls[called](self)
            return RETURN if name == 'b' else None
        if name in ('br', 'blr'):
            self.handler(self.get(ops[0]), 'ldr')
            return RETURN if name == 'br' else None
        if name[0] == 'b' and (name == 'b' or name[1] == '.') or name[:2] in ('cb', 'tb'):
            return self.jump(name, ops)
        hit = RMW.match(name)
        if hit:
            self.atomic(hit, ops)
        elif name in ('ldxr', 'ldaxr'):
            self.set(ops[0], self.memory.load(self.address(ops[1]), name))
        elif name in ('stxr', 'stlxr'):
            self.set(ops[0], self.memory.store_exclusive(self.address(ops[2]), self.get(ops[1]), name))
        elif name in ('ldr', 'ldur', 'ldar', 'ldapr'):
            self.need_word(ops[0])
            self.set(ops[0], self.memory.load(self.indexed(ops, 1), name.replace('ldur', 'ldr')))
        elif name in ('str', 'stur', 'stlr'):
            self.need_word(ops[0])
            self.memory.store(self.indexed(ops, 1), self.get(ops[0]), name.replace('stur', 'str'))
        elif name in ('ldp', 'stp'):
            self.pair(name, ops)
        elif name == 'dmb':
            self.memory.fence('dmb ' + ops[0])
        else:
            self.compute(name, ops)
        return None

    def need_word(self, name):
        if name[0] not in 'x':
            raise Unsupported(f'access of {name}')

    def pair(self, name, ops):
        """Two accesses that nothing orders, as two that follow each other."""
        self.need_word(ops[0])
        where = self.indexed(ops, 2)
        values = [self.get(op) for op in ops[:2]]
        for i in (0, 1):
            at = Value(where.number + 8 * i, where.deps)
            if name == 'stp':
                self.memory.store(at, values[i], 'str')
            else:
                self.set(ops[i], self.memory.load(at, 'ldr'))

    def atomic(self, hit, ops):
        op = {'ldadd': 'add', 'ldset': 'or', 'swp': 'swap', 'cas': 'cas'}[hit.group(1)]
        expected = self.get(ops[0]) if op == 'cas' else None
        operand = self.get(ops[1] if op == 'cas' else ops[0])
        old = self.memory.rmw(op, self.address(ops[2]), operand, hit.group(0), expected)
        self.set(ops[0] if op == 'cas' else ops[1], old)

    def jump(self, name, ops):
        target = int(ops[-1].split()[0], 0)
        if name == 'b':
            return target
        if name[:2] == 'b.':
            deps, taken = self.flag_deps(), self.holds(name[2:])
        else:
            value = self.get(ops[0])
            deps = value.deps
            if name[:2] == 'tb':
                taken = bool(value.number >> int(ops[1].strip('#'), 0) & 1) == (name == 'tbnz')
            else:
                taken = (value.number != 0) == (name == 'cbnz')
        self.memory.branch(deps)
        return target if taken else None

    def compute(self, name, ops):
        bits = 32 if ops[0][0] == 'w' else 64
        if name in ('cmp', 'cmn', 'tst'):
            a, b = self.get(ops[0]), self.shifted(ops[1:])
            if name == 'cmn':
                b = Value(-b.number & MASK, b.deps)
            self.flags, self.flag_op = (a, b, bits), 'and' if name == 'tst' else 'sub'
            return
        if name in ('csel', 'csinc', 'cset', 'csetm', 'cinc'):
            self.select(name, ops)
            return
        if name == 'mov':
            self.set(ops[0], self.get(ops[1]))
            return
        if name == 'movk':
            shift = int(ops[2].split('#')[1], 0) if len(ops) > 2 else 0
            old = self.get(ops[0])
            keep = old.number & ~(0xffff << shift)
            self.set(ops[0], Value(keep | int(ops[1][1:], 0) << shift, old.deps))
            return
        if name in ('madd', 'umaddl', 'umull'):
            n, m, a = (self.get(o) for o in [*ops[1:], 'xzr'][:3])
            self.set(ops[0], Value((a.number + n.number * m.number) & MASK, n.deps | m.deps | a.deps))
            return
        if name in ('neg', 'mvn'):
            a, b = Value(0 if name == 'neg' else MASK), self.shifted(ops[1:])
            name = 'sub' if name == 'neg' else 'eor'
        elif name in ('ubfx', 'ubfiz', 'sxtw'):
            self.field(name, ops)
            return
        else:
            a, b = self.get(ops[1]), self.shifted(ops[2:])
        number = {'add': a.number + b.number, 'adds': a.number + b.number,
                  'sub': a.number - b.number, 'subs': a.number - b.number,
                  'and': a.number & b.number, 'ands': a.number & b.number,
                  'orr': a.number | b.number, 'eor': a.number ^ b.number,
                  'bic': a.number & ~b.number, 'mul': a.number * b.number,
                  'lsl': a.number << (b.number & 63), 'lsr': a.number >> (b.number & 63),
                  }.get(name)
        if number is None:
            raise Unsupported(f'{name} {", ".join(ops)}')
        if name == 'adds':
            self.flags, self.flag_op = (a, Value(-b.number & MASK, b.deps), bits), 'sub'
        if name in ('subs', 'ands'):
            self.flags, self.flag_op = (a, b, bits), 'and' if name == 'ands' else 'sub'
        self.set(ops[0], Value(number & MASK, a.deps | b.deps))

    def field(self, name, ops):
        value = self.get(ops[1])
        if name == 'sxtw':
            number = value.number & 0xffffffff
            number |= MASK ^ 0xffffffff if number >> 31 else 0
        else:
            low, width = (int(o[1:], 0) for o in ops[2:4])
            field = (1 << width) - 1
            number = value.number >> low & field if name == 'ubfx' else (value.number & field) << low
        self.set(ops[0], Value(number, value.deps))

    def select(self, name, ops):
        holds = self.holds(ops[-1])
        if name in ('cset', 'csetm'):
            value = Value((1 if name == 'cset' else MASK) if holds else 0)
        elif name == 'cinc':
            value = self.get(ops[1])
            value = Value(value.number + holds, value.deps)
        else:
            value = self.get(ops[1] if holds else ops[2])
            if name == 'csinc' and not holds:
                value = Value((value.number + 1) & MASK, value.deps)
        self.set(ops[0], Value(value.number, value.deps | self.flag_deps()))
