#include "common/sigstore/trust/trusted_root.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"
#include "common/sigstore/trust/key_details.hpp"
#include "common/sigstore/trust/public_good.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view media_type = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
constexpr std::size_t instance_limit = 64;  // logs or authorities of one kind
constexpr std::size_t chain_limit = 10;
constexpr std::size_t log_id_limit = 32;

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, std::string(why));
}

/// Empty when absent.
std::string text_or_empty(const core::Json& message, std::string_view name) {
    return protojson::find(message, name) == nullptr ? std::string()
                                                     : core::require_string(message, name);
}

Validity read_validity(const core::Json& message) {
    const core::Json* range = protojson::find(message, "validFor");
    if (range == nullptr) {
        refuse("the field \"validFor\" is missing");
    }
    protojson::require_message(*range, "period", {"start", "end"});
    Validity validity{.start = core::Timestamp::parse(core::require_string(*range, "start"))};
    if (protojson::find(*range, "end") != nullptr) {
        validity.end = core::Timestamp::parse(core::require_string(*range, "end"));
    }
    return validity;
}

core::Bytes read_log_id(const core::Json& log) {
    const core::Json& id = core::require_object(log, "logId");
    protojson::require_message(id, "log id", {"keyId"});
    core::Bytes bytes = protojson::require_bytes(id, "keyId");
    if (bytes.size() > log_id_limit) {
        refuse("a log id is longer than 32 bytes");
    }
    return bytes;
}

/// A log, or why it cannot be used: it may be one of several, and the others may be enough.
void read_log(const core::Json& json,
              std::vector<TransparencyLog>& usable,
              std::vector<UnusableLog>& unusable) {
    protojson::require_message(
        json,
        "log",
        {"baseUrl", "hashAlgorithm", "publicKey", "logId", "checkpointKeyId", "operator"});
    const std::string hash = protojson::require_text(json, "hashAlgorithm");
    if (hash != "SHA2_256") {
        refuse(concat("a log's tree is made with ", core::in_quotes(hash), ", not SHA2_256"));
    }
    const core::Json& key = core::require_object(json, "publicKey");
    protojson::require_message(key, "public key", {"rawBytes", "keyDetails", "validFor"});
    const std::string details = protojson::require_text(key, "keyDetails");
    const core::Bytes raw = protojson::require_bytes(key, "rawBytes");
    std::string base_url = text_or_empty(json, "baseUrl");
    core::Bytes id = read_log_id(json);
    const Validity validity = read_validity(key);
    try {
        crypto::PublicKey parsed = parse_key(details, raw);
        usable.push_back({std::move(base_url), std::move(parsed), std::move(id), validity});
    } catch (const Error& error) {
        if (error.reason() != core::Reason::unsupported) {
            throw;
        }
        unusable.push_back({std::move(base_url), std::move(id), error.message()});
    }
}

std::vector<TransparencyLog> read_logs(const core::Json& root,
                                       std::string_view name,
                                       std::vector<UnusableLog>& unusable) {
    std::vector<TransparencyLog> logs;
    if (const core::Json* list = protojson::find_array(root, name, instance_limit)) {
        for (const core::Json& json : *list) {
            core::with_context(name, [&] { read_log(json, logs, unusable); });
        }
    }
    return logs;
}

Authority read_authority(const core::Json& json) {
    protojson::require_message(
        json, "authority", {"subject", "uri", "certChain", "validFor", "operator"});
    // The subject repeats, for people, what the certificates say.
    if (const core::Json* subject = protojson::find(json, "subject")) {
        protojson::require_message(*subject, "subject", {"organization", "commonName"});
    }
    const core::Json& holder = core::require_object(json, "certChain");
    protojson::require_message(holder, "certificate chain", {"certificates"});
    const core::Json* list = protojson::find_array(holder, "certificates", chain_limit);
    if (list == nullptr || list->empty()) {
        refuse("an authority has no certificates");
    }
    Authority authority{
        .uri = text_or_empty(json, "uri"), .chain = {}, .validity = read_validity(json)};
    for (const core::Json& certificate : *list) {
        protojson::require_message(certificate, "certificate", {"rawBytes"});
        authority.chain.push_back(
            crypto::Certificate::parse_der(protojson::require_bytes(certificate, "rawBytes")));
    }
    return authority;
}

std::vector<Authority> read_authorities(const core::Json& root, std::string_view name) {
    std::vector<Authority> authorities;
    if (const core::Json* list = protojson::find_array(root, name, instance_limit)) {
        for (const core::Json& json : *list) {
            authorities.push_back(core::with_context(name, [&] { return read_authority(json); }));
        }
    }
    return authorities;
}

}  // namespace

TrustedRoot TrustedRoot::parse(std::string_view json) {
    const core::Json root = core::parse_json(json, {.size = trusted_root_size_limit, .depth = 16});
    protojson::require_message(
        root,
        "trusted root",
        {"mediaType", "tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"});
    if (const std::string type = core::require_string(root, "mediaType"); type != media_type) {
        refuse(concat("the media type ", core::in_quotes(type), " is not of a trusted root v0.1"));
    }
    TrustedRoot parsed;
    parsed.logs_ = read_logs(root, "tlogs", parsed.unusable_);
    parsed.ct_logs_ = read_logs(root, "ctlogs", parsed.unusable_);
    parsed.certificate_authorities_ = read_authorities(root, "certificateAuthorities");
    parsed.timestamp_authorities_ = read_authorities(root, "timestampAuthorities");
    return parsed;
}

const TrustedRoot& TrustedRoot::public_good() {
    static const TrustedRoot root = parse(public_good_json());
    return root;
}

core::Timestamp TrustedRoot::public_good_date() {
    return core::Timestamp::parse(core::trim(public_good_released()));
}

}  // namespace modelseal::sigstore
