// A certificate transparency log in memory: it signs, and keeps nothing. Spec: RFC 6962.
#pragma once

#include "common/sigstore/trust/transparency_log.hpp"
#include "tests/support/pki/key.hpp"
#include "tests/support/pki/time.hpp"

#include <optional>

namespace modelseal::pki {

struct CtLog {
    Key key = Key::generate();
    sigstore::Validity validity{noon(-year)};

    /// SHA-256 of the key.
    [[nodiscard]] core::Bytes id() const;

    /// As a trusted root names it.
    [[nodiscard]] sigstore::TransparencyLog trusted() const;
};

/// One SCT, right unless a field says otherwise.
struct SctOptions {
    CtLog log;
    std::uint64_t milliseconds = static_cast<std::uint64_t>(noon().unix_seconds()) * 1000;
    core::Bytes extensions{};
    std::uint8_t version = 0;
    std::uint8_t hash = 4;                              // SHA-256
    std::optional<std::uint8_t> signature_algorithm{};  // else that of the key
    std::optional<core::Bytes> log_id{};                // else that of the log

    /// What is signed instead of what is stated.
    std::optional<std::uint64_t> signed_milliseconds{};
    std::optional<core::Bytes> signed_extensions{};
    std::optional<core::Bytes> signed_issuer_spki{};

    /// Behind the signature, inside the SCT.
    core::Bytes behind{};
};

/// The SCT over a TBSCertificate without SCTs.
[[nodiscard]] core::Bytes make_sct(const SctOptions& options,
                                   std::span<const std::byte> tbs,
                                   std::span<const std::byte> issuer_spki);

/// The contents of the extension that holds these.
[[nodiscard]] core::Bytes sct_list(std::span<const core::Bytes> scts);

}  // namespace modelseal::pki
