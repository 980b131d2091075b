# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's RISC-V."""
from litmus import Assembly


class RiscV(Assembly):
    temporary, for_data, for_address = 'x31', 'x30', 'x29'

    def __init__(self):
        super().__init__('RISCV', [f'x{i}' for i in range(1, 29)])

    def constant(self, thread, value):
        return 'x0' if value == 0 else super().constant(thread, value)

    @staticmethod
    def xor_self(thread, register, source):
        thread.add(f'xor {register},{source},{source}')

    @staticmethod
    def sum(thread, register, a, b):
        thread.add(f'add {register},{a},{b}')

    @staticmethod
    def leave_unless_equal(thread, a, b):
        thread.add(f'bne {a},{b},L{thread.number}')

    def load(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        thread.add(f'{event.order} {self.result(thread, index, event)},0({where})')

    def store(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        thread.add(f'{event.order} {self.operand(thread, index, event.number, event.data_deps)},0({where})')

    def store_exclusive(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        thread.add(f'{event.order} {self.result(thread, index, event)},{what},0({where})')

    def rmw(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        thread.add(f'{event.order} {self.result(thread, index, event)},{what},({where})')

    @staticmethod
    def fence(thread, index, trace, event):
        thread.add(event.order)
