#include "common/sigstore/log/checkpoint_signature.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;
using crypto::HashChoice;

constexpr std::size_t ed25519_key_size = 32;

[[noreturn]] void refuse(Reason reason, std::string message) {
    throw Error(ErrorKind::mismatch, reason, std::move(message));
}

KeyHash first_bytes(std::span<const std::byte> id) {
    KeyHash hash{};
    std::copy_n(id.begin(), hash.size(), hash.begin());
    return hash;
}

core::Bytes id_of(std::string_view name, std::string_view type, std::span<const std::byte> key) {
    digest::Sha256 hash;
    hash.write(core::as_bytes(concat(name, '\n', type)));
    hash.write(key);
    const digest::Digest id = hash.finish();
    return {id.bytes().begin(), id.bytes().end()};
}

void verify_line(const Checkpoint& checkpoint,
                 const NoteSignature& line,
                 const crypto::PublicKey& key,
                 HashChoice hash) {
    core::with_context("the checkpoint", [&] {
        static_cast<void>(
            crypto::verify_signature(key, hash, core::as_bytes(checkpoint.text), line.signature));
    });
}

}  // namespace

core::Bytes note_key_id(std::string_view name, const crypto::PublicKey& key) {
    const core::Bytes& spki = key.spki_der();
    switch (key.algorithm()) {
        case crypto::KeyAlgorithm::ecdsa_p256:
        case crypto::KeyAlgorithm::ecdsa_p384:
        case crypto::KeyAlgorithm::ecdsa_p521:
            break;
        case crypto::KeyAlgorithm::rsa_2048:
        case crypto::KeyAlgorithm::rsa_3072:
        case crypto::KeyAlgorithm::rsa_4096:
            return id_of(name, "\xffPKIX-RSA-PKCS#1v1.5", spki);
        case crypto::KeyAlgorithm::ed25519:  // the key itself ends its SubjectPublicKeyInfo
            return id_of(name, "\x01", std::span(spki).last(ed25519_key_size));
    }
    const auto id = key.fingerprint().bytes();
    return {id.begin(), id.end()};
}

void verify_rekor_v1_checkpoint(const Checkpoint& checkpoint, const TransparencyLog& log) {
    if (!checkpoint.is_rekor_v1()) {
        refuse(Reason::log_mismatch,
               concat("the checkpoint's origin ",
                      core::in_quotes(checkpoint.origin),
                      " names no tree of a Rekor v1 log"));
    }
    const KeyHash expected = first_bytes(log.key.fingerprint().bytes());
    for (const NoteSignature& line : checkpoint.signatures) {
        if (line.key_hash != expected) {
            refuse(Reason::log_mismatch, "the checkpoint has a signature by a key not of this log");
        }
        // Rekor v1 hashes with SHA-256, whatever the curve.
        verify_line(checkpoint, line, log.key, HashChoice::native_or_sha256);
    }
}

void verify_rekor_v2_checkpoint(const Checkpoint& checkpoint, const TransparencyLog& log) {
    const std::string name = log.host();
    if (checkpoint.origin != name) {
        refuse(Reason::log_mismatch,
               concat("the checkpoint's origin ",
                      core::in_quotes(checkpoint.origin),
                      " is not the host of the log"));
    }
    const KeyHash expected = first_bytes(note_key_id(name, log.key));
    bool is_signed = false;
    for (const NoteSignature& line : checkpoint.signatures) {
        if (line.name == name && line.key_hash == expected) {
            verify_line(checkpoint, line, log.key, HashChoice::native);
            is_signed = true;
        }
    }
    if (!is_signed) {
        refuse(Reason::log_mismatch, "the checkpoint has no signature by the log's key");
    }
}

}  // namespace modelseal::sigstore
