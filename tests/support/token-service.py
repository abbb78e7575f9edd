#!/usr/bin/env python3
"""A token service for a docker-registry with `auth: token`.

    token-service.py KEY CERTIFICATE [--valid SECONDS] [--expires-in SECONDS]

It signs with the RSA key and certificate (PEM), listens on a free port of 127.0.0.1, which it prints, and
then prints a line of JSON for each request: method, scopes, how the client proved who it is. The user
"trainer" with the password "pass word:1" and the identity token "identity of trainer" may pull and push,
everybody else may pull what lies below public/. Tokens are valid for --valid seconds (default 300);
--expires-in is what the answer claims (default: the truth). docker-registry accepts tokens for 60 seconds
after their end, which is taken off.
"""

import argparse
import base64
import http.server
import json
import subprocess
import time
import urllib.parse

LEEWAY = 60
USER = "Basic " + base64.b64encode(b"trainer:pass word:1").decode()
IDENTITY = "identity of trainer"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(options, access):
    der = subprocess.run(["openssl", "x509", "-in", options.certificate, "-outform", "DER"],
                         check=True, capture_output=True).stdout
    header = {"alg": "RS256", "typ": "JWT", "x5c": [base64.b64encode(der).decode()]}
    now = int(time.time())
    claims = {"iss": "test-issuer", "sub": "trainer", "aud": "test-registry", "jti": str(time.time_ns()),
              "nbf": now - LEEWAY, "iat": now, "exp": now + options.valid - LEEWAY, "access": access}
    signed = encode(json.dumps(header).encode()) + "." + encode(json.dumps(claims).encode())
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", options.key],
                               input=signed.encode(), check=True, capture_output=True).stdout
    return signed + "." + encode(signature)


def granted(scopes, known):
    access = []
    for scope in scopes:
        kind, name, actions = scope.split(":", 2)
        allowed = [action for action in actions.split(",")
                   if known or (action == "pull" and name.startswith("public/"))]
        if allowed:
            access.append({"type": kind, "name": name, "actions": allowed})
    return access


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        proof = self.headers.get("Authorization")
        self.answer(query.get("scope", []), proof == USER, proof is not None)

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = form["refresh_token"] == [IDENTITY] and form["grant_type"] == ["refresh_token"]
        self.answer(" ".join(form.get("scope", [])).split(), known, True)

    def answer(self, scopes, known, claims_to_be_known):
        print(json.dumps({"method": self.command, "scopes": scopes, "known": known}), flush=True)
        if claims_to_be_known and not known:
            return self.reply(401, {"details": "incorrect username or password"})
        claimed = self.options.expires_in or self.options.valid
        return self.reply(200, {"token": token(self.options, granted(scopes, known)), "expires_in": claimed})

    def reply(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the lines of JSON are the log."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("key")
    parser.add_argument("certificate")
    parser.add_argument("--valid", type=int, default=300)
    parser.add_argument("--expires-in", type=int)
    Handler.options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
