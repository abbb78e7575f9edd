#!/usr/bin/env python3
"""Holds `modelseal-check` to what Python's pickle machines do.

usage: pickle-differential.py MODELSEAL_CHECK COUNT

Builds files of opcodes (always the same ones), lets the machine in C and the one in Python read
them, and prints those for which one of the two asks for a name, a persistent object or an extension,
but which modelseal-check takes for something else. What they ask for is an object that does nothing.
"""

import collections
import copyreg
import io
import json
import pathlib
import pickle
import random
import resource
import struct
import subprocess
import sys
import tempfile

MODULES = [b"os", b"posix", b"lib-dynload", b"a b", "\u00e9t\u00e9".encode(), b"", b"2", b"a\0b", b"\xff", b"builtins"]
NAMES = [b"system", b"__name__", b"", b"a.b", b"x\0y", b"\xc3\xa9", b"\xff", b"a" * 70000]
NUMBERS = [
    b"1", b"0", b"-1", b"00", b"01", b"0x1f", b" 7", b"7 ", b"+7", b"1_0", b"\0", b"\0junk", b"3\0\xff", b"", b" ",
    b"1e5", b"inf", b"nan", b"-Infinity", b".5", b"7L", b"L", b"0b1", b"0o7", b"abc", b"9" * 5000, b"1" * 30,
    b"It is", b"\xd9\xa3", b" " * 70000 + b"5",
]
TEXTS = [b"'a'", b'"a"', b"a", b"", b"\\u0041", b"a" * 70000, b"'\\xff'", b"a\0b", b"\xff", b"'", b"two words", b"\\"]
PLAIN = b"(.0012N)]}eatlRobsud\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98Q"
BATCH = 500  # files that are open at once
PNG = b"\x89PNG\r\n\x1a\n"


class Recorder:
    """What was asked for."""

    def __init__(self):
        self.imported = False
        self.asked = False


class Kind(type):
    """A class on which opcodes that change an object do nothing."""

    def extend(cls, *_):
        pass

    append = add = __setitem__ = extend


class Harmless(metaclass=Kind):
    """What every name stands for: it can be made and called, and does nothing."""

    def __new__(cls, *_, **__):
        return object.__new__(cls)

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return self

    def extend(self, *_):
        pass

    append = add = __setitem__ = __setstate__ = extend


def machine(base):
    """A subclass of a machine that records and never imports."""

    class Machine(base):
        def __init__(self, file, recorder):
            super().__init__(file)
            self.recorder = recorder

        def find_class(self, module, name):
            # No module has such a name: any import of it is an error.
            if module == "" or "\0" in module:
                raise ModuleNotFoundError(module)
            self.recorder.imported = True
            return Harmless

        def persistent_load(self, _):
            self.recorder.asked = True
            return Harmless()

        def get_extension(self, code):
            self.recorder.asked = True
            return super().get_extension(code)

    return Machine


MACHINES = [machine(pickle._Unpickler), machine(pickle.Unpickler)]


def read(content):
    """What the machines ask for in all, reading pickle behind pickle, from files with and without peek()."""
    recorder = Recorder()
    for base in MACHINES:
        for file in (io.BytesIO(content), io.BufferedReader(io.BytesIO(content), 4096)):
            try:
                while True:
                    base(file, recorder).load()
            except Exception:  # the machine has stopped
                pass
    return recorder


def line(source, choices):
    return source.choice(choices) + (b"\n" if source.random() < 0.98 else b"")


def counted(source, code, width):
    text = source.choice(TEXTS[:6] + MODULES[:4])
    length = len(text)
    if source.random() < 0.15:
        length = source.choice([0, 1, 5, length + 1, 2 ** (8 * width - 1), 2 ** (8 * width) - 1])
    return code + (length % 2 ** (8 * width)).to_bytes(width, "little") + text


