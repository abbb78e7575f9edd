#!/usr/bin/env python3
"""A proxy in front of a real registry that breaks the answers it is told to break.

    fault-proxy.py HOST:PORT [FAULT]…      a FAULT is one word: "METHOD PATTERN ACTION [ARGUMENT]"

It listens on a free port of 127.0.0.1, which it prints. The first fault whose METHOD is the request's
and whose PATTERN (a regular expression) is found in its path applies:

    status CODE       answers CODE, with the registry's JSON of errors; asks for basic authentication at 401
    cut BYTES         announces the whole body and closes the connection after BYTES of it
    short BYTES       announces no length, sends BYTES of the body and closes the connection
    corrupt OFFSET    changes the byte at OFFSET of the body
    stall BYTES       sends BYTES of the body, then nothing, and keeps the connection open
    body FILE         answers 200 with what FILE holds, as an OCI manifest
    endless BYTES     answers 200 with BYTES spaces of an OCI manifest, in chunks and without a length
    drop BYTES        closes the connection after BYTES of the request's body, and asks nobody
"""

import http.client
import http.server
import json
import re
import sys
import threading

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
BLOCK = 1 << 16


class Fault:
    def __init__(self, text):
        self.method, pattern, self.action, *argument = text.split(" ")
        self.pattern = re.compile(pattern)
        self.argument = argument[0] if argument else "0"

    def applies_to(self, method, path):
        return self.method == method and self.pattern.search(path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = ""
    faults = []

    def do_any(self):
        fault = next((f for f in self.faults if f.applies_to(self.command, self.path)), None)
        if fault is None:
            self.forward()
        else:
            getattr(self, "do_" + fault.action)(fault.argument)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any

    # ---- faults ----

    def do_status(self, code):
        self.read_body()
        self.send_response(int(code))
        if code == "401":
            self.send_header("WWW-Authenticate", 'Basic realm="faults"')
        text = json.dumps({"errors": [{"code": "FAULT", "message": "injected\nhere"}]}).encode()
        self.finish_headers(text)

    def do_cut(self, count):
        answer, body = self.ask()
        self.copy_headers(answer, len(body))
        self.end_with(body[: int(count)])

    def do_short(self, count):
        answer, body = self.ask()
        self.copy_headers(answer, None)
        self.end_with(body[: int(count)])

    def do_corrupt(self, offset):
        answer, body = self.ask()
        changed = bytearray(body)
        changed[int(offset)] ^= 1
        self.copy_headers(answer, len(body))
        self.wfile.write(changed)

    def do_stall(self, count):
        answer, body = self.ask()
        self.copy_headers(answer, len(body))
        self.wfile.write(body[: int(count)])
        self.wfile.flush()
        print("stalled", flush=True)
        threading.Event().wait()

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

    # ---- the real registry ----

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def ask(self):
        connection = http.client.HTTPConnection(self.upstream)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP - {"content-length"}:
                connection.putheader(name, value)
        connection.endheaders(self.read_body())
        answer = connection.getresponse()
        return answer, answer.read()

    def forward(self):
        answer, body = self.ask()
        # The answer to HEAD has the length of a body that does not come.
        length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else len(body)
        self.copy_headers(answer, length)
        self.wfile.write(body)

    def copy_headers(self, answer, length):
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def finish_headers(self, body):
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_with(self, body):
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        """Nothing: tests read the log for the port and for what stalled."""


def main():
    Handler.upstream = sys.argv[1]
    Handler.faults = [Fault(text) for text in sys.argv[2:]]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
