// The entries of Rekor v2, which follow from the signature and are written anew to check them.
// Spec: rekor-tiles, hashedrekord 0.0.2; RFC 8785 for the form of the JSON.
#pragma once

#include "common/sigstore/log/signed_content.hpp"

#include <string>

namespace modelseal::sigstore {

/// The body that Rekor v2 has for a signature, byte for byte. For an envelope it holds the hash of
/// what was signed, as it would for a message. Errors: mismatch (log_mismatch) for a message whose
/// digest is not stated or not made with the key's hash; mismatch (unsupported) for an Ed25519 key,
/// whose signatures Rekor v2 takes in the prehashed form only.
[[nodiscard]] std::string rekor_v2_body(const SignedContent& content);

}  // namespace modelseal::sigstore
