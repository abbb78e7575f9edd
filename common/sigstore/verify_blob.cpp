// verify_blob(): one read of the file, whatever must be known about its bytes.
#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/ed25519_stream.hpp"
#include "common/crypto/hash.hpp"
#include "common/sigstore/blob.hpp"
#include "common/sigstore/format/algorithm_names.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/refusal.hpp"

#include <algorithm>
#include <list>
#include <set>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;
using crypto::HashAlgorithm;
using crypto::KeyAlgorithm;

/// What a signature says, as it was given.
struct StatedSignature {
    Bundle bundle;
    std::optional<crypto::MessageDigest> digest{};

    [[nodiscard]] const core::Bytes& signature() const {
        return std::get<MessageSignature>(bundle.content).signature;
    }
};

std::optional<crypto::MessageDigest> stated_digest(const MessageSignature& message) {
    if (message.digest_algorithm.empty() && message.digest.empty()) {
        return std::nullopt;  // cosign 3 leaves both out for Ed25519
    }
    const auto hash = parse_hash_name(message.digest_algorithm);
    if (!hash || message.digest.size() != crypto::hash_size(*hash)) {
        reject(Reason::malformed_evidence,
               concat("the bundle states a digest that is none by ",
                      core::in_quotes(message.digest_algorithm)));
    }
    return crypto::MessageDigest{.algorithm = *hash, .bytes = message.digest};
}

Bundle parse_bundle(const std::string& text) {
    try {
        return Bundle::parse(text);
    } catch (const Error& error) {
        // The bundles of cosign 2 for files have no media type.
        if (text.find("\"base64Signature\"") != std::string::npos) {
            reject(Reason::unsupported,
                   "it is a bundle of cosign 2: give the text of its base64Signature with "
                   "--signature");
        }
        reject(Reason::malformed_evidence, error.message());
    }
}

StatedSignature read_bundle(const std::string& text) {
    Bundle bundle = parse_bundle(text);
    const auto* message = std::get_if<MessageSignature>(&bundle.content);
    if (message == nullptr) {
        reject(Reason::wrong_statement,
               "the bundle signs a statement about an artifact, not a file: use 'verify' or "
               "'verify-attestation'");
    }
    auto digest = stated_digest(*message);
    return {.bundle = std::move(bundle), .digest = std::move(digest)};
}

/// A signature alone: by a key, and nothing else is said.
StatedSignature bare_signature(core::Bytes signature) {
    return {.bundle = {.material = KeyMaterial{},
                       .content = MessageSignature{.signature = std::move(signature)}}};
}

/// What one read of a file tells: every digest that may be needed, and of each Ed25519 key whether
/// the signature is its own.
class BlobReading final : public core::ByteSink {
  public:
    BlobReading(const StatedSignature& stated, std::span<const crypto::PublicKey> keys) {
        std::set<HashAlgorithm> hashes = {HashAlgorithm::sha256};
        if (stated.digest) {
            hashes.insert(stated.digest->algorithm);
        }
        for (const crypto::PublicKey& key : keys) {
            if (key.algorithm() == KeyAlgorithm::ed25519) {
                checks_.emplace_back(key, stated.signature());
            } else {
                hashes.insert(crypto::native_hash(key.algorithm()));
            }
        }
        for (const HashAlgorithm hash : hashes) {
            hashers_.emplace_back(hash);
        }
    }

    void write(std::span<const std::byte> bytes) override {
        for (crypto::Hasher& hasher : hashers_) {
            hasher.write(bytes);
        }
        for (KeyCheck& check : checks_) {
            check.check.write(bytes);
        }
    }

    [[nodiscard]] std::vector<crypto::MessageDigest> digests() {
        std::vector<crypto::MessageDigest> digests;
        for (crypto::Hasher& hasher : hashers_) {
            digests.push_back(hasher.finish());
        }
        return digests;
    }

    [[nodiscard]] crypto::VerifiedMessage check(const crypto::PublicKey& key) {
        const auto found = std::find_if(checks_.begin(), checks_.end(), [&](const KeyCheck& check) {
            return check.key == key;
        });
        if (found == checks_.end()) {
            throw Error(ErrorKind::internal, "a key was not checked while the file was read");
        }
        return found->check.finish();
    }

  private:
    struct KeyCheck {
        KeyCheck(const crypto::PublicKey& of, std::span<const std::byte> signature)
            : key(of), check(of, signature) {}

        crypto::PublicKey key;
        crypto::Ed25519Check check;
    };

    std::list<crypto::Hasher> hashers_;
    std::list<KeyCheck> checks_;
};

const crypto::MessageDigest* find_digest(std::span<const crypto::MessageDigest> digests,
                                         HashAlgorithm hash) {
    const auto found = std::find_if(digests.begin(), digests.end(), [&](const auto& digest) {
        return digest.algorithm == hash;
    });
    return found == digests.end() ? nullptr : &*found;
}

