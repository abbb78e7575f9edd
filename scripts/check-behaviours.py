#!/usr/bin/env python3
"""Holds tests/BEHAVIOURS.md to the tests: every file and case that it names exists."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = "tests/BEHAVIOURS.md"
ROW = re.compile(r"^\| [^|]+ \| (tests/[^|]+) \| ([^|]+) \|$", re.MULTILINE)


def problems():
    rows = ROW.findall((ROOT / PAGE).read_text(encoding="utf-8"))
    if not rows:
        yield f"{PAGE}: no row names a test"
    for file, case in rows:
        path = ROOT / file
        # A case may be broken over two string literals in C++.
        text = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8")) if path.is_file() else ""
        if f'"{case}"' not in text:
            yield f'{PAGE}: {file} has no case "{case}"'


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) if found else "behaviours: ok")
    sys.exit(1 if found else 0)
