#include "common/sigstore/format/algorithm_names.hpp"

namespace modelseal::sigstore {

std::string_view key_details(crypto::KeyAlgorithm algorithm) noexcept {
    using crypto::KeyAlgorithm;
    switch (algorithm) {
        case KeyAlgorithm::ecdsa_p256:
            return "PKIX_ECDSA_P256_SHA_256";
        case KeyAlgorithm::ecdsa_p384:
            return "PKIX_ECDSA_P384_SHA_384";
        case KeyAlgorithm::ecdsa_p521:
            return "PKIX_ECDSA_P521_SHA_512";
        case KeyAlgorithm::rsa_2048:
            return "PKIX_RSA_PKCS1V15_2048_SHA256";
        case KeyAlgorithm::rsa_3072:
            return "PKIX_RSA_PKCS1V15_3072_SHA256";
        case KeyAlgorithm::rsa_4096:
            return "PKIX_RSA_PKCS1V15_4096_SHA256";
        case KeyAlgorithm::ed25519:
            return "PKIX_ED25519";
    }
    return "";
}

std::string_view hash_name(crypto::HashAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case crypto::HashAlgorithm::sha256:
            return "SHA2_256";
        case crypto::HashAlgorithm::sha384:
            return "SHA2_384";
        case crypto::HashAlgorithm::sha512:
            return "SHA2_512";
    }
    return "";
}

std::optional<crypto::HashAlgorithm> parse_hash_name(std::string_view name) noexcept {
    for (const auto hash : {crypto::HashAlgorithm::sha256,
                            crypto::HashAlgorithm::sha384,
                            crypto::HashAlgorithm::sha512}) {
        if (hash_name(hash) == name) {
            return hash;
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::sigstore
