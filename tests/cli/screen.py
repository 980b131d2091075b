#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Usage: screen.py LINES COLUMNS FRAMES COMMAND...

Run a command that redraws a table on a terminal of that size, until it has drawn so many frames, then
interrupt it. Prints the last frame but one, whole, and a line "=== N lines, M columns" with what the
largest frame took.
"""
import fcntl
import os
import pty
import re
import struct
import sys
import termios

lines, columns, wanted = map(int, sys.argv[1:4])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))
    os.environ['TERM'] = 'xterm'
    os.execv(sys.argv[4], sys.argv[4:])
CLEAR = '\033[H\033[J'
text, ended = '', False
while True:
    try:
        more = os.read(fd, 65536)
    except OSError:
        break
    if not more:
        break
    text += more.decode(errors='replace')
    if text.count(CLEAR) > wanted and not ended:
        ended = True
        os.write(fd, b'\x03')
os.waitpid(pid, 0)
screen = text.replace('^C', '').split('\033[?1049l')[0]
frames = [re.sub('\033[^a-zA-Z]*[a-zA-Z]', '', f).replace('\r', '').rstrip('\n').split('\n')
          for f in screen.split(CLEAR)[1:]]
print('\n'.join(frames[wanted - 1]))
print(f'=== {max(map(len, frames))} lines, {max(len(line) for f in frames for line in f)} columns')
