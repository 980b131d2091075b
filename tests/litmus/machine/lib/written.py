# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Tests written by hand: tests/litmus/*/*.litmus.

Their first comment lines say what to expect: `allowed: MODEL...` and `forbidden: MODEL...`, and
under which models it takes long: `long: MODEL...`. A test
in the Linux kernel's C is judged under its model as it is, and under the others as mapping.py
translates it; a test in another language as it is. The subset that can be translated: READ_ONCE,
WRITE_ONCE, smp_load_acquire, smp_store_release, smp_wmb, smp_rmb, smp_mb, fetch-add, fetch-or, xchg and
cmpxchg with their orders, and `if (register == number) {` up to the end of the thread.
"""
import glob
import os
import re

from isa.assembly import Test
from isa.events import LATCH, Event, Trace, Unsupported
from lib.scenario import Question, pin_list
from models import mapping

ATOM = re.compile(r'(\d+:\w+|\[?\w+\]?)\s*=\s*(-?\d+)')
ORDER = r'(?:_(acquire|release|relaxed))?'
RMW = [
    (re.compile(rf'atomic_fetch_add{ORDER}\((.+?), (\w+)\)'), lambda h: ('add', h[1], h[3], h[2], None)),
    (re.compile(r'__atomic_fetch_op\{(\w+)\}\((\w+),\|,(.+?)\)'), lambda h: ('or', h[1], h[2], h[3], None)),
    (re.compile(rf'xchg{ORDER}\((\w+), (.+?)\)'), lambda h: ('swap', h[1], h[2], h[3], None)),
    (re.compile(rf'cmpxchg{ORDER}\((\w+), (\d+), (.+?)\)'), lambda h: ('cas', h[1], h[2], h[4], int(h[3]))),
]
FENCES = {'smp_wmb()': 'wmb', 'smp_rmb()': 'rmb', 'smp_mb()': 'mb'}


def parse_condition(text):
    """'~', '/\\', '\\/', parentheses and register=number; and binds closer than or."""
    tokens = re.findall(r'\(|\)|~|/\\|\\/|true|[\w:\[\]]+\s*=\s*-?\d+', text)

    def primary():
        token = tokens.pop(0)
        if token == '(':
            inside = disjunction()
            tokens.pop(0)
            return inside
        if token == '~':
            return ('not', primary())
        if token == 'true':
            return ('and',)
        name, number = ATOM.match(token).groups()
        return ('eq' if ':' in name else 'mem', name.strip('[]'), int(number))

    def chain(part, token, head):
        parts = [part()]
        while tokens and tokens[0] == token:
            tokens.pop(0)
            parts.append(part())
        return parts[0] if len(parts) == 1 else (head, *parts)

    conjunction = lambda: chain(primary, '/\\', 'and')
    disjunction = lambda: chain(conjunction, '\\/', 'or')
    return disjunction()


def resolve(expr, names):
    """The same with what the printers call registers and words."""
    if expr[0] in ('eq', 'mem'):
        return (expr[0], names[expr[1]], expr[2])
    return (expr[0], *[resolve(part, names) for part in expr[1:]])


def conjuncts(expr):
    if expr and expr[0] == 'and':
        return [c for part in expr[1:] for c in conjuncts(part)]
    return [expr] if expr else []


def choices(expr):
    """name -> values, if the expression is `name is one of these`."""
    parts = expr[1:] if expr[0] == 'or' else (expr,)
    names = {p[1] for p in parts if p[0] == 'eq'}
    if len(names) == 1 and all(p[0] == 'eq' for p in parts):
        return names.pop(), {p[2] for p in parts}
    return None, set()


def ends_well(bad):
    """Of `accepted and not whole`: accepted and whole. Else any execution will do."""
    parts = conjuncts(bad)
    if len(parts) > 1 and parts[-1][0] == 'not':
        return ('and', *parts[:-1], parts[-1][1])
    return ('and',)


class Written:
    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path)[:-len('.litmus')]
        self.variant = self.name.partition('-')[0]
        with open(path, encoding='ascii') as file:
            self.text = file.read()
        self.language, title = self.text.split('\n', 1)[0].split()
        if title != self.name:
            raise ValueError(f'{path}: is called {title}')
        self.expected = {}
        for outcome in ('allowed', 'forbidden'):
            hit = re.search(rf'^(?:\(\*| \*) {outcome}:((?: [\w-]+)+)$', self.text, re.M)
            self.expected.update({model: outcome for model in (hit.group(1).split() if hit else ())})
        hit = re.search(r'^ \* long:((?: [\w-]+)+)$', self.text, re.M)
        self.long = set(hit.group(1).split() if hit else ())  # models under which it takes long
        if not self.expected:
            raise ValueError(f'{path}: expects nothing')
        body = re.sub(r'\(\*.*?\*\)', '', self.text, flags=re.S)
        self.filter = self.clause(body, 'filter')
        self.bad = self.clause(body, 'exists')
        self.body = body

    @staticmethod
    def clause(body, word):
        hit = re.search(rf'^{word}\s+(.*?)(?=^\w|\Z)', body, re.M | re.S)
        return parse_condition(hit.group(1)) if hit else ('and',)

    def questions(self, target, _include, _work, model):
        native = self.language != 'C'
        if native or model == 'lkmm':
            test = Test(self.name, [], {}, [], self.bad)
            test.register, test.memory = (lambda name: name), (lambda name: f'[{name}]')
            test.text = self.text
            yield Question(test, ends_well(self.bad))
            return
        threads = [Program(source, self) for source in re.split(r'^(?=P\d+\()', self.body, flags=re.M)[1:]]
        names = {}
        for number, thread in enumerate(threads):
            names.update({f'{number}:{r}': (number, 0, i) for r, i in thread.registers.items()})
        names.update(self.words())
        pins, traces = [], []
        for number, thread in enumerate(threads):
            known = dict(thread.pinned)
            trace = Trace(mapping.MAPPINGS[model](thread, known), None, {}, {})
            trace.pins = {i: {v} for i, v in known.items()}
            pins += [pin for pin in pin_list(number, 0, trace.pins)
                     if pin[0][2] not in thread.registers.values()]
            traces.append([trace])
        for part in conjuncts(resolve(self.filter, names)):
            load, values = choices(part)
            if not load:
                raise Unsupported(f'{self.name}: the filter says more than which values')
            pins.append((load, values))
        bad = resolve(self.bad, names)
        yield Question(Test(self.name, traces, self.image(), pins, bad), ends_well(bad))

    def words(self):
        """name -> address, of all words that some thread takes."""
        found = {}
        for arguments in re.findall(r'^P\d+\((.*?)\)', self.body, re.M):
            for name in re.findall(r'\*(\w+)', arguments):
                found.setdefault(name, LATCH + 8 * len(found))
        return found

    def image(self):
        words = self.words()
        init = re.search(r'\{(.*?)\}', self.body, re.S).group(1)
        return {words[name]: int(n) for name, n in re.findall(r'(\w+)\s*=\s*(\d+)', init) if name in words}

    def pinned(self, thread, register):
        for part in conjuncts(self.filter):
            name, values = choices(part)
            if name == f'{thread}:{register}' and len(values) == 1:
                return min(values)
        return None


class Program:
    """One thread: its accesses with the orders that the kernel's names say."""

    def __init__(self, source, test):
        self.number = int(re.match(r'P(\d+)', source).group(1))
        self.test, self.words = test, test.words()
        self.registers, self.pinned, self.events = {}, {}, []
        body = source[source.index('{') + 1:].split('\nfilter')[0].split('\nexists')[0]
        for line in body.splitlines():
            line = line.strip()
            if line and not line.startswith('int ') and line != '}':
                self.statement(line)

    def fail(self, line):
        raise Unsupported(f'{self.test.name}: cannot be translated: {line}')

    def ident(self, register):
        ident = self.registers.setdefault(register, len(self.registers))
        value = self.test.pinned(self.number, register)
        if value is not None:
            self.pinned[ident] = value
        return ident

    def value(self, text):
        """A number, or a register whose value the filter demands, plus a number."""
        total, deps = 0, set()
        for part in text.split('+'):
            part = part.strip()
            if part in self.registers:
                ident = self.registers[part]
                if ident not in self.pinned:
                    self.fail(f'the filter does not say what {part} is')
                deps.add(ident)
                total += self.pinned[ident]
            else:
                total += int(part)
        return total, frozenset(deps)

    def add(self, kind, order, word=None, text=None, **more):
        if word:
            more['address'] = self.words[word]
        if text:
            more['number'], more['data_deps'] = self.value(text)
        self.events.append(Event(kind, order, **more))

    def statement(self, line):
        hit = re.match(r'if \((\w+) == (\d+)\) \{$', line)
        if hit:
            ident = self.registers[hit.group(1)]
            if self.pinned.setdefault(ident, int(hit.group(2))) != int(hit.group(2)):
                self.fail(f'the filter says otherwise than {line}')
            self.add('branch', None, deps=frozenset([ident]))
            return
        code = line.rstrip(';')
        if code in FENCES:
            self.add('fence', FENCES[code])
            return
        hit = re.match(r'(WRITE_ONCE\(\*|smp_store_release\()(\w+), (.+)\)$', code)
        if hit:
            self.add('store', 'relaxed' if code[0] == 'W' else 'release', hit.group(2), hit.group(3))
            return
        hit = re.match(r'(\w+) = (.*)$', code)
        if not hit:
            self.fail(line)
        self.assignment(line, *hit.groups())

    def assignment(self, line, register, code):
        hit = re.match(r'READ_ONCE\(\*(\w+)\)$|smp_load_acquire\((\w+)\)$', code)
        if hit:
            ident = self.ident(register)
            self.add('load', 'relaxed' if hit.group(1) else 'acquire', hit.group(1) or hit.group(2),
                     ident=ident, assumed=self.pinned.get(ident, 0))
            return
        for pattern, meaning in RMW:
            hit = pattern.match(code)
            if hit:
                op, order, word, text, expected = meaning(hit)
                ident = self.ident(register)
                self.add('rmw', order or 'full', word, text, op=op, ident=ident,
                         assumed=self.pinned.get(ident), expected=expected or 0)
                return
        self.fail(line)


def written_tests(directory):
    """All *.litmus files below a directory, by their names."""
    paths = glob.glob(f'{directory}/**/*.litmus', recursive=True)
    return [Written(path) for path in sorted(paths, key=os.path.basename)]
