#include "common/commands/trust/signer_report.hpp"

#include "common/core/text.hpp"

#include <ostream>
#include <vector>

#include <nlohmann/json.hpp>

namespace modelseal::commands {

namespace {

using core::concat;
using core::in_quotes;
using core::Json;
using sigstore::Authentication;
using sigstore::CertificateIdentity;
using sigstore::SigningCertificate;
using sigstore::SigningKey;
using sigstore::TrustedTime;
using sigstore::VerifiedLogEntry;

constexpr std::string_view not_checked = "not-checked";

void add_optional(Json& json, const char* name, const std::optional<std::string>& value) {
    if (value) {
        json[name] = *value;
    }
}

void add_key(Json& json, const SigningKey& signer) {
    json["key"] = signer.key.fingerprint().to_string();
    json["keyAlgorithm"] = crypto::to_string(signer.key.algorithm());
    json["hash"] = crypto::to_string(signer.hash);
}

void add_certificate(Json& json, const SigningCertificate& signer) {
    const CertificateIdentity& identity = signer.identity;
    json["identity"] = identity.subject;
    json["issuer"] = identity.issuer;
    json["certificate"] = signer.certificate.fingerprint().to_string();
    add_optional(json, "sourceRepository", identity.source_repository_uri);
    add_optional(json, "sourceRepositoryId", identity.source_repository_identifier);
    add_optional(json, "sourceRef", identity.source_repository_ref);
    add_optional(json, "sourceCommit", identity.source_repository_digest);
    add_optional(json, "trigger", identity.build_trigger);
    add_optional(json, "run", identity.run_invocation_uri);
    json["hash"] = crypto::to_string(signer.hash);
}

Json log_json(const std::vector<VerifiedLogEntry>& entries) {
    if (entries.empty()) {
        return not_checked;
    }
    Json list = Json::array();
    for (const VerifiedLogEntry& entry : entries) {
        list.push_back({{"log", entry.log},
                        {"index", entry.index},
                        {"inclusionProved", entry.inclusion_proved}});
    }
    return list;
}

Json time_json(const std::vector<TrustedTime>& times) {
    if (times.empty()) {
        return not_checked;
    }
    Json list = Json::array();
    for (const TrustedTime& time : times) {
        list.push_back({{"time", time.time.to_string()},
                        {"source", sigstore::to_string(time.source)},
                        {"by", time.by}});
    }
    return list;
}

}  // namespace

void add_signer(Json& json, const Authentication& authentication) {
    if (const auto* key = std::get_if<SigningKey>(&authentication.signer)) {
        add_key(json, *key);
    } else {
        add_certificate(json, std::get<SigningCertificate>(authentication.signer));
    }
    json["transparencyLog"] = log_json(authentication.log_entries);
    json["time"] = time_json(authentication.times);
}

std::string signer_line(const Authentication& authentication) {
    if (const auto* signer = std::get_if<SigningKey>(&authentication.signer)) {
        return concat("key ",
                      signer->key.fingerprint().to_string(),
                      " (",
                      crypto::to_string(signer->key.algorithm()),
                      ')');
    }
    const auto& identity = std::get<SigningCertificate>(authentication.signer).identity;
    return concat(in_quotes(identity.subject), ", issuer ", in_quotes(identity.issuer));
}

void print_signer(std::ostream& out, const Authentication& authentication, std::string_view more) {
    out << "  signed by:   " << signer_line(authentication) << '\n';
    for (const TrustedTime& time : authentication.times) {
        out << "  signed at:   " << time.time.to_string() << ", by " << core::printable(time.by)
            << '\n';
    }
    for (const VerifiedLogEntry& entry : authentication.log_entries) {
        out << "  logged:      " << core::printable(entry.log) << ", entry " << entry.index
            << (entry.inclusion_proved ? "" : " (promised)") << '\n';
    }
    std::vector<std::string> unchecked;
    if (!more.empty()) {
        unchecked.emplace_back(more);
    }
    if (authentication.log_entries.empty()) {
        unchecked.emplace_back("transparency log");
    }
    if (authentication.times.empty()) {
        unchecked.emplace_back("time of signing");
    }
    if (!unchecked.empty()) {
        out << "  not checked: " << core::join(unchecked, ", ") << '\n';
    }
}

}  // namespace modelseal::commands
