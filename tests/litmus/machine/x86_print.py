# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's x86-64. No dependency orders anything there that program order does not."""
from litmus import Assembly, word


class X86(Assembly):
    def __init__(self):
        super().__init__('X86_64', ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi'] +
                         [f'r{i}' for i in range(8, 16)])

    def load(self, thread, index, trace, event):
        where = self.location_of(thread, event)
        thread.add(f'movq (%{where}),%{self.result(thread, index, event)}')

    def location_of(self, thread, event):
        return self.constant(thread, word(event.address))

    def store(self, thread, index, trace, event):
        thread.add(f'movq ${event.number},(%{self.location_of(thread, event)})')

    def rmw(self, thread, index, trace, event):
        where, register = self.location_of(thread, event), self.result(thread, index, event)
        thread.add(f'movq ${event.number},%{register}')
        thread.add(f'xchgq %{register},(%{where})')

    @staticmethod
    def fence(thread, index, trace, event):
        thread.add(event.order)
