#!/usr/bin/env python3
"""Counts the results in a JUnit file of CTest: prints PASSED FAILED SKIPPED, then what failed.

A test that is a doctest executable counts as its test cases; any other test counts as one. An
executable that fails without saying how many of its cases failed (a crash) is one failure, and so
is a test that could not be started.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

CASES = re.compile(r"\[doctest\] test cases:\s*\d+\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|\s*(\d+) skipped")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def count(test):
    """(passed, failed, skipped) of one <testcase>."""
    skipped = test.find("skipped")
    if skipped is not None and skipped.get("message", "").startswith("SKIP_"):
        return 0, 0, 1
    ran_well = test.get("status") == "run"
    cases = CASES.search(COLOURS.sub("", test.findtext("system-out") or ""))
    if not cases:
        return (1, 0, 0) if ran_well else (0, 1, 0)
    passed, failed, left_out = map(int, cases.groups())
    return passed, failed if ran_well else max(failed, 1), left_out


def main():
    tests = list(ElementTree.parse(sys.argv[1]).getroot().iter("testcase"))
    counts = [count(test) for test in tests]
    print(*(sum(column) for column in zip((0, 0, 0), *counts)))
    for test, (_, failed, _) in zip(tests, counts):
        if failed:
            print(test.get("name"))


if __name__ == "__main__":
    main()
