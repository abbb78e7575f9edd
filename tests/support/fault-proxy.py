#!/usr/bin/env python3
"""A proxy in front of a real registry that breaks the answers it is told to break.

    fault-proxy.py [--rate N] [--total N] [--unbuffered] HOST:PORT [FAULT]…
                        a FAULT is one word: "METHOD PATTERN ACTION [ARGUMENT [TIMES [AFTER]]]"

It listens on a free port of 127.0.0.1, which it prints. The first fault whose METHOD is the request's
and whose PATTERN (a regular expression) is found in its path applies, to TIMES such requests or to all
of them, not counting the first AFTER:

    status CODE       answers CODE, with the registry's JSON of errors; asks for basic authentication at 401
    busy SECONDS      answers 429 and asks with Retry-After to come back after so many seconds
    later SECONDS     the same, with Retry-After as a date
    delay SECONDS     passes the request on after a while
    cut BYTES         announces the whole body and closes the connection after BYTES of it
    short BYTES       announces no length, sends BYTES of the body and closes the connection
    corrupt OFFSET    changes the byte at OFFSET of the body
    garble OFFSET     changes the byte at OFFSET of the request's body
    shorten BYTES     passes on BYTES of the request's body, as if that were all
    stall BYTES       sends BYTES of the body, then nothing, and keeps the connection open
    drip BYTES        sends BYTES of the body, then one byte a second
    whole 0           does not pass on the Range header: 200 instead of 206
    shift BYTES       says that the range of a 206 began BYTES later
    body FILE         answers 200 with what FILE holds, as an OCI manifest
    endless BYTES     answers 200 with BYTES spaces of an OCI manifest, in chunks and without a length
    drop BYTES        closes the connection after BYTES of the request's body, and asks nobody
    tear BYTES        passes on BYTES of the request's body, then closes both connections
    hang BYTES        takes BYTES of the request's body, then nothing more, and keeps the connection open
    early CODE        answers CODE before the request's body has come, and closes the connection
    range TEXT        passes the request on and answers with TEXT as its Range header
    unheard 0         passes the request on and closes the connection instead of answering

With --rate no body is faster than N bytes a second, in either direction; with --total all of them stall
once N bytes of bodies have been sent. After each answer it prints "sent BYTES METHOD PATH", with the bytes
of the body that were sent, and "received BYTES METHOD PATH" after each body of a request. A request is
passed on when its body is complete, as proxies do, or with --unbuffered as it comes. SIGUSR1 ends all faults.
"""

import argparse
import http.client
import http.server
import json
import re
import signal
import sys
import threading
import time

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
BLOCK = 1 << 16


class Fault:
    def __init__(self, text):
        self.method, pattern, self.action, *arguments = text.split(" ")
        self.pattern = re.compile(pattern)
        self.argument = arguments[0] if arguments else "0"
        self.left = int(arguments[1]) if len(arguments) > 1 else None
        self.spared = int(arguments[2]) if len(arguments) > 2 else 0
        self.lock = threading.Lock()

    def applies_to(self, method, path):
        if self.method != method or not self.pattern.search(path):
            return False
        with self.lock:
            self.spared -= 1
            if self.spared >= 0:
                return False
            if self.left is not None:
                self.left -= 1
            return self.left is None or self.left >= 0


