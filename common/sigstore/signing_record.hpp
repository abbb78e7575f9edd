// What is told of a signature that was just made. Nothing of it was verified.
#pragma once

#include "common/core/error.hpp"
#include "common/digest/digest.hpp"
#include "common/sigstore/certificate/identity.hpp"
#include "common/sigstore/format/bundle.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace modelseal::sigstore {

/// Where everybody can find a signature.
struct LoggedAs {
    std::string log;  // as it names itself in its checkpoint: "rekor.sigstore.dev"
    std::uint64_t index;

    bool operator==(const LoggedAs&) const = default;
};

struct SigningRecord {
    std::variant<digest::Digest, CertificateIdentity> signer;  // a key's fingerprint, or who it was
    std::vector<LoggedAs> log_entries{};
    std::size_t timestamps = 0;

    /// Of a bundle that one of our BundleMakers made. Errors: malformed, mismatch as identity_of().
    [[nodiscard]] static SigningRecord of(const Bundle& bundle);

    /// What an error is to say first once it cannot be undone: "the signature is logged (entry 12
    /// of rekor.sigstore.dev) but not stored". Empty for a signature that is in no log.
    [[nodiscard]] std::string not_stored_text() const;
};

/// Runs what stores a signature. A log keeps it for good, so somebody must be able to find the
/// entry when that fails.
template <typename Body>
auto storing(const SigningRecord& record, Body body) {
    try {
        return body();
    } catch (core::Error& error) {
        if (!record.log_entries.empty()) {
            error.add_context(record.not_stored_text());
        }
        throw;
    }
}

}  // namespace modelseal::sigstore
