#include "tests/support/pki/log.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>
#include <bit>

namespace modelseal::pki {

namespace {

using core::concat;
using Leaves = std::span<const core::Bytes>;

core::Bytes sha256(std::initializer_list<std::span<const std::byte>> parts) {
    core::Bytes joined;
    for (const auto part : parts) {
        joined.insert(joined.end(), part.begin(), part.end());
    }
    const auto digest = digest::sha256_of(joined);
    return {digest.bytes().begin(), digest.bytes().end()};
}

/// "Let k be the largest power of two smaller than n"
std::size_t split_of(Leaves leaves) {
    return std::bit_floor(leaves.size() - 1);
}

/// MTH of RFC 6962 section 2.1, as it stands there; not the way that the code under test goes.
core::Bytes tree_root(Leaves leaves) {
    if (leaves.size() == 1) {
        return leaves.front();
    }
    const std::size_t k = split_of(leaves);
    return sha256(
        {core::as_bytes("\x01"), tree_root(leaves.first(k)), tree_root(leaves.subspan(k))});
}

/// PATH of RFC 6962 section 2.1.1.
std::vector<core::Bytes> audit_path(std::size_t index, Leaves leaves) {
    if (leaves.size() == 1) {
        return {};
    }
    const std::size_t k = split_of(leaves);
    std::vector<core::Bytes> path =
        index < k ? audit_path(index, leaves.first(k)) : audit_path(index - k, leaves.subspan(k));
    path.push_back(tree_root(index < k ? leaves.subspan(k) : leaves.first(k)));
    return path;
}

bool is_ecdsa(const crypto::PublicKey& key) {
    return key.algorithm() == crypto::KeyAlgorithm::ecdsa_p256 ||
           key.algorithm() == crypto::KeyAlgorithm::ecdsa_p384 ||
           key.algorithm() == crypto::KeyAlgorithm::ecdsa_p521;
}

/// What a checkpoint's signature line names the key by, as long as it is whole.
core::Bytes key_id(const LogOptions& options, std::string_view name) {
    const crypto::PublicKey& key = options.key.public_key();
    const std::span<const std::byte> spki = key.spki_der();
    if (options.version == Rekor::v1 || is_ecdsa(key)) {
        return sha256({spki});
    }
    if (key.algorithm() == crypto::KeyAlgorithm::ed25519) {
        return sha256({core::as_bytes(name), core::as_bytes("\n\x01"), spki.last(32)});
    }
    return sha256({core::as_bytes(name), core::as_bytes("\n\xffPKIX-RSA-PKCS#1v1.5"), spki});
}

std::string key_details(const crypto::PublicKey& key) {
    switch (key.algorithm()) {
        case crypto::KeyAlgorithm::ecdsa_p256:
            return "PKIX_ECDSA_P256_SHA_256";
        case crypto::KeyAlgorithm::ecdsa_p384:
            return "PKIX_ECDSA_P384_SHA_384";
        case crypto::KeyAlgorithm::ecdsa_p521:
            return "PKIX_ECDSA_P521_SHA_512";
        case crypto::KeyAlgorithm::rsa_2048:
            return "PKIX_RSA_PKCS1V15_2048_SHA256";
        case crypto::KeyAlgorithm::rsa_3072:
            return "PKIX_RSA_PKCS1V15_3072_SHA256";
        case crypto::KeyAlgorithm::rsa_4096:
            return "PKIX_RSA_PKCS1V15_4096_SHA256";
        case crypto::KeyAlgorithm::ed25519:
            return "PKIX_ED25519";
    }
    return {};
}

core::Bytes signed_by(const crypto::PrivateKey& key, std::string_view text) {
    return crypto::KeySigner(key).sign(core::as_bytes(text));
}

}  // namespace

Log::Log(LogOptions options) : options_(std::move(options)) {}

sigstore::TransparencyLog Log::trusted() const {
    sigstore::TransparencyLog log{.base_url = options_.base_url,
                                  .key = options_.key.public_key(),
                                  .id = {},
                                  .validity = options_.validity};
    log.id = key_id(options_, log.host());
    return log;
}

std::string Log::trusted_json() const {
    const sigstore::TransparencyLog log = trusted();
    return concat(R"({"baseUrl":")",
                  log.base_url,
                  R"(","hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":")",
                  core::to_base64(log.key.spki_der()),
                  R"(","keyDetails":")",
                  key_details(log.key),
                  R"(","validFor":{"start":")",
                  log.validity.start.to_string(),
                  log.validity.end ? concat(R"(","end":")", log.validity.end->to_string()) : "",
                  R"("}},"logId":{"keyId":")",
                  core::to_base64(log.id),
                  R"("}})");
}

