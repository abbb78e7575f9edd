"""The rows about verifying what was signed without a key: offline, with a trusted root that is at hand."""

import contextlib
import shlex
import subprocess

from harness import MIB, ROOT, Failed, Run

STACK = ROOT / "tests/support/sigstore-stack/sigstore.sh"
SERVERS = ["fulcio", "rekor-server-posix", "timestamp-server"]


def checked(*command, **options):
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Failed(f"`{shlex.join(map(str, command))}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def sigstore(folder):
    """The servers of tests/e2e, and what they say of themselves: SIGSTORE_… without the prefix."""
    try:
        checked(STACK, "start", folder)
        lines = (line.removeprefix("export SIGSTORE_") for line in (folder / "env").read_text().splitlines())
        yield {name: shlex.split(value)[0] for name, value in (line.split("=", 1) for line in lines)}
    finally:
        checked(STACK, "stop", folder)


class Signed:
    """A file and a model in an image layout, signed with the real servers, which then are gone again. The
    command lines that verify them."""

    def __init__(self, bench):
        ours, cosign = bench.ours("cosign-modelseal"), bench.peer("cosign")
        for server in SERVERS:
            bench.peer(server)
        folder = bench.folder / bench.fresh("sigstore")
        (bench.folder / "signed").write_text("what is signed\n")
        (bench.folder / "config.json").write_text("{}")
        layout = f"{folder}-layout:v1"
        checked(bench.ours("oras-modelseal"), "push", "--oci-layout", layout, "config.json", cwd=bench.folder)
        with sigstore(folder) as named:
            trust = ["--trusted-root", named["TRUSTED_ROOT"]]
            token = bench.folder / "id-token"

            def sign(*command):
                token.write_text(checked(STACK, "token", folder))
                checked(STACK, "exec", folder, *command, "--yes", "--identity-token", token, *trust,
                        "--signing-config", named["SIGNING_CONFIG"], cwd=bench.folder)
            sign(cosign, "sign-blob", "signed", "--bundle", "signed.json")
            sign(ours, "sign", "--oci-layout", layout)
        trust += ["--certificate-identity", named["IDENTITY"], "--certificate-oidc-issuer", named["ISSUER"]]
        blob = ["verify-blob", *trust, "--bundle", "signed.json", "signed"]
        self.blob = [ours, *blob]
        self.stock_blob = [cosign, *blob]
        self.layout = [ours, "verify", *trust, "--oci-layout", layout]


def milliseconds(bench, *commands):
    """The best time of each command in milliseconds, run in turn."""
    runs = [[Run(command, bench.folder).seconds * 1000 for command in commands]
            for _ in range(10 * bench.best_of)]
    return [min(times) for times in zip(*runs)]


def keyless_rows(bench):
    signed = []

    def commands():
        if not signed:
            signed.append(Signed(bench))
        return signed[0]

    def times():
        ours, theirs = milliseconds(bench, commands().blob, commands().stock_blob)
        return f"{ours:.1f} ms", f"{theirs:.1f} ms", f"{ours / theirs:.2f}"

    def peaks():
        ours, theirs = (bench.peak(command) for command in (commands().blob, commands().stock_blob))
        return f"{ours / MIB:.1f} MiB", f"{theirs / MIB:.1f} MiB", f"{ours / theirs:.2f}"

    def layout():
        best, = milliseconds(bench, commands().layout)
        return f"{best:.1f} ms, {bench.peak(commands().layout) / MIB:.1f} MiB", "", ""
    yield bench.row("`verify-blob`: time", times)
    yield bench.row("`verify-blob`: peak memory", peaks)
    yield bench.row("`verify --oci-layout` (no peer)", layout)
