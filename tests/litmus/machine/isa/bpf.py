# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs BPF instructions, decoded from their bytes in an object file."""
import re
import struct

from isa.events import MASK, STACK, Unsupported, Value, finish

DUMP = []
LINE = re.compile(r'^\s*([0-9]+):\s+((?:[0-9a-f]{2} ){7,15}[0-9a-f]{2})\s')
CONSTANTS = 7 << 32  # where lk_order_acqrel lies
ACQREL_WORD = 'lk_order_acqrel'
ATOMIC = {0x01: 'add', 0x41: 'or', 0xe1: 'swap', 0xf1: 'cas'}
NO_FETCH = {0x00: 'add', 0x40: 'or'}
JUMPS = {0x10: lambda a, b, s: a == b, 0x50: lambda a, b, s: a != b, 0x20: lambda a, b, s: a > b,
         0x30: lambda a, b, s: a >= b, 0xa0: lambda a, b, s: a < b, 0xb0: lambda a, b, s: a <= b,
         0x40: lambda a, b, s: a & b != 0, 0x60: lambda a, b, s: s(a) > s(b),
         0x70: lambda a, b, s: s(a) >= s(b), 0xc0: lambda a, b, s: s(a) < s(b),
         0xd0: lambda a, b, s: s(a) <= s(b)}
SUMS = {0x00: lambda a, b: a + b, 0x10: lambda a, b: a - b, 0x20: lambda a, b: a * b,
        0x40: lambda a, b: a | b, 0x50: lambda a, b: a & b, 0x60: lambda a, b: a << (b & 63),
        0x70: lambda a, b: a >> (b & 63), 0xa0: lambda a, b: a ^ b, 0xb0: lambda a, b: b}


def functions(text):
    """Returns name -> [instruction], each (code, dst, src, offset, imm, symbol); labels are skipped."""
    found, code = {}, None
    for line in text.splitlines():
        head = re.match(r'^[0-9a-f]+ <(\w+)>:', line)
        if head and not head.group(1).startswith('LBB'):
            code = found[head.group(1)] = []
        hit = LINE.match(line)
        if hit and code is not None:
            data = bytes.fromhex(hit.group(2))
            op, regs, offset, imm = struct.unpack('<BBhi', data[:8])
            if len(data) == 16:
                imm = (imm & 0xffffffff) | struct.unpack('<I', data[12:])[0] << 32
            code.append([op, regs & 15, regs >> 4, offset, imm, None])
            if len(data) == 16:  # the second half has a place of its own
                code.append(None)
        reloc = re.match(r'^\s*[0-9a-f]+:\s+R_BPF_\S+\s+(\S+)', line)
        if reloc and code:
            last = code[-1] if code[-1] is not None else code[-2]
            last[5] = reloc.group(1)
    return found


class Machine:
    def __init__(self, code, memory, args, acqrel):
        memory.private[CONSTANTS] = Value(acqrel)
        self.code, self.memory = code, memory
        self.regs = [Value(0)] * 10 + [Value(STACK + 4096)]
        for i, value in enumerate(args):
            self.regs[i + 1] = Value(value)

    def run(self, limit=2000):
        index = 0
        while limit:
            limit -= 1
            op, dst, src, offset, imm, symbol = self.code[index]
            index += 1
            kind = op & 7
            if op == 0x95:
                return finish(self.memory, self.regs[0])
            if op == 0x18:
                self.regs[dst] = Value(self.symbol(symbol) if symbol else imm)
                index += 1
            elif kind in (5, 6):
                if self.jump(op, dst, src, imm, symbol):
                    index += offset
            elif kind in (4, 7):
                self.compute(op, dst, src, imm)
            else:
                self.access(op, dst, src, offset, imm)
        raise Unsupported('a loop that does not end')

    @staticmethod
    def symbol(name):
        if name != ACQREL_WORD:
            raise Unsupported(f'the address of {name}')
        return CONSTANTS

    def second(self, op, src, imm):
        return self.regs[src] if op & 8 else Value(imm & MASK)

    def jump(self, op, dst, src, imm, symbol):
        if op == 0x05:
            return True
        if op & 0xf0 == 0x80 or symbol:
            raise Unsupported('a call')
        bits = 64 if op & 7 == 5 else 32
        mask = (1 << bits) - 1
        a, b = self.regs[dst], self.second(op, src, imm)
        sign = lambda n: n - (1 << bits) if n >> (bits - 1) else n
        self.memory.branch(a.deps | b.deps)
        return JUMPS[op & 0xf0](a.number & mask, b.number & mask, sign)

    def compute(self, op, dst, src, imm):
        mask = MASK if op & 7 == 7 else 0xffffffff
        a, b = self.regs[dst], self.second(op, src, imm)
        what = op & 0xf0
        if what not in SUMS:
            raise Unsupported(f'BPF opcode {op:#x}')
        number = SUMS[what](a.number & mask, b.number & mask) & mask
        self.regs[dst] = Value(number, b.deps if what == 0xb0 else a.deps | b.deps)

    def place(self, register, offset):
        base = self.regs[register]
        return Value((base.number + offset) & MASK, base.deps)

    def access(self, op, dst, src, offset, imm):
        if op == 0x61 and self.regs[src].number == CONSTANTS:
            self.regs[dst] = self.memory.private.get(CONSTANTS, Value(0))
        elif op == 0x79:
            self.regs[dst] = self.memory.load(self.place(src, offset), 'plain')
        elif op == 0x7b:
            self.memory.store(self.place(dst, offset), self.regs[src], 'plain')
        elif op == 0x7a:
            self.memory.store(self.place(dst, offset), Value(imm & MASK), 'plain')
        elif op == 0xdb and imm == 0x100:
            self.regs[dst] = self.memory.load(self.place(src, offset), 'acquire')
        elif op == 0xdb and imm == 0x110:
            self.memory.store(self.place(dst, offset), self.regs[src], 'release')
        elif op == 0xdb and imm in ATOMIC:
            self.atomic(ATOMIC[imm], dst, src, offset)
        elif op == 0xdb and imm in NO_FETCH:
            self.memory.rmw(NO_FETCH[imm], self.place(dst, offset), self.regs[src], 'nofetch')
        else:
            raise Unsupported(f'BPF opcode {op:#x} imm {imm:#x}')

    def atomic(self, op, dst, src, offset):
        if op == 'cas':
            self.regs[0] = self.memory.rmw(op, self.place(dst, offset), self.regs[src], 'fetch',
                                           self.regs[0])
        else:
            self.regs[src] = self.memory.rmw(op, self.place(dst, offset), self.regs[src], 'fetch')
