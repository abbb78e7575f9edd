// Whether a log signed a checkpoint. Rekor v1 and v2 do it in different ways.
// Spec: C2SP signed-note.md, "Signatures"; rekor, signed_note.go; rekor-tiles, note.go.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/public_key.hpp"
#include "common/sigstore/log/checkpoint.hpp"
#include "common/sigstore/trust/transparency_log.hpp"

#include <string_view>

namespace modelseal::sigstore {

/// The id of a key that signs notes under `name`, 32 bytes: for ECDSA the SHA-256 of the key alone,
/// for others one of name and key. It is also what Rekor v2 names its log by.
[[nodiscard]] core::Bytes note_key_id(std::string_view name, const crypto::PublicKey& key);

/// Returns only if every signature of the checkpoint is one by the log's key: Rekor v1 has no
/// witnesses, so another one has no business there. Errors: mismatch.
void verify_rekor_v1_checkpoint(const Checkpoint& checkpoint, const TransparencyLog& log);

/// Returns only if the log whose host the checkpoint names signed it. Lines of witnesses and of
/// other keys are passed over, wherever they stand; a line of the log that does not verify is an
/// error even beside one that does. Errors: mismatch.
void verify_rekor_v2_checkpoint(const Checkpoint& checkpoint, const TransparencyLog& log);

}  // namespace modelseal::sigstore
