#include "common/commands/signing_record_report.hpp"

#include "common/core/text.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands {

using core::in_quotes;
using sigstore::CertificateIdentity;
using sigstore::LoggedAs;
using sigstore::SigningRecord;

void print_record(std::ostream& out, const SigningRecord& record) {
    if (const auto* key = std::get_if<digest::Digest>(&record.signer)) {
        out << "  key:        " << key->to_string() << '\n';
    } else {
        const auto& identity = std::get<CertificateIdentity>(record.signer);
        out << "  identity:   " << in_quotes(identity.subject) << '\n'
            << "  issuer:     " << in_quotes(identity.issuer) << '\n';
    }
    for (const LoggedAs& entry : record.log_entries) {
        out << "  logged:     " << core::printable(entry.log) << ", entry " << entry.index << '\n';
    }
    if (record.timestamps > 0) {
        out << "  timestamps: " << record.timestamps << '\n';
    }
}

void add_record(core::Json& json, const SigningRecord& record) {
    if (const auto* key = std::get_if<digest::Digest>(&record.signer)) {
        json["key"] = key->to_string();
    } else {
        const auto& identity = std::get<CertificateIdentity>(record.signer);
        json["identity"] = identity.subject;
        json["issuer"] = identity.issuer;
    }
    for (const LoggedAs& entry : record.log_entries) {
        json["transparencyLog"].push_back({{"log", entry.log}, {"index", entry.index}});
    }
    if (record.timestamps > 0) {
        json["timestamps"] = record.timestamps;
    }
}

}  // namespace modelseal::commands
