# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The registers of POWER and the instructions that touch nothing else."""
from isa.events import MASK, Unsupported, Value

SELECT = {'isellt': 0, 'iselgt': 1, 'iseleq': 2}
SUMS = {'add': lambda a, b: a + b, 'sub': lambda a, b: a - b, 'subf': lambda a, b: b - a,
        'mulld': lambda a, b: a * b, 'and': lambda a, b: a & b, 'andc': lambda a, b: a & ~b,
        'or': lambda a, b: a | b, 'nor': lambda a, b: ~(a | b), 'xor': lambda a, b: a ^ b}
IMMEDIATES = {'mulli': 'mulld', 'andi': 'and', 'ori': 'or', 'xori': 'xor'}
CARRIES = {  # name -> a sum of what, with which carry; 'carry' is the register's
    'addic': lambda a, b, carry: (a, b, 0), 'subfic': lambda a, b, carry: (~a & MASK, b, 1),
    'subfe': lambda a, b, carry: (~a & MASK, b, carry), 'adde': lambda a, b, carry: (a, b, carry),
    'addze': lambda a, b, carry: (a, 0, carry)}
SHIFTS = {'sldi': lambda x: (x, 0, 63 - x), 'srdi': lambda x: (64 - x, x, 63),
          'clrldi': lambda x: (0, x, 63), 'rotldi': lambda x: (x, 0, 63)}
SHORT_SHIFTS = {'slwi': lambda x: (x, 0, 31 - x), 'srwi': lambda x: (32 - x, x, 31),
                'clrlwi': lambda x: (0, x, 31)}


def signed(number, bits=64):
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def rotated(number, by, bits):
    number &= (1 << bits) - 1
    by %= bits
    return (number << by | number >> (bits - by)) & (1 << bits) - 1


def mask(first, last):
    """Ones from bit `first` to bit `last`, counted from the left, around the end if they cross."""
    ones = lambda a, b: (1 << (b - a + 1)) - 1 << (63 - b)
    return ones(first, last) if first <= last else MASK & ~ones(last + 1, first - 1)


class Registers:
    """r0 to r31, lr, ctr, the carry, and the condition register bit by bit."""

    def __init__(self, args, stack):
        self.regs = {str(3 + i): Value(v) for i, v in enumerate(args)}
        self.regs['1'] = stack
        self.bits = [Value(0)] * 32
        self.carry = Value(0)

    def get(self, name):
        return self.regs.get(name, Value(0))

    def set(self, name, value):
        self.regs[name] = Value(value.number & MASK, value.deps)

    @staticmethod
    def immediate(text):
        return Value(int(text, 0) & MASK)

    def set_field(self, field, four, deps):
        for i, bit in enumerate(four):
            self.bits[4 * field + i] = Value(bit, deps)

    def flag(self, bit):
        if self.bits[bit] is None:
            raise Unsupported('a look at whether a store-conditional succeeded, but not at once')
        return self.bits[bit]

    def compare(self, field, one, two, as_number):
        a, b = as_number(one.number), as_number(two.number)
        self.set_field(field, (int(a < b), int(a > b), int(a == b), 0), one.deps | two.deps)

    def compute(self, name, ops):
        """One instruction; with a point at its end it compares the result with 0."""
        base = name.rstrip('.')
        if base in ('mtocrf', 'mtlr', 'mtctr'):
            self.move_to(base, ops)
            return
        value = self.value(base, ops)
        if value is None:
            raise Unsupported(f'{name} {", ".join(ops)}')
        self.set(ops[0], value)
        if name.endswith('.'):
            self.compare(0, value, Value(0), signed)

    def move_to(self, name, ops):
        if name != 'mtocrf':
            self.set(name[2:], self.get(ops[0]))
            return
        field, value = 8 - int(ops[0]).bit_length(), self.get(ops[1])
        four = value.number >> 28 - 4 * field & 15
        self.set_field(field, [four >> i & 1 for i in (3, 2, 1, 0)], value.deps)

    def value(self, name, ops):
        if name == 'mflr':
            return self.get('lr')
        if name == 'mfocrf':
            return self.from_field(8 - int(ops[1]).bit_length())
        if name in ('li', 'lis'):
            return Value((int(ops[1], 0) << (16 if name == 'lis' else 0)) & MASK)
        if name in ('addi', 'addis'):
            base = self.get(ops[1]) if ops[1] != '0' else Value(0)
            by = int(ops[2], 0) << (16 if name == 'addis' else 0)
            return Value((base.number + by) & MASK, base.deps)
        if name == 'isel' or name in SELECT:
            return self.select(ops, SELECT[name] if name in SELECT else int(ops[3]))
        if name in CARRIES:
            return self.carrying(name, ops)
        one = self.get(ops[1])
        simple = {'mr': one.number, 'neg': -one.number, 'not': ~one.number, 'extsw': signed(one.number, 32),
                  'cntlzd': 64 - one.number.bit_length()}
        if name in simple:
            return Value(simple[name] & MASK, one.deps)
        if name in SUMS or name in IMMEDIATES:
            two = self.immediate(ops[2]) if name in IMMEDIATES else self.get(ops[2])
            number = SUMS[IMMEDIATES.get(name, name)](one.number, two.number)
            return Value(number & MASK, one.deps | two.deps)
        return self.shifted(name, ops, one)

    def from_field(self, field):
        four = [self.flag(4 * field + i) for i in range(4)]
        number = sum(bit.number << 31 - 4 * field - i for i, bit in enumerate(four))
        return Value(number, frozenset().union(*(bit.deps for bit in four)))

    def select(self, ops, bit):
        one = self.get(ops[1]) if ops[1] != '0' else Value(0)
        flag = self.flag(bit)
        chosen = one if flag.number else self.get(ops[2])
        return Value(chosen.number, chosen.deps | flag.deps)

    def carrying(self, name, ops):
        one, two = self.get(ops[1]), Value(0)
        if len(ops) > 2:
            two = self.immediate(ops[2]) if name in ('addic', 'subfic') else self.get(ops[2])
        parts = CARRIES[name](one.number, two.number, self.carry.number)
        deps = one.deps | two.deps
        if name in ('subfe', 'adde', 'addze'):
            deps |= self.carry.deps
        self.carry = Value(sum(parts) >> 64, deps)
        return Value(sum(parts) & MASK, deps)

    def shifted(self, name, ops, one):
        """Rotated, and masked."""
        numbers = [int(o, 0) for o in ops[2:]]
        if name in SHORT_SHIFTS:
            name, numbers = 'rlwinm', SHORT_SHIFTS[name](*numbers)
        if name in ('rlwinm', 'rlwimi'):
            by, first, last = numbers
            half = rotated(one.number, by, 32)
            found, ones = half << 32 | half, mask(first + 32, last + 32)
        else:
            if name in SHIFTS:
                by, first, last = SHIFTS[name](*numbers)
            elif name in ('rldic', 'rldicl', 'rldicr'):
                by, edge = numbers
                first, last = {'rldic': (edge, 63 - by), 'rldicl': (edge, 63), 'rldicr': (0, edge)}[name]
            else:
                return None
            found, ones = rotated(one.number, by, 64), mask(first, last)
        if name != 'rlwimi':
            return Value(found & ones, one.deps)
        old = self.get(ops[0])
        return Value(found & ones | old.number & ~ones & MASK, one.deps | old.deps)
