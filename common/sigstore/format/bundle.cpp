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

/// In v0.3 a certificate stands alone: its issuers are the verifier's to know.
std::variant<KeyMaterial, CertificateMaterial> read_material(const core::Json& json,
                                                             BundleVersion version) {
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
        if (version == BundleVersion::v0_3) {
            refuse("a bundle of v0.3 holds one certificate, not a chain");
        }
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

std::string media_type(BundleVersion version) {
    switch (version) {
        case BundleVersion::v0_1:
            return concat(bundle_media_type_prefix, "+json;version=0.1");
        case BundleVersion::v0_2:
            return concat(bundle_media_type_prefix, "+json;version=0.2");
        case BundleVersion::v0_3:
            break;
    }
    return std::string(oci::media_types::sigstore_bundle);
}

/// From v0.3 on a certificate stands alone: its issuers are the verifier's to know.
void write_certificates(core::Json& material,
                        const CertificateMaterial& certificates,
                        BundleVersion version) {
    if (version == BundleVersion::v0_3 && certificates.chain.size() == 1) {
        material["certificate"] = {{"rawBytes", core::to_base64(certificates.chain.front())}};
        return;
    }
    core::Json list = core::Json::array();
    for (const core::Bytes& certificate : certificates.chain) {
        list.push_back({{"rawBytes", core::to_base64(certificate)}});
    }
    material["x509CertificateChain"] = {{"certificates", std::move(list)}};
}

core::Json write_material(const Bundle& bundle) {
    core::Json material = core::Json::object();
    if (const auto* key = std::get_if<KeyMaterial>(&bundle.material)) {
        material["publicKey"] = core::Json::object();
        if (!key->hint.empty()) {
            material["publicKey"]["hint"] = key->hint;
        }
    } else {
        write_certificates(
            material, std::get<CertificateMaterial>(bundle.material), bundle.version);
    }
    for (const LogEntry& entry : bundle.log_entries) {
        material["tlogEntries"].push_back(entry.to_json());
    }
    if (!bundle.timestamps.empty()) {
        core::Json& list = material["timestampVerificationData"]["rfc3161Timestamps"];
        for (const core::Bytes& timestamp : bundle.timestamps) {
            list.push_back({{"signedTimestamp", core::to_base64(timestamp)}});
        }
    }
    return material;
}

/// cosign writes an empty digest where it has none, as for Ed25519.
core::Json write_message(const MessageSignature& message) {
    core::Json digest = core::Json::object();
    if (!message.digest_algorithm.empty()) {
        digest["algorithm"] = message.digest_algorithm;
    }
    if (!message.digest.empty()) {
        digest["digest"] = core::to_base64(message.digest);
    }
    return {{"messageDigest", std::move(digest)},
            {"signature", core::to_base64(message.signature)}};
}

}  // namespace

Bundle Bundle::parse(std::string_view bytes, std::uint64_t size_limit) {
    const core::Json json = core::parse_json(bytes, {.size = size_limit, .depth = 16});
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
            .material = read_material(material, version),
            .log_entries = read_log_entries(material, version),
            .timestamps = read_timestamps(material),
            .content = read_content(json)};
}

std::string write_bundle(const Bundle& bundle) {
    core::Json json = {{"mediaType", media_type(bundle.version)},
                       {"verificationMaterial", write_material(bundle)}};
    if (const auto* envelope = std::get_if<Envelope>(&bundle.content)) {
        json["dsseEnvelope"] = envelope->to_json();
    } else {
        json["messageSignature"] = write_message(std::get<MessageSignature>(bundle.content));
    }
    return protojson::write(json);
}

KeyMaterial key_material(const digest::Digest& fingerprint) {
    return {core::to_base64(fingerprint.bytes())};
}

std::string key_bundle(const Envelope& envelope, const digest::Digest& fingerprint) {
    return write_bundle({.material = key_material(fingerprint), .content = envelope});
}

std::string key_bundle(const MessageSignature& message, const digest::Digest& fingerprint) {
    return write_bundle({.material = key_material(fingerprint), .content = message});
}

}  // namespace modelseal::sigstore
