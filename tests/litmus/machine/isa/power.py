# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs POWER machine code (64 bits, little-endian, ELFv2), as llvm-objdump prints it."""
import re

from isa.power_compute import Registers, signed
from isa.events import CODE, LATCH, MASK, SIZE, STACK, Memory, Unsupported, Value, finish

DUMP = ['--no-show-raw-insn']
LINE = re.compile(r'^\s*([0-9a-f]+):\s+([a-z][a-z0-9.]*[+-]?)\s*(.*)$')
IGNORED = {'nop', 'dcbt', 'dcbtst'}
COMPARED = re.compile(r'^cmp(l?)([dw])(i?)$')
EQUAL = 2  # the bit of field 0 that says whether a store-conditional succeeded


def functions(text):
    """Returns name -> [(address, mnemonic, operands)]."""
    found, code = {}, None
    for line in text.splitlines():
        head = re.match(r'^[0-9a-f]+ <(\w+)>:', line)
        if head:
            code = found[head.group(1)] = []
            continue
        if '<unknown>' in line:
            raise Unsupported(f'unknown to llvm-objdump: {line.strip()}')
        if 'R_PPC64_' in line and '.TOC.' not in line:
            raise Unsupported(f'a relocation: {line.strip()}')
        hit = LINE.match(line)
        if hit and code is not None:
            operands = re.sub(r'\s*<.*$', '', hit.group(3))
            code.append((int(hit.group(1), 16), hit.group(2).rstrip('+-'),
                         [o.strip() for o in operands.split(',')] if operands else []))
    return found


class Machine(Registers):
    def __init__(self, code, memory, args):
        super().__init__(args, Value(STACK + 4096))
        self.code, self.memory = code, memory
        self.reservation = frozenset()
        self.at = {line[0]: i for i, line in enumerate(code)}

    def run(self, limit=2000):
        index = 0
        while limit:
            limit -= 1
            _, name, ops = self.code[index]
            index += 1
            if name == 'stdcx.':
                _, after, where = self.code[index]
                self.store_conditional(ops, after in ('bf', 'bt') and where[0] == str(EQUAL))
                continue
            if name in ('blr', 'btlr', 'bflr') and (name == 'blr' or self.taken(name[:2], ops)):
                return finish(self.memory, self.get('3'))
            if name in ('bctr', 'bctrl'):
                self.handler()
                if name == 'bctr':
                    return finish(self.memory, self.get('3'))
                continue
            target = self.step(name, ops)
            if target is not None:
                index = self.at[target]
        raise Unsupported('a loop that does not end')

    def store_conditional(self, ops, asked):
        """asked: the next instruction branches on whether it succeeded."""
        where, value = self.place(ops, False), self.get(ops[0])
        if asked:
            done = self.memory.store_exclusive(where, value, 'stdcx.')
            # It succeeds only with the reservation, so it waits for the load. herd7 does not say so.
            self.set_field(0, (0, 0, int(done.number == 0), 0), done.deps | self.reservation)
        elif value.deps == self.reservation:  # clang, when a compare-exchange has failed
            self.memory.store_back(where, value, 'stdcx.')
            self.bits[0:4] = [None] * 4
        else:
            raise Unsupported('a store-conditional of something new, and nobody asks if it succeeded')

    def handler(self):
        """Calls one of the handlers at CODE: it loads a word from where r3 points."""
        target = self.get('ctr')
        if target.number >> 4 != CODE >> 4:
            raise Unsupported('a call of an address that is no handler')
        self.memory.branch(target.deps)
        self.set('3', self.memory.load(self.get('3'), 'ld'))

    def taken(self, name, ops):
        bit = self.flag(int(ops[0]))
        self.memory.branch(bit.deps)
        return bool(bit.number) == (name == 'bt')

    def place(self, ops, update):
        """offset(register), or two registers of which the first may be none; updates the first."""
        hit = re.match(r'(-?\w+)\((\w+)\)$', ops[1])
        first = hit.group(2) if hit else ops[1]
        base = self.get(first) if first != '0' else Value(0)
        offset = Value(int(hit.group(1), 0) & MASK) if hit else self.get(ops[2])
        where = Value((base.number + offset.number) & MASK, base.deps | offset.deps)
        if update:
            self.set(first, where)
        return where

    def step(self, name, ops):
        if name in IGNORED or name in ('btlr', 'bflr'):
            return None
        if name == 'b':
            return int(ops[0], 16)
        if name in ('bf', 'bt'):
            return int(ops[1], 16) if self.taken(name, ops) else None
        hit = COMPARED.match(name)
        if hit:
            self.compare_line(hit, ops)
        elif name in ('ld', 'ldx', 'ldu', 'ldux'):
            self.set(ops[0], self.memory.load(self.place(ops, 'u' in name), 'ld'))
        elif name in ('std', 'stdx', 'stdu', 'stdux'):
            value = self.get(ops[0])
            self.memory.store(self.place(ops, 'u' in name), value, 'std')
        elif name in ('lwz', 'stw'):
            self.half(name, ops)
        elif name == 'ldarx':
            value = self.memory.load(self.place(ops, False), name)
            self.reservation = value.deps
            self.set(ops[0], value)
        elif name in ('lwsync', 'sync', 'isync'):
            self.memory.fence(name)
        else:
            self.compute(name, ops)
        return None

    def compare_line(self, hit, ops):
        field = int(ops[0]) if len(ops) == 3 else 0
        one, two = self.get(ops[-2]), self.immediate(ops[-1]) if hit.group(3) else self.get(ops[-1])
        bits = 64 if hit.group(2) == 'd' else 32
        as_number = (lambda n: n & (1 << bits) - 1) if hit.group(1) else (lambda n: signed(n, bits))
        self.compare(field, one, two, as_number)

    def half(self, name, ops):
        """Four bytes: only where the code saves its condition register."""
        where = self.place(ops, False)
        if LATCH <= where.number < LATCH + SIZE:
            raise Unsupported(f'{name} of shared memory')
        if name == 'lwz':
            self.set(ops[0], self.memory.load(where))
        else:
            value = self.get(ops[0])
            self.memory.store(where, Value(value.number & 0xffffffff, value.deps))


def run(code, function, args, image, overrides=None, private=None, _=None):
    return Machine(code[function], Memory(image, overrides, private), args).run()
