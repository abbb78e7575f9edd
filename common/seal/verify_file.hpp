// One model file and its SHA-256, as the usual verify_model.py checks it.
#pragma once

#include "common/core/files/file.hpp"
#include "common/core/progress.hpp"
#include "common/seal/expected_digest.hpp"
#include "common/seal/verified_model.hpp"

namespace modelseal::seal {

/// Hashes the whole file and compares.
/// Errors: mismatch (digest_mismatch) "expected X, got Y"; io, also when the file changed
/// meanwhile.
[[nodiscard]] VerifiedModel verify_file(const core::File& file,
                                        const ExpectedDigest& expected,
                                        core::Progress& progress);

}  // namespace modelseal::seal
