#include "common/crypto/key_policy.hpp"

#include "common/crypto/openssl_handles.hpp"

#include <openssl/core_names.h>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

constexpr BN_ULONG required_exponent = 65537;

[[noreturn]] void unsupported(std::string_view what) {
    throw Error(ErrorKind::malformed,
                Reason::unsupported,
                concat(what,
                       " is not supported; use ECDSA P-256, P-384 or P-521, RSA of 2048, 3072 or "
                       "4096 bits with exponent 65537, or Ed25519"));
}

/// One key, one encoding: curve parameters written out and compressed points are others.
bool is_named_and_uncompressed(EVP_PKEY* key) {
    int explicit_parameters = 0;
    std::array<char, 32> form{};
    return EVP_PKEY_get_int_param(
               key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters) == 1 &&
           explicit_parameters == 0 &&
           EVP_PKEY_get_utf8_string_param(key,
                                          OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                          form.data(),
                                          form.size(),
                                          nullptr) == 1 &&
           std::string_view(form.data()) == OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED;
}

KeyAlgorithm ec_algorithm(EVP_PKEY* key) {
    std::array<char, 64> name{};
    if (!is_named_and_uncompressed(key) ||
        EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1) {
        ERR_clear_error();
        unsupported("an elliptic curve key without a named curve and an uncompressed point");
    }
    const std::string_view curve(name.data());
    if (curve == "prime256v1") {
        return KeyAlgorithm::ecdsa_p256;
    }
    if (curve == "secp384r1") {
        return KeyAlgorithm::ecdsa_p384;
    }
    if (curve == "secp521r1") {
        return KeyAlgorithm::ecdsa_p521;
    }
    unsupported(concat("the curve ", core::in_quotes(curve)));
}

KeyAlgorithm rsa_algorithm(EVP_PKEY* key) {
    Bignum exponent;
    const int found = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, core::out(exponent));
    if (found != 1 || BN_is_word(exponent.get(), required_exponent) != 1) {
        unsupported("an RSA key whose exponent is not 65537");
    }
    switch (EVP_PKEY_get_bits(key)) {
        case 2048:
            return KeyAlgorithm::rsa_2048;
        case 3072:
            return KeyAlgorithm::rsa_3072;
        case 4096:
            return KeyAlgorithm::rsa_4096;
        default:
            unsupported(concat("an RSA key of ", EVP_PKEY_get_bits(key), " bits"));
    }
}

KeyAlgorithm algorithm_of(EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_EC:
            return ec_algorithm(key);
        case EVP_PKEY_RSA:
            return rsa_algorithm(key);
        case EVP_PKEY_ED25519:
            return KeyAlgorithm::ed25519;
        default:
            unsupported("this type of key");
    }
}

}  // namespace

KeyAlgorithm check_key_policy(EVP_PKEY* key) {
    const KeyAlgorithm algorithm = algorithm_of(key);
    const PkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    // Point on the curve and in the group; RSA modulus odd, composite, without small factors.
    if (!context || EVP_PKEY_public_check(context.get()) != 1) {
        throw openssl_error(ErrorKind::malformed, "the public key is not valid");
    }
    return algorithm;
}

}  // namespace modelseal::crypto
