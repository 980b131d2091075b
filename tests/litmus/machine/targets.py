# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Where the code comes from and which model judges it."""
import os
import subprocess
from threading import Lock

import aarch64
import bpf
import c_print
import riscv
from aarch64_print import AArch64
from bpf_print import Bpf
from power_print import Power
from riscv_print import RiscV
from x86_print import X86

HERE = os.path.dirname(os.path.abspath(__file__))
# The smallest sizes that mean anything: docs/proofs.md says why.
SMALL = ['-DLATCH_RING_SLOTS=2', '-DLATCH_BANK_WAYS=2', '-DLATCH_BANK_SLOTS=2']
ARM = ['--target=aarch64-linux-gnu', '-mno-outline-atomics']
BPF = ['-target', 'bpf', '-mcpu=v3', '-DLK_ORDER_MODEL']
RISCV = ['--target=riscv64-linux-gnu', '-march=rv64gc']
MARKS = ARM + ['-march=armv8.1-a', '-include', f'{HERE}/marks.h']

LOCK, LOCKS, BUILT = Lock(), {}, {}


class Target:
    def __init__(self, machine, printer, flags, herd, extra=None):
        self.machine, self.printer, self.flags, self.herd = machine, printer, flags, herd
        self.extra = extra() if extra else None  # what else the machine wants to know

    def compile(self, include, variant, words, into):
        """Returns name -> code of the pieces of one variant, from the headers in `include`."""
        return self.build(include, 'pieces.c', into, *SMALL, f'-DLATCH_VARIANT={variant}',
                          f'-DPIECE_WORDS={words}')

    def build(self, include, source, into, *flags):
        """Returns name -> code of the functions of one file; each is compiled once."""
        key = (include, source, flags, tuple(self.flags))
        with LOCK:
            lock = LOCKS.setdefault(key, Lock())
        with lock:
            if key not in BUILT:
                BUILT[key] = self.build_now(include, source, into, *flags)
        return BUILT[key]

    def build_now(self, include, source, into, *flags):
        clang = os.environ.get('CLANG', 'clang')
        subprocess.run([clang, *self.flags, '-std=gnu11', '-ffreestanding', '-fno-stack-protector',
                        '-O2', *flags, f'-I{include}', f'-I{HERE}', '-c', f'{HERE}/{source}', '-o', into],
                       check=True, capture_output=True, text=True)
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


TARGETS = {
    'lkmm': Target(aarch64, c_print.Lkmm(), MARKS + ['-include', f'{HERE}/order_kernel.h'], lkmm, c_print.calls),
    'c11': Target(aarch64, c_print.C11(), MARKS, lambda tools: ['-model', 'rc11.cat'], c_print.calls),
    'aarch64-lse': Target(aarch64, AArch64(), ARM + ['-march=armv8.1-a'], lambda tools: []),
    'aarch64-llsc': Target(aarch64, AArch64(), ARM + ['-march=armv8-a'], lambda tools: []),
    # Without and with load-acquire and store-release, as the loader decides by the kernel.
    'bpf': Target(bpf, Bpf(), BPF, bpf_model, lambda: 0),
    'bpf-acqrel': Target(bpf, Bpf(), BPF, bpf_model, lambda: 1),
    'riscv': Target(riscv, RiscV(), RISCV, lambda tools: ['-model', 'riscv.cat']),
    # For the tests written by hand alone.
    'power-lwsync': Target(None, Power(), [], lambda tools: ['-model', 'ppc.cat']),
    'power-isync': Target(None, Power(), [], lambda tools: ['-model', 'ppc.cat']),
    'x86': Target(None, X86(), [], lambda tools: ['-model', f'{HERE}/x86tso-rmw.cat']),
}
