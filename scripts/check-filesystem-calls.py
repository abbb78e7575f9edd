#!/usr/bin/env python3
"""Refuses calls of std::filesystem that throw: what they throw is no core::Error and ends as exit code 70."""

import pathlib
import re
import sys

CALL = re.compile(
    r"\b(?:std::filesystem|fs)::"
    r"(absolute|(?:weakly_)?canonical|copy\w*|create_\w+|current_path|(?:recursive_)?directory_iterator"
    r"|equivalent|exists|file_size|hard_link_count|is_\w+|last_write_time|permissions|proximate"
    r"|read_symlink|relative|remove(?:_all)?|rename|resize_file|space|(?:symlink_)?status"
    r"|temp_directory_path)\b(?: \w+)?\(")
# Whatever the iterator was made with, the step to the next entry throws.
LOOP = re.compile(r"\bfor \([^;{]* :\s+(?:std::filesystem|fs)::((?:recursive_)?directory_iterator)\b")
# An error_code as the last argument, or a file_status as the only one: neither throws.
QUIET = re.compile(r"(, |\()(ignored|error)\)*$|\(status\)$")


def call_at(text, match):
    """The text from the name up to the parenthesis that closes the call."""
    depth = 0
    for end in range(match.end() - 1, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth == 0:
            return " ".join(text[match.start():end + 1].split())
    return text[match.start():]


def problems(root):
    for folder in ("common", "plugins"):
        for path in sorted((root / folder).glob("**/*.?pp")):
            text = path.read_text(encoding="utf-8")
            for match in CALL.finditer(text):
                if not QUIET.search(call_at(text, match)):
                    line = text.count("\n", 0, match.start()) + 1
                    yield (f"{path.relative_to(root)}:{line}: {match[1]} throws; "
                           "give it a std::error_code named 'ignored' or 'error'")
            for match in LOOP.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield (f"{path.relative_to(root)}:{line}: a loop over {match[1]} throws; "
                       "use its increment(error)")


def main():
    found = list(problems(pathlib.Path(__file__).resolve().parent.parent))
    print("\n".join(found) if found else "calls of std::filesystem: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
