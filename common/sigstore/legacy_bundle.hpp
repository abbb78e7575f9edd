// Signatures and attestations of cosign 2 as what they would be in a bundle. Included by .cpp files
// of this domain only.
// Spec: cosign SIGNATURE_SPEC.md and ATTESTATION_SPEC.md, "Optional annotations".
#pragma once

#include "common/sigstore/evidence.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "common/sigstore/requirements.hpp"

namespace modelseal::sigstore {

/// Errors: mismatch (unsupported) where nobody asked for this format.
void require_legacy_allowed(const Requirements& requirements);

/// Of a simple-signing payload: a signature over its bytes. Errors: malformed.
[[nodiscard]] Bundle bundle_of_legacy_signature(const Evidence& evidence);

/// Of an envelope. Errors: malformed.
[[nodiscard]] Bundle bundle_of_legacy_attestation(const Evidence& evidence);

}  // namespace modelseal::sigstore
