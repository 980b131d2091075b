# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's PPC. It has no ldarx, stdcx. and cmpd: words of 4 bytes stand for those of 8."""
from litmus import Assembly
from trace import Unsupported

SHORT = {'ld': 'lwz', 'std': 'stw', 'ldarx': 'lwarx', 'stdcx.': 'stwcx.'}


class Power(Assembly):
    word_type = ''
    temporary, for_data, for_address = 'r30', 'r29', 'r28'

    def __init__(self):
        super().__init__('PPC', [f'r{i}' for i in range(3, 28)])

    def constant(self, thread, value):
        if isinstance(value, int) and value >> 31:
            raise Unsupported(f'{value:#x} does not fit into 4 bytes')
        return super().constant(thread, value)

    @staticmethod
    def xor_self(thread, register, source):
        thread.add(f'xor {register},{source},{source}')

    @staticmethod
    def sum(thread, register, a, b):
        thread.add(f'add {register},{a},{b}')

    @staticmethod
    def leave_unless_equal(thread, a, b):
        thread.add(f'cmpw {a},{b}')
        thread.add(f'bne L{thread.number}')

    def load(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        order = SHORT.get(event.order, event.order)
        form = '{} {},r0,{}' if order == 'lwarx' else '{} {},0({})'
        thread.add(form.format(order, self.result(thread, index, event), where))

    def store(self, thread, index, trace, event):
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        thread.add(f'{SHORT.get(event.order, event.order)} {what},0({where})')

    def store_exclusive(self, thread, index, trace, event):
        """Whether it succeeded is a flag: put into a register, 0 if it did, for the filter to demand."""
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        thread.add(f'{SHORT.get(event.order, event.order)} {what},r0,{where}')
        thread.add(f'bne L{thread.number}')
        status = self.result(thread, index, event)
        thread.init[status] = 1
        thread.add(f'li {status},0')
        thread.pinned_done.add((thread.number, index, event.ident))  # who is here has branched on it

    def store_back(self, thread, index, trace, event):
        """Whether it succeeds or not, the thread goes on: herd7 tries both."""
        where = self.location(thread, index, event)
        what = self.operand(thread, index, event.number, event.data_deps)
        thread.add(f'{SHORT[event.order]} {what},r0,{where}')

    @staticmethod
    def fence(thread, index, trace, event):
        thread.add(event.order)
