#include "tests/support/pki/ct_log.hpp"

#include "common/digest/sha256.hpp"
#include "tests/support/pki/der.hpp"

namespace modelseal::pki {

namespace {

core::Bytes sha256(std::span<const std::byte> bytes) {
    const digest::Digest digest = digest::sha256_of(bytes);
    return {digest.bytes().begin(), digest.bytes().end()};
}

std::uint8_t tls_algorithm(const Key& key) {
    const bool rsa = key.type() == KeyType::rsa1024 || key.type() == KeyType::rsa2048;
    return rsa ? 1 : 3;
}

/// RFC 6962 section 3.2, written down a second time: the code under test has its own.
core::Bytes signed_part(const SctOptions& options,
                        std::span<const std::byte> tbs,
                        std::span<const std::byte> issuer_spki) {
    core::Bytes part;
    append_number(part, 0, 1);  // v1
    append_number(part, 0, 1);  // certificate_timestamp
    append_number(part, options.signed_milliseconds.value_or(options.milliseconds), 8);
    append_number(part, 1, 2);  // precert_entry
    append(part, sha256(options.signed_issuer_spki ? *options.signed_issuer_spki : issuer_spki));
    append_vector(part, tbs, 3);
    append_vector(part, options.signed_extensions.value_or(options.extensions), 2);
    return part;
}

}  // namespace

core::Bytes CtLog::id() const {
    return sha256(key.spki_der());
}

sigstore::TransparencyLog CtLog::trusted() const {
    return {"https://ct.example.com/log", key.public_key(), id(), validity};
}

core::Bytes make_sct(const SctOptions& options,
                     std::span<const std::byte> tbs,
                     std::span<const std::byte> issuer_spki) {
    core::Bytes sct;
    append_number(sct, options.version, 1);
    append(sct, options.log_id.value_or(options.log.id()));
    append_number(sct, options.milliseconds, 8);
    append_vector(sct, options.extensions, 2);
    append_number(sct, options.hash, 1);
    append_number(sct, options.signature_algorithm.value_or(tls_algorithm(options.log.key)), 1);
    append_vector(sct, options.log.key.sign(signed_part(options, tbs, issuer_spki)), 2);
    append(sct, options.behind);
    return sct;
}

core::Bytes sct_list(std::span<const core::Bytes> scts) {
    core::Bytes list;
    for (const core::Bytes& sct : scts) {
        append_vector(list, sct, 2);
    }
    core::Bytes vector;
    append_vector(vector, list, 2);
    return octet_string(vector);
}

}  // namespace modelseal::pki
