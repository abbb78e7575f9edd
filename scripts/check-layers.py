#!/usr/bin/env python3
"""Holds every #include line of common/ and plugins/ to the table of docs/architecture.md."""

import pathlib
import re
import sys

PAGE = "docs/architecture.md"
ROW = re.compile(r"^\| `([a-z0-9/]+)` \|[^|]*\|([a-z0-9/ ]*)\|$", re.MULTILINE)
INCLUDE = re.compile(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')

# Third-party headers that stay inside .cpp files of the domains that wrap them.
WRAPPED = {
    r"archive(_entry)?\.h": {"archive"},
    r"openssl/": {"digest", "crypto", "crypto/x509"},
    r"sodium": {"crypto"},
    r"curl/": {"http"},
    r"git2": {"git"},
    r"re2/": {"sigstore/certificate"},
    r"yaml-cpp/": {"sigstore/policy"},
    r"cxxopts\.hpp": {"cli"},
}


def layers(root):
    """The table of the page: each folder of common/ with those that it may include from."""
    return {folder: set(uses.split()) for folder, uses in ROW.findall((root / PAGE).read_text(encoding="utf-8"))}


def own_header_problem(domain, header, uses):
    """What is wrong with an #include of a header of ours, if anything."""
    target = str(pathlib.PurePosixPath(header).parent).removeprefix("common/")
    if target != domain and target not in uses[domain]:
        return f"{domain} may not include from {target}"
    return None


def library_header_problem(path, domain, header):
    """What is wrong with an #include of a library's header, if anything."""
    if header == "nlohmann/json.hpp" and path.suffix == ".hpp":
        return "headers include <nlohmann/json_fwd.hpp> only"
    for pattern, allowed in WRAPPED.items():
        inside = path.suffix == ".cpp" or path.stem.endswith("_handles")
        if re.match(pattern, header) and not (domain in allowed and inside):
            return f"<{header}> belongs in .cpp files of {sorted(allowed)}"
    return None


def table_problems(uses):
    for folder, used in uses.items():
        for name in sorted(used - set(uses)):
            yield f"{PAGE}: {folder} may include from {name}, which is not in the table"


def file_problems(root, path, uses):
    domain = "/".join(path.parts[1:-1])
    if domain not in uses:
        yield f"{path}: the folder {domain!r} is not in the table of {PAGE}"
        return
    for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
        include = INCLUDE.match(line)
        if include:
            ours, theirs = include.groups()
            problem = (own_header_problem(domain, ours, uses) if ours
                       else library_header_problem(path, domain, theirs))
            if problem:
                yield f"{path}:{number}: {problem}"


def problems(root):
    uses = layers(root)
    yield from table_problems(uses)
    for path in sorted(root.glob("common/**/*.?pp")):
        yield from file_problems(root, path.relative_to(root), uses)
    for path in sorted(root.glob("plugins/*/*.?pp")):
        if path.name != "main.cpp":
            yield f"{path.relative_to(root)}: a plugin is one main.cpp; logic belongs in common/"


def main():
    found = list(problems(pathlib.Path(__file__).resolve().parent.parent))
    print("\n".join(found) if found else "layers: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
