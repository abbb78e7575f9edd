#include "common/crypto/signature.hpp"

#include "common/crypto/openssl_handles.hpp"

namespace modelseal::crypto {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;

const unsigned char* as_unsigned(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// The hash given to OpenSSL; Ed25519 takes the whole message and none.
const EVP_MD* message_digest(KeyAlgorithm algorithm, HashAlgorithm hash) noexcept {
    return algorithm == KeyAlgorithm::ed25519 ? nullptr : evp_md(hash);
}

MdContext new_context() {
    MdContext context(EVP_MD_CTX_new());
    if (!context) {
        throw openssl_error(ErrorKind::internal, "preparing a signature");
    }
    return context;
}

/// OpenSSL's three answers: 1 verified, 0 not, below 0 not even a signature (which is "not", too).
bool verifies(const PublicKey& key,
              HashAlgorithm hash,
              std::span<const std::byte> message,
              std::span<const std::byte> signature) {
    const MdContext context = new_context();
    const EVP_MD* md = message_digest(key.algorithm(), hash);
    if (EVP_DigestVerifyInit(context.get(), nullptr, md, nullptr, key.native()) != 1) {
        throw openssl_error(ErrorKind::internal, "preparing to verify a signature");
    }
    const int result = EVP_DigestVerify(context.get(),
                                        as_unsigned(signature),
                                        signature.size(),
                                        as_unsigned(message),
                                        message.size());
    ERR_clear_error();
    return result == 1;
}

}  // namespace

core::Bytes KeySigner::sign(std::span<const std::byte> message) {
    const MdContext context = new_context();
    const KeyAlgorithm algorithm = public_key().algorithm();
    const EVP_MD* md = message_digest(algorithm, native_hash(algorithm));
    std::size_t size = 0;
    if (EVP_DigestSignInit(context.get(), nullptr, md, nullptr, key_.native()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, as_unsigned(message), message.size()) != 1) {
        throw openssl_error(ErrorKind::internal, "preparing to sign");
    }
    core::Bytes signature(size);
    if (EVP_DigestSign(context.get(),
                       reinterpret_cast<unsigned char*>(signature.data()),
                       &size,
                       as_unsigned(message),
                       message.size()) != 1) {
        throw openssl_error(ErrorKind::internal, "signing");
    }
    signature.resize(size);
    return signature;
}

VerifiedMessage verify_signature(const PublicKey& key,
                                 HashChoice choice,
                                 std::span<const std::byte> message,
                                 std::span<const std::byte> signature) {
    const HashAlgorithm native = native_hash(key.algorithm());
    if (verifies(key, native, message, signature)) {
        return {key.algorithm(), native};
    }
    const bool ecdsa_with_other_native =
        key.algorithm() == KeyAlgorithm::ecdsa_p384 || key.algorithm() == KeyAlgorithm::ecdsa_p521;
    if (choice == HashChoice::native_or_sha256 && ecdsa_with_other_native &&
        verifies(key, HashAlgorithm::sha256, message, signature)) {
        return {key.algorithm(), HashAlgorithm::sha256};
    }
    throw Error(ErrorKind::mismatch,
                Reason::bad_signature,
                key.algorithm() == KeyAlgorithm::ed25519
                    ? "the signature does not verify with this key (prehashed Ed25519ph, which "
                      "cosign 3 writes, is not supported)"
                    : "the signature does not verify with this key");
}

}  // namespace modelseal::crypto
