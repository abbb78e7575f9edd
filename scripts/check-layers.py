#!/usr/bin/env python3
"""Holds every #include line of common/ and plugins/ to the table of docs/architecture.md."""

import pathlib
import re
import sys

USES = {
    "core": set(),
    "digest": {"core"},
    "crypto": {"core", "digest"},
    "http": {"core"},
    "git": {"core"},
    "oci": {"core", "digest"},
    "model": {"core", "digest"},
    "registry": {"core", "digest", "http", "oci"},
    "sigstore": {"core", "digest", "crypto", "oci"},
    "seal": {"core", "digest", "crypto", "oci", "model", "sigstore"},
    "artifact": {"core", "digest", "crypto", "git", "oci", "model", "sigstore", "seal"},
    "cli": {"core"},
}
# The verifier links no network code, so its commands may not even name it.
USES["commands/trust"] = USES["sigstore"] | {"sigstore", "cli"}
USES["commands/verify"] = USES["seal"] | {"seal", "cli", "commands/trust"}
USES["commands/check"] = USES["model"] | {"model", "cli"}
USES["commands"] = set(USES) - {"commands/verify", "commands/check"}
USES["commands/oras"] = USES["commands"] | {"commands"}
USES["commands/cosign"] = USES["commands"] | {"commands"}

# Third-party headers that stay inside .cpp files of the domains that wrap them.
WRAPPED = {
    r"openssl/": {"digest", "crypto"},
    r"sodium": {"crypto"},
    r"curl/": {"http"},
    r"git2": {"git"},
    r"cxxopts\.hpp": {"cli"},
}


def domain_of(path):
    parts = path.parts[1:-1]
    return "/".join(parts)


def problems(root):
    for path in sorted(root.glob("common/**/*.?pp")):
        relative = path.relative_to(root)
        domain = domain_of(relative)
        if domain not in USES:
            yield f"{relative}: the folder {domain!r} is not in the table of scripts/check-layers.py"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            ours = re.match(r'\s*#\s*include\s+"(.*)/[^/"]+"', line)
            if ours:
                target = ours.group(1).removeprefix("common/")
                if target != domain and target not in USES[domain]:
                    yield f"{relative}:{number}: {domain} may not include from {target}"
            theirs = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
            for pattern, allowed in WRAPPED.items():
                if theirs and re.match(pattern, theirs.group(1)):
                    inside = relative.suffix == ".cpp" or relative.stem.endswith("_handles")
                    if domain not in allowed or not inside:
                        yield f"{relative}:{number}: <{theirs.group(1)}> belongs in .cpp files of {sorted(allowed)}"
            if re.match(r'\s*#\s*include\s+<nlohmann/json\.hpp>', line) and relative.suffix == ".hpp":
                yield f"{relative}:{number}: headers include <nlohmann/json_fwd.hpp> only"
    for path in sorted(root.glob("plugins/*/*.?pp")):
        if path.name != "main.cpp":
            yield f"{path.relative_to(root)}: a plugin is one main.cpp; logic belongs in common/"


def main():
    found = list(problems(pathlib.Path(__file__).resolve().parent.parent))
    print("\n".join(found) if found else "layers: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
