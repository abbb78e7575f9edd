#include "common/sigstore/legacy_bundle.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "common/sigstore/format/protojson.hpp"
#include "common/sigstore/log/entry_body.hpp"
#include "common/sigstore/refusal.hpp"

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::Error;
using core::ErrorKind;

/// Leaf first.
std::vector<core::Bytes> certificates_of(const LegacyMaterial& legacy) {
    auto chain = crypto::Certificate::parse_pem_chain(legacy.certificate);
    if (chain.size() != 1) {
        throw Error(ErrorKind::malformed, "the annotation with the certificate holds several");
    }
    if (!legacy.chain.empty()) {
        for (auto& issuer : crypto::Certificate::parse_pem_chain(legacy.chain)) {
            chain.push_back(std::move(issuer));
        }
    }
    std::vector<core::Bytes> certificates;
    std::transform(chain.begin(),
                   chain.end(),
                   std::back_inserter(certificates),
                   [](const crypto::Certificate& certificate) { return certificate.der(); });
    return certificates;
}

std::variant<KeyMaterial, CertificateMaterial> material_of(const LegacyMaterial& legacy) {
    if (legacy.certificate.empty()) {
        return KeyMaterial{};
    }
    return CertificateMaterial{certificates_of(legacy)};
}

core::Bytes log_id_of(const core::Json& payload) {
    auto id = core::from_hex(core::require_string(payload, "logID"));
    if (!id) {
        throw Error(ErrorKind::malformed, "the log entry's logID is not hexadecimal");
    }
    return std::move(*id);
}

std::vector<LogEntry> log_entries_of(const LegacyMaterial& legacy) {
    if (legacy.log_entry.empty()) {
        return {};
    }
    const core::Json json = core::parse_json(legacy.log_entry, {.size = bundle_size_limit});
    protojson::require_message(json, "log entry", {"SignedEntryTimestamp", "Payload"});
    const core::Json& payload = core::require_object(json, "Payload");
    protojson::require_message(
        payload, "log entry's payload", {"body", "integratedTime", "logIndex", "logID"});
    LogEntry entry{.log_index = core::require_unsigned(payload, "logIndex"),
                   .log_id = log_id_of(payload),
                   .integrated_time = core::require_unsigned(payload, "integratedTime"),
                   .signed_timestamp = protojson::require_bytes(json, "SignedEntryTimestamp"),
                   .body = protojson::require_bytes(payload, "body")};
    EntryKind kind = EntryKind::of_body(entry.body);
    entry.kind = std::move(kind.kind);
    entry.version = std::move(kind.version);
    return {std::move(entry)};
}

std::vector<core::Bytes> timestamps_of(const LegacyMaterial& legacy) {
    if (legacy.timestamp.empty()) {
        return {};
    }
    const core::Json json = core::parse_json(legacy.timestamp, {.size = bundle_size_limit});
    protojson::require_message(json, "timestamp", {"SignedRFC3161Timestamp"});
    return {protojson::require_bytes(json, "SignedRFC3161Timestamp")};
}

Bundle bundle_of(const LegacyMaterial& legacy, std::variant<Envelope, MessageSignature> content) {
    return {.version = BundleVersion::v0_1,  // promises of logs, no proofs
            .material = material_of(legacy),
            .log_entries = log_entries_of(legacy),
            .timestamps = timestamps_of(legacy),
            .content = std::move(content)};
}

}  // namespace

void require_legacy_allowed(const Requirements& requirements) {
    if (!requirements.allow_legacy) {
        reject(core::Reason::unsupported,
               "it is in the format of cosign 2, which --allow-legacy accepts");
    }
}

Bundle bundle_of_legacy_signature(const Evidence& evidence) {
    auto signature = core::from_base64(evidence.legacy.signature);
    if (!signature || signature->empty()) {
        throw Error(ErrorKind::malformed, "its signature is not base64");
    }
    const auto digest = digest::sha256_of(core::as_bytes(evidence.content));
    const auto bytes = digest.bytes();
    return bundle_of(
        evidence.legacy,
        MessageSignature{.digest_algorithm = std::string(hash_name(crypto::HashAlgorithm::sha256)),
                         .digest = {bytes.begin(), bytes.end()},
                         .signature = std::move(*signature)});
}

Bundle bundle_of_legacy_attestation(const Evidence& evidence) {
    return bundle_of(evidence.legacy,
                     Envelope::from_json(core::parse_json(
                         evidence.content, {.size = attestation_bundle_size_limit, .depth = 16})));
}

}  // namespace modelseal::sigstore
