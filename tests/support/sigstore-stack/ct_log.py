"""A stand-in for a certificate transparency log: it checks nothing and keeps nothing, but its signed certificate
timestamps are real ones (RFC 6962, section 3.2), which fulcio and whoever verifies its certificates check."""

import base64
import hashlib
import struct
import subprocess
import time

X509_ENTRY, PRECERT_ENTRY = 0, 1
SEQUENCE, EXTENSIONS = 0x30, 0xA3
POISON = bytes.fromhex("060a2b06010401d679020403")  # the OID 1.3.6.1.4.1.11129.2.4.3


def contents(der, start=0):
    """Where the contents of the DER element at `start` begin and end."""
    length, header = der[start + 1], 2
    if length & 0x80:
        size = length & 0x7F
        length, header = int.from_bytes(der[start + 2:start + 2 + size], "big"), 2 + size
    return start + header, start + header + length


def children(der):
    position, end = contents(der)
    found = []
    while position < end:
        _, after = contents(der, position)
        found.append(der[position:after])
        position = after
    return found


def element(tag, body):
    length = len(body)
    if length < 0x80:
        return bytes([tag, length]) + body
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + body


def without_poison(to_be_signed):
    *fields, extensions = children(to_be_signed)
    kept = [extension for extension in children(children(extensions)[0]) if children(extension)[0] != POISON]
    fields.append(element(EXTENSIONS, element(SEQUENCE, b"".join(kept))))
    return element(SEQUENCE, b"".join(fields))


def with_length(data):
    return len(data).to_bytes(3, "big") + data


class Log:
    def __init__(self, key_file):
        self.key_file = key_file
        public_key = subprocess.run(["openssl", "pkey", "-in", key_file, "-pubout", "-outform", "DER"],
                                    check=True, capture_output=True).stdout
        self.id = hashlib.sha256(public_key).digest()

    def promise_precertificate(self, chain):
        """The answer to add-pre-chain. The seventh field of an issuer's certificate is its public key."""
        issuer_key = children(children(chain[1])[0])[6]
        to_be_signed = without_poison(children(chain[0])[0])
        return self.promise(PRECERT_ENTRY, hashlib.sha256(issuer_key).digest() + with_length(to_be_signed))

    def promise_certificate(self, chain):
        """The answer to add-chain."""
        return self.promise(X509_ENTRY, with_length(chain[0]))

    def promise(self, entry_type, entry):
        now = int(time.time() * 1000)
        signed = struct.pack(">BBQH", 0, 0, now, entry_type) + entry + b"\0\0"
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key_file], input=signed,
                                   check=True, capture_output=True).stdout
        algorithms = b"\4\3"  # SHA-256, ECDSA
        return {"sct_version": 0, "id": base64.b64encode(self.id).decode(), "timestamp": now, "extensions": "",
                "signature": base64.b64encode(algorithms + struct.pack(">H", len(signature)) + signature).decode()}
