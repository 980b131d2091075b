# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The compilers whose code is judged. Both end in an object for llvm-objdump."""
import os
import subprocess
from threading import Lock

from lib.proof import ROOT


class NotHere(Exception):
    """The compiler cannot be had on this machine, and why."""


def clang(*args):
    return subprocess.run([os.environ.get('CLANG', 'clang'), *args], check=True, capture_output=True,
                          text=True).stdout.strip()


LOCK, FOUND = Lock(), []


def gcc_tools():
    """The directory of gcc's compilers, from tools/proof-tools, which is asked once."""
    with LOCK:
        if not FOUND:
            FOUND.append(subprocess.run([f'{ROOT}/tools/proof-tools', 'gcc'], capture_output=True, text=True,
                                        check=False))
    if FOUND[0].returncode == 0:
        return FOUND[0].stdout.strip()
    raise NotHere((FOUND[0].stderr.strip().splitlines() or ['tools/proof-tools gcc failed'])[-1])


class Clang:
    def __init__(self, flags):
        self.flags = flags

    def compile(self, source, into, flags):
        clang(*self.flags, *flags, '-c', source, '-o', into)


class Gcc:
    """gcc's compiler alone, without its driver: clang is the assembler, and has the few headers."""

    def __init__(self, machine, flags, assembler):
        self.machine, self.flags, self.assembler = machine, flags, assembler

    def compile(self, source, into, flags):
        headers = clang('-print-resource-dir') + '/include'
        assembly = f'{into}.s'
        subprocess.run([f'{gcc_tools()}/bin/cc1-{self.machine}', '-quiet', *self.flags, *flags,
                        '-isystem', headers, source, '-o', assembly],
                       check=True, capture_output=True, text=True)
        clang(*self.assembler, '-c', assembly, '-o', into)
