// Signatures of files, as `cosign sign-blob` makes them.
#pragma once

#include "common/core/stream.hpp"
#include "common/digest/digest.hpp"
#include "common/sigstore/authentication.hpp"
#include "common/sigstore/format/bundle_maker.hpp"
#include "common/sigstore/requirements.hpp"
#include "common/sigstore/signing_record.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace modelseal::sigstore {

/// Writes all of a file's content to the sink, from the front, each time it is called.
using BlobReader = std::function<void(core::ByteSink& to)>;

struct SignedBlob {
    digest::Digest sha256;  // of the bytes that were signed
    core::Bytes signature;
    std::string bundle;  // as cosign writes it, with the digest also for Ed25519
    SigningRecord record;
};

/// Signs what `read` reads: once, but twice for an Ed25519 key (crypto/ed25519_stream.hpp),
/// whatever the size in little memory. What would be a signature of an artifact, too, is refused
/// (ReplayGuard). Errors: mismatch (unsafe_content); of `maker`, and of `read`.
[[nodiscard]] SignedBlob sign_blob(const BlobReader& read, BundleMaker& maker);

/// A signature of a file, from whoever gives it.
struct BlobEvidence {
    std::string origin{};                                // the file that holds it, for reports
    std::variant<std::string, core::Bytes> signature{};  // a bundle's text, or the signature alone
};

/// What a verified signature of a file says.
struct BlobFacts {
    digest::Digest sha256;  // of the file
    std::string origin;     // as in its BlobEvidence
    bool is_bundle;
    Authentication authentication;  // who signed, and when
};

/// Proof that a file is signed by one of the signers that were named. Only verify_blob() can make
/// one.
class VerifiedBlob {
  public:
    [[nodiscard]] const BlobFacts& facts() const noexcept { return facts_; }

  private:
    explicit VerifiedBlob(BlobFacts facts) : facts_(std::move(facts)) {}

    friend VerifiedBlob verify_blob(const std::variant<BlobReader, digest::Digest>& blob,
                                    const BlobEvidence& evidence,
                                    const Requirements& requirements,
                                    const Trust& trust);

    BlobFacts facts_;
};

/// Verifies a file that is read once, or of which only the digest is at hand. Where a bundle states
/// a digest, it must be the file's.
/// What `requirements` say of statements is not looked at.
/// Errors: usage without a signer, and usage (unsupported) where the signature cannot be verified
/// with a SHA-256 digest alone; mismatch with a reason: malformed_evidence, wrong_statement for a
/// bundle that signs a statement instead of a file, digest_mismatch, wrong_signer, unsupported; of
/// the reader.
[[nodiscard]] VerifiedBlob verify_blob(const std::variant<BlobReader, digest::Digest>& blob,
                                       const BlobEvidence& evidence,
                                       const Requirements& requirements,
                                       const Trust& trust);

/// What a file given as a signature holds: base64 with or without a newline at its end, as cosign
/// writes it, or else the signature itself. Errors: malformed when it is empty.
[[nodiscard]] core::Bytes parse_signature_file(std::string_view content);

}  // namespace modelseal::sigstore
