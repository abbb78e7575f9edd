#include "common/crypto/key_algorithm.hpp"

namespace modelseal::crypto {

std::string_view to_string(KeyAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case KeyAlgorithm::ecdsa_p256:
            return "ECDSA P-256";
        case KeyAlgorithm::ecdsa_p384:
            return "ECDSA P-384";
        case KeyAlgorithm::ecdsa_p521:
            return "ECDSA P-521";
        case KeyAlgorithm::rsa_2048:
            return "RSA 2048";
        case KeyAlgorithm::rsa_3072:
            return "RSA 3072";
        case KeyAlgorithm::rsa_4096:
            return "RSA 4096";
        case KeyAlgorithm::ed25519:
            return "Ed25519";
    }
    return "";
}

std::string_view to_string(HashAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case HashAlgorithm::sha256:
            return "SHA-256";
        case HashAlgorithm::sha384:
            return "SHA-384";
        case HashAlgorithm::sha512:
            return "SHA-512";
    }
    return "";
}

HashAlgorithm native_hash(KeyAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case KeyAlgorithm::ecdsa_p384:
            return HashAlgorithm::sha384;
        case KeyAlgorithm::ecdsa_p521:
        case KeyAlgorithm::ed25519:
            return HashAlgorithm::sha512;
        case KeyAlgorithm::ecdsa_p256:
        case KeyAlgorithm::rsa_2048:
        case KeyAlgorithm::rsa_3072:
        case KeyAlgorithm::rsa_4096:
            break;
    }
    return HashAlgorithm::sha256;
}

}  // namespace modelseal::crypto
