#include "common/sigstore/log/entry_binding.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/pem.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/log/rekor_v2_body.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

[[noreturn]] void refuse(std::string message) {
    throw Error(ErrorKind::mismatch, Reason::log_mismatch, std::move(message));
}

EntryKind require_stated_kind(const LogEntry& entry) {
    EntryKind kind = EntryKind::of_body(entry.body);
    if (kind != EntryKind{.kind = entry.kind, .version = entry.version}) {
        refuse(concat("the log entry is said to be ",
                      core::in_quotes(entry.kind),
                      ' ',
                      core::in_quotes(entry.version),
                      ", its body says ",
                      core::in_quotes(kind.kind),
                      ' ',
                      core::in_quotes(kind.version)));
    }
    return kind;
}

void check_signer(const EntryBody& body, const SignedContent& signed_content) {
    const crypto::PemBlock block = crypto::parse_first_pem(body.verifier);
    const auto* certificate = std::get_if<crypto::Certificate>(&signed_content.signer);
    const bool is_certificate = block.label == "CERTIFICATE";
    if (is_certificate != (certificate != nullptr)) {
        refuse(is_certificate ? "the log entry is about a certificate, the signature is by a key"
                              : "the log entry is about a key, the signature is by a certificate");
    }
    const bool is_same = is_certificate ? block.content == certificate->der()
                                        : crypto::PublicKey::parse_pem(body.verifier) ==
                                              std::get<crypto::PublicKey>(signed_content.signer);
    if (!is_same) {
        refuse("the log entry is about a signature by another signer");
    }
}

/// The name that bundles give a hash of Rekor v1; empty for others.
std::string_view name_in_bundles(std::string_view algorithm) noexcept {
    if (algorithm == "sha256") {
        return "SHA2_256";
    }
    if (algorithm == "sha384") {
        return "SHA2_384";
    }
    return algorithm == "sha512" ? "SHA2_512" : "";
}

void check_message(const EntryBody& body, const MessageSignature& message) {
    const auto* logged = std::get_if<LoggedMessage>(&body.content);
    if (logged == nullptr) {
        refuse("the log entry is about an envelope, the signature is over a message");
    }
    if (message.digest != logged->digest ||
        message.digest_algorithm != name_in_bundles(logged->algorithm)) {
        refuse("the log entry is about a message with another digest");
    }
}

void check_envelope(const EntryBody& body, const Envelope& envelope) {
    const auto* logged = std::get_if<LoggedEnvelope>(&body.content);
    if (logged == nullptr) {
        refuse("the log entry is about a message, the signature is over an envelope");
    }
    const digest::Digest payload = digest::sha256_of(core::as_bytes(envelope.payload));
    if (!std::equal(payload.bytes().begin(),
                    payload.bytes().end(),
                    logged->payload_hash.begin(),
                    logged->payload_hash.end())) {
        refuse("the log entry is about an envelope with another payload");
    }
}

void check_rekor_v1(const LogEntry& entry, const SignedContent& signed_content) {
    const EntryBody body = EntryBody::parse(entry.body);
    if (body.signature != signed_content.signature()) {
        refuse("the log entry is about another signature");
    }
    check_signer(body, signed_content);
    if (const auto* envelope = std::get_if<Envelope>(&signed_content.content)) {
        check_envelope(body, *envelope);
    } else {
        check_message(body, std::get<MessageSignature>(signed_content.content));
    }
}

}  // namespace

EntryKind verify_entry_binding(const LogEntry& entry, const SignedContent& signed_content) {
    EntryKind kind = require_stated_kind(entry);
    if (kind.is_rekor_v1()) {
        check_rekor_v1(entry, signed_content);
    } else if (kind.is_rekor_v2()) {
        if (core::as_text(entry.body) != rekor_v2_body(signed_content)) {
            refuse("the log entry is not the one of this signature");
        }
    } else {
        throw Error(ErrorKind::mismatch,
                    Reason::unsupported,
                    concat("log entries of the kind ",
                           core::in_quotes(kind.kind),
                           ' ',
                           core::in_quotes(kind.version),
                           " are not supported"));
    }
    return kind;
}

}  // namespace modelseal::sigstore
