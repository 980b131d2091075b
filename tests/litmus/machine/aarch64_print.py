# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's AArch64."""
from litmus import Assembly


class AArch64(Assembly):
    def __init__(self):
        super().__init__('AArch64', [f'X{i}' for i in range(28)])
    temporary, for_data, for_address = 'X30', 'X29', 'X28'

    @staticmethod
    def xor_self(thread, register, source):
        thread.add(f'EOR {register},{source},{source}')

    @staticmethod
    def sum(thread, register, a, b):
        thread.add(f'ADD {register},{a},{b}')

    @staticmethod
    def leave_unless_equal(thread, a, b):
        thread.add(f'CMP {a},{b}')
        thread.add(f'B.NE L{thread.number}')

    def load(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        thread.add(f'{event.order.upper()} {self.result(thread, index, event)},[{where}]')

    def store(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        thread.add(f'{event.order.upper()} {what},[{where}]')

    def store_exclusive(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        status = self.result(thread, index, event)
        thread.add(f'{event.order.upper()} W{status[1:]},{what},[{where}]')

    def rmw(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        if event.op == 'cas':
            old = self.result(thread, index, event)
            thread.add(f'MOV {old},{self.constant(thread, event.expected)}')
            thread.add(f'{event.order.upper()} {old},{what},[{where}]')
        else:
            old = self.result(thread, index, event)
            thread.add(f'{event.order.upper()} {what},{old},[{where}]')

    @staticmethod
    def fence(thread, index, trace, event):
        thread.add(event.order.upper())
