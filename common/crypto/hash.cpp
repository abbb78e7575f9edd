#include "common/crypto/hash.hpp"

#include "common/crypto/openssl_handles.hpp"

namespace modelseal::crypto {

namespace {

void check(int result) {
    if (result != 1) {
        throw openssl_error(core::ErrorKind::internal, "hashing a message");
    }
}

}  // namespace

struct Hasher::Context {
    MdContext md{EVP_MD_CTX_new()};
};

Hasher::Hasher(HashAlgorithm algorithm)
    : algorithm_(algorithm), context_(std::make_unique<Context>()) {
    restart();
}

Hasher::~Hasher() = default;

void Hasher::write(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_->md.get(), bytes.data(), bytes.size()));
}

MessageDigest Hasher::finish() {
    MessageDigest digest{.algorithm = algorithm_, .bytes = core::Bytes(hash_size(algorithm_))};
    check(EVP_DigestFinal_ex(
        context_->md.get(), reinterpret_cast<unsigned char*>(digest.bytes.data()), nullptr));
    return digest;
}

void Hasher::restart() {
    check(EVP_DigestInit_ex(context_->md.get(), evp_md(algorithm_), nullptr));
}

std::size_t hash_size(HashAlgorithm algorithm) noexcept {
    return static_cast<std::size_t>(EVP_MD_get_size(evp_md(algorithm)));
}

core::Bytes hash_of(HashAlgorithm algorithm, std::span<const std::byte> message) {
    core::Bytes hash(hash_size(algorithm));
    check(EVP_Digest(message.data(),
                     message.size(),
                     reinterpret_cast<unsigned char*>(hash.data()),
                     nullptr,
                     evp_md(algorithm),
                     nullptr));
    return hash;
}

}  // namespace modelseal::crypto
