"""The registries and relays that transfers are measured against."""

import contextlib
import http.server
import os
import socket
import subprocess
import sys
import threading
import time

from harness import MIB, ROOT, Bench

SO_MAX_PACING_RATE = 47  # of Linux; Python has no name for it


@contextlib.contextmanager
def registry(folder):
    """A registry on loopback; its address."""
    executable = Bench.peer("docker-registry")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = folder / "registry.yml"
    config.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
                      f"http: {{addr: {address}}}\n")
    process = subprocess.Popen([executable, "serve", str(config)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        host, port = address.split(":")
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex((host, int(port))) == 0:
                    break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def counting_proxy(address, log, *options):
    """A proxy that passes on complete requests, as nginx does, and logs the bytes of bodies; its address."""
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen([sys.executable, ROOT / "tests/support/fault-proxy.py", *options, address], stdout=out)
    try:
        while not (text := log.read_text(encoding="utf-8")).endswith("\n"):
            time.sleep(0.05)
        yield text.split()[-1]
    finally:
        process.terminate()
        process.wait()


def received(log):
    """The bytes of request bodies that counting_proxy() has logged."""
    lines = (line.split() for line in log.read_text(encoding="utf-8").splitlines())
    return sum(int(words[1]) for words in lines if words[0] == "received")


class Discarding(http.server.BaseHTTPRequestHandler):
    """A registry that takes every upload and keeps nothing: for the memory of whoever pushes."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.skip(size + 2)
            self.rfile.readline()
        else:
            self.skip(int(self.headers.get("Content-Length", 0)))
        self.send_response({"HEAD": 404, "GET": 404, "POST": 202, "PATCH": 202}.get(self.command, 201))
        self.send_header("Location", "/upload")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def skip(self, count):
        while count:
            count -= len(self.rfile.read(min(count, MIB)))

    do_HEAD = do_GET = do_POST = do_PATCH = do_PUT = answer

    def log_message(self, *_):
        """Nothing."""


class PacedRelay:
    """A relay to `address` through which no connection gets more than `rate` bytes a second, as from a store
    that limits each of them. The kernel paces and moves the bytes, so that the relay itself is no limit."""

    def __init__(self, address, rate):
        host, port = address.split(":")
        self._upstream, self._rate = (host, int(port)), rate
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self.address

    def __exit__(self, *_):
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, self._rate)
                server = socket.create_connection(self._upstream)
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._relay, args=(source, target), daemon=True).start()

    @staticmethod
    def _relay(source, target):
        read_end, write_end = os.pipe()
        with contextlib.suppress(OSError):
            while count := os.splice(source.fileno(), write_end, MIB):
                while count:
                    count -= os.splice(read_end, target.fileno(), count)
        os.close(read_end)
        os.close(write_end)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
