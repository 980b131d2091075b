# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs POWER machine code (64 bits, little-endian, ELFv2), as llvm-objdump prints it."""
import re
from functools import partial

from isa import machine
from isa.events import LATCH, MASK, SIZE, STACK, Unsupported, Value
from isa.machine import RETURN
from isa.power_compute import Registers, signed

DUMP = ['--no-show-raw-insn']
IGNORED = {'nop', 'dcbt', 'dcbtst'}
COMPARED = re.compile(r'^cmp(l?)([dw])(i?)$')
functions = partial(machine.functions, harmless=r'\.TOC\.')
EQUAL = 2  # the bit of field 0 that says whether a store-conditional succeeded


class Machine(machine.Machine, Registers):
    argument = '3'

    def __init__(self, code, memory, args, _):
        machine.Machine.__init__(self, code, memory)
        Registers.__init__(self, args, Value(STACK + 4096))
        self.reservation = frozenset()

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

    def step(self, name, ops, _):
        if name == 'stdcx.':
            _, after, where, _ = self.code[self.index]
            self.store_conditional(ops, after in ('bf', 'bt') and where[0] == str(EQUAL))
            return None
        if name in ('blr', 'btlr', 'bflr'):
            return RETURN if name == 'blr' or self.taken(name[:2], ops) else None
        if name in ('bctr', 'bctrl'):
            self.handler(self.get('ctr'), 'ld')
            return RETURN if name == 'bctr' else None
        if name in IGNORED:
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