sigstore::LogEntry Log::add(std::string_view kind,
                            std::string_view version,
                            std::string_view body,
                            core::Timestamp time) {
    const std::uint64_t index = leaves_.size();
    leaves_.push_back(sha256({core::as_bytes(std::string_view("\0", 1)), core::as_bytes(body)}));
    sigstore::LogEntry entry{.log_index = index,
                             .log_id = trusted().id,
                             .kind = std::string(kind),
                             .version = std::string(version),
                             .proof = prove(index),
                             .body = core::to_bytes(body)};
    if (options_.version == Rekor::v1) {
        entry.log_index += options_.first_index;
        entry.integrated_time = static_cast<std::uint64_t>(time.unix_seconds());
        entry.signed_timestamp = sign_promise(entry);
    }
    return entry;
}

void Log::add_others(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        leaves_.push_back(sha256({core::as_bytes(concat("other ", leaves_.size()))}));
    }
}

core::Bytes Log::sign_promise(const sigstore::LogEntry& entry) const {
    return signed_by(options_.key,
                     concat(R"({"body":")",
                            core::to_base64(entry.body),
                            R"(","integratedTime":)",
                            entry.integrated_time,
                            R"(,"logID":")",
                            core::to_hex(entry.log_id),
                            R"(","logIndex":)",
                            entry.log_index,
                            '}'));
}

sigstore::InclusionProof Log::prove(std::uint64_t index, const CheckpointOptions& options) const {
    const core::Bytes root = tree_root(leaves_);
    return {.log_index = index,
            .tree_size = leaves_.size(),
            .root_hash = root,
            .hashes = audit_path(index, leaves_),
            .checkpoint = checkpoint(leaves_.size(), root, options)};
}

std::string Log::checkpoint(std::uint64_t tree_size,
                            std::span<const std::byte> root,
                            const CheckpointOptions& options) const {
    const std::string host = trusted().host();
    const std::string name = options.name.empty() ? host : options.name;
    std::string origin = options.origin;
    if (origin.empty()) {
        origin = options_.version == Rekor::v1 ? concat(host, " - ", options_.tree_id) : host;
    }
    const std::string text =
        concat(origin, '\n', tree_size, '\n', core::to_base64(root), '\n', options.extra_lines);
    core::Bytes signature = signed_by(options_.key, text);
    if (options.is_signature_broken) {
        signature.back() ^= std::byte{1};
    }
    const core::Bytes id = key_id(options_, name);
    return concat(text,
                  '\n',
                  options.lines_before,
                  signature_line(name, std::span(id).first(4), signature),
                  options.lines_after);
}

std::string Log::signature_line(std::string_view name,
                                std::span<const std::byte> key_hash,
                                std::span<const std::byte> signature) {
    core::Bytes content(key_hash.begin(), key_hash.end());
    content.insert(content.end(), signature.begin(), signature.end());
    return concat("\u2014 ", name, ' ', core::to_base64(content), '\n');
}

std::string trusted_root_json(const Log& log) {
    return concat(R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1",)",
                  R"("tlogs":[)",
                  log.trusted_json(),
                  "]}");
}

}  // namespace modelseal::pki