void require_stated_digest(const StatedSignature& stated,
                           std::span<const crypto::MessageDigest> digests) {
    if (!stated.digest) {
        return;
    }
    const auto* own = find_digest(digests, stated.digest->algorithm);
    if (own != nullptr && *own != *stated.digest) {
        reject(Reason::digest_mismatch, "the file is not the one that was signed");
    }
}

[[noreturn]] void need_the_file(std::string_view why) {
    throw Error(ErrorKind::usage,
                Reason::unsupported,
                concat("a SHA-256 digest is not enough: ", why, "; name the file itself"));
}

/// Whether a signature can be judged by the SHA-256 digest of what it is over.
void require_digest_is_enough(const StatedSignature& stated,
                              std::span<const crypto::PublicKey> keys) {
    for (const crypto::PublicKey& key : keys) {
        if (key.algorithm() == KeyAlgorithm::ed25519) {
            need_the_file("an Ed25519 signature is over the file itself");
        }
    }
    if (stated.digest && stated.digest->algorithm != HashAlgorithm::sha256) {
        need_the_file(
            concat("the signature is over ", crypto::to_string(stated.digest->algorithm)));
    }
}

/// With a digest alone, a signature by P-384 or P-521 may be one over a hash that is not known.
void explain_other_hash(const Error& error, std::span<const crypto::PublicKey> keys) {
    const bool has_other = std::any_of(keys.begin(), keys.end(), [](const crypto::PublicKey& key) {
        return crypto::native_hash(key.algorithm()) != HashAlgorithm::sha256;
    });
    if (has_other && error.reason() == Reason::wrong_signer) {
        need_the_file("a signature by this key is normally over another hash");
    }
}

struct Examined {
    digest::Digest sha256;
    Authentication authentication;
};

digest::Digest sha256_in(std::span<const crypto::MessageDigest> digests) {
    const auto* sha256 = find_digest(digests, HashAlgorithm::sha256);
    return digest::Digest::from_bytes(std::span(sha256->bytes).first<digest::Digest::size>());
}

/// Who made the signature, of what the digests are of.
using Authenticate = std::function<Authentication(const SignatureCheck& check)>;

Examined examine_file(const BlobReader& read,
                      const StatedSignature& stated,
                      std::span<const crypto::PublicKey> keys,
                      const Authenticate& authenticated_by) {
    BlobReading reading(stated, keys);
    read(reading);
    const auto digests = reading.digests();
    require_stated_digest(stated, digests);
    const auto check = [&](const crypto::PublicKey& key) {
        return key.algorithm() == KeyAlgorithm::ed25519
                   ? reading.check(key).hash
                   : crypto::verify_digest(
                         key, crypto::HashChoice::native_or_sha256, digests, stated.signature())
                         .hash;
    };
    return {sha256_in(digests), authenticated_by(check)};
}

Examined examine_digest(const digest::Digest& digest,
                        const StatedSignature& stated,
                        std::span<const crypto::PublicKey> keys,
                        const Authenticate& authenticated_by) {
    require_digest_is_enough(stated, keys);
    const std::vector<crypto::MessageDigest> digests = {
        {.algorithm = HashAlgorithm::sha256,
         .bytes = {digest.bytes().begin(), digest.bytes().end()}}};
    require_stated_digest(stated, digests);
    try {
        return {
            digest, authenticated_by([&](const crypto::PublicKey& key) {
                return crypto::verify_digest(
                           key, crypto::HashChoice::native_or_sha256, digests, stated.signature())
                    .hash;
            })};
    } catch (const Error& error) {
        explain_other_hash(error, keys);
        throw;
    }
}

}  // namespace

VerifiedBlob verify_blob(const std::variant<BlobReader, digest::Digest>& blob,
                         const BlobEvidence& evidence,
                         const Requirements& requirements,
                         const Trust& trust) {
    require_signers(requirements);
    const auto* text = std::get_if<std::string>(&evidence.signature);
    StatedSignature stated = text == nullptr
                                 ? bare_signature(std::get<core::Bytes>(evidence.signature))
                                 : read_bundle(*text);
    const auto keys = read_evidence([&] { return candidate_keys(stated.bundle, requirements); });
    const auto* digest = std::get_if<digest::Digest>(&blob);
    const Authenticate authenticated_by = [&](const SignatureCheck& check) {
        CheckNotes unread;  // nobody asks what was checked of a file's signature
        return read_evidence(
            [&] { return authenticate(stated.bundle, check, requirements, trust, unread); });
    };
    Examined examined =
        digest != nullptr
            ? examine_digest(*digest, stated, keys, authenticated_by)
            : examine_file(std::get<BlobReader>(blob), stated, keys, authenticated_by);
    return VerifiedBlob({.sha256 = examined.sha256,
                         .origin = evidence.origin,
                         .is_bundle = text != nullptr,
                         .authentication = std::move(examined.authentication)});
}

core::Bytes parse_signature_file(std::string_view content) {
    if (content.empty()) {
        throw Error(ErrorKind::malformed, "the signature is empty");
    }
    auto decoded = core::from_base64(core::trim(content));
    return decoded && !decoded->empty() ? std::move(*decoded) : core::to_bytes(content);
}

}  // namespace modelseal::sigstore
