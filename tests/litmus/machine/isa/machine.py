# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What interpreters share: the listing of llvm-objdump, and the loop that runs it."""
import re

from isa.events import CODE, Unsupported, finish

LINE = re.compile(r'^\s*([0-9a-f]+):\s+([a-z][a-z0-9.]*)[+-]?(?:\s+(.*))?$')
RELOCATION = re.compile(r'^\s*[0-9a-f]+:\s+(R_\w+)\s+(\S+)')
CALLS = ('R_AARCH64_CALL26', 'R_AARCH64_JUMP26')
RETURN = object()


def functions(text, harmless):
    """Returns name -> [(address, mnemonic, operands, called function or None)].

    harmless: pattern of the symbols that a relocation may name beside those of calls.
    """
    found, code = {}, None
    for line in text.splitlines():
        head = re.match(r'^[0-9a-f]+ <(\w+)>:', line)
        if head:
            code = found[head.group(1)] = []
            continue
        moved, hit = RELOCATION.match(line), LINE.match(line)
        if moved and moved.group(1) in CALLS and code:
            code[-1] = code[-1][:3] + (moved.group(2),)
        elif '<unknown>' in line or moved and not re.search(harmless, moved.group(2)):
            raise Unsupported(f'no instruction: {line.strip()}')
        elif hit and code is not None:
            operands = re.sub(r'\s*(//|;|<).*$', '', hit.group(3) or '')
            split = [o.strip() for o in re.findall(r'\[[^]]*\]!?|[^,\s][^,]*', operands)]
            code.append((int(hit.group(1), 16), hit.group(2), split, None))
    return found


class Machine:
    """Runs one function. argument: the register of the first argument and of the result."""

    def __init__(self, code, memory):
        self.code, self.memory, self.index = code, memory, 0
        self.at = {line[0]: i for i, line in enumerate(code)}

    def run(self, limit=2000):
        for _ in range(limit):
            _, name, operands, called = self.code[self.index]
            self.index += 1
            target = self.step(name, operands, called)
            if target is RETURN:
                return finish(self.memory, self.get(self.argument))
            if target is not None:
                self.index = self.at[target]
        raise Unsupported('a loop that does not end')

    def handler(self, target, load):
        """Calls one of the handlers at CODE: it loads a word from where its argument points."""
        if target.number >> 4 != CODE >> 4:
            raise Unsupported('a call of an address that is no handler')
        self.memory.branch(target.deps)
        self.set(self.argument, self.memory.load(self.get(self.argument), load))
