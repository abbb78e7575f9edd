#include "common/digest/sha256.hpp"

#include "common/core/error.hpp"
#include "common/core/handle.hpp"

#include <array>

#include <openssl/evp.h>

namespace modelseal::digest {

namespace {

using MdContext = core::Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

void check(int result) {
    if (result != 1) {
        throw core::Error(core::ErrorKind::internal, "OpenSSL cannot compute SHA-256");
    }
}

}  // namespace

struct Sha256::Context {
    MdContext md{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    check(EVP_DigestInit_ex(context_->md.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::write(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_->md.get(), bytes.data(), bytes.size()));
    count_ += bytes.size();
}

Digest Sha256::finish() {
    std::array<unsigned char, Digest::size> bytes{};
    check(EVP_DigestFinal_ex(context_->md.get(), bytes.data(), nullptr));
    return Digest::from_bytes(std::as_bytes(std::span(bytes)));
}

void Sha256::restart() {
    // No algorithm given: OpenSSL keeps the one it has and spares itself the search for it.
    check(EVP_DigestInit_ex(context_->md.get(), nullptr, nullptr));
    count_ = 0;
}

Digest sha256_of(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.write(bytes);
    return hash.finish();
}

}  // namespace modelseal::digest
