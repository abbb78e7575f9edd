// Dead Simple Signing Envelopes. Spec: DSSE v1.0.2, protocol.md and envelope.md.
#pragma once

#include "common/core/bytes.hpp"
#include "common/core/json.hpp"
#include "common/digest/digest.hpp"
#include "common/oci/reference.hpp"

#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// The payload type of in-toto statements.
inline constexpr std::string_view in_toto_payload_type = "application/vnd.in-toto+json";

/// What the bytes that are signed begin with.
inline constexpr std::string_view pre_authentication_start = "DSSEv1 ";

/// The bytes that are signed: type and payload, each with its length, so that neither can be read
/// as part of the other.
[[nodiscard]] std::string pre_authentication_encoding(std::string_view payload_type,
                                                      std::string_view payload);

/// One payload with one signature; Sigstore bundles hold no other kind.
struct Envelope {
    std::string payload_type;
    std::string payload;    // decoded: the bytes that were signed
    core::Bytes signature;  // over pre_authentication_encoding()

    /// Errors: malformed (unknown or missing field, other than one signature, a key id).
    [[nodiscard]] static Envelope from_json(const core::Json& json);

    [[nodiscard]] core::Json to_json() const;
};

/// Where cosign 2 keeps the envelopes of an artifact's attestations: "sha256-<hex>.att".
[[nodiscard]] oci::Tag legacy_attestation_tag(const digest::Digest& artifact);

}  // namespace modelseal::sigstore
