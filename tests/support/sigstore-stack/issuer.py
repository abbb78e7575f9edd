#!/usr/bin/env python3
"""An OpenID Connect issuer for tests, and at /ctlog a stand-in for a certificate transparency log.

    issuer.py serve DIR PORT
    issuer.py token DIR ISSUER IDENTITY [CLAIM=VALUE…]

DIR holds the keys (PEM): issuer.pem (RSA) signs tokens, ct.pem (P-256) what ct_log.py promises. IDENTITY is the
URL of a workflow as it stands in a certificate, such as
https://github.com/org/repo/.github/workflows/x.yml@refs/heads/main, which gives the claims of GitHub Actions,
or an e-mail address, whose issuer is ISSUER/email. CLAIM=VALUE sets a claim, as aud=sigstore (the default).

The server answers discovery and keys of both issuers, and GET /actions/token?identity=…&audience=…&CLAIM=VALUE
as $ACTIONS_ID_TOKEN_REQUEST_URL does on a runner. Needs openssl, and nothing that does not come with Python.
"""

import base64
import http.server
import json
import subprocess
import sys
import time
import urllib.parse

import ct_log

LIFE = 600
GITHUB = "https://github.com/"
COMMIT = "a" * 40


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, message=b""):
    return subprocess.run(["openssl", *arguments], input=message, check=True, capture_output=True).stdout


def key_set(folder):
    modulus = openssl("rsa", "-in", f"{folder}/issuer.pem", "-noout", "-modulus").decode().strip().split("=")[1]
    return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
                      "n": encode(bytes.fromhex(modulus)), "e": "AQAB"}]}


def workflow_claims(identity, event):
    workflow = identity.removeprefix(GITHUB)
    path, ref = workflow.split("@", 1)
    owner, name = path.split("/")[:2]
    what = "pull_request" if event == "pull_request" else f"ref:{ref}"
    return {"sub": f"repo:{owner}/{name}:{what}", "event_name": event, "repository": f"{owner}/{name}",
            "repository_id": "1001", "repository_owner": owner, "repository_owner_id": "1000",
            "repository_visibility": "public", "ref": ref, "ref_type": "branch", "sha": COMMIT,
            "workflow": "train", "workflow_ref": workflow, "workflow_sha": COMMIT,
            "job_workflow_ref": workflow, "job_workflow_sha": COMMIT, "run_id": "4242", "run_number": "7",
            "run_attempt": "1", "runner_environment": "github-hosted", "actor": "octocat", "actor_id": "1"}


def token(folder, issuer, identity, wanted):
    """A signed token; `wanted` are claims that differ from the usual ones, as text."""
    now = int(time.time())
    claims = {"aud": "sigstore", "iat": now, "nbf": now - 5, "exp": now + LIFE}
    if identity.startswith(GITHUB):
        claims |= {"iss": issuer} | workflow_claims(identity, wanted.get("event_name", "push"))
    else:
        claims |= {"iss": issuer + "/email", "sub": identity, "email": identity, "email_verified": True}
    for name, value in wanted.items():
        # Times are numbers and email_verified is a truth value, everything else is text.
        claims[name] = json.loads(value) if name in ("iat", "nbf", "exp", "email_verified") else value
    header = {"alg": "RS256", "typ": "JWT", "kid": "1"}
    signed = encode(json.dumps(header).encode()) + "." + encode(json.dumps(claims).encode())
    signature = openssl("dgst", "-sha256", "-sign", f"{folder}/issuer.pem", message=signed.encode())
    return signed + "." + encode(signature)


def discovery(server, issuer):
    return {"issuer": issuer, "jwks_uri": server + "/keys",
            "authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/oauth/token",
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = server_url = keys = log = None

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        documents = {"/keys": self.keys}
        for issuer in ("", "/email"):
            documents[issuer + "/.well-known/openid-configuration"] = discovery(
                self.server_url, self.server_url + issuer)
        if url.path == "/actions/token":
            self.answer_token(urllib.parse.parse_qsl(url.query))
        elif url.path in documents:
            self.answer(200, documents[url.path])
        else:
            self.answer(404, {"error": "not found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        entries = {"/ctlog/ct/v1/add-pre-chain": self.log.promise_precertificate,
                   "/ctlog/ct/v1/add-chain": self.log.promise_certificate}
        if self.path in entries:
            chain = [base64.b64decode(certificate) for certificate in json.loads(body)["chain"]]
            self.answer(200, entries[self.path](chain))
        else:
            self.answer(404, {"error": "not found"})

    def answer_token(self, query):
        wanted = dict(query)
        if not self.headers.get("Authorization", "").lower().startswith("bearer "):
            self.answer(401, {"error": "no bearer token"})
            return
        identity = wanted.pop("identity")
        wanted["aud"] = wanted.pop("audience", "sigstore")
        self.answer(200, {"value": token(self.folder, self.server_url, identity, wanted)})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(folder, port):
    Handler.folder = folder
    Handler.server_url = f"http://127.0.0.1:{port}"
    Handler.keys = key_set(folder)
    Handler.log = ct_log.Log(f"{folder}/ct.pem")
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


def main(command, folder, *arguments):
    if command == "serve":
        serve(folder, *arguments)
    elif command == "token":
        issuer, identity, *claims = arguments
        # No newline at the end: cosign does not trim what it reads from a token file.
        sys.stdout.write(token(folder, issuer, identity, dict(claim.split("=", 1) for claim in claims)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
