// Signatures of recorded bundles as logs were told about them.
#pragma once

#include "common/crypto/hash.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/services/log_proposal.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "tests/support/data.hpp"

#include <string>
#include <string_view>

namespace modelseal::test {

/// What a log was told about the signature of tests/data/keyless/NAME.sigstore.json.
[[nodiscard]] inline services::LogProposal recorded_proposal(std::string_view name) {
    const auto bundle =
        sigstore::Bundle::parse(read_data("keyless/" + std::string(name) + ".sigstore.json"));
    const core::Bytes& certificate =
        std::get<sigstore::CertificateMaterial>(bundle.material).chain.front();
    services::LogProposal proposal{.digest = {},
                                   .signature = {},
                                   .key = crypto::Certificate::parse_der(certificate).public_key(),
                                   .certificate = certificate};
    if (const auto* envelope = std::get_if<sigstore::Envelope>(&bundle.content)) {
        const std::string message =
            sigstore::pre_authentication_encoding(envelope->payload_type, envelope->payload);
        proposal.digest = crypto::hash_of(crypto::HashAlgorithm::sha256, core::as_bytes(message));
        proposal.signature = envelope->signature;
        proposal.envelope = *envelope;
    } else {
        const auto& message = std::get<sigstore::MessageSignature>(bundle.content);
        proposal.digest = message.digest;
        proposal.signature = message.signature;
    }
    return proposal;
}

}  // namespace modelseal::test
