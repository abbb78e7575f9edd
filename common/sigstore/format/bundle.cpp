#include "common/sigstore/format/bundle.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/media_type.hpp"
#include "common/sigstore/format/protojson.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t entry_limit = 32;
constexpr std::size_t certificate_limit = 10;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, std::string(why));
}

BundleVersion read_version(const core::Json& json) {
    const std::string type = core::require_string(json, "mediaType");
    if (type == oci::media_types::sigstore_bundle ||
        type == concat(bundle_media_type_prefix, "+json;version=0.3")) {
        return BundleVersion::v0_3;
    }
    if (type == concat(bundle_media_type_prefix, "+json;version=0.2")) {
        return BundleVersion::v0_2;
    }
    if (type == concat(bundle_media_type_prefix, "+json;version=0.1")) {
        return BundleVersion::v0_1;
    }
    refuse(concat("the media type ", core::in_quotes(type), " is not of a bundle v0.1 to v0.3"));
}

core::Bytes read_certificate(const core::Json& json) {
    protojson::require_message(json, "certificate", {"rawBytes"});
    return protojson::require_bytes(json, "rawBytes");
}

CertificateMaterial read_chain(const core::Json& json) {
    protojson::require_message(json, "certificate chain", {"certificates"});
    const core::Json* certificates = protojson::find_array(json, "certificates", certificate_limit);
    if (certificates == nullptr || certificates->empty()) {
        refuse("the certificate chain is empty");
    }
    CertificateMaterial material;
    std::transform(certificates->begin(),
                   certificates->end(),
                   std::back_inserter(material.chain),
                   read_certificate);
    return material;
}

std::variant<KeyMaterial, CertificateMaterial> read_material(const core::Json& json) {
    const core::Json* key = protojson::find(json, "publicKey");
    const core::Json* certificate = protojson::find(json, "certificate");
    const core::Json* chain = protojson::find(json, "x509CertificateChain");
    if ((key != nullptr) + (certificate != nullptr) + (chain != nullptr) != 1) {
        refuse("the bundle does not have exactly one of a public key and a certificate");
    }
    if (certificate != nullptr) {
        return CertificateMaterial{{read_certificate(*certificate)}};
    }
    if (chain != nullptr) {
        return read_chain(*chain);
    }
    protojson::require_message(*key, "public key", {"hint"});
    return KeyMaterial{protojson::find(*key, "hint") == nullptr
                           ? std::string()
                           : core::require_string(*key, "hint")};
}

std::vector<LogEntry> read_log_entries(const core::Json& material, BundleVersion version) {
    std::vector<LogEntry> entries;
    const core::Json* list = protojson::find_array(material, "tlogEntries", entry_limit);
    if (list == nullptr) {
        return entries;
    }
    for (const core::Json& json : *list) {
        LogEntry entry = LogEntry::from_json(json);
        const bool repeated =
            std::any_of(entries.begin(), entries.end(), [&](const LogEntry& other) {
                return other.log_id == entry.log_id && other.log_index == entry.log_index;
            });
        if (repeated) {
            refuse("the bundle holds one log entry twice");
        }
        if (version == BundleVersion::v0_1 ? !entry.signed_timestamp : !entry.proof) {
            refuse(version == BundleVersion::v0_1 ? "a log entry has no inclusion promise"
                                                  : "a log entry has no inclusion proof");
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<core::Bytes> read_timestamps(const core::Json& material) {
    std::vector<core::Bytes> timestamps;
    const core::Json* holder = protojson::find(material, "timestampVerificationData");
    if (holder == nullptr) {
        return timestamps;
    }
    protojson::require_message(*holder, "timestamp data", {"rfc3161Timestamps"});
    const core::Json* list = protojson::find_array(*holder, "rfc3161Timestamps", entry_limit);
    if (list == nullptr) {
        return timestamps;
    }
    for (const core::Json& timestamp : *list) {
        protojson::require_message(timestamp, "timestamp", {"signedTimestamp"});
        timestamps.push_back(protojson::require_bytes(timestamp, "signedTimestamp"));
    }
    return timestamps;
}

MessageSignature read_message_signature(const core::Json& json) {
    protojson::require_message(json, "message signature", {"messageDigest", "signature"});
    MessageSignature message{.signature = protojson::require_bytes(json, "signature")};
    const core::Json* stated = protojson::find(json, "messageDigest");
    if (stated == nullptr) {
        return message;
    }
    protojson::require_message(*stated, "message digest", {"algorithm", "digest"});
    if (protojson::find(*stated, "algorithm") != nullptr) {
        message.digest_algorithm = core::require_string(*stated, "algorithm");
    }
    if (const core::Json* digest = protojson::find(*stated, "digest")) {
        message.digest = protojson::to_bytes(*digest, "digest");
    }
    return message;
}

std::variant<Envelope, MessageSignature> read_content(const core::Json& json) {
    const core::Json* envelope = protojson::find(json, "dsseEnvelope");
    const core::Json* message = protojson::find(json, "messageSignature");
    if ((envelope != nullptr) == (message != nullptr)) {
        refuse("the bundle does not have exactly one of an envelope and a message signature");
    }
    if (envelope != nullptr) {
        return Envelope::from_json(*envelope);
    }
    return read_message_signature(*message);
}

}  // namespace

Bundle Bundle::parse(std::string_view bytes) {
    const core::Json json = core::parse_json(bytes, {.size = bundle_size_limit, .depth = 16});
    protojson::require_message(
        json, "bundle", {"mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope"});
    const BundleVersion version = read_version(json);
    const core::Json& material = core::require_object(json, "verificationMaterial");
    protojson::require_message(material,
                               "verification material",
                               {"publicKey",
                                "certificate",
                                "x509CertificateChain",
                                "tlogEntries",
                                "timestampVerificationData"});
    return {.version = version,
            .material = read_material(material),
            .log_entries = read_log_entries(material, version),
            .timestamps = read_timestamps(material),
            .content = read_content(json)};
}

std::string key_bundle(const Envelope& envelope, const digest::Digest& fingerprint) {
    const core::Json bundle = {
        {"mediaType", oci::media_types::sigstore_bundle},
        {"verificationMaterial", {{"publicKey", {{"hint", core::to_base64(fingerprint.bytes())}}}}},
        {"dsseEnvelope", envelope.to_json()}};
    return protojson::write(bundle);
}

}  // namespace modelseal::sigstore
