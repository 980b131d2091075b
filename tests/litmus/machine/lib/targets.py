# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Where the code comes from and which model judges it."""
import os
import subprocess
from threading import Lock

from isa import aarch64, bpf, c_print, power, riscv
from isa.bpf_print import Bpf
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

LOCK, LOCKS, BUILT = Lock(), {}, {}


class Target:
    def __init__(self, machine, printer, compiler, herd, extra=None):
        self.machine, self.printer, self.compiler, self.herd = machine, printer, compiler, herd
        self.extra = extra() if extra else None  # what else the machine wants to know

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

    def run(self, *args):
        return self.machine.run(*args, self.extra)


def lkmm(tools):
    return ['-I', f'{tools}/lkmm', '-conf', f'{tools}/lkmm/linux-kernel.cfg']


def bpf_model(_):
    return ['-model', 'bpf.cat']


def power_model(_):
    return ['-model', 'ppc.cat']


def riscv_model(_):
    return ['-model', 'riscv.cat']


def c11_model(_):
    return ['-model', f'{MACHINE}/models/rc11-c20.cat']


def own_model(_):
    return []


TARGETS = {
    'lkmm': Target(aarch64, c_print.Lkmm(), Clang(MARKS + ['-include', f'{PIECES}/order_kernel.h']), lkmm,
                   c_print.calls),
    'c11': Target(aarch64, c_print.C11(), Clang(MARKS), c11_model, c_print.calls),
    'aarch64-lse': Target(aarch64, AArch64(), Clang(ARM + LSE), own_model),
    'aarch64-llsc': Target(aarch64, AArch64(), Clang(ARM + LLSC), own_model),
    # Without and with load-acquire and store-release, as the loader decides by the kernel.
    'bpf': Target(bpf, Bpf(), Clang(BPF), bpf_model, lambda: 0),
    'bpf-acqrel': Target(bpf, Bpf(), Clang(BPF), bpf_model, lambda: 1),
    'riscv': Target(riscv, RiscV(), Clang(RISCV), riscv_model),
    'power': Target(power, Power(), Clang(POWER), power_model),
    'gcc-aarch64-lse': Target(aarch64, AArch64(), Gcc('aarch64', GCC_ARM + LSE, ARM + LSE), own_model),
    'gcc-aarch64-llsc': Target(aarch64, AArch64(), Gcc('aarch64', GCC_ARM + LLSC, ARM + LLSC), own_model),
    'gcc-riscv': Target(riscv, RiscV(), Gcc('riscv64', GCC_RISCV, RISCV), riscv_model),
    'gcc-power': Target(power, Power(), Gcc('powerpc64le', GCC_POWER, POWER), power_model),
    # For the tests written by hand alone.
    'power-lwsync': Target(None, Power(), None, power_model),
    'power-isync': Target(None, Power(), None, power_model),
    'x86': Target(None, X86(), None, lambda tools: ['-model', f'{MACHINE}/models/x86tso-rmw.cat']),
}
