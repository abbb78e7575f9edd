#include "common/crypto/signature.hpp"

#include "common/core/text.hpp"
#include "common/crypto/ed25519_stream.hpp"
#include "common/crypto/openssl_handles.hpp"

#include <algorithm>

#include <openssl/rsa.h>

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

bool is_rsa(KeyAlgorithm algorithm) noexcept {
    return algorithm == KeyAlgorithm::rsa_2048 || algorithm == KeyAlgorithm::rsa_3072 ||
           algorithm == KeyAlgorithm::rsa_4096;
}

/// Only P-384 and P-521: the others' native hash is SHA-256, or none can be chosen.
bool may_be_sha256(KeyAlgorithm algorithm, HashChoice choice) noexcept {
    return choice == HashChoice::native_or_sha256 &&
           (algorithm == KeyAlgorithm::ecdsa_p384 || algorithm == KeyAlgorithm::ecdsa_p521);
}

/// For operations on a digest. `start` is EVP_PKEY_sign_init or EVP_PKEY_verify_init.
PkeyContext digest_context(EVP_PKEY* key,
                           KeyAlgorithm algorithm,
                           HashAlgorithm hash,
                           int (*start)(EVP_PKEY_CTX*)) {
    PkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    if (!context || start(context.get()) != 1 ||
        (is_rsa(algorithm) &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) ||
        EVP_PKEY_CTX_set_signature_md(context.get(), evp_md(hash)) != 1) {
        throw openssl_error(ErrorKind::internal, "preparing a signature of a digest");
    }
    return context;
}

[[noreturn]] void refuse_digest() {
    throw Error(ErrorKind::usage,
                Reason::unsupported,
                "an Ed25519 signature is over the content itself: its digest is not enough");
}

bool verifies_digest(const PublicKey& key,
                     const MessageDigest& digest,
                     std::span<const std::byte> signature) {
    const PkeyContext context =
        digest_context(key.native(), key.algorithm(), digest.algorithm, EVP_PKEY_verify_init);
    const int result = EVP_PKEY_verify(context.get(),
                                       as_unsigned(signature),
                                       signature.size(),
                                       as_unsigned(digest.bytes),
                                       digest.bytes.size());
    ERR_clear_error();
    return result == 1;
}

}  // namespace

std::unique_ptr<ContentSignature> Signer::sign_content() {
    if (public_key().algorithm() == KeyAlgorithm::ed25519) {
        return std::make_unique<WholeMessageSignature>(*this);
    }
    return std::make_unique<DigestSignature>(*this);
}

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

core::Bytes KeySigner::sign_digest(std::span<const std::byte> digest) {
    const KeyAlgorithm algorithm = public_key().algorithm();
    if (algorithm == KeyAlgorithm::ed25519) {
        refuse_digest();
    }
    const PkeyContext context =
        digest_context(key_.native(), algorithm, native_hash(algorithm), EVP_PKEY_sign_init);
    std::size_t size = 0;
    if (EVP_PKEY_sign(context.get(), nullptr, &size, as_unsigned(digest), digest.size()) != 1) {
        throw openssl_error(ErrorKind::internal, "preparing to sign a digest");
    }
    core::Bytes signature(size);
    if (EVP_PKEY_sign(context.get(),
                      reinterpret_cast<unsigned char*>(signature.data()),
                      &size,
                      as_unsigned(digest),
                      digest.size()) != 1) {
        throw openssl_error(ErrorKind::internal, "signing a digest");
    }
    signature.resize(size);
    return signature;
}

std::unique_ptr<ContentSignature> KeySigner::sign_content() {
    if (public_key().algorithm() == KeyAlgorithm::ed25519) {
        return std::make_unique<Ed25519Signature>(key_);
    }
    return Signer::sign_content();
}

VerifiedMessage verify_signature(const PublicKey& key,
                                 HashChoice choice,
                                 std::span<const std::byte> message,
                                 std::span<const std::byte> signature) {
    const HashAlgorithm native = native_hash(key.algorithm());
    if (verifies(key, native, message, signature)) {
        return {key.algorithm(), native};
    }
    if (may_be_sha256(key.algorithm(), choice) &&
        verifies(key, HashAlgorithm::sha256, message, signature)) {
        return {key.algorithm(), HashAlgorithm::sha256};
    }
    throw does_not_verify(key.algorithm());
}

VerifiedMessage verify_digest(const PublicKey& key,
                              HashChoice choice,
                              std::span<const MessageDigest> digests,
                              std::span<const std::byte> signature) {
    if (key.algorithm() == KeyAlgorithm::ed25519) {
        refuse_digest();
    }
    const HashAlgorithm native = native_hash(key.algorithm());
    for (const MessageDigest& digest : digests) {
        const bool counts =
            digest.algorithm == native ||
            (digest.algorithm == HashAlgorithm::sha256 && may_be_sha256(key.algorithm(), choice));
        if (counts && verifies_digest(key, digest, signature)) {
            return {key.algorithm(), digest.algorithm};
        }
    }
    throw does_not_verify(key.algorithm());
}

Error does_not_verify(KeyAlgorithm algorithm) {
    return {
        ErrorKind::mismatch,
        Reason::bad_signature,
        algorithm == KeyAlgorithm::ed25519
            ? "the signature does not verify with this key (prehashed Ed25519ph, which cosign 3 "
              "writes, is not supported)"
            : "the signature does not verify with this key"};
}

}  // namespace modelseal::crypto
