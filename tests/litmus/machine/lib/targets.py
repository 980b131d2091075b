# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Where the code comes from and which model judges it."""
import os
import subprocess
from threading import Lock

from isa import aarch64, bpf, c_print, power, riscv
from isa.bpf_print import Bpf
from isa.events import Memory
from isa.printers import X86, AArch64, Power, RiscV
from lib.compilers import Clang, Gcc

MACHINE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PIECES = f'{MACHINE}/pieces'
# The smallest sizes that mean anything: docs/proofs.md says why.
SMALL = ['-DLATCH_RING_SLOTS=2', '-DLATCH_BANK_WAYS=2', '-DLATCH_BANK_SLOTS=2']
ARM = ['--target=aarch64-linux-gnu', '-mno-outline-atomics']
LSE, LLSC = ['-march=armv8.1-a'], ['-march=armv8-a']
BPF = ['-target', 'bpf', '-mcpu=v3', '-DLK_ORDER_MODEL']
POWER = ['--target=powerpc64le-linux-gnu', '-mcpu=power8']
RISCV = ['--target=riscv64-linux-gnu', '-march=rv64gc', '-mno-relax']
MARKS = ARM + LSE + ['-include', f'{PIECES}/marks.h']
GCC_ARM = ['-mno-outline-atomics']
GCC_POWER = ['-mcpu=power8', '-mlittle-endian', '-mabi=elfv2', '-mtraceback=no']
GCC_RISCV = ['-march=rv64gc', '-mabi=lp64d', '-mno-riscv-attribute']

LOCK, LOCKS, BUILT, PRINTER = Lock(), {}, {}, Lock()


class Target:
    def __init__(self, machine, printer, compiler, arguments=(), extra=None):
        self.machine, self.printer, self.compiler, self.arguments = machine, printer, compiler, arguments
        self.extra = extra  # what else the machine wants to know

    def herd(self, tools):
        """Arguments of herd7."""
        return [argument.format(tools=tools) for argument in self.arguments]

    def render(self, test):
        """The test as text; one at a time, as printers keep what belongs to it."""
        with PRINTER:
            return getattr(test, 'text', None) or self.printer.render(test)

    def compile(self, include, variant, words, into):
        """Returns name -> code of the pieces of one variant, from the headers in `include`."""
        return self.build(include, 'latch.c', into, *SMALL, f'-DLATCH_VARIANT={variant}',
                          f'-DPIECE_WORDS={words}')

    def build(self, include, source, into, *flags):
        """Returns name -> code of the functions of one file; each is compiled once."""
        key = (include, source, flags, self.compiler)
        with LOCK:
            lock = LOCKS.setdefault(key, Lock())
        with lock:
            if key not in BUILT:
                BUILT[key] = self.build_now(include, source, into, *flags)
        return BUILT[key]

    def build_now(self, include, source, into, *flags):
        self.compiler.compile(f'{PIECES}/{source}', into, ['-std=gnu11', '-ffreestanding', '-O2',
                              '-fno-stack-protector', *flags, f'-I{include}', f'-I{PIECES}'])
        dump = os.environ.get('LLVM_OBJDUMP', 'llvm-objdump')
        text = subprocess.run([dump, '-dr', *self.machine.DUMP, into],
                              check=True, capture_output=True, text=True).stdout
        return self.machine.functions(text)

    def run(self, code, function, args, image, overrides=None, private=None):
        """The trace of one function, run on this image of the latch."""
        memory = Memory(image, overrides, private)
        return self.machine.Machine(code[function], memory, args, self.extra).run()


def model(name):
    return ['-model', name]


# herd7 has its own for a machine. {tools}: what proof_tools() returns.
LKMM_MODEL = ['-I', '{tools}/lkmm', '-conf', '{tools}/lkmm/linux-kernel.cfg']
C11_MODEL = model(f'{MACHINE}/models/rc11-c20.cat')
BPF_MODEL, POWER_MODEL, RISCV_MODEL = model('bpf.cat'), model('ppc.cat'), model('riscv.cat')
X86_MODEL = model(f'{MACHINE}/models/x86tso-rmw.cat')


TARGETS = {
    'lkmm': Target(aarch64, c_print.Lkmm(), Clang(MARKS + ['-include', f'{PIECES}/order_kernel.h']), LKMM_MODEL,
                   c_print.calls()),
    'c11': Target(aarch64, c_print.C11(), Clang(MARKS), C11_MODEL, c_print.calls()),
    'aarch64-lse': Target(aarch64, AArch64(), Clang(ARM + LSE)),
    'aarch64-llsc': Target(aarch64, AArch64(), Clang(ARM + LLSC)),
    # Without and with load-acquire and store-release, as the loader decides by the kernel.
    'bpf': Target(bpf, Bpf(), Clang(BPF), BPF_MODEL, 0),
    'bpf-acqrel': Target(bpf, Bpf(), Clang(BPF), BPF_MODEL, 1),
    'riscv': Target(riscv, RiscV(), Clang(RISCV), RISCV_MODEL),
    'power': Target(power, Power(), Clang(POWER), POWER_MODEL),
    'gcc-aarch64-lse': Target(aarch64, AArch64(), Gcc('aarch64', GCC_ARM + LSE, ARM + LSE)),
    'gcc-aarch64-llsc': Target(aarch64, AArch64(), Gcc('aarch64', GCC_ARM + LLSC, ARM + LLSC)),
    'gcc-riscv': Target(riscv, RiscV(), Gcc('riscv64', GCC_RISCV, RISCV), RISCV_MODEL),
    'gcc-power': Target(power, Power(), Gcc('powerpc64le', GCC_POWER, POWER), POWER_MODEL),
    # For the tests written by hand alone.
    'power-lwsync': Target(None, Power(), None, POWER_MODEL),
    'power-isync': Target(None, Power(), None, POWER_MODEL),
    'x86': Target(None, X86(), None, X86_MODEL),
}
