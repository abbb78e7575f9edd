#include "common/crypto/ed25519_stream.hpp"

#include "common/core/error.hpp"
#include "common/crypto/openssl_handles.hpp"

#include <algorithm>

#include <sodium.h>

namespace modelseal::crypto {

namespace {

using core::Error;
using core::ErrorKind;

using WideScalar = std::array<unsigned char, 64>;

template <std::size_t size>
std::span<const std::byte> bytes_of(const std::array<unsigned char, size>& from) noexcept {
    return std::as_bytes(std::span(from));
}

void copy_to(std::span<unsigned char> to, std::span<const std::byte> from) noexcept {
    std::transform(from.begin(), from.end(), to.begin(), [](std::byte byte) {
        return std::to_integer<unsigned char>(byte);
    });
}

void start_sodium() {
    if (sodium_init() < 0) {
        throw Error(ErrorKind::internal, "libsodium cannot be initialised");
    }
}

Ed25519Point raw_public_key(const PublicKey& key) {
    Ed25519Point raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key.native(), raw.data(), &size) != 1 || size != raw.size()) {
        throw openssl_error(ErrorKind::internal, "reading an Ed25519 public key");
    }
    return raw;
}

/// A 64-byte number modulo the order of the base point; `wide` is wiped.
Ed25519Scalar reduce(WideScalar& wide) noexcept {
    Ed25519Scalar scalar{};
    crypto_core_ed25519_scalar_reduce(scalar.data(), wide.data());
    sodium_memzero(wide.data(), wide.size());
    return scalar;
}

Ed25519Scalar finish_scalar(Hasher& hasher) {
    WideScalar wide{};
    MessageDigest digest = hasher.finish();
    copy_to(wide, digest.bytes);
    sodium_memzero(digest.bytes.data(), digest.bytes.size());
    return reduce(wide);
}

/// RFC 8032 demands that S is below the order, else one signature could be written in two ways.
bool is_canonical(const Ed25519Scalar& scalar) noexcept {
    WideScalar wide{};
    std::copy(scalar.begin(), scalar.end(), wide.begin());
    return reduce(wide) == scalar;
}

/// Whether S·B - k·A has the encoding of R, the equation that OpenSSL checks. Stricter than it in
/// one thing: a public key outside the group of the base point, such as one of small order, which
/// verifies anything, verifies nothing here. No key that was generated is one.
bool equation_holds(const Ed25519Point& key,
                    const Ed25519Point& commitment,
                    const Ed25519Scalar& response,
                    const Ed25519Scalar& challenge) noexcept {
    Ed25519Point left{};
    Ed25519Point right{};
    Ed25519Point difference{};
    return crypto_scalarmult_ed25519_base_noclamp(left.data(), response.data()) == 0 &&
           crypto_scalarmult_ed25519_noclamp(right.data(), challenge.data(), key.data()) == 0 &&
           crypto_core_ed25519_sub(difference.data(), left.data(), right.data()) == 0 &&
           difference == commitment;
}

}  // namespace

Ed25519Signature::Ed25519Signature(const PrivateKey& key)
    : public_key_(raw_public_key(key.public_key())),
      hasher_(HashAlgorithm::sha512),
      content_(HashAlgorithm::sha256) {
    start_sodium();
    std::array<unsigned char, 32> seed{};
    std::size_t size = seed.size();
    if (EVP_PKEY_get_raw_private_key(key.native(), seed.data(), &size) != 1 ||
        size != seed.size()) {
        throw openssl_error(ErrorKind::internal, "reading an Ed25519 private key");
    }
    core::Bytes expanded = hash_of(HashAlgorithm::sha512, bytes_of(seed));
    sodium_memzero(seed.data(), seed.size());
    // "Prune the buffer", then the same number modulo the order.
    WideScalar wide{};
    copy_to(wide, std::span(expanded).first(32));
    wide[0] &= 248U;
    wide[31] &= 127U;
    wide[31] |= 64U;
    secret_ = reduce(wide);
    hasher_.write(std::span(expanded).last(32));
    sodium_memzero(expanded.data(), expanded.size());
}

Ed25519Signature::~Ed25519Signature() {
    sodium_memzero(secret_.data(), secret_.size());
    sodium_memzero(nonce_.data(), nonce_.size());
}

void Ed25519Signature::write(std::span<const std::byte> bytes) {
    hasher_.write(bytes);
    content_.write(bytes);
}

void Ed25519Signature::start_next_pass() {
    nonce_ = finish_scalar(hasher_);
    if (crypto_scalarmult_ed25519_base_noclamp(commitment_.data(), nonce_.data()) != 0) {
        throw Error(ErrorKind::internal, "signing with Ed25519 failed");
    }
    first_ = content_.finish();
    content_.restart();
    hasher_.restart();
    hasher_.write(bytes_of(commitment_));
    hasher_.write(bytes_of(public_key_));
}

SignedContent Ed25519Signature::finish() {
    MessageDigest digest = content_.finish();
    if (!first_ || digest != *first_) {
        throw Error(ErrorKind::io,
                    core::Reason::changed_while_read,
                    "the content changed while it was signed; nothing was signed");
    }
    const Ed25519Scalar challenge = finish_scalar(hasher_);
    Ed25519Scalar response{};
    crypto_core_ed25519_scalar_mul(response.data(), challenge.data(), secret_.data());
    crypto_core_ed25519_scalar_add(response.data(), response.data(), nonce_.data());
    // A computation that went wrong could tell about the key.
    if (!equation_holds(public_key_, commitment_, response, challenge)) {
        throw Error(ErrorKind::internal, "signing with Ed25519 failed");
    }
    core::Bytes signature;
    for (const auto part : {bytes_of(commitment_), bytes_of(response)}) {
        signature.insert(signature.end(), part.begin(), part.end());
    }
    return {std::move(digest), std::move(signature)};
}

Ed25519Check::Ed25519Check(const PublicKey& key, std::span<const std::byte> signature)
    : public_key_(raw_public_key(key)),
      is_whole_(signature.size() == commitment_.size() + response_.size()),
      hasher_(HashAlgorithm::sha512) {
    start_sodium();
    if (is_whole_) {
        copy_to(commitment_, signature.first(commitment_.size()));
        copy_to(response_, signature.last(response_.size()));
    }
    hasher_.write(bytes_of(commitment_));
    hasher_.write(bytes_of(public_key_));
}

VerifiedMessage Ed25519Check::finish() {
    const Ed25519Scalar challenge = finish_scalar(hasher_);
    if (!is_whole_ || !is_canonical(response_) ||
        !equation_holds(public_key_, commitment_, response_, challenge)) {
        throw does_not_verify(KeyAlgorithm::ed25519);
    }
    return {KeyAlgorithm::ed25519, HashAlgorithm::sha512};
}

}  // namespace modelseal::crypto
