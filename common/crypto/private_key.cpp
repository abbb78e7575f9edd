#include "common/crypto/private_key.hpp"

#include "common/crypto/openssl_handles.hpp"
#include "common/crypto/pem.hpp"

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

/// Decodes a traditional form (SEC1, PKCS#1); nullptr when it is not one or bytes follow it.
EVP_PKEY* decode_traditional(int type, std::span<const std::byte> der) {
    const auto* start = reinterpret_cast<const unsigned char*>(der.data());
    const unsigned char* at = start;
    PkeyHandle key(d2i_PrivateKey(type, nullptr, &at, static_cast<long>(der.size())));
    return key && at == start + der.size() ? key.release() : nullptr;
}

EVP_PKEY* decode_pkcs8(std::span<const std::byte> der) {
    const auto* start = reinterpret_cast<const unsigned char*>(der.data());
    const unsigned char* at = start;
    const Pkcs8Handle info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    return info && at == start + der.size() ? EVP_PKCS82PKEY(info.get()) : nullptr;
}

}  // namespace

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key)
    : key_(std::move(key)), public_key_(PublicKey::from_key(key_)) {}

PrivateKey PrivateKey::adopt(evp_pkey_st* key, std::string_view form) {
    if (key == nullptr) {
        throw openssl_error(ErrorKind::malformed, concat("not a private key in ", form, " form"));
    }
    PrivateKey adopted(std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
    const PkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    if (!context || EVP_PKEY_pairwise_check(context.get()) != 1) {
        throw openssl_error(ErrorKind::malformed, "the private key does not fit its public key");
    }
    return adopted;
}

PrivateKey PrivateKey::generate() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    if (key == nullptr) {
        throw openssl_error(ErrorKind::internal, "generating a key");
    }
    return PrivateKey(std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
}

PrivateKey PrivateKey::parse_pem(std::string_view text) {
    const PemBlock block = parse_first_pem(text);
    if (block.label == "PRIVATE KEY") {
        return parse_pkcs8(block.content);
    }
    if (block.label == "EC PRIVATE KEY") {
        return adopt(decode_traditional(EVP_PKEY_EC, block.content), "SEC1");
    }
    if (block.label == "RSA PRIVATE KEY") {
        return adopt(decode_traditional(EVP_PKEY_RSA, block.content), "PKCS#1");
    }
    throw Error(ErrorKind::malformed,
                concat("the first PEM block is ",
                       core::in_quotes(block.label),
                       ", not an unencrypted private key (PRIVATE KEY, EC PRIVATE KEY or RSA "
                       "PRIVATE KEY)"));
}

PrivateKey PrivateKey::parse_pkcs8(std::span<const std::byte> der) {
    return adopt(decode_pkcs8(der), "PKCS#8");
}

core::Secret PrivateKey::to_pkcs8() const {
    const Pkcs8Handle info(EVP_PKEY2PKCS8(key_.get()));
    unsigned char* encoded = nullptr;
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &encoded) : -1;
    if (size <= 0) {
        throw openssl_error(ErrorKind::internal, "encoding a private key");
    }
    core::Secret der(
        std::string_view(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)));
    OPENSSL_clear_free(encoded, static_cast<std::size_t>(size));
    return der;
}

}  // namespace modelseal::crypto
