#include "common/sigstore/signing_record.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/crypto/x509/certificate.hpp"
#include "common/sigstore/log/checkpoint.hpp"

#include <algorithm>
#include <iterator>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

digest::Digest fingerprint_in(const KeyMaterial& material) {
    const auto bytes = core::from_base64(material.hint);
    if (!bytes || bytes->size() != digest::Digest::size) {
        throw Error(ErrorKind::malformed, "the hint at the key is not its fingerprint");
    }
    return digest::Digest::from_bytes(std::span(*bytes).first<digest::Digest::size>());
}

std::variant<digest::Digest, CertificateIdentity> signer_of(const Bundle& bundle) {
    if (const auto* key = std::get_if<KeyMaterial>(&bundle.material)) {
        return fingerprint_in(*key);
    }
    return identity_of(crypto::Certificate::parse_der(
        std::get<CertificateMaterial>(bundle.material).chain.front()));
}

/// A log of version 1 names its tree behind the name: "rekor.sigstore.dev - 1193050959916656506".
LoggedAs logged_as(const LogEntry& entry) {
    std::string name = core::to_hex(entry.log_id);
    if (entry.proof) {
        const Checkpoint checkpoint = Checkpoint::parse(entry.proof->checkpoint);
        name = checkpoint.origin.substr(0, checkpoint.origin.find(" - "));
    }
    return {std::move(name), entry.log_index};
}

}  // namespace

SigningRecord SigningRecord::of(const Bundle& bundle) {
    SigningRecord record{.signer = signer_of(bundle), .timestamps = bundle.timestamps.size()};
    std::transform(bundle.log_entries.begin(),
                   bundle.log_entries.end(),
                   std::back_inserter(record.log_entries),
                   logged_as);
    return record;
}

std::string SigningRecord::not_stored_text() const {
    if (log_entries.empty()) {
        return {};
    }
    std::vector<std::string> entries;
    for (const LoggedAs& entry : log_entries) {
        entries.push_back(concat("entry ", entry.index, " of ", core::printable(entry.log)));
    }
    return concat("the signature is logged (", core::join(entries, ", "), ") but not stored");
}

}  // namespace modelseal::sigstore
