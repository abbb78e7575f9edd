// What a log entry says it is about.
// Spec: rekor, pkg/types (hashedrekord 0.0.1, dsse 0.0.1, intoto 0.0.2).
#pragma once

#include "common/core/bytes.hpp"

#include <span>
#include <string>
#include <variant>

namespace modelseal::sigstore {

/// The kind of an entry and the version of that kind.
struct EntryKind {
    std::string kind;
    std::string version;

    friend bool operator==(const EntryKind&, const EntryKind&) = default;

    /// As a body states it. Errors: malformed.
    [[nodiscard]] static EntryKind of_body(std::span<const std::byte> body);

    [[nodiscard]] bool is_rekor_v1() const noexcept;
    [[nodiscard]] bool is_rekor_v2() const noexcept;
};

/// A signature over a message of which the log knows the digest: hashedrekord.
struct LoggedMessage {
    std::string algorithm;  // "sha256"
    core::Bytes digest;
};

/// An envelope of which the log knows the payload's SHA-256: dsse, intoto.
struct LoggedEnvelope {
    core::Bytes payload_hash;
};

/// The body of a Rekor v1 entry.
struct EntryBody {
    core::Bytes signature;
    std::string verifier;  // PEM: a certificate or a public key
    std::variant<LoggedMessage, LoggedEnvelope> content;

    /// Errors: malformed (unknown or missing field, other than one signature, a kind that is not
    /// one of Rekor v1).
    [[nodiscard]] static EntryBody parse(std::span<const std::byte> body);
};

}  // namespace modelseal::sigstore
