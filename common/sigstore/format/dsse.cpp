#include "common/sigstore/format/dsse.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
    return core::concat(pre_authentication_start,
                        payload_type.size(),
                        ' ',
                        payload_type,
                        ' ',
                        payload.size(),
                        ' ',
                        payload);
}

Envelope Envelope::from_json(const core::Json& json) {
    protojson::require_message(json, "envelope", {"payload", "payloadType", "signatures"});
    const core::Json& signatures = core::require_array(json, "signatures");
    if (signatures.size() != 1) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat("the envelope has ", signatures.size(), " signatures, not one"));
    }
    const core::Json& signature = signatures.front();
    protojson::require_message(signature, "signature", {"sig", "keyid"});
    // A key id would be text by which an attacker steers key selection; Sigstore forbids it.
    const core::Json* key_id = protojson::find(signature, "keyid");
    if (key_id != nullptr && *key_id != "") {
        throw core::Error(core::ErrorKind::malformed, "the envelope's signature has a key id");
    }
    const core::Bytes payload = protojson::require_bytes(json, "payload");
    return {.payload_type = protojson::require_text(json, "payloadType"),
            .payload = std::string(core::as_text(payload)),
            .signature = protojson::require_bytes(signature, "sig")};
}

core::Json Envelope::to_json() const {
    return {{"payload", core::to_base64(core::as_bytes(payload))},
            {"payloadType", payload_type},
            {"signatures", core::Json::array({{{"sig", core::to_base64(signature)}}})}};
}

oci::Tag legacy_attestation_tag(const digest::Digest& artifact) {
    return oci::Tag::of_digest(artifact, ".att");
}

}  // namespace modelseal::sigstore
