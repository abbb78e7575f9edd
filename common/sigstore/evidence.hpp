// Finding what might be a signature of an artifact. Whether it is one, verify.hpp decides.
#pragma once

#include "common/digest/digest.hpp"
#include "common/oci/store.hpp"

#include <string>
#include <vector>

namespace modelseal::sigstore {

enum class SignatureFormat {
    bundle,  // a Sigstore bundle, as cosign 3 writes
    legacy,  // a simple-signing payload, as cosign 2 writes
};

/// "bundle" or "legacy"
[[nodiscard]] std::string_view to_string(SignatureFormat format) noexcept;

/// What cosign 2 keeps in annotations beside what is signed; empty where there is none.
struct LegacyMaterial {
    std::string signature{};    // base64; of an attestation empty
    std::string certificate{};  // PEM
    std::string chain{};        // PEM
    std::string log_entry{};    // JSON: the promise of a Rekor v1 log
    std::string timestamp{};    // JSON: an RFC 3161 response
};

/// One candidate. Everything in it comes from whoever can write to the store.
struct Evidence {
    SignatureFormat format = SignatureFormat::bundle;
    std::string origin{};     // where it was found, for reports: a digest, a tag or a file name
    std::string content{};    // the bundle, the simple-signing payload, or the legacy envelope
    LegacyMaterial legacy{};  // legacy only
    std::string problem{};    // why it could not be read; it is then evidence of nothing
};

enum class LegacySignatures { ignored, allowed };

/// Every candidate for a signature of `artifact`: referrers whose only layer is a bundle, then, if
/// allowed, the layers of the legacy tag. No artifact type, annotation or descriptor field decides
/// what is looked at: those are not signed. A candidate that is broken hides no other.
/// Errors: of the store, except that what is not there is no candidate; unavailable
/// (limit_exceeded) past 1000 candidates or 32 MiB, since "unsigned" would then be a guess.
[[nodiscard]] std::vector<Evidence> collect_evidence(oci::Store& store,
                                                     const digest::Digest& artifact,
                                                     LegacySignatures legacy);

/// The same for an attestation, which may be larger: of bundles up to 8 MiB, and if allowed of the
/// envelopes at the legacy tag "sha256-<hex>.att". Errors: as collect_evidence(), past 64 MiB.
[[nodiscard]] std::vector<Evidence> collect_attestations(oci::Store& store,
                                                         const digest::Digest& artifact,
                                                         LegacySignatures legacy);

}  // namespace modelseal::sigstore
