#!/usr/bin/env python3
"""A registry whose blobs lie in an object store, in front of a real registry.

    redirecting-store.py HOST:PORT [--valid SECONDS] [--refuse-first N] [--target URL] [--busy N [--only-busy]]

It listens on two free ports of 127.0.0.1, which it prints: that of the registry and that of the store.
GET and HEAD of a blob are answered with 307 to the store and a signature that ends after --valid seconds
(default 60). As S3 does, the store answers 400 to a request with credentials and 403 to a signature that
has ended; the first --refuse-first requests to it get 403 whatever they hold. With --target blobs are
redirected to that URL instead; with --busy the first N requests for blobs are answered with 429 and
"Retry-After: 1". With --only-busy nothing is redirected, and of the requests with credentials the first is
served. Prints a line of JSON for each request: which server, method, path, names of headers.
"""

import argparse
import hashlib
import http.client
import http.server
import json
import re
import threading
import time
import urllib.parse

BLOB = re.compile(r"^/v2/.+/blobs/sha256:[0-9a-f]{64}$")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}
SECRET = "of this test only"


def signature(path, expires):
    return hashlib.sha256(f"{path}{expires}{SECRET}".encode()).hexdigest()


class Base(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None
    name = ""
    lock = threading.Lock()

    def tell(self):
        print(json.dumps({"server": self.name, "method": self.command, "path": self.path,
                          "headers": sorted(name.lower() for name in self.headers)}), flush=True)

    def take_one(self, counter):
        """Whether the option's number of special answers is not used up."""
        with self.lock:
            left = getattr(self.options, counter)
            setattr(self.options, counter, max(left - 1, 0))
            return left > 0

    def reply(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def forward(self, path):
        connection = http.client.HTTPConnection(self.options.upstream)
        connection.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP:
                connection.putheader(name, value)
        connection.endheaders(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        answer = connection.getresponse()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.end_headers()
        while block := answer.read(1 << 20):
            self.wfile.write(block)

    def log_message(self, *_):
        """Nothing: the lines of JSON are the log."""


class Registry(Base):
    name = "registry"
    store_port = 0

    def do_any(self):
        self.tell()
        if self.command not in ("GET", "HEAD") or not BLOB.match(self.path):
            self.forward(self.path)
        elif self.is_busy():
            self.reply(429, [("Retry-After", "1")])
        elif self.options.only_busy:
            self.forward(self.path)
        elif self.options.target:
            self.reply(307, [("Location", self.options.target)])
        else:
            expires = int(time.time()) + self.options.valid
            self.reply(307, [("Location", f"http://127.0.0.1:{self.store_port}{self.path}?expires={expires}"
                                          f"&signature={signature(self.path, expires)}")])

    def is_busy(self):
        if self.options.only_busy and ("Authorization" not in self.headers or self.take_one("served_first")):
            return False
        return self.take_one("busy")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any


class Store(Base):
    name = "store"

    def do_any(self):
        self.tell()
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        expires = int(query.get("expires", "0"))
        if "Authorization" in self.headers:
            self.reply(400)
        elif (self.take_one("refuse_first") or expires < time.time()
              or query.get("signature") != signature(url.path, expires)):
            self.reply(403)
        else:
            self.forward(url.path)

    do_GET = do_HEAD = do_any


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("upstream")
    parser.add_argument("--valid", type=int, default=60)
    parser.add_argument("--refuse-first", type=int, default=0)
    parser.add_argument("--target")
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--only-busy", action="store_true")
    parser.set_defaults(served_first=1)
    Base.options = parser.parse_args()
    store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    registry = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    Registry.store_port = store.server_port
    for server in (store, registry):
        server.daemon_threads = True
    threading.Thread(target=store.serve_forever, daemon=True).start()
    print(f"listening on 127.0.0.1:{registry.server_port}, store on 127.0.0.1:{store.server_port}", flush=True)
    registry.serve_forever()


if __name__ == "__main__":
    main()
