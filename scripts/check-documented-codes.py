#!/usr/bin/env python3
"""Holds docs/exit-codes.md to the exit codes and reasons that stand in the source."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = "docs/exit-codes.md"
NOT_KINDS = {"0"}


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def difference(what, source, documented):
    for name in sorted(source - documented):
        yield f"{PAGE}: {what} {name} is in the source and not on the page"
    for name in sorted(documented - source):
        yield f"{PAGE}: {what} {name} is on the page and not in the source"


def problems():
    page = read(PAGE)
    kinds = set(re.findall(r"ErrorKind::(\w+):\s*return (\d+);", read("common/cli/exit_code.hpp")))
    rows = re.findall(r"^\| (\d+) \| (?:`(\w+)`)? *\|", page, re.MULTILINE)
    yield from difference("exit code", kinds, {(kind, code) for code, kind in rows if code not in NOT_KINDS})
    reasons = set(re.findall(r'return "(\w+)";', read("common/core/reason.cpp")))
    yield from difference("reason", reasons, set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)))


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) if found else "documented codes: ok")
    sys.exit(1 if found else 0)
