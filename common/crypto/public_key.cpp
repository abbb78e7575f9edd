#include "common/crypto/public_key.hpp"

#include "common/crypto/key_policy.hpp"
#include "common/crypto/openssl_handles.hpp"
#include "common/crypto/pem.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <openssl/core_names.h>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view spki_label = "PUBLIC KEY";
constexpr std::string_view pkcs1_label = "RSA PUBLIC KEY";
constexpr std::size_t longest_point = 133;  // P-521, uncompressed

const unsigned char* as_unsigned(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// What stands before the point of such a key, which is all that differs between two of them.
std::span<const std::uint8_t> spki_prefix(KeyAlgorithm algorithm) noexcept {
    static constexpr std::array<std::uint8_t, 26> p256{
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
        0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
    static constexpr std::array<std::uint8_t, 23> p384{
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02,
        0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00};
    static constexpr std::array<std::uint8_t, 25> p521{
        0x30, 0x81, 0x9B, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02,
        0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00};
    static constexpr std::array<std::uint8_t, 12> ed25519{
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
    switch (algorithm) {
        case KeyAlgorithm::ecdsa_p256:
            return p256;
        case KeyAlgorithm::ecdsa_p384:
            return p384;
        case KeyAlgorithm::ecdsa_p521:
            return p521;
        case KeyAlgorithm::ed25519:
            return ed25519;
        default:
            return {};
    }
}

/// By OpenSSL's encoders, of which it tries all that it has: as slow as verifying a signature.
core::Bytes encode_any_spki(EVP_PKEY* key) {
    unsigned char* encoded = nullptr;
    const int size = i2d_PUBKEY(key, &encoded);
    if (size <= 0) {
        throw openssl_error(ErrorKind::internal, "encoding a public key");
    }
    const auto bytes = std::as_bytes(std::span(encoded, static_cast<std::size_t>(size)));
    core::Bytes copy(bytes.begin(), bytes.end());
    OPENSSL_free(encoded);
    return copy;
}

core::Bytes encode_spki(EVP_PKEY* key, KeyAlgorithm algorithm) {
    const auto prefix = std::as_bytes(spki_prefix(algorithm));
    if (prefix.empty()) {
        return encode_any_spki(key);
    }
    std::array<unsigned char, longest_point> point{};
    std::size_t size = 0;
    if (EVP_PKEY_get_octet_string_param(
            key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) != 1) {
        throw openssl_error(ErrorKind::internal, "encoding a public key");
    }
    core::Bytes spki(prefix.begin(), prefix.end());
    const auto bytes = std::as_bytes(std::span(point).first(size));
    spki.insert(spki.end(), bytes.begin(), bytes.end());
    return spki;
}

PublicKey parse_pkcs1(std::span<const std::byte> der) {
    const unsigned char* at = as_unsigned(der);
    const PkeyHandle key(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
    if (!key || at != as_unsigned(der) + der.size()) {
        throw openssl_error(ErrorKind::malformed, "not an RSA public key in PKCS#1 form");
    }
    return PublicKey::parse_spki(encode_any_spki(key.get()));
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, KeyAlgorithm algorithm, core::Bytes spki_der)
    : key_(std::move(key)),
      algorithm_(algorithm),
      spki_der_(std::move(spki_der)),
      fingerprint_(digest::sha256_of(spki_der_)) {}

PublicKey PublicKey::parse_pem(std::string_view text) {
    const PemBlock block = parse_first_pem(text);
    if (block.label == pkcs1_label) {
        return parse_pkcs1(block.content);
    }
    if (block.label != spki_label) {
        throw Error(ErrorKind::malformed,
                    concat("the first PEM block is ",
                           core::in_quotes(block.label),
                           ", not a public key (PUBLIC KEY or RSA PUBLIC KEY)"));
    }
    return parse_spki(block.content);
}

PublicKey PublicKey::parse_spki(std::span<const std::byte> der) {
    const unsigned char* at = as_unsigned(der);
    std::shared_ptr<EVP_PKEY> key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())),
                                  EVP_PKEY_free);
    if (!key) {
        throw openssl_error(ErrorKind::malformed, "not a public key in SubjectPublicKeyInfo form");
    }
    PublicKey parsed = from_key(std::move(key));
    // One key, one encoding: the fingerprint is taken over these bytes.
    if (!std::equal(der.begin(), der.end(), parsed.spki_der_.begin(), parsed.spki_der_.end())) {
        throw Error(ErrorKind::malformed, "the public key is not encoded as DER demands");
    }
    return parsed;
}

PublicKey PublicKey::from_key(std::shared_ptr<evp_pkey_st> key) {
    const KeyAlgorithm algorithm = check_key_policy(key.get());
    core::Bytes spki = encode_spki(key.get(), algorithm);
    return {std::move(key), algorithm, std::move(spki)};
}

std::string PublicKey::to_pem() const {
    return crypto::to_pem(spki_label, spki_der_);
}

}  // namespace modelseal::crypto
