#!/usr/bin/env python3
"""Compares `modelseal-check --policy reference` with the official safetensors reader.

usage: safetensors-differential.py MODELSEAL_CHECK VECTORS COUNT

Changes the files of VECTORS at random (always the same way), asks both about each result, and
prints those on which they differ. Needs safetensors 0.8.0.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import safetensors

FRAGMENTS = [
    b"0", b"1", b"-0", b"4.0", b"1e2", b"null", b"{}", b"[]", b'""', b",", b":", b'"', b"\\", b" ",
    b"  ", b"\t", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b'"dtype"', b'"shape"', b'"data_offsets"',
    b'"__metadata__"', b'"F32"', b'"U8"', b'{"F32":null}', b'{"F32":{}}', b'{"F32":[]}',
    b"18446744073709551615", b"18446744073709551616", b'"x":1,', b'"x":{"y":[1.5]},', b"\\u0000",
    b"\\ud800", b'["F32",[1],[0,4]]', b'["F32",[1],[0,4],1]', b"true",
]


def split(content):
    """Header and data of a file whose length field may lie."""
    length = int.from_bytes(content[:8], "little") if len(content) >= 8 else 0
    if length > len(content) - 8:
        length = max(len(content) - 8, 0)
    return content[8 : 8 + length], content[8 + length :]


def change(random_source, content):
    """One to three edits of the header; the length field is made to fit again, mostly."""
    header, rest = split(content)
    for _ in range(random_source.choice([1, 1, 1, 2, 3])):
        at = random_source.randint(0, len(header))
        end = min(len(header), at + random_source.choice([0, 0, 1, 1, 2, 5]))
        edit = random_source.choice(FRAGMENTS) if random_source.random() < 0.7 else b""
        header = header[:at] + edit + header[end:]
    length = len(header) + (random_source.randint(-2, 2) if random_source.random() < 0.05 else 0)
    return max(length, 0).to_bytes(8, "little") + header + rest


def accepted_by_reader(content):
    try:
        safetensors.deserialize(content)
        return True
    except safetensors.SafetensorError:
        return False


def refused_by_us(executable, folder):
    """Names of files in which a safetensors rule is broken."""
    command = [executable, "--policy", "reference", "--format", "json", str(folder)]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode not in (0, 1):
        sys.exit(f"{executable} failed: {result.stderr.decode()}")
    return {
        finding["file"]
        for finding in json.loads(result.stdout)["findings"]
        if finding["severity"] == "error" and finding["rule"].startswith("safetensors/")
    }


def main():
    executable, vectors, count = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    if safetensors.__version__ != "0.8.0":
        sys.exit(f"safetensors 0.8.0 is the oracle, not {safetensors.__version__}")
    originals = [path.read_bytes() for path in sorted(vectors.glob("*.safetensors"))]
    originals = [content for content in originals if len(content) < 4096]
    # What is accepted comes up more often: from there both verdicts are one edit away.
    originals += 4 * [content for content in originals if accepted_by_reader(content)]
    random_source = random.Random(1)
    accepted = {}
    differences = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number in range(count):
            content = change(random_source, random_source.choice(originals))
            path = folder / f"{number}.safetensors"
            path.write_bytes(content)
            accepted[path.name] = accepted_by_reader(content)
        refused = refused_by_us(executable, folder)
        for file, verdict in accepted.items():
            if verdict == (file in refused):
                differences += 1
                reader = "accepts" if verdict else "refuses"
                print(f"the official reader {reader}: {(folder / file).read_bytes()[:300]!r}")
    print(f"{count} files, {sum(accepted.values())} accepted, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
