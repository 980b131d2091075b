#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Usage: tests/cli/svg.py flame SVG FOLDED       is each frame as wide as the folded stacks say?
       tests/cli/svg.py heat SVG JSON             has each bucket what the last line of the probe says?
       tests/cli/svg.py alone SVG                 does it need nothing else: no addresses, no files?
       tests/cli/svg.py browse SVG NAME [PNG]     click and search in a browser; NAME: a frame to be found
Exit 0: yes; 1: no, and why not; 77: there is no browser here.
"""
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import xml.etree.ElementTree as tree

SVG = '{http://www.w3.org/2000/svg}'
WIDTH, LEAST = 1180, 0.1
ESCAPE = '\ue00c'  # as WebDriver spells the key


def frames_of(path):
    """(names from the outermost on, count, x, width) of each frame, in the order of the file."""
    stack = []
    for g in tree.parse(path).getroot().iter(f'{SVG}g'):
        if 'data-d' not in g.attrib:
            continue
        name = re.sub(r' \([^(]*\)$', '', g.find(f'{SVG}title').text)
        rect = g.find(f'{SVG}rect')
        del stack[int(g.get('data-d')):]
        stack.append(name)
        yield tuple(stack[1:]), int(g.get('data-c')), float(rect.get('x')), float(rect.get('width'))


def flame(svg, folded):
    counts = collections.Counter()
    with open(folded, encoding='utf-8') as file:
        for line in file:
            stack, _, count = line.rstrip('\n').rpartition(' ')
            names = stack.split(';')
            for depth in range(len(names) + 1):
                counts[tuple(names[:depth])] += int(count)
    total = counts[()]
    wrong = [] if total else ['the folded stacks are empty']
    drawn = {}
    for names, count, x, width in frames_of(svg):
        if names in drawn:
            wrong.append(f'{names}: twice')
        if count != counts[names] or abs(width - WIDTH * count / total) > 1:
            wrong.append(f'{names}: {count} in {width} pixels instead of {counts[names]} of {total}')
        if names and not (drawn[names[:-1]][0] - 1 <= x and x + width <= sum(drawn[names[:-1]]) + 1):
            wrong.append(f'{names}: not above its caller')
        drawn[names] = (x, width)
    wrong += [f'{names}: missing' for names, count in counts.items()
              if names not in drawn and WIDTH * count / total > LEAST * 1.01]
    print(f'{len(drawn)} frames of {total}')
    return wrong


def heat(svg, lines):
    """Panels are in the order of the probes that had something."""
    last = {}
    with open(lines, encoding='utf-8') as file:
        for line in map(json.loads, file):
            if line['type'] == 'probe' and any(line.get('hist', [])):
                last[line['probe']] = line['hist']
    panels = [g for g in tree.parse(svg).getroot().iter(f'{SVG}g') if 'data-p' in g.attrib]
    wrong = [] if len(panels) == len(last) else [f'{len(panels)} panels of {len(last)} probes']
    for panel, (probe, hist) in zip(panels, last.items()):
        rows = collections.Counter()
        for rect in panel.iter(f'{SVG}rect'):
            rows[int(rect.get('y'))] += int(rect.get('data-c'))
        shown = [rows[y] for y in sorted(range(max(rows), min(rows) - 1, -14), reverse=True)]
        first = next(i for i, n in enumerate(hist) if n)
        told = hist[first:first + len(shown)]
        if shown != told or sum(shown) != sum(hist):
            wrong.append(f'{probe}: {shown} instead of {told}')
    return wrong


def alone(svg):
    with open(svg, encoding='utf-8') as file:
        text = file.read()
    addresses = set(re.findall(r'https?://[^"\'\s]*', text)) - {'http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xhtml'}
    return sorted(addresses) + re.findall(r'(?:href|src|@import|url\()[^>]{0,40}', text)


class Browser:
    """Chromium without a screen, driven over WebDriver."""

    def __init__(self, driver, work):
        self.driver = subprocess.Popen([driver, '--port=0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            port = re.search(r'started successfully on port (\d+)', line)
            if port:
                break
        self.base = f'http://127.0.0.1:{port[1]}/session'
        options = {'args': ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                            '--window-size=1300,900', f'--user-data-dir={work}']}
        made = self.ask('POST', '', {'capabilities': {'alwaysMatch': {'goog:chromeOptions': options}}})
        self.base += '/' + made['sessionId']

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as error:
            sys.exit(f'{method} {path}: {json.load(error)["value"]["message"]}')

    def run(self, script, *args):
        return self.ask('POST', '/execute/sync', {'script': script, 'args': list(args)})

    def find(self, css):
        return '/element/' + next(iter(self.ask('POST', '/element', {'using': 'css selector', 'value': css}).values()))

    def click(self, css):
        self.ask('POST', self.find(css) + '/click', {})

    def point_at(self, css):
        element = self.find(css).rpartition('/')[2]
        origin = {'element-6066-11e4-a52e-4f735466cecf': element}
        move = {'type': 'pointerMove', 'duration': 0, 'x': 0, 'y': 0, 'origin': origin}
        self.ask('POST', '/actions', {'actions': [{'type': 'pointer', 'id': 'mouse', 'actions': [move]}]})

    def type(self, css, text):
        self.ask('POST', self.find(css) + '/value', {'text': text})

    def close(self):
        try:
            self.ask('DELETE', '')
        finally:
            self.driver.terminate()
            self.driver.wait()


# The frame of a name that is widest, marked so that a selector finds it; its number, or -1.
MARK = '''const all = [...document.querySelectorAll('#frames > g')];
const named = all.filter(g => g.querySelector('title').textContent.startsWith(arguments[0] + ' ('));
named.sort((a, b) => b.dataset.c - a.dataset.c);
if (named[0]) named[0].id = 'chosen';
return named[0] ? Number(named[0].dataset.c) : -1;'''
STATE = '''const rect = document.querySelector('#chosen > rect');
const shown = [...document.querySelectorAll('#frames > g')].filter(g => g.style.display !== 'none');
return {width: Number(rect.getAttribute('width')), shown: shown.length, matches: document.querySelectorAll('.match').length,
        matched: document.getElementById('matched').textContent, details: document.getElementById('details').textContent,
        reset: !document.getElementById('reset').classList.contains('hidden')};'''


def browse(svg, name, png=None):
    driver = shutil.which('chromedriver')
    if not driver or not (shutil.which('chromium') or shutil.which('google-chrome')):
        print('no chromium with chromium-driver here')
        sys.exit(77)
    total = next(frames_of(svg))[1]
    count = sum(c for names, c, _, _ in frames_of(svg) if names and names[-1] == name and name not in names[:-1])
    wrong = []

    def want(what, is_so, state):
        if not is_so:
            wrong.append(f'{what}: {state}')

    with tempfile.TemporaryDirectory() as work:
        browser = Browser(driver, work)
        try:
            browser.ask('POST', '/url', {'url': f'file://{svg}'})
            if browser.run(MARK, name) < 0:
                return [f'no frame {name}']
            before = browser.run(STATE)
            browser.point_at('#chosen > rect')
            state = browser.run(STATE)
            want('the mouse shows details', state['details'].startswith(f'{name} ('), state)
            browser.click('#sought')
            browser.type('#sought', f'^{name}$')
            state = browser.run(STATE)
            percent = f'matched: {100 * count / total:.2f}%'
            want('a search finds it', state['matches'] > 0 and state['matched'] == percent, f'{state} instead of {percent}')
            browser.type('#sought', '(')
            state = browser.run(STATE)
            want('no regular expression', state['matched'] == 'no regular expression' and not state['matches'], state)
            browser.type('#sought', ESCAPE)
            state = browser.run(STATE)
            want('Escape', state['matched'] == '' and not state['matches'], state)
            browser.click('#chosen > rect')
            state = browser.run(STATE)
            want('a click zooms', abs(state['width'] - WIDTH) < 1 and state['reset'] and state['shown'] < before['shown'], state)
            if png:
                import base64
                with open(png, 'wb') as file:
                    file.write(base64.b64decode(browser.ask('GET', '/screenshot')))
            browser.click('#reset')
            state = browser.run(STATE)
            want('reset', abs(state['width'] - before['width']) < 0.1 and state['shown'] == before['shown'] and not state['reset'], state)
        finally:
            browser.close()
    return wrong


def main():
    what = {'flame': flame, 'heat': heat, 'alone': alone, 'browse': browse}[sys.argv[1]]
    wrong = what(*sys.argv[2:])
    for line in wrong[:5]:
        print(line)
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()
