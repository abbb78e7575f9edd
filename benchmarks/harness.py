"""Runs commands and measures them; what one row of the table is."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIB = 1 << 20

# 23 is MADV_POPULATE_WRITE, which Python 3.11 has no name for. 3 GiB: what is written, twice, and more.
TOUCH_MEMORY = "import mmap; mmap.mmap(-1, 3 << 30).madvise(23)"


class Failed(Exception):
    """A command that should have succeeded did not."""


class Missing(Exception):
    """An executable is not built or not installed."""


class Run:
    """How long one process took, in seconds."""

    def __init__(self, command, cwd, environment=None):
        with tempfile.TemporaryFile() as messages:
            start = time.perf_counter()
            with subprocess.Popen(command, cwd=cwd, env={**os.environ, **(environment or {})},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=messages) as process:
                process.wait()
                self.seconds = time.perf_counter() - start
            if process.returncode != 0:
                messages.seek(0)
                lines = messages.read().decode(errors="replace").strip().splitlines() or [""]
                raise Failed(f"`{' '.join(map(str, command))}` ended with {process.returncode}: {lines[0]}")


def settle():
    """Gives every run the same start: nothing unwritten from the run before, whose flush would be
    waited for, and free memory that is really there. A virtual machine that hands free pages back to
    its host pays for each of them again at the next touch; without this, the same pull of 1 GiB takes
    1.2 or 3.3 s, ours and the peer's alike, by the luck of the pages it is given.

    In a process of its own, which gives the memory back."""
    os.sync()
    subprocess.run([sys.executable, "-c", TOUCH_MEMORY], check=True)


class Bench:
    def __init__(self, options, folder):
        self.binaries = pathlib.Path(options.bin).resolve()
        self.best_of = options.best_of
        self.shrink = options.shrink
        self.folder = folder
        self.failures = []
        self.counter = 0

    def ours(self, name):
        path = self.binaries / name
        if not path.exists():
            raise Missing(f"{name} is not built")
        return str(path)

    @staticmethod
    def peer(name):
        path = shutil.which(name)
        if path is None:
            raise Missing(f"{name} is not installed")
        return path

    def scaled(self, mebibytes):
        """A size in bytes."""
        return mebibytes // self.shrink * MIB

    def fresh(self, prefix):
        """A name that was not used before."""
        self.counter += 1
        return f"{prefix}-{self.counter}"

    def best(self, *commands):
        """The best time of each command, run in turn. A command is a function that returns the
        words of the next repetition and a function that cleans up after it."""
        times = [[] for _ in commands]
        for _ in range(self.best_of):
            for prepare, taken in zip(commands, times):
                words, clean_up = prepare()
                settle()
                taken.append(Run(words, self.folder).seconds)
                clean_up()
        return [min(taken) for taken in times]

    def peak_and_time(self, command, environment=None):
        """The peak resident memory of a command in bytes, and its time. By GNU time: a child begins with the
        peak of its parent, which here would be that of this interpreter, often the larger one."""
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as report:
            run = Run([self.peer("time"), "-q", "-f", "%M", "-o", report.name, *command], self.folder, environment)
            return int(report.read()) * 1024, run.seconds

    def peak(self, command, environment=None):
        return self.peak_and_time(command, environment)[0]

    def row(self, what, measure):
        try:
            return [what, *measure()]
        except Missing as missing:
            return [what, f"skipped: {missing}", "", ""]
        except Failed as failed:
            self.failures.append(str(failed))
            return [what, f"failed: {failed}", "", ""]


def nothing():
    """Nothing to clean up."""


def write_safetensors(path, size, sparse=False):
    """One tensor of `size` bytes: zeros that take no space on the disk, or random ones."""
    header = json.dumps({"weights": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        if sparse:
            file.truncate(file.tell() + size)
        else:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))


def compared(ours, theirs):
    return f"{ours:.2f} s", f"{theirs:.2f} s", f"{ours / theirs:.2f}"
