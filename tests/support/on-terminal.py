#!/usr/bin/env python3
"""Runs a command on a terminal of its own and prints what it shows there.

    on-terminal.py [--rows N] [--columns N] [--interrupt PATTERN] [--frames FILE] COMMAND…

It is a terminal as a person has it, for what a program writes when it is asked to redraw lines: the
characters, carriage return, line feed, and of ECMA-48 cursor up, erase to the end of the line and below.
Anything else that begins with an escape is an error, and so is a line that is wider than the terminal and
yet to be drawn over. At the end the screen is printed. With --interrupt SIGINT is sent once PATTERN, a
regular expression, was found in what is shown; with --frames every state of the screen that differs from the one before is written to FILE, with "--" after each. Exits
as the command does.
"""

import argparse
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios

SEQUENCE = re.compile(r"\x1b\[(\d*)([A-Za-z])")


class Screen:
    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.lines, self.row, self.column = [""], 0, 0
        self.wrapped = False

    def put(self, text):
        if self.column == self.columns:
            self.wrapped = True
            self.column = 0
            self.feed_line()
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + text + line[self.column + len(text) :]
        self.column += len(text)

    def feed_line(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def obey(self, argument, command):
        if self.wrapped:
            sys.exit(f"a line that is drawn over is wider than {self.columns} columns: {self.text()}")
        if command == "A":
            self.row -= int(argument or 1)
            if self.row < max(0, len(self.lines) - self.rows):
                sys.exit("the cursor was moved above the first line of the screen")
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif command == "J":
            self.lines[self.row] = self.lines[self.row][: self.column]
            del self.lines[self.row + 1 :]
        else:
            sys.exit(f"an escape sequence that is not expected: {argument}{command}")

    def show(self, text):
        position = 0
        while position < len(text):
            character = text[position]
            if character == "\x1b":
                found = SEQUENCE.match(text, position)
                if not found:
                    sys.exit(f"an escape that is not expected: {text[position:position + 8]!r}")
                self.obey(*found.groups())
                position = found.end()
                continue
            if character == "\r":
                self.column = 0
            elif character == "\n":
                self.feed_line()
                self.wrapped = False
            else:
                self.put(character)
            position += 1

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines)


def read_all(terminal):
    while True:
        try:
            text = os.read(terminal, 1 << 16)
        except OSError:  # the command ended
            return
        if not text:
            return
        yield text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--interrupt")
    parser.add_argument("--frames")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", options.rows, options.columns, 0, 0))
    # A program that a shell started in the background ignores SIGINT; one on a terminal does not.
    process = subprocess.Popen(options.command, stdin=slave, stdout=slave, stderr=slave,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    os.close(slave)
    screen, frames, seen = Screen(options.rows, options.columns), [], ""
    for text in read_all(master):
        seen += text.decode()
        screen.show(text.decode())
        if not frames or frames[-1] != screen.text():
            frames.append(screen.text())
        if options.interrupt and re.search(options.interrupt, seen):
            process.send_signal(signal.SIGINT)
            options.interrupt = None
    code = process.wait()
    if options.frames:
        with open(options.frames, "w", encoding="utf-8") as file:
            file.writelines(frame + "\n--\n" for frame in frames)
    print(screen.text())
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
