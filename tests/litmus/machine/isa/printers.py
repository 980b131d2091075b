# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""herd7's assembly languages: one table of instructions each; Assembly.access says what fills them."""
from isa.assembly import Assembly
from isa.events import Unsupported


class AArch64(Assembly):
    temporary, for_data, for_address = 'X30', 'X29', 'X28'
    forms = {'xor': 'EOR {r},{a},{a}', 'sum': 'ADD {r},{a},{b}', 'leave': 'CMP {a},{b}; B.NE {label}',
             'load': '{order} {r},[{where}]', 'store': '{order} {value},[{where}]',
             'store_exclusive': '{order} W{number},{value},[{where}]', 'rmw': '{order} {value},{r},[{where}]',
             'cas': 'MOV {r},{expected}; {order} {r},{value},[{where}]'}
    spell = staticmethod(str.upper)

    def __init__(self):
        super().__init__('AArch64', [f'X{i}' for i in range(28)])


class RiscV(Assembly):
    temporary, for_data, for_address = 'x31', 'x30', 'x29'
    forms = {'xor': 'xor {r},{a},{a}', 'sum': 'add {r},{a},{b}', 'leave': 'bne {a},{b},{label}',
             'load': '{order} {r},0({where})', 'store': '{order} {value},0({where})',
             'store_exclusive': '{order} {r},{value},0({where})', 'rmw': '{order} {r},{value},({where})'}

    def __init__(self):
        super().__init__('RISCV', [f'x{i}' for i in range(1, 29)])

    def constant(self, thread, value):
        return 'x0' if value == 0 else super().constant(thread, value)


class Power(Assembly):
    """PPC of herd7 has no ldarx, stdcx. and cmpd: words of 4 bytes stand for those of 8."""
    word_type = ''
    temporary, for_data, for_address = 'r30', 'r29', 'r28'
    short = {'ld': 'lwz', 'std': 'stw', 'ldarx': 'lwarx', 'stdcx.': 'stwcx.'}
    forms = {'xor': 'xor {r},{a},{a}', 'sum': 'add {r},{a},{b}', 'leave': 'cmpw {a},{b}; bne {label}',
             'load': '{order} {r},0({where})', 'lwarx': '{order} {r},r0,{where}',
             'store': '{order} {value},0({where})',
             # Success is a flag: put into a register, 0 for success, for the filter to demand.
             'store_exclusive': '{order} {value},r0,{where}; bne {label}; li {r},0',
             # It may succeed or fail, and the thread goes on: herd7 tries both.
             'store_back': '{order} {value},r0,{where}'}

    def __init__(self):
        super().__init__('PPC', [f'r{i}' for i in range(3, 28)])

    def spell(self, order):
        return self.short.get(order, order)

    def constant(self, thread, value):
        if isinstance(value, int) and value >> 31:
            raise Unsupported(f'{value:#x} does not fit into 4 bytes')
        return super().constant(thread, value)

    def store_exclusive(self, thread, index, _, event):
        self.access(thread, index, event)
        load = (thread.number, index, event.ident)
        thread.init[thread.names[load]] = 1
        thread.pinned_done.add(load)  # the code after it has branched on it


class X86(Assembly):
    """No dependency orders anything here that program order does not: they are left out."""
    forms = {'load': 'movq (%{where}),%{r}', 'store': 'movq ${value},(%{where})',
             'rmw': 'movq ${value},%{r}; xchgq %{r},(%{where})'}

    def __init__(self):
        super().__init__('X86_64', ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi'] + [f'r{i}' for i in range(8, 16)])

    def operand(self, thread, index, number, deps):
        return number

    def zero_from(self, thread, index, deps, scratch):
        return None
