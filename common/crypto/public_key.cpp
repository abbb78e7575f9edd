#include "common/crypto/public_key.hpp"

#include "common/crypto/key_policy.hpp"
#include "common/crypto/openssl_handles.hpp"
#include "common/crypto/pem.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view spki_label = "PUBLIC KEY";
constexpr std::string_view pkcs1_label = "RSA PUBLIC KEY";

const unsigned char* as_unsigned(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

core::Bytes encode_spki(EVP_PKEY* key) {
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

PublicKey parse_pkcs1(std::span<const std::byte> der) {
    const unsigned char* at = as_unsigned(der);
    const PkeyHandle key(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
    if (!key || at != as_unsigned(der) + der.size()) {
        throw openssl_error(ErrorKind::malformed, "not an RSA public key in PKCS#1 form");
    }
    return PublicKey::parse_spki(encode_spki(key.get()));
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
    core::Bytes spki = encode_spki(key.get());
    return {std::move(key), algorithm, std::move(spki)};
}

std::string PublicKey::to_pem() const {
    return crypto::to_pem(spki_label, spki_der_);
}

}  // namespace modelseal::crypto
