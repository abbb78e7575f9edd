"""The rows about pushes and pulls, ours against those of oras."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from harness import MIB, Bench, Failed, Missing, Run, compared, nothing, write_safetensors
from servers import PacedRelay, counting_proxy, registry


def pushing(bench, names, address):
    def measure():
        def command(tool):
            return lambda: ([tool, "push", "--plain-http", f"{address}/{bench.fresh('push')}:v1", *names], nothing)
        return compared(*bench.best(command(bench.ours("oras-modelseal")), command(bench.peer("oras"))))
    return measure


def pulling(bench, reference, *options):
    """Pulls into a new folder each time."""
    def measure():
        def command(tool):
            def prepare():
                target = bench.folder / bench.fresh("pulled")
                return [tool, "pull", *options, reference, "-o", target], lambda: shutil.rmtree(target)
            return prepare
        return compared(*bench.best(command(bench.ours("oras-modelseal")), command(bench.peer("oras"))))
    return measure


def filling_layout(bench, model):
    def measure():
        def command(tool):
            def prepare():
                layout = bench.folder / bench.fresh("layout")
                return [tool, "push", "--oci-layout", f"{layout}:v1", model.name], lambda: shutil.rmtree(layout)
            return prepare
        return compared(*bench.best(command(bench.ours("oras-modelseal")), command(bench.peer("oras"))))
    return measure


def passed(log, direction):
    """The bytes of bodies, "received" from or "sent" to the client, that counting_proxy() has logged."""
    lines = (line.split() for line in log.read_text(encoding="utf-8").splitlines())
    return sum(int(words[1]) for words in lines if words[0] == direction)


def killed_after_reading(command, cwd, count, environment):
    """Runs a command and kills it when it has read `count` bytes."""
    with subprocess.Popen(command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with open(f"/proc/{process.pid}/io", encoding="ascii") as file:
                if int(file.readline().split()[1]) >= count:
                    break
            time.sleep(0.005)
        process.kill()


def pushing_again(bench, model, address):
    """What a push sends after one that was killed at 90 %. oras reads a file twice, for the digest first."""
    def measure():
        size, results = model.stat().st_size, []
        state = {"XDG_STATE_HOME": str(bench.folder / "state")}
        for tool, reads in ((bench.ours("oras-modelseal"), 0.9), (bench.peer("oras"), 1.9)):
            log = bench.folder / bench.fresh("proxy.log")
            with counting_proxy(address, log) as proxy:
                command = [tool, "push", "--plain-http", f"{proxy}/{bench.fresh('killed')}:v1", model.name]
                killed_after_reading(command, bench.folder, size * reads, state)
                before = passed(log, "received")
                Run(command, bench.folder, state)
                results.append(passed(log, "received") - before)
        ours, theirs = results
        return f"{ours / MIB:.0f} MiB", f"{theirs / MIB:.0f} MiB", f"{ours / theirs:.2f}"
    return measure


def pulling_again(bench, model, address):
    """What a pull fetches after one that was killed when 90 % had come."""
    def measure():
        size, results = model.stat().st_size, []
        for tool in (bench.ours("oras-modelseal"), bench.peer("oras")):
            target = bench.folder / bench.fresh("killed-pull")
            log = bench.folder / bench.fresh("proxy.log")
            with counting_proxy(address, log, "--total", str(size * 9 // 10)) as proxy:
                with subprocess.Popen([tool, "pull", "--plain-http", f"{proxy}/pull:v1", "-o", target],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                    while process.poll() is None and "stalled" not in log.read_text(encoding="utf-8"):
                        time.sleep(0.02)
                    process.kill()
            log = bench.folder / bench.fresh("proxy.log")
            with counting_proxy(address, log) as proxy:
                Run([tool, "pull", "--plain-http", f"{proxy}/pull:v1", "-o", target], bench.folder)
                results.append(passed(log, "sent"))
            shutil.rmtree(target)
        ours, theirs = results
        return f"{ours / MIB:.0f} MiB", f"{theirs / MIB:.0f} MiB", f"{ours / theirs:.2f}"
    return measure


@contextlib.contextmanager
def shared_storage(mebibytes):
    """A folder on an XFS, which can share storage between files."""
    with tempfile.TemporaryDirectory(prefix="modelseal-xfs-") as folder:
        image, mounted = pathlib.Path(folder, "image"), pathlib.Path(folder, "mounted")
        mounted.mkdir()
        with open(image, "wb") as file:
            file.truncate(mebibytes * MIB)
        os.environ["PATH"] += os.pathsep + "/usr/sbin"  # where mkfs is, for some users
        try:
            Run([Bench.peer("mkfs.xfs"), "-q", "-m", "reflink=1", image], folder)
            Run(["mount", "-o", "loop", image, mounted], folder)
        except Failed as failed:
            raise Missing(f"no XFS can be mounted here ({failed})") from failed
        try:
            yield mounted
        finally:
            Run(["umount", mounted], folder)


def used(folder):
    os.sync()
    status = os.statvfs(folder)
    return (status.f_blocks - status.f_bfree) * status.f_frsize


def sharing(bench):
    """The room that a push to a layout and the pull from it take where storage can be shared."""
    def measure():
        results = []
        with shared_storage(5 * 1024) as folder:
            write_safetensors(folder / "model.safetensors", bench.scaled(1024))
            for name, tool in (("ours", bench.ours("oras-modelseal")), ("theirs", bench.peer("oras"))):
                before = used(folder)
                Run([tool, "push", "--oci-layout", f"{name}:v1", "model.safetensors"], folder)
                Run([tool, "pull", "--oci-layout", f"{name}:v1", "-o", f"{name}-pulled"], folder)
                results.append(used(folder) - before)
        ours, theirs = results
        return f"{ours / MIB:.0f} MiB", f"{theirs / MIB:.0f} MiB", f"{ours / theirs:.2f}"
    return measure


def registry_rows(bench, model, parts, address):
    def reference(name):
        return f"{address}/{name}:v1"

    yield bench.row("push 1 GiB to a registry on loopback (oras)", pushing(bench, [model.name], address))
    yield bench.row("push 8 × 128 MiB to a registry on loopback (oras)", pushing(bench, parts, address))
    oras = bench.peer("oras")
    Run([oras, "push", "--plain-http", reference("pull"), model.name], bench.folder)
    Run([oras, "push", "--plain-http", reference("pull-many"), *parts], bench.folder)
    yield bench.row("pull 1 GiB from a registry on loopback (oras)",
                    pulling(bench, reference("pull"), "--plain-http"))
    yield bench.row("pull 8 × 128 MiB from a registry on loopback (oras)",
                    pulling(bench, reference("pull-many"), "--plain-http"))
    with PacedRelay(address, 50_000_000) as paced:
        yield bench.row("pull 1 GiB, each connection limited to 50 MB/s (oras)",
                        pulling(bench, f"{paced}/pull:v1", "--plain-http"))
    yield bench.row("sent by the push after one killed at 90 %, behind a proxy (oras)",
                    pushing_again(bench, model, address))
    yield bench.row("fetched by the pull after one killed at 90 % (oras)",
                    pulling_again(bench, model, address))


def transfer_rows(bench, model):
    parts = [f"part{number}.safetensors" for number in range(8)]
    for name in parts:
        write_safetensors(bench.folder / name, bench.scaled(128))
    try:
        with registry(bench.folder) as address:
            yield from registry_rows(bench, model, parts, address)
    except Missing as missing:
        yield ["push to and pull from a registry", f"skipped: {missing}", "", ""]
    shutil.rmtree(bench.folder / "registry", ignore_errors=True)
    for name in parts:
        (bench.folder / name).unlink()
    yield bench.row("push 1 GiB to an image layout (oras)", filling_layout(bench, model))
    with contextlib.suppress(Missing):
        Run([bench.ours("oras-modelseal"), "push", "--oci-layout", "layout:v1", model.name], bench.folder)
    yield bench.row("pull 1 GiB from an image layout (oras)", pulling(bench, "layout:v1", "--oci-layout"))
    shutil.rmtree(bench.folder / "layout", ignore_errors=True)
    yield bench.row("room taken by push to and pull from a layout of 1 GiB on XFS (oras)", sharing(bench))