def opcode(source):
    """One opcode with its argument, right or nearly so."""
    chance = source.random()
    if chance < 0.30:
        return bytes([source.choice(PLAIN)])
    if chance < 0.42:
        return source.choice([b"I", b"L", b"F"]) + line(source, NUMBERS)
    if chance < 0.50:
        return source.choice([b"S", b"V"]) + line(source, TEXTS)
    if chance < 0.56:
        return source.choice([b"p", b"g"]) + line(source, NUMBERS)
    if chance < 0.66:
        return source.choice([b"c", b"i", b"(i"]) + line(source, MODULES) + line(source, NAMES)
    if chance < 0.80:
        code, width = source.choice([(b"T", 4), (b"U", 1), (b"X", 4), (b"B", 4), (b"C", 1), (b"\x8a", 1), (b"\x8b", 4),
                                     (b"\x8c", 1), (b"\x8d", 8), (b"\x8e", 8), (b"\x96", 8)])
        return counted(source, code, width)
    if chance < 0.84:
        return b"\x95" + struct.pack("<Q", source.choice([0, 1, 2, 5, 20, 40, 9000, 2**63, 2**64 - 1]))
    if chance < 0.86:
        return b"\x80" + bytes([source.randint(0, 7)])
    if chance < 0.88:
        return b"P" + line(source, TEXTS)
    if chance < 0.90:
        extensions = [b"\x82\x01", b"\x82\x00", b"\x83\x01\x00", b"\x84\x01\x00\x00\x00", b"\x84\xff\xff\xff\xff"]
        return source.choice(extensions)
    code, width = source.choice([(b"J", 4), (b"K", 1), (b"M", 2), (b"G", 8), (b"h", 1), (b"j", 4), (b"q", 1),
                                 (b"r", 4)])
    return code + bytes(source.choice([0, 1, 10, 255]) for _ in range(width))


HEADS = [b"", b"", b"", b"GGUF" + struct.pack("<IQQ", 3, 0x4900, 1), struct.pack("<Q", 73) + b'{"a', b"I\0", b"N",
         b"\x89PNG"]
TAILS = [b"cos\nsystem\n(S'id'\ntR.", b"(S'id'\nios\nsystem\n.", b"\x8c\x02os\x8c\x06system\x93)R.",
         b"cos\nsystemX", b""]


def crossing(source):
    """An argument that begins in a frame; the machine in C throws that part away and reads on behind the frame."""
    begun, rest = source.choice([(b"X\xff\xff", b"\1\0\0\0a"), (b"J\xff\xff\xff", b"1234"), (b"Vabc", b"d\n"),
                                 (b"I\xff", b"1\n"), (b"C\xff", b"1234567"), (b"cno\xff", b"os\nsystem\n")])
    inside = b"N0" * source.randint(0, 3) + begun
    return b"\x95" + struct.pack("<Q", len(inside)) + inside + rest + b"0" + source.choice(TAILS)


def build(source):
    if source.random() < 0.05:
        return crossing(source)
    content = source.choice(HEADS)
    content += b"".join(opcode(source) for _ in range(source.randint(0, 7)))
    content += source.choice(TAILS)
    if source.random() < 0.2 and content:  # one change anywhere
        at = source.randrange(len(content))
        edit = bytes([source.randrange(256)]) * source.randint(0, 2)
        content = content[:at] + edit + content[at + source.randint(0, 2) :]
    return content


def judge(executable, folder):
    """For each file the rules that refuse it."""
    command = [executable, "--policy", "strict", "--format", "json", str(folder)]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode not in (0, 1):
        sys.exit(f"{executable} failed: {result.stderr.decode()}")
    report = json.loads(result.stdout)
    rules = {file["path"]: set() for file in report["files"]}
    for finding in report["findings"]:
        if finding["severity"] == "error":
            rules[finding["file"]].add(finding["rule"])
    return rules


def missed(recorder, rules):
    """An import must be seen; what only asks its reader may also be refused as no known format."""
    return (recorder.imported and not rules - {"content/unknown"}) or (recorder.asked and not rules)


def compare(executable, contents):
    """What the machines ask for and the rules that refuse it, for each content."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number, content in enumerate(contents):
            (folder / f"{number}.bin").write_bytes(content)
        rules = judge(executable, folder)
    for number, content in enumerate(contents):
        # The eighth byte of a PNG image ends every machine, behind one name that says nothing.
        recorder = Recorder() if content.startswith(PNG) else read(content)
        yield content, recorder, rules[f"{number}.bin"]


def main():
    executable, count = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    sys.unraisablehook = lambda _: None  # arrays that memory does not suffice for
    for code in (1, 255):
        copyreg.add_extension("harmless", f"code{code}", code)
    source = random.Random(1)
    imported = pickles = differences = 0
    for begin in range(0, count, BATCH):
        contents = [build(source) for _ in range(min(BATCH, count - begin))]
        for content, recorder, rules in compare(executable, contents):
            imported += recorder.imported
            pickles += "content/pickle" in rules
            if missed(recorder, rules):
                differences += 1
                print(f"{rules}: {content[:300]!r}")
    print(f"{count} files, {imported} import, {pickles} refused as pickles, {differences} missed")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
