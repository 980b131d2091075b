# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs RISC-V machine code (rv64gc), as llvm-objdump prints it."""
import re
from functools import partial

from isa import machine
from isa.events import MASK, STACK, Unsupported, Value
from isa.machine import RETURN

DUMP = ['--mattr=+a,+c,+m', '--no-show-raw-insn']
AMO = {'amoadd': 'add', 'amoor': 'or', 'amoswap': 'swap'}
W = (1 << 32) - 1
# The address of the statistics counters is only passed on.
functions = partial(machine.functions, harmless='registry_counts')
BRANCHES = {'eq': lambda a, b: a == b, 'ne': lambda a, b: a != b,
            'ltu': lambda a, b: a < b, 'geu': lambda a, b: a >= b,
            'lt': lambda a, b: signed(a) < signed(b), 'ge': lambda a, b: signed(a) >= signed(b)}
SUMS = {'add': lambda a, b: a + b, 'sub': lambda a, b: a - b, 'mul': lambda a, b: a * b,
        'and': lambda a, b: a & b, 'or': lambda a, b: a | b, 'xor': lambda a, b: a ^ b,
        'sll': lambda a, b: a << (b & 63), 'srl': lambda a, b: a >> (b & 63),
        'sra': lambda a, b: signed(a) >> (b & 63),
        'sltu': lambda a, b: int(a < b), 'slt': lambda a, b: int(signed(a) < signed(b))}


def signed(number, bits=64):
    return number - (1 << bits) if number >> (bits - 1) & 1 else number


class Machine(machine.Machine):
    argument = 'a0'

    def __init__(self, code, memory, args, _):
        super().__init__(code, memory)
        self.regs = {f'a{i}': Value(v) for i, v in enumerate(args)}
        self.regs['sp'] = Value(STACK + 4096)

    def get(self, name):
        if name == 'zero':
            return Value(0)
        if re.match(r'-?(\d|0x)', name):
            return Value(int(name, 0) & MASK)
        return self.regs.get(name, Value(0))

    def set(self, name, value):
        if name != 'zero':
            self.regs[name] = Value(value.number & MASK, value.deps)

    def place(self, text):
        """offset(register)"""
        hit = re.match(r'(-?\w*)\((\w+)\)$', text)
        base = self.get(hit.group(2))
        return Value((base.number + int(hit.group(1) or '0', 0)) & MASK, base.deps)

    def step(self, name, ops, _):
        if name == 'ret':
            return RETURN
        if name in ('jalr', 'jr'):
            self.handler(self.get(ops[0]), 'ld')
            return RETURN if name == 'jr' else None
        order = name.replace('aqrl', 'aq.rl')
        if name == 'j':
            return int(ops[0], 16)
        if name[0] == 'b':
            return self.branch(name[1:], ops)
        if name.startswith('lr.d'):
            self.set(ops[0], self.memory.load(self.place(ops[1]), order))
        elif name.startswith('sc.d'):
            self.set(ops[0], self.memory.store_exclusive(self.place(ops[2]), self.get(ops[1]), order))
        elif name[:3] == 'amo':
            op, _, width = name.partition('.')
            if op not in AMO or width[:1] != 'd':
                raise Unsupported(name)
            self.set(ops[0], self.memory.rmw(AMO[op], self.place(ops[2]), self.get(ops[1]), order))
        elif name == 'ld':
            self.set(ops[0], self.memory.load(self.place(ops[1]), 'ld'))
        elif name == 'sd':
            self.memory.store(self.place(ops[1]), self.get(ops[0]), 'sd')
        elif name == 'fence':
            self.memory.fence('fence ' + ','.join(ops))
        else:
            self.compute(name, ops)
        return None

    def branch(self, name, ops):
        zero = name.endswith('z')
        a, b = self.get(ops[0]), Value(0) if zero else self.get(ops[1])
        name = name[:-1] if zero else name
        if name not in BRANCHES:
            raise Unsupported(f'b{name}')
        self.memory.branch(a.deps | b.deps)
        return int(ops[-1], 16) if BRANCHES[name](a.number, b.number) else None

    def compute(self, name, ops):
        one = self.get(ops[1]) if len(ops) > 1 else Value(0)
        simple = {'mv': one.number, 'li': one.number, 'lui': signed(one.number << 12 & W, 32),
                  'sext.w': signed(one.number & W, 32), 'neg': -one.number, 'negw': signed(-one.number & W, 32),
                  'not': ~one.number,
                  'seqz': int(one.number == 0), 'snez': int(one.number != 0)}
        if name in simple:
            self.set(ops[0], Value(simple[name] & MASK, one.deps))
            return
        word = name.endswith('w')
        base = name[:-1] if word else name
        if base.endswith('iu'):
            base = base[:-2] + 'u'
        elif base.endswith('i'):
            base = base[:-1]
        if base not in SUMS or len(ops) != 3:
            raise Unsupported(f'{name} {", ".join(ops)}')
        two = self.get(ops[2])
        if word and base in ('srl', 'sra'):
            raise Unsupported(name)
        number = SUMS[base](one.number, two.number)
        self.set(ops[0], Value((signed(number & W, 32) if word else number) & MASK, one.deps | two.deps))