class Pace:
    """Holds up what goes faster than so many bytes a second; None is no limit."""

    def __init__(self, rate):
        self.rate, self.begun, self.passed = rate, time.monotonic(), 0

    def add(self, count):
        self.passed += count
        if self.rate:
            time.sleep(max(0.0, self.passed / self.rate - (time.monotonic() - self.begun)))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = ""
    faults = []
    rate = None
    unbuffered = False
    total = None
    total_lock = threading.Lock()

    def do_any(self):
        self.alter = None
        fault = next((f for f in self.faults if f.applies_to(self.command, self.path)), None)
        if fault is None:
            self.forward()
        else:
            getattr(self, "do_" + fault.action)(fault.argument)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any

    # ---- faults ----

    def do_status(self, code):
        self.refuse(int(code), {"WWW-Authenticate": 'Basic realm="faults"'} if code == "401" else {})

    def do_busy(self, seconds):
        self.refuse(429, {"Retry-After": seconds})

    def do_later(self, seconds):
        self.refuse(429, {"Retry-After": self.date_time_string(time.time() + int(seconds))})

    def refuse(self, code, headers):
        self.read_body()
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        text = json.dumps({"errors": [{"code": "FAULT", "message": "injected\nhere"}]}).encode()
        self.finish_headers(text)

    def do_delay(self, seconds):
        time.sleep(float(seconds))
        self.forward()

    def do_garble(self, offset):
        at = int(offset)
        self.alter = lambda body: body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]
        self.forward()

    def do_shorten(self, count):
        self.alter = lambda body: body[:int(count)]
        self.forward()

    def do_cut(self, count):
        answer = self.ask()
        self.copy_headers(answer)
        self.send_body(answer, limit=int(count))
        self.close_connection = True

    def do_short(self, count):
        answer = self.ask()
        self.copy_headers(answer, drop={"content-length"})
        self.send_body(answer, limit=int(count))
        self.close_connection = True

    def do_corrupt(self, offset):
        answer = self.ask()
        self.copy_headers(answer)
        self.send_body(answer, change=int(offset))

    def do_stall(self, count):
        answer = self.ask()
        self.copy_headers(answer)
        self.send_body(answer, limit=int(count))
        self.wfile.flush()
        print("stalled", flush=True)
        threading.Event().wait()

    def do_drip(self, count):
        answer = self.ask()
        self.copy_headers(answer)
        body = answer.read()
        self.wfile.write(body[:int(count)])
        for byte in body[int(count):]:
            self.wfile.flush()
            time.sleep(1)
            self.wfile.write(bytes([byte]))
        print(f"sent {len(body)} {self.command} {self.path}", flush=True)

    def do_whole(self, _):
        del self.headers["Range"]
        self.forward()

    def do_shift(self, count):
        answer = self.ask()
        shifted = re.sub(r"\d+", lambda first: str(int(first[0]) + int(count)),
                         answer.getheader("Content-Range", ""), count=1)
        self.copy_headers(answer, drop={"content-range"}, add={"Content-Range": shifted})
        self.send_body(answer)

    def do_body(self, file):
        with open(file, "rb") as content:
            self.send_response(200)
            self.send_header("Content-Type", MANIFEST)
            self.finish_headers(content.read())

    def do_endless(self, count):
        self.send_response(200)
        self.send_header("Content-Type", MANIFEST)
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(int(count) // BLOCK):
            self.wfile.write(b" " * BLOCK)
        self.close_connection = True

    def do_drop(self, count):
        self.rfile.read(int(count))
        self.close_connection = True

    def do_tear(self, count):
        self.unbuffered, self.tear_after = True, int(count)
        self.ask()

    def do_hang(self, count):
        self.rfile.read(int(count))
        print("stalled", flush=True)
        threading.Event().wait()

    def do_early(self, code):
        self.send_response(int(code))
        self.send_header("Connection", "close")
        self.finish_headers(b"")
        self.close_connection = True

    def do_range(self, text):
        answer = self.ask()
        self.copy_headers(answer, drop={"range"}, add={"Range": text})
        self.send_body(answer)

    def do_unheard(self, _):
        self.ask().close()
        self.close_connection = True

    # ---- the real registry ----

    tear_after = None
    alter = None  # what is done to the body of the request, when it is complete

    def is_chunked(self):
        return self.headers.get("Transfer-Encoding", "") == "chunked"

    def parts(self):
        """The sizes of the pieces that the request's body comes in."""
        if not self.is_chunked():
            yield int(self.headers.get("Content-Length", 0))
            return
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield size
            self.rfile.readline()
        self.rfile.readline()

    def body_blocks(self):
        received, pace = 0, Pace(self.rate)
        try:
            for part in self.parts():
                while part:
                    block = self.rfile.read(min(part, BLOCK))
                    received += len(block)
                    part -= len(block)
                    if not block or (self.tear_after is not None and received > self.tear_after):
                        raise ConnectionResetError("the body ends early")
                    pace.add(len(block))
                    yield block
        finally:
            if received:
                print(f"received {received} {self.command} {self.path}", flush=True)

    def read_body(self):
        return b"".join(self.body_blocks())

    def ask(self):
        body = self.body_blocks() if self.unbuffered else self.read_body()
        if self.alter:
            body = self.alter(body)
        connection = http.client.HTTPConnection(self.upstream)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP:
                connection.putheader(name, value)
        if self.unbuffered and self.is_chunked():
            connection.putheader("Transfer-Encoding", "chunked")
        elif self.is_chunked() or "Content-Length" in self.headers:
            connection.putheader("Content-Length",
                                 self.headers["Content-Length"] if self.unbuffered else str(len(body)))
        try:
            connection.endheaders(body, encode_chunked=self.is_chunked() and self.unbuffered)
            return connection.getresponse()
        except OSError:  # the registry or the client is gone: so are both connections
            connection.close()
            self.close_connection = True
            raise

    def forward(self):
        answer = self.ask()
        self.copy_headers(answer)
        self.send_body(answer)

    def copy_headers(self, answer, drop=frozenset(), add=None):
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in (HOP_BY_HOP - {"content-length"}) | drop:
                self.send_header(name, value)
        for name, value in (add or {}).items():
            self.send_header(name, value)
        if answer.getheader("Content-Length") is None and self.command != "HEAD":
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def send_body(self, answer, limit=None, change=None):
        """The body of `answer`: `limit` bytes of it at most, the byte at `change` another one."""
        sent, pace = 0, Pace(self.rate)
        try:
            while block := answer.read(BLOCK if limit is None else min(BLOCK, limit - sent)):
                self.count(len(block))
                if change is not None and sent <= change < sent + len(block):
                    block = bytearray(block)
                    block[change - sent] ^= 1
                self.wfile.write(block)
                sent += len(block)
                pace.add(len(block))
            if answer.length:  # the registry is gone, and so is what it owed
                self.close_connection = True
        finally:
            answer.close()
            print(f"sent {sent} {self.command} {self.path}", flush=True)

    def count(self, size):
        if self.total is None:
            return
        with self.total_lock:
            Handler.total -= size
            is_over = Handler.total < 0
        if is_over:
            print("stalled", flush=True)
            threading.Event().wait()

    def finish_headers(self, body):
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: tests read the log for the port, for what stalled and for what was sent."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Nothing: clients that go away are what this is for."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int)
    parser.add_argument("--unbuffered", action="store_true")
    parser.add_argument("--total", type=int)
    parser.add_argument("upstream")
    parser.add_argument("faults", nargs="*", type=Fault)
    parser.parse_intermixed_args(namespace=Handler)
    signal.signal(signal.SIGUSR1, lambda *_: Handler.faults.clear())
    server = Server(("127.0.0.1", 0), Handler)
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
