#include "tests/support/pki/log_bodies.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::pki {

namespace {

/// Members in the order of their names and nothing between them: canonical for such documents.
using CanonicalJson = nlohmann::json;

std::string encoded(std::string_view text) {
    return core::to_base64(core::as_bytes(text));
}

CanonicalJson hash(const BodyFields& fields) {
    return {{"algorithm", fields.algorithm}, {"value", core::to_hex(fields.digest)}};
}

/// Over an envelope that nobody has any more.
CanonicalJson lost_hash() {
    return {{"algorithm", "sha256"}, {"value", std::string(64, '7')}};
}

std::string body(std::string_view kind, std::string_view version, CanonicalJson spec) {
    const CanonicalJson json = {{"apiVersion", version}, {"kind", kind}, {"spec", std::move(spec)}};
    return json.dump();
}

}  // namespace

std::string hashedrekord_v1(const BodyFields& fields) {
    return body("hashedrekord",
                "0.0.1",
                {{"data", {{"hash", hash(fields)}}},
                 {"signature",
                  {{"content", core::to_base64(fields.signature)},
                   {"publicKey", {{"content", encoded(fields.signer_pem)}}}}}});
}

std::string dsse_v1(const BodyFields& fields) {
    const CanonicalJson signature = {{"signature", core::to_base64(fields.signature)},
                                     {"verifier", encoded(fields.signer_pem)}};
    return body("dsse",
                "0.0.1",
                {{"envelopeHash", lost_hash()},
                 {"payloadHash", hash(fields)},
                 {"signatures", CanonicalJson::array({signature})}});
}

std::string intoto_v1(const BodyFields& fields) {
    const CanonicalJson signature = {{"publicKey", encoded(fields.signer_pem)},
                                     {"sig", encoded(core::to_base64(fields.signature))}};
    const CanonicalJson envelope = {{"payloadType", "application/vnd.in-toto+json"},
                                    {"signatures", CanonicalJson::array({signature})}};
    return body("intoto",
                "0.0.2",
                {{"content",
                  {{"envelope", envelope}, {"hash", lost_hash()}, {"payloadHash", hash(fields)}}}});
}

std::string hashedrekord_v2(const BodyFields& fields) {
    CanonicalJson verifier = {{"keyDetails", fields.key_details}};
    verifier[fields.is_certificate ? "x509Certificate" : "publicKey"] = {
        {"rawBytes", core::to_base64(fields.signer_der)}};
    const CanonicalJson entry = {
        {"data", {{"algorithm", fields.algorithm}, {"digest", core::to_base64(fields.digest)}}},
        {"signature",
         {{"content", core::to_base64(fields.signature)}, {"verifier", std::move(verifier)}}}};
    return body("hashedrekord", "0.0.2", {{"hashedRekordV002", entry}});
}

}  // namespace modelseal::pki
