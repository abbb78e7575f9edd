#!/usr/bin/env python3
"""Prints the commands of a Markdown file as one shell script: all of its ```sh blocks, in order.

A block that something else runs stands under the comment <!-- run by FILE -->: its lines are left
out, and each must stand in FILE (a path from the root of the tree), or this fails.
"""

import pathlib
import re
import sys

BLOCK = re.compile(r"(?:<!-- run by (?P<runner>\S+) -->\n)?^```sh\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)


def main(root, page):
    text = (root / page).read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        lines = block["lines"].splitlines()
        if not block["runner"]:
            print("\n".join(lines))
            continue
        runner = (root / block["runner"]).read_text(encoding="utf-8")
        for line in lines:
            if line not in runner:
                sys.exit(f"{page}: {block['runner']} does not run: {line}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
