// sign_blob(). What verifies is in verify_blob.cpp.
#include "common/sigstore/blob.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "common/sigstore/format/replay_guard.hpp"

#include <optional>

namespace modelseal::sigstore {

namespace {

/// A signature over what `read` reads, and its SHA-256, whatever hash the signature is over.
struct HashedSignature {
    crypto::SignedContent made;
    digest::Digest sha256;
};

HashedSignature sign_content(const BlobReader& read, crypto::Signer& signer) {
    const auto signature = signer.sign_content();
    for (unsigned pass = 1; pass < signature->passes(); ++pass) {
        read(*signature);
        signature->start_next_pass();
    }
    // The last pass is of the bytes that the signature will be over: what they are and what they
    // hash to is found in the same read.
    ReplayGuard guard;
    digest::Sha256 sha256;
    std::vector<core::ByteSink*> sinks = {signature.get(), &guard};
    const bool is_hashed_already = signature->digest_algorithm() == crypto::HashAlgorithm::sha256;
    if (!is_hashed_already) {
        sinks.push_back(&sha256);
    }
    core::TeeSink all(std::move(sinks));
    read(all);
    guard.require_harmless();
    crypto::SignedContent made = signature->finish();
    const digest::Digest digest =
        is_hashed_already
            ? digest::Digest::from_bytes(std::span(made.digest.bytes).first<digest::Digest::size>())
            : sha256.finish();
    return {std::move(made), digest};
}

}  // namespace

SignedBlob sign_blob(const BlobReader& read, BundleMaker& maker) {
    std::optional<digest::Digest> sha256;
    const Bundle bundle = maker.make(MessagePayload{[&](crypto::Signer& signer) {
        HashedSignature signature = sign_content(read, signer);
        sha256 = signature.sha256;
        return std::move(signature.made);
    }});
    if (!sha256) {
        throw core::Error(core::ErrorKind::internal, "a bundle of a message that was not read");
    }
    return {.sha256 = *sha256,
            .signature = std::get<MessageSignature>(bundle.content).signature,
            .bundle = write_bundle(bundle),
            .record = SigningRecord::of(bundle)};
}

}  // namespace modelseal::sigstore
